"""The detail timeline: lanes of marks, each drawn as exactly as its date is known.

A few traces per status, never one per event; customdata of every clickable point is the event id.
The number of marks is bounded (:data:`MOST_MARKS`); beyond it each lane is a column chart (see
:mod:`timeline.figures.density`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import plotly.graph_objects as go

from timeline.edtf import Bounds
from timeline.figures.axes import frame_of, mark_days, set_axes
from timeline.figures.density import cells_of, density_figure
from timeline.figures.look import Theme
from timeline.figures.marks import (
    Lane,
    choose_lanes,
    extent,
    place_marks,
    sort_day,
    span_of,
)
from timeline.figures.naming import Language
from timeline.figures.painter import PAD, Painter, row_height
from timeline.model import Event
from timeline.query import LaneKind

MOST_MARKS = 3000
"""Above this many marks a browser needs more than a second to draw (measured: 3,000 bars take 0.7 s)."""

MOST_LANES = 14
"""Lanes drawn at a time; what belongs to none of them shares one more lane."""


@dataclass(frozen=True, slots=True)
class Detail:
    """The figure and what it could not draw one by one.

    ``undated`` are events without a date (for the strip beside the chart); ``outside`` counts dated events
    that lie wholly outside the frame. ``aggregated`` is True where meetings are counted instead of drawn.
    """

    figure: go.Figure
    marks: int
    lanes: tuple[Lane, ...]
    undated: tuple[Event, ...]
    outside: int
    aggregated: bool


def detail_figure(
    events: Sequence[Event],
    *,
    lanes: LaneKind = "actor",
    first: date | None = None,
    last: date | None = None,
    wanted: Sequence[str] = (),
    today: date | None = None,
    references: Sequence[date] = (),
    selected: str | None = None,
    language: Language = "de",
    theme: Theme = "light",
    most_lanes: int = MOST_LANES,
    narrow: bool = False,
    tools: bool = False,
    labels: Mapping[str, str] | None = None,
) -> Detail:
    """Draws ``events`` between ``first`` and ``last`` (inclusive; None: as far as they reach).

    ``wanted`` are lane keys to put first. ``today`` and ``references`` (publication dates of the chosen
    article) become lines. ``narrow`` is for a screen of a telephone: glyphs get more room beside each
    other, labels less. ``tools`` leaves room for Plotly's buttons. ``labels`` replaces lane labels by key
    (country codes by names).
    """
    frame = frame_of(extent(events), first, last)
    chosen, assigned = choose_lanes(
        events,
        lanes,
        most=most_lanes,
        first=wanted,
        language=language,
        names=labels,
    )
    undated = tuple(event for event in events if span_of(event.date) is None)
    dated = [event for event in events if span_of(event.date) is not None]
    visible = [event for event in dated if _inside(event, frame)]
    outside = len(dated) - len(visible)
    letters = lane_letters(lanes, narrow=narrow)
    if sum(len(assigned[event.id]) for event in visible) > MOST_MARKS:
        cells = cells_of(visible, assigned, {event.id: sort_day(event) for event in visible})
        counts = density_figure(
            chosen, cells, frame, today=today, language=language, theme=theme, letters=letters, tools=tools
        )
        return Detail(counts, 0, tuple(chosen), undated, outside, aggregated=True)
    drawn, placed = place_marks(visible, chosen, assigned, frame, gap=0.05 if narrow else 0.022)
    painter = Painter(drawn, placed, frame, language=language, theme=theme)
    painter.paint(selected)
    spaced = [(lane, painter.tops[lane.key], painter.tops[lane.key] + lane.rows + 2 * PAD) for lane in drawn]
    row = row_height(painter.height)
    set_axes(
        painter.figure, spaced, frame,
        language=language, theme=theme, letters=letters, row=row, tools=tools,
    )  # fmt: skip
    mark_days(painter.figure, frame, today=today, references=references, language=language, theme=theme)
    return Detail(painter.figure, len(placed), tuple(drawn), undated, outside, aggregated=False)


def lane_letters(lanes: LaneKind, *, narrow: bool) -> int:
    """How many letters of a lane's name are shown."""
    if narrow:
        return 13
    return 38 if lanes == "pair" else 26


def _inside(event: Event, frame: Bounds) -> bool:
    span = span_of(event.date)
    return span is not None and Bounds(span.first, span.last).overlaps(frame)
