"""Line charts as SVG inside a page: text and colours are the page's, so that light and dark both fit.

All places are shares of the picture's size, so it is as wide as the screen lets it, and its text as large as the
page's: no library that was looked at does both.
"""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

GRID = 1000
"""Units of a line's coordinates, in both directions; they are stretched to the picture."""
STEPS = (1, 2, 5, 10)
"""Distances of values on an axis, times a power of ten."""
MOST_VALUES = 5
"""Values on the vertical axis at most, 0 not counted."""
HEADROOM = 1.05
"""Height of the picture to that of its highest line."""
EVERY = 30
"""Seconds between times on the horizontal axis."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a chart."""

    name: str
    """Name for the legend."""
    look: str
    """Ending of its CSS classes: `asked`, `ready`, `client`, `estimate` or `target`."""
    points: Sequence[tuple[float, float]]
    stepped: bool = False
    """Whether a value holds until the next."""
    filled: bool = False
    """Whether the space below is filled."""


@dataclass(frozen=True, slots=True)
class Chart:
    """What a picture shows."""

    alt: str
    """Facts that it shows, for those who do not see it."""
    unit: str
    """Unit of the values, for the top of the vertical axis."""
    lines: Sequence[Line]
    bands: Sequence[tuple[str, float, float]] = ()
    """Name, start and end of what is shaded."""

    @property
    def span(self) -> tuple[float, float]:
        """First and last second."""
        times = [at for line in self.lines for at, _ in line.points]
        return min(times), max(times)

    @property
    def top(self) -> float:
        """Largest value of the vertical axis."""
        return values_on_axis(HEADROOM * max(value for line in self.lines for _, value in line.points))[-1]


def values_on_axis(most: float) -> list[float]:
    """Round values from 0 to at least `most`, at even distances."""
    power = 1.0
    while power * STEPS[-1] * MOST_VALUES < most:
        power *= 10
    distance = next(step * power for step in STEPS if step * power * MOST_VALUES >= most)
    count = max(1, -int(-most // distance))
    return [distance * number for number in range(count + 1)]


def figure(chart: Chart, caption: str) -> str:
    """The picture with its legend and a caption, as HTML.

    Args:
        chart: what it shows.
        caption: what it was made from, as HTML.
    """
    return (
        f'<figure class="chart-figure"><div class="chart">{drawn(chart)}</div>'
        f"<figcaption>{_legend(chart)} {caption}</figcaption></figure>"
    )


def drawn(chart: Chart) -> str:
    """The picture alone."""
    parts = [*_bands(chart), *_values(chart), *_times(chart), _lines(chart)]
    return f'<svg role="img" aria-label="{escape(chart.alt)}">{"".join(parts)}</svg>'


def _legend(chart: Chart) -> str:
    keys = (f'<span class="chart-key chart-key--{line.look}"></span>{escape(line.name)}' for line in chart.lines)
    return f'<span class="chart-legend">{" &nbsp; ".join(keys)}.</span>'


def _across(chart: Chart, at: float) -> float:
    first, last = chart.span
    return min(max((at - first) / ((last - first) or 1), 0), 1)


def _bands(chart: Chart) -> Iterator[str]:
    for number, (name, start, end) in enumerate(chart.bands):
        left, right = _across(chart, start), _across(chart, end)
        yield f'<rect class="chart-band" x="{left:.1%}" y="0" width="{right - left:.1%}" height="100%"/>'
        place = f'x="{left:.1%}" dx="4" y="0" dy="{1.1 + 1.2 * number:.1f}em"'
        yield f'<text class="chart-text chart-text--band" {place}>{escape(name)}</text>'


def _values(chart: Chart) -> Iterator[str]:
    for value in values_on_axis(chart.top):
        down = f"{1 - value / chart.top:.1%}"
        yield f'<line class="chart-grid" x1="0" x2="100%" y1="{down}" y2="{down}"/>'
        place = f'x="0" dx="-6" y="{down}" dy="0.35em"'
        yield f'<text class="chart-text chart-text--value" {place}>{value:g}</text>'
    yield f'<text class="chart-text" x="0" y="0" dy="-0.6em">{escape(chart.unit)}</text>'


def _times(chart: Chart) -> Iterator[str]:
    first, last = chart.span
    for second in range(0, int(last) + 1, EVERY):
        if second >= first:
            place = f'x="{_across(chart, second):.1%}" y="100%" dy="1.3em"'
            yield f'<text class="chart-text chart-text--time" {place}>{second} s</text>'


def _lines(chart: Chart) -> str:
    same = 'vector-effect="non-scaling-stroke"'
    paths = "".join(
        f'<path class="chart-line chart-line--{line.look}" {same} d="{_path(chart, line)}"/>'
        for line in chart.lines
    )
    box = f'viewBox="0 0 {GRID} {GRID}" preserveAspectRatio="none" width="100%" height="100%"'
    return f'<svg class="chart-lines" {box}>{paths}</svg>'


def _path(chart: Chart, line: Line) -> str:
    """The path's data; a stepped line goes across, then up or down."""
    places = [
        (round(_across(chart, at) * GRID), round((1 - value / chart.top) * GRID)) for at, value in line.points
    ]
    moves = [f"M{places[0][0]} {places[0][1]}"]
    moves += [f"H{x}V{y}" if line.stepped else f"L{x} {y}" for x, y in places[1:]]
    if line.filled:
        moves.append(f"V{GRID}H{places[0][0]}Z")
    return "".join(moves)
