"""The detail timeline: lanes of marks, each drawn as exactly as its date is known.

One trace per status and shape, never one per event; customdata of every clickable point is the event id.
The number of marks is bounded (:data:`MOST_MARKS`); beyond it the lanes are shown as counts per month.
"""

import html
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import plotly.graph_objects as go

from timeline.edtf import Bounds
from timeline.figures.look import (
    GRID,
    MUTED,
    PAGE,
    STYLES,
    Theme,
    base_layout,
    rgba,
    time_axis,
)
from timeline.figures.marks import Lane, LaneKind, choose_lanes, extent, place_marks, span_of
from timeline.figures.naming import Language
from timeline.figures.painter import PAD, Painter, hover_label, moment, row_height
from timeline.figures.wording import number, say_date, say_status, words
from timeline.model import STATUSES, Event, Status

MOST_MARKS = 3000
"""Above this many marks a browser needs more than a second to draw (measured: 3,000 bars take 0.7 s)."""

MOST_LANES = 14
"""Lanes drawn at a time; what belongs to none of them shares one more lane."""

_NAMED_APART = 0.15
"""Share of the frame that two lines with the same name must be apart for both to be named."""


@dataclass(frozen=True, slots=True)
class Detail:
    """The figure and what it could not draw one by one.

    ``undated`` are events without a date (for the strip beside the chart); ``outside`` counts dated events
    that lie wholly outside the frame. ``aggregated`` is True where months are counted instead of drawn.
    """

    figure: go.Figure
    marks: int
    lanes: tuple[Lane, ...]
    undated: tuple[Event, ...]
    outside: int
    aggregated: bool


