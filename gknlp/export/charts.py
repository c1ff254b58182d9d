"""Charts of shares: as SVG that any browser draws, and as PNG where matplotlib and a Chinese font are installed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from gknlp.errors import MissingExtra
from gknlp.export.pages import render

FONTS = ("Noto Sans CJK SC", "Source Han Sans SC", "Noto Serif CJK SC", "WenQuanYi Micro Hei", "WenQuanYi Zen Hei",
         "Microsoft YaHei", "SimHei", "PingFang SC", "Heiti SC", "Arial Unicode MS")  # fmt: skip
_PANEL, _GAP, _PER_ROW = (180, 92), (26, 46), 4
_LEFT, _TOP = 40, 76
_DPI = 150


class Point(NamedTuple):
    """A share with its interval, at one group."""

    group: str
    share: float
    low: float
    high: float


class Panel(NamedTuple):
    """One small chart: a title and its points in the order of the groups."""

    title: str
    points: tuple[Point, ...]


class _Placed(NamedTuple):
    panel: Panel
    x: float
    y: float


def shares_svg(title: str, note: str, panels: Sequence[Panel], *, lines: bool) -> str:
    """Return small multiples of shares, one for each panel, all with the same scale from 0 to the highest bound.

    ``lines`` joins the points of a panel and shades their intervals (groups in order, such as years); else each point
    is a bar with its interval.
    """
    top = max((point.high for panel in panels for point in panel.points), default=1.0) or 1.0
    placed = [
        _Placed(
            panel, _LEFT + number % _PER_ROW * (_PANEL[0] + _GAP[0]), _TOP + number // _PER_ROW * (_PANEL[1] + _GAP[1])
        )
        for number, panel in enumerate(panels)
    ]
    width = _LEFT + _PER_ROW * (_PANEL[0] + _GAP[0])
    height = _TOP + -(-len(panels) // _PER_ROW) * (_PANEL[1] + _GAP[1])
    return render(
        "shares.svg.j2",
        title=title,
        note=note,
        placed=placed,
        lines=lines,
        top=top,
        size=_PANEL,
        width=width,
        height=height,
        fonts=", ".join(f"'{font}'" for font in FONTS),
    )


def shares_png(path: Path, title: str, panels: Sequence[Panel], *, lines: bool) -> None:
    """Write the same chart as PNG.

    Raises:
        MissingExtra: matplotlib or a font with Chinese characters is missing; the message says what to install.
    """
    try:
        import matplotlib as mpl
        from matplotlib import font_manager
        from matplotlib.figure import Figure
    except ImportError as error:
        raise MissingExtra("PNG charts need matplotlib: pip install 'gknlp[charts]'") from error
    known = {font.name for font in font_manager.fontManager.ttflist}
    font = next((name for name in FONTS if name in known), None)
    if font is None:
        raise MissingExtra(
            "PNG charts need a font with Chinese characters, such as Noto Sans CJK SC (Debian: fonts-noto-cjk); "
            "SVG charts do not"
        )
    with mpl.rc_context({"font.family": font, "axes.unicode_minus": False}):
        rows = max(1, -(-len(panels) // _PER_ROW))
        figure = Figure(figsize=(12, 2.2 * rows + 0.6), layout="constrained")
        axes = figure.subplots(rows, _PER_ROW, sharey=True, squeeze=False).flat
        for axis, panel in zip(axes, panels, strict=False):
            places = range(len(panel.points))
            values = [point.share for point in panel.points]
            spread = [
                [point.share - point.low for point in panel.points],
                [point.high - point.share for point in panel.points],
            ]
            axis.set_title(panel.title, fontsize=9)
            axis.set_xticks(places, [point.group for point in panel.points], fontsize=7)
            axis.errorbar(places, values, yerr=spread, fmt="o-" if lines else "o", capsize=2, markersize=3)
            axis.set_ylim(bottom=0)
        for axis in list(axes)[len(panels) :]:
            axis.set_visible(False)
        figure.suptitle(title)
        figure.savefig(path, dpi=_DPI, metadata={"Software": None})
