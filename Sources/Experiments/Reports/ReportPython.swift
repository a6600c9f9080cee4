/// The Python of reports: functions that draw what a run's tables hold, with NumPy, pandas and matplotlib alone.
enum ReportPython {
  /// What all reports begin with.
  ///
  /// - Parameters:
  ///   - run: where the run is, as seen from the notebook's folder.
  ///   - formats: of the files that pictures are saved to; none to show them.
  static func setting(run: String, formats: [String]) -> String {
    func quoted(_ text: String) -> String { JSON.string(text).text.trimmingCharacters(in: .newlines) }
    return """
      import io
      import json
      from pathlib import Path

      import matplotlib.pyplot as plt
      import numpy as np
      import pandas as pd

      plt.style.use(["default", "style.mplstyle"])
      colors = plt.rcParams["axes.prop_cycle"].by_key()["color"]
      run = Path(\(quoted(run)))
      formats = [\(formats.map(quoted).joined(separator: ", "))]

      """ + reading
  }

  private static let reading = #"""

    def read(name, folder=None):
        """A table; a last row that is still being written is left out."""
        text = ((folder or run) / name).read_text()
        return pd.read_csv(io.StringIO(text[:text.rfind("\n") + 1]))


    def finite(table, columns):
        """The same without values that are not finite, which are told of."""
        table = table.copy()
        for column in columns:
            wrong = ~np.isfinite(table[column])
            if wrong.any():
                print(f"{column}: {wrong.sum()} of {len(table)} values are not finite and are not drawn")
                table.loc[wrong, column] = np.nan
        return table


    def logarithmic(axes, times):
        """Time from 0 on, its logarithm from the first row after the start on."""
        positive = times[times > 0]
        if len(positive) > 1 and positive.max() > 30 * positive.min():
            smallest = max(positive.min(), positive.max() / 1e5)
            axes.set_xscale("symlog", linthresh=smallest)
            axes.set_xlim(-0.2 * smallest, 1.15 * positive.max())


    def lags(name):
        return [int(part) for part in name[name.index("[") + 1:-1].split()]


    def label(name):
        """As mathematics: p[1 2], sigma[1 1]."""
        if name.startswith("p["):
            return r"$\{" + ",".join(map(str, lags(name))) + r"\}$" if lags(name) else r"$\emptyset$"
        if name.startswith("sigma["):
            return "$\\sigma^{%d}_{%d}$" % tuple(lags(name))
        return {"a": "scale, $a$", "loss": "loss, nats"}.get(name, name)


    def leading(columns, largest, most=7):
        """The curves that are told apart: those that get largest."""
        ranked = sorted(columns, key=lambda name: -largest[name])
        return [name for name in columns if name in ranked[:most] and largest[name] >= 0.02]


    def own(columns):
        """The weights that heads give their own lags."""
        return [name for name in columns if name.startswith("sigma[") and lags(name)[0] == lags(name)[1]]


    def show(fig, name):
        for kind in formats:
            # Files without a date in them are the same every time.
            dated = {"svg": "Date", "pdf": "CreationDate"}.get(kind)
            fig.savefig(f"{name}.{kind}", metadata={dated: None} if dated else None)
        if not formats:
            plt.show()
        plt.close(fig)
    """#

  /// `course(name, tables)` and `attention(name, tables)`: one run over time, or the seeds of one.
  static let course = #"""
    def spread(tables, column):
        """Mean over the tables, least and greatest, at the times that all of them have."""
        values = pd.concat([table.set_index("time")[column] for table in tables], axis=1, join="inner")
        return pd.DataFrame({"mean": values.mean(axis=1), "least": values.min(axis=1), "most": values.max(axis=1)})


    def curve(axes, tables, column, color, **options):
        rows = spread(tables, column)
        marker = "o" if len(rows) == 1 else None
        axes.plot(rows.index, rows["mean"], color=color, marker=marker, **options)
        if len(tables) > 1:
            axes.fill_between(rows.index, rows.least, rows.most, color=color, alpha=0.3, linewidth=0)
        return rows


    def shaded(axes, transitions, column, color):
        """When the quantity moves, and the middle of it."""
        for row in transitions[transitions.quantity == column].itertuples():
            axes.axvspan(row.begin, row.end, color=color, alpha=0.08, linewidth=0)
            axes.axvline(row.middle, color=color, linestyle=":", linewidth=0.8)


    def marked(axes, transitions, column, color):
        """The middle alone, on the curve: of several, shades would hide each other."""
        rows = transitions[transitions.quantity == column]
        axes.plot(rows.middle, (rows["from"] + rows["to"]) / 2, "D", color=color, markersize=4, markeredgecolor="white",
                  markeredgewidth=0.6, zorder=3)


