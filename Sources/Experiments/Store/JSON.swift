import StrictJSON

/// All JSON of run folders and results.
public typealias JSON = StrictJSON.JSON
