/// `style.mplstyle`: one style for all figures, for a column of a paper.
enum FigureStyle {
  static let file = "style.mplstyle"
  /// Its first line.
  static let mark = "# The style of all figures; written by inflow figures.\n"

  static var text: String { mark + settings }

  /// Colours: M. Okabe, K. Ito, "Color universal design", 2008, without yellow, which is faint on paper. Fonts that come with
  /// matplotlib, so that the picture is the same everywhere.
  private static let settings = """
    figure.figsize: 3.4, 2.4
    figure.dpi: 200
    figure.constrained_layout.use: True
    savefig.dpi: 300
    svg.hashsalt: inflow
    pdf.fonttype: 42

    font.family: STIXGeneral
    mathtext.fontset: stix
    font.size: 9
    axes.labelsize: 9
    axes.titlesize: 9
    xtick.labelsize: 8
    ytick.labelsize: 8
    legend.fontsize: 8
    legend.title_fontsize: 8

    axes.prop_cycle: cycler("color", ["0072B2", "D55E00", "009E73", "CC79A7", "E69F00", "56B4E9", "000000"])
    image.cmap: cividis
    lines.linewidth: 1.3
    lines.markersize: 3.5
    errorbar.capsize: 0
    axes.linewidth: 0.6
    axes.spines.top: False
    axes.spines.right: False
    axes.titlelocation: left
    xtick.direction: out
    ytick.direction: out
    xtick.major.width: 0.6
    ytick.major.width: 0.6
    xtick.minor.width: 0.4
    ytick.minor.width: 0.4
    legend.frameon: False
    legend.handlelength: 1.4
    legend.borderaxespad: 0.2

    """
}