    def course(name, tables, transitions):
        columns = tables[0].columns
        tables = [finite(table, [name for name in columns if name in ("loss", "a") or "[" in name]) for table in tables]
        sets = [name for name in columns if name.startswith("p[")]
        heads = own(columns) or [name for name in columns if name.startswith("sigma[")]
        families = [(names, title) for names, title in [(sets, "share, $p_S$"), (heads, r"attention, $\sigma^h_j$")] if names]
        singles = [name for name in ("a", "loss") if name in columns]
        heights = [1.3, 1][:len(families)] + [0.8] * len(singles)
        fig, panels = plt.subplots(len(heights), 1, figsize=(5.2, 0.3 + 1.72 * sum(heights)), sharex=True, squeeze=False,
                                   height_ratios=heights)
        panels = list(panels[:, 0])
        largest = {name: max(table[name].max() for table in tables) for name in sets + heads}
        for axes, (quantities, title) in zip(panels, families):
            told = leading(quantities, largest)
            for quantity in quantities:
                if quantity not in told:
                    curve(axes, tables, quantity, "0.75", linewidth=0.6, zorder=0)
            for color, quantity in zip(colors, told):
                curve(axes, tables, quantity, color, label=label(quantity))
                marked(axes, transitions, quantity, color)
            axes.set_ylim(-0.03, 1.05)
            axes.set_ylabel(title)
            axes.legend(title="heads $S$" if quantities is sets else None, bbox_to_anchor=(1.01, 1), loc="upper left")
        for axes, column in zip(panels[len(families):], singles):
            curve(axes, tables, column, colors[0])
            shaded(axes, transitions, column, colors[0])
            axes.set_ylabel(label(column))
        panels[-1].set_xlabel("time, learning rate × step")
        logarithmic(panels[-1], pd.concat([table.time for table in tables]))
        show(fig, name)


