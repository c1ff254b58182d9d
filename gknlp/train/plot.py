"""The reliability plot of a card, drawn as SVG."""

from __future__ import annotations

from collections.abc import Sequence

from gknlp.train.scores import Bin, Calibration

_SIZE, _LEFT, _TOP, _INNER = 360, 48, 24, 280
_FONT = 'font-family="sans-serif" font-size="11"'
_TICKS = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)
_EVERY, _ASSIGNED = "#1b6ca8", "#c2571a"


def reliability_plot(calibration: Calibration) -> str:
    """Return an SVG: the probability that was told against the share that is right; on the diagonal they are equal."""
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_SIZE}" height="{_SIZE}" {_FONT}>',
        f'<rect width="{_SIZE}" height="{_SIZE}" fill="#fff"/>',
        *_axes(),
        _line([(0.0, 0.0), (1.0, 1.0)], "#999", 'stroke-dasharray="4 4"'),
        *_series(calibration.bins, _EVERY),
        *_series(calibration.bins_assigned, _ASSIGNED),
        *_legend(),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _axes() -> list[str]:
    low, high = _y(0.0), _y(1.0)
    parts = [f'<path d="M{_x(0.0)} {high}V{low}H{_x(1.0)}" fill="none" stroke="#333"/>']
    for tick in _TICKS:
        parts.append(f'<text x="{_x(tick)}" y="{low + 16}" text-anchor="middle">{tick:.1f}</text>')
        parts.append(f'<text x="{_LEFT - 6}" y="{_y(tick) + 4}" text-anchor="end">{tick:.1f}</text>')
    parts.append(f'<text x="{_x(0.5)}" y="{low + 36}" text-anchor="middle">probability told</text>')
    middle = _y(0.5)
    turned = f'text-anchor="middle" transform="rotate(-90 14 {middle})"'
    parts.append(f'<text x="14" y="{middle}" {turned}>share right</text>')
    return parts


def _series(bins: Sequence[Bin], colour: str) -> list[str]:
    points = [(one.probability, one.right) for one in bins]
    dots = [f'<circle cx="{_x(x)}" cy="{_y(y)}" r="3" fill="{colour}"/>' for x, y in points]
    return [_line(points, colour), *dots]


def _legend() -> list[str]:
    return [
        f'<text x="{_LEFT + 10}" y="{_TOP + 14}" fill="{_EVERY}">all labels of all items</text>',
        f'<text x="{_LEFT + 10}" y="{_TOP + 30}" fill="{_ASSIGNED}">assigned labels</text>',
    ]


def _line(points: Sequence[tuple[float, float]], colour: str, style: str = "") -> str:
    joined = " ".join(f"{_x(x)},{_y(y)}" for x, y in points)
    return f'<polyline points="{joined}" fill="none" stroke="{colour}" {style}/>'


def _x(value: float) -> float:
    return round(_LEFT + value * _INNER, 1)


def _y(value: float) -> float:
    return round(_TOP + (1 - value) * _INNER, 1)