def frame_of(events: Sequence[Event], first: date | None, last: date | None) -> Bounds:
    """The days that the picture spans: what was asked for, else all dates with a little air around.

    Without any date it is the year 2000, a frame as good as another for an empty picture.
    """
    found = extent(events)
    low = first or (found.first if found else None)
    high = last or (found.last if found else None)
    if low is None and high is None:
        return Bounds(date(2000, 1, 1), date(2000, 12, 31))
    low, high = low or high, high or low
    if low is None or high is None:
        raise AssertionError("one of the two was set")
    low, high = min(low, high), max(low, high)
    air = timedelta(days=max(20, (high - low).days // 33))
    return Bounds(
        low if first else _shift(low, -air),
        high if last else _shift(high, air),
    )


def _shift(day: date, by: timedelta) -> date:
    try:
        return day + by
    except OverflowError:
        return day


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
    labels: Mapping[str, str] | None = None,
) -> Detail:
    """Draws ``events`` between ``first`` and ``last`` (inclusive; None: as far as they reach).

    ``wanted`` are lane keys to put first. ``today`` and ``references`` (publication dates of the chosen
    article) become lines. ``narrow`` is for a screen of a telephone: glyphs get more room beside each
    other, labels less. ``labels`` replaces lane labels by key (country codes by names).
    """
    frame = frame_of(events, first, last)
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
    aggregated = sum(len(assigned[event.id]) for event in visible) > MOST_MARKS
    if aggregated:
        drawn, marks = chosen, 0
        figure = _aggregate(visible, chosen, assigned, frame, language=language, theme=theme)
        spaced = [(lane, float(i), i + 1.0) for i, lane in enumerate(drawn)]
    else:
        drawn, placed = place_marks(visible, chosen, assigned, frame, gap=0.05 if narrow else 0.016)
        painter = Painter(drawn, placed, frame, language=language, theme=theme)
        painter.paint(selected)
        figure, marks = painter.figure, len(placed)
        spaced = [
            (lane, painter.tops[lane.key], painter.tops[lane.key] + lane.rows + 2 * PAD) for lane in drawn
        ]
    _axes(
        figure,
        spaced,
        frame,
        language=language,
        theme=theme,
        letters=13 if narrow else 38 if lanes == "pair" else 26,
    )
    days = [(today, "today")] if today else []
    days += [(day, "reference") for day in sorted(references)]
    named: dict[str, date] = {}
    for day, word in days:
        if frame.overlaps(Bounds(day, day)):
            # Sources of one week have their lines side by side: one name serves them all.
            alone = word not in named or (day - named[word]).days > (frame.days or 1) * _NAMED_APART
            _line(figure, day, word, named=alone, language=language, theme=theme)
            if alone:
                named[word] = day
    return Detail(figure, marks, tuple(drawn), undated, len(dated) - len(visible), aggregated)


def _inside(event: Event, frame: Bounds) -> bool:
    span = span_of(event.date)
    return span is not None and Bounds(span.first, span.last).overlaps(frame)


def _axes(
    figure: go.Figure,
    lanes: Sequence[tuple[Lane, float, float]],
    frame: Bounds,
    *,
    language: Language,
    theme: Theme,
    letters: int,
) -> None:
    """Axes and lane labels of at most ``letters``; ``lanes`` are (lane, top, bottom) in sub-lanes."""
    height = max((bottom for _, _, bottom in lanes), default=1.0)
    layout = base_layout(language, theme, max(120, round(height * row_height(height))) + 46)
    layout["margin"] = {"l": 8, "r": 12, "t": 40, "b": 6}
    muted = MUTED[theme]
    layout["xaxis"] = time_axis(language) | {
        "range": [moment(frame.first or date.min), moment(frame.last or date.max, hours=24)],
        "side": "top",
        "gridcolor": GRID[theme],
        "tickfont": {"color": muted},
    }
    layout["yaxis"] = {
        "tickmode": "array",
        "tickvals": [(top + bottom) / 2 for _, top, bottom in lanes],
        "ticktext": [
            f"{hover_label(lane.label, letters)} "
            f"<span style='color:{muted}'>{number(lane.count, language)}</span>"
            for lane, _, _ in lanes
        ],
        "range": [height, 0],
        "automargin": True,
        "fixedrange": True,
        "showgrid": False,
        "zeroline": False,
        "ticks": "",
    }
    layout["shapes"] = [
        {
            "type": "line",
            "xref": "paper",
            "x0": 0,
            "x1": 1,
            "y0": top,
            "y1": top,
            "line": {"color": GRID[theme], "width": 1},
            "layer": "below",
        }
        for _, top, _ in lanes
    ]
    figure.update_layout(**layout)


def _line(figure: go.Figure, day: date, word: str, *, named: bool, language: Language, theme: Theme) -> None:
    """A day as a line over all lanes, ``named`` at its foot; ``word`` is a key of the words of the chart."""
    dash, side = ("solid", "right") if word == "today" else ("dot", "left")
    x = moment(day, hours=12)
    figure.add_shape(
        type="line",
        x0=x,
        x1=x,
        yref="paper",
        y0=0,
        y1=1,
        line={"color": MUTED[theme], "width": 1.2, "dash": dash},
    )
    if not named:
        return
    figure.add_annotation(
        x=x,
        yref="paper",
        y=0,
        yanchor="bottom",
        xanchor=side,
        text=words(language)["chart"][word],
        showarrow=False,
        font={"color": MUTED[theme], "size": 11},
        # Marks of the lowest lane may lie behind it.
        bgcolor=rgba(PAGE[theme], 0.85),
    )


def _aggregate(
    events: Sequence[Event],
    lanes: Sequence[Lane],
    assigned: Mapping[str, list[str]],
    frame: Bounds,
    *,
    language: Language,
    theme: Theme,
) -> go.Figure:
    """Lanes as counts per month: one image however many events there are."""
    chart = words(language)["chart"]
    if frame.first is None or frame.last is None:
        raise AssertionError("a frame has both ends")
    months = [date(frame.first.year + i // 12, i % 12 + 1, 1) for i in range(*_month_range(frame))]
    column = {month: i for i, month in enumerate(months)}
    row = {lane.key: i for i, lane in enumerate(lanes)}
    counts: dict[tuple[int, int], Counter[Status]] = defaultdict(Counter)
    for event in events:
        span = span_of(event.date)
        if span is None:
            continue
        day = max(span.first or frame.first, frame.first)
        for key in assigned[event.id]:
            counts[row[key], column[day.replace(day=1)]][event.status] += 1
    z: list[list[int | None]] = [[None] * len(months) for _ in lanes]
    text: list[list[str]] = [[""] * len(months) for _ in lanes]
    for (y, x), tally in counts.items():
        total = sum(tally.values())
        z[y][x] = total
        of = ", ".join(
            f"{number(tally[status], language)} {say_status(status, language)}"
            for status in STATUSES
            if tally[status]
        )
        n = chart["meetings_one"] if total == 1 else chart["meetings_many"].format(n=number(total, language))
        when = say_date(months[x].isoformat()[:7], language)
        cell = chart["cell"].format(lane=lanes[y].label, when=when, n=n)
        text[y][x] = html.escape(f"{cell}, {chart['of_which'].format(parts=of)}", quote=False)
    blue = STYLES["held"]
    return go.Figure(
        go.Heatmap(
            x=[moment(month, hours=24 * 14) for month in months],
            y=[i + 0.5 for i in range(len(lanes))],
            z=z,
            hovertext=text,
            hovertemplate="%{hovertext}<extra></extra>",
            colorscale=[[0, rgba(blue.fill, 0.15)], [1, blue.line(theme)]],
            zmin=0,
            showscale=False,
            xgap=1,
            ygap=6,
            hoverongaps=False,
        )
    )


def _month_range(frame: Bounds) -> tuple[int, int]:
    if frame.first is None or frame.last is None:
        raise AssertionError("a frame has both ends")
    start = frame.first.month - 1
    return start, (frame.last.year - frame.first.year) * 12 + frame.last.month