    def attention(name, tables):
        """Of each head (row) to each lag (column), at the start and at the end, the mean over the tables."""
        names = [name for name in tables[0].columns if name.startswith("sigma[")]
        heads = sorted({lags(name)[0] for name in names})
        seen = sorted({lags(name)[1] for name in names})
        moments = [("start", 0), ("end", -1)] if len(tables[0]) > 1 else [("start", 0)]
        width = min(6.8, 1.2 + 0.35 * len(seen) * len(moments))
        fig, panels = plt.subplots(1, len(moments), figsize=(width, 0.8 + 0.35 * len(heads)), squeeze=False, sharey=True)
        for axes, (moment, row) in zip(panels[0], moments):
            picture = np.full((len(heads), len(seen)), np.nan)
            for column in names:
                head, lag = lags(column)
                picture[heads.index(head), seen.index(lag)] = np.mean([table[column].iloc[row] for table in tables])
            image = axes.imshow(picture, vmin=0, vmax=1)
            axes.set(xticks=range(len(seen)), xticklabels=seen, yticks=range(len(heads)), yticklabels=heads, xlabel="lag")
            axes.set_title(moment, loc="center")
            axes.tick_params(length=0)
            axes.spines[:].set_visible(False)
        panels[0][0].set_ylabel("head")
        fig.colorbar(image, ax=panels[0].tolist(), label="attention")
        show(fig, name)
    """#

  /// `overlay(name, rows)`, `approach(name, rows)`, `ladder(name, edges)`: theory beside training.
  static let comparison = #"""
    def overlay(name, rows):
        """Lines: theory; points: mean of training over the seeds, with its standard error. Below, training minus theory."""
        rows = finite(rows, ["theory", "mean", "difference"])
        runs = {quantity: table for quantity, table in rows.groupby("quantity", sort=False)}
        largest = {quantity: table.theory.max() for quantity, table in runs.items()}
        shares = leading([quantity for quantity in runs if quantity.startswith("p[")], largest)
        weights = own(runs) or [quantity for quantity in runs if quantity.startswith("sigma[")][:7]
        panels = [("share, $p_S$", shares), (r"attention, $\sigma^h_j$", weights[:7]), (label("a"), ["a"]),
                  (label("loss"), ["loss"])]
        fig, grid = plt.subplots(4, 2, figsize=(7, 7.4), sharex=True, height_ratios=[1.5, 0.8, 1.5, 0.8])
        for number, (title, quantities) in enumerate(panels):
            above, below = grid[2 * (number // 2)][number % 2], grid[2 * (number // 2) + 1][number % 2]
            for color, quantity in zip(colors, quantities):
                table = runs[quantity]
                shown = table.iloc[::max(1, len(table) // 40)]
                above.plot(table.time, table.theory, color=color, label=label(quantity) if len(quantities) > 1 else "theory",
                           marker="o" if len(table) == 1 else None)
                above.errorbar(shown.time, shown["mean"], shown.standard_error.fillna(0), fmt="o", markersize=2.4, color=color,
                               markerfacecolor="white", markeredgewidth=0.7, elinewidth=0.8,
                               label=None if len(quantities) > 1 else "training")
                below.plot(table.time, table.difference, color=color, linewidth=1)
                error = table.standard_error.fillna(0)
                below.fill_between(table.time, table.difference - error, table.difference + error, color=color, alpha=0.3,
                                   linewidth=0)
            below.axhline(0, color="0.7", linewidth=0.6, zorder=0)
            above.set_ylabel(title)
            below.set_ylabel("difference")
            above.legend(loc="best", ncols=2 if len(quantities) > 3 else 1, labelspacing=0.2, columnspacing=1)
        for axes in grid[-1]:
            axes.set_xlabel("time, learning rate × step")
        logarithmic(grid[-1][0], rows.time)
        show(fig, name)


    def approach(name, rows):
        """Distance to the induction head, in theory and in training."""
        rows = pd.DataFrame(rows)
        fig, axes = plt.subplots()
        for color, side in zip(colors, ["theory", "training"]):
            axes.errorbar(rows.time, rows[side], rows[f"{side}_standard_error"].astype(float).fillna(0), marker="o", color=color,
                          label=side)
        logarithmic(axes, rows.time)
        axes.set(yscale="log", xlabel="time, learning rate × step", ylabel="total variation to GIH($S^*$)")
        axes.legend()
        show(fig, name)


    def ladder(name, edges):
        """How each gap closes, with a line of the measured order."""
        fig, grid = plt.subplots(1, len(edges), figsize=(2.1 * len(edges), 2.6), squeeze=False)
        for axes, edge in zip(grid[0], edges):
            sweep = pd.DataFrame(edge["sweep"])
            axes.errorbar(sweep.variable, sweep.error, sweep.error_standard_error.astype(float).fillna(0), fmt="o")
            title = edge["edge"].replace(" to ", "\nto ")
            if edge["measured"] is not None:
                middle = np.exp(np.log(sweep.variable).mean()), np.exp(np.log(sweep.error).mean())
                axes.plot(sweep.variable, middle[1] * (sweep.variable / middle[0]) ** edge["measured"], color="0.3", linewidth=1)
                title += f"\norder {edge['measured']:.2f} ({edge['predicted']:g})"
            axes.set(xscale="log", yscale="log", xlabel=edge["variable"], ylabel="error")
            axes.set_title(title, fontsize=8)
            ends = sorted(sweep.variable)[::max(1, len(sweep) - 1)]
            axes.set_xticks(ends, [f"{value:.2g}" for value in ends], minor=False)
            axes.set_xticks([], minor=True)
        show(fig, name)
    """#

  /// `winners(name, table, keys)`: a map.
  static let map = #"""
    def short(key):
        return key.split(".", 1)[-1] if key.count(".") else key


    def ticks(values):
        return [f"{value:g}" if isinstance(value, (int, float)) else str(value) for value in values]


    def winners(name, table, keys):
        """The set that wins, over the first two keys that vary, in panels for the others; stronger where its share is larger."""
        sides = [side for side in ("theory", "training") if table[f"{side}_winner"].notna().any()]
        varied = [key for key in keys if table[key].nunique() > 1] or keys[:1]
        across, up, others = varied[0], varied[1] if len(varied) > 1 else None, varied[2:]
        sets = sorted({winner for side in sides for winner in table[f"{side}_winner"].dropna()}, key=lambda text: (len(text), text))
        color = {winner: np.array(plt.matplotlib.colors.to_rgb(colors[place % len(colors)])) for place, winner in enumerate(sets)}
        columns = sorted(table[across].unique()) if pd.api.types.is_numeric_dtype(table[across]) else list(table[across].unique())
        lines = (sorted(table[up].unique()) if pd.api.types.is_numeric_dtype(table[up]) else list(table[up].unique())) if up else [None]
        groups = list(table.groupby(others)) if others else [((), table)]
        if len(groups) > 12:
            print(f"the first 12 of {len(groups)} panels are drawn")
            groups = groups[:12]
        fig, grid = plt.subplots(len(groups), max(1, len(sides)), squeeze=False, sharex=True, sharey=True,
                                 figsize=(3.4 * max(1, len(sides)), 1.0 + len(groups) * (0.5 + min(3, 0.3 * len(lines)))))
        for line, (values, group) in zip(grid, groups):
            for axes, side in zip(line, sides):
                picture = np.ones((len(lines), len(columns), 3))
                for row in group.to_dict("records"):
                    place = lines.index(row[up]) if up else 0, columns.index(row[across])
                    winner = row[f"{side}_winner"]
                    if isinstance(winner, str):
                        picture[place] = 1 - row[f"{side}_share"] * (1 - color[winner])
                    else:
                        axes.text(place[1], place[0], "failed" if isinstance(row["failure"], str) else "?", ha="center",
                                  va="center", fontsize=6)
                axes.imshow(picture, origin="lower", aspect="auto", interpolation="nearest")
                axes.set(xticks=range(len(columns)), xticklabels=ticks(columns), yticks=range(len(lines)),
                         yticklabels=ticks(lines) if up else [""])
                axes.tick_params(length=0, axis="both", labelsize=7)
                if len(columns) > 6:
                    axes.tick_params(axis="x", rotation=60)
                fixed = ", ".join(f"{short(key)} = {value}" for key, value in zip(others, values if isinstance(values, tuple) else (values,)))
                axes.set_title(f"{side}{': ' if fixed else ''}{fixed}", fontsize=8)
            line[0].set_ylabel(short(up) if up else "")
        for axes in grid[-1]:
            axes.set_xlabel(short(across))
        fig.legend([plt.Rectangle((0, 0), 1, 1, color=color[winner]) for winner in sets],
                   ["{" + winner.strip("{}").replace(" ", ",") + "}" for winner in sets], loc="outside upper center",
                   ncols=min(len(sets), 6) or 1, title="set of heads")
        show(fig, name)
    """#

  /// `quantities(name, table, keys, names)`: a sweep. `sources(name, table)`: a survey.
  static let sweep = #"""
    def spaced(axes, values, side):
        if pd.api.types.is_numeric_dtype(values) and values.min() > 0 and values.max() >= 30 * values.min():
            axes.set(**{f"{side}scale": "log"})


    def quantities(name, table, keys, names):
        """Each quantity over the first key that varies, a line for each value of the second; else against every key."""
        if "status" in table:
            table = table[table.status == "done"]
        varied = [key for key in keys if table[key].nunique() > 1] or keys[:1]
        drawn = [column for column in names if pd.api.types.is_numeric_dtype(table[column]) and table[column].notna().any()]
        if not drawn:
            print("no quantity of the sweep is a number")
            return
        table = finite(table, drawn)
        if not varied:
            print(table[drawn].to_string(index=False))
            return
        isGrid = len(varied) <= 2 and (len(varied) < 2 or table[varied[1]].nunique() <= len(colors))
        places = varied[:1] if isGrid else varied
        fig, grid = plt.subplots(len(drawn), len(places), squeeze=False, sharey="row",
                                 figsize=(max(3.4, 2.2 * len(places) + 1), 0.6 + 1.8 * len(drawn)))
        for line, column in zip(grid, drawn):
            for axes, key in zip(line, places):
                groups = table.groupby(varied[1], sort=False) if isGrid and len(varied) == 2 else [(None, table)]
                for color, (value, rows) in zip(colors, groups):
                    error = rows[f"{column}_s.e."].fillna(0) if f"{column}_s.e." in table else None
                    x = rows[key] if pd.api.types.is_numeric_dtype(rows[key]) else rows[key].astype(str)
                    axes.errorbar(x, rows[column], error, fmt="o-" if isGrid and len(rows) > 1 else "o", color=color,
                                  markersize=3, label=None if value is None else f"{value}")
                spaced(axes, table[key], "x")
                if not pd.api.types.is_numeric_dtype(table[key]):
                    axes.tick_params(axis="x", rotation=60)
            line[0].set_ylabel(column)
        for axes, key in zip(grid[-1], places):
            axes.set_xlabel(key.split(".", 1)[-1])
        if isGrid and len(varied) == 2:
            fig.legend(*grid[0][0].get_legend_handles_labels(), loc="outside upper center", ncols=4,
                       title=varied[1].split(".", 1)[-1])
        show(fig, name)


    def sources(name, table):
        """Shares of the winners in theory and in training, and how far their predictions are apart, by the gap."""
        table = table[table.status == "done"]
        same = table.theory_winner == table.training_winner
        fig, (shares, distance) = plt.subplots(1, 2, figsize=(6.8, 2.8))
        for marker, color, chosen, text in [("o", colors[0], same, "same set"), ("x", colors[1], ~same, "other set")]:
            rows = table[chosen]
            shares.plot(rows.theory_share, rows.training_share, marker, color=color, label=f"{text} ({len(rows)})")
            distance.plot(rows.relative_gap, rows.total_variation, marker, color=color)
        shares.plot([0, 1], [0, 1], color="0.7", linewidth=0.6, zorder=0)
        shares.set(xlabel="winner's share, theory", ylabel="winner's share, training", xlim=(0, 1.03), ylim=(0, 1.03))
        shares.legend(loc="upper left")
        distance.set(xlabel=r"relative gap, $\Delta\tilde I / \tilde I(S^*)$", ylabel="TV of predictions", yscale="log")
        show(fig, name)
    """#

  /// `lengths(name, table)`: what `inflow generalize` writes.
  static let generalization = #"""
    def lengths(name, table):
        """Loss and distance to the true kernel over the length of the context; colours: priors."""
        fig, (loss, distance) = plt.subplots(2, 1, figsize=(4.6, 5), sharex=True)
        styles = {"model": dict(linestyle="none", marker="o", markerfacecolor="white"), "induction head": dict(linestyle="-"),
                  "true kernel": dict(linestyle=":")}
        for color, (alpha, group) in zip(colors * 4, table.groupby("alpha", sort=False)):
            for predictor, rows in group.groupby("predictor", sort=False):
                loss.errorbar(rows.context, rows.loss, rows.loss_standard_error, color=color, **styles.get(predictor, {}))
                if predictor != "true kernel":
                    distance.errorbar(rows.context, rows.tv_to_kernel, rows.tv_to_kernel_standard_error, color=color,
                                      **styles.get(predictor, {}))
            loss.plot([], [], color=color, label=f"α = {alpha}")
        for predictor, style in styles.items():
            loss.plot([], [], color="0.3", label=predictor, **style)
        loss.set(xscale="log", ylabel="loss, nats")
        loss.legend(bbox_to_anchor=(1.01, 1), loc="upper left")
        distance.set(yscale="log", ylabel="total variation to the kernel", xlabel="length of the context, $L$")
        show(fig, name)
    """#

  static let baselines = #"""
    def predictors(name, table, most=12):
        """Cross-entropy above the true kernel's over the length of the context: the models, and the best of the others."""
        best = table[table.predictor == "true kernel"].set_index("context")
        rows = table[table.predictor != "true kernel"].copy()
        rows["excess"] = rows.cross_entropy - rows.context.map(best.cross_entropy)
        longest = rows[rows.context == rows.context.max()].set_index("predictor").excess
        trained = [key for key in longest.index if " seed " in key or key == "flow"]
        others = [key for key in longest.sort_values().index if key not in trained]
        fig, axes = plt.subplots(figsize=(4.6, 3.6))
        kinds = list(dict.fromkeys(key.split(" seed ")[0] for key in trained))
        for key in trained:
            one = rows[rows.predictor == key]
            kind = key.split(" seed ")[0]
            axes.errorbar(one.context, one.excess, one["cross_entropy_s.e."], marker="o", markerfacecolor="white",
                          color=colors[kinds.index(kind) % len(colors)], label=kind if key.endswith(" 1") or key == kind else None)
        for index, key in enumerate(others[:most]):
            one = rows[rows.predictor == key]
            axes.plot(one.context, one.excess, linestyle=["-", "--", ":", "-."][index % 4], linewidth=0.8,
                      color=str(0.15 + 0.6 * index / most), label=key)
        axes.set(xscale="log", yscale="log", xlabel="length of the context, $L$", ylabel="loss above the true kernel's, nats")
        axes.legend(bbox_to_anchor=(1.01, 1), loc="upper left")
        show(fig, name)


    def masses(name, table, context):
        """Bars of the attention to matching positions at one length: the training's, or the longest."""
        lengths = sorted(set(table.context))
        if not lengths:
            print("no sequence has a position that matches")
            return
        length = context if context in lengths else lengths[-1]
        rows = table[(table.context == length) & (table.predictor != "chance")]
        chance = table[(table.context == length) & (table.predictor == "chance")].mass
        fig, axes = plt.subplots(figsize=(4.6, 0.6 + 0.22 * max(len(rows), 1)))
        axes.barh(rows.predictor, rows.mass, xerr=rows["mass_s.e."], color=colors[0])
        for place, (mass, nearest) in enumerate(zip(rows.mass, rows.nearest)):
            axes.text(1.02, place, f"GIH{nearest}", va="center", fontsize="small")
        for value in chance:
            axes.axvline(value, linestyle=":", color="0.3")
        axes.invert_yaxis()
        axes.set(xlim=(0, 1), xlabel=f"attention to matching positions, $L = {length}$")
        show(fig, name)
    """#
}
