print("inflow")
