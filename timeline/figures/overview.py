"""The overview: how many meetings per month and status. Dragging over it chooses the range of the detail."""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

import plotly.graph_objects as go

from timeline.edtf import Bounds
from timeline.figures.look import (
    ACCENT,
    GRID,
    MUTED,
    STYLES,
    Theme,
    base_layout,
    column,
    rgba,
    room_for,
    time_axis,
)
from timeline.figures.marks import span_of
from timeline.figures.naming import Language
from timeline.figures.wording import number, say_date, say_status, words
from timeline.model import STATUSES, Event, Status

_YEARS_BY_MONTH = 20
"""Longer spans are counted by year: thinner bars than 3 pixels cannot be hit."""

HEIGHT = 132
"""Height of the figure in pixels."""


@dataclass(frozen=True, slots=True)
class Histogram:
    """Counts by bin, a bin being the first day of a month or a year.

    ``exact`` are events whose whole span lies in one bin. ``coarse`` are those known less exactly: each
    counts as one, in equal parts over the bins that it may lie in. ``undated`` have no date or an open end
    only, and are in no bin.
    """

    by_year: bool
    exact: dict[date, Counter[Status]]
    coarse: dict[date, float]
    undated: int


def histogram(events: Iterable[Event]) -> Histogram:
    """Counts the events; see :class:`Histogram` for what is counted where."""
    spans: list[tuple[Event, date, date, bool]] = []
    undated = 0
    for event in events:
        span = span_of(event.date)
        # Where an end is open, all that is known is the other: the event counts there, as a coarse one.
        first = span and (span.first or span.last)
        last = span and (span.last or span.first)
        if span and first and last:
            spans.append((event, first, last, span.first is None or span.last is None))
        else:
            undated += 1
    by_year = False
    if spans:
        low, high = min(s[1] for s in spans), max(s[2] for s in spans)
        by_year = high.year - low.year > _YEARS_BY_MONTH
    exact: dict[date, Counter[Status]] = defaultdict(Counter)
    coarse: dict[date, float] = defaultdict(float)
    for event, first, last, is_open in spans:
        bins = _bins(first, last, by_year=by_year)
        if is_open:
            coarse[bins[0]] += 1
        elif len(bins) == 1 or (last - first).days < 14:
            # A few days over the turn of a month are one meeting in the month where it began.
            exact[bins[0]][event.status] += 1
        else:
            for day in bins:
                coarse[day] += 1 / len(bins)
    return Histogram(by_year, dict(exact), dict(coarse), undated)


def from_months(months: Iterable[tuple[date, Status, int]]) -> Histogram:
    """The same from counts by month of the first possible day, where the events are too many to read.

    Vague dates then count in the month of their first day.
    """
    rows = list(months)
    days = [day for day, _, _ in rows]
    by_year = bool(days) and max(days).year - min(days).year > _YEARS_BY_MONTH
    exact: dict[date, Counter[Status]] = defaultdict(Counter)
    for day, status, count in rows:
        exact[date(day.year, 1, 1) if by_year else day][status] += count
    return Histogram(by_year, dict(exact), {}, 0)


def _bins(first: date, last: date, *, by_year: bool) -> list[date]:
    if by_year:
        return [date(year, 1, 1) for year in range(first.year, last.year + 1)]
    months = range(first.year * 12 + first.month - 1, last.year * 12 + last.month)
    return [date(month // 12, month % 12 + 1, 1) for month in months]


def _width(day: date, *, by_year: bool) -> float:
    following = (
        date(day.year + 1, 1, 1) if by_year else (day.replace(day=1) + timedelta(days=32)).replace(day=1)
    )
    return (following - day).days * 86_400_000.0


def overview_figure(
    events: Iterable[Event] | Histogram,
    *,
    chosen: Bounds | None = None,
    today: date | None = None,
    language: Language = "de",
    theme: Theme = "light",
) -> go.Figure:
    """Stacked bars by month (by year where the span is long), the chosen range framed."""
    counted = events if isinstance(events, Histogram) else histogram(events)
    chart = words(language)["chart"]
    figure = go.Figure()
    for status in STATUSES:
        bins = sorted(day for day, tally in counted.exact.items() if tally[status])
        if not bins:
            continue
        style = STYLES[status]
        heights = [counted.exact[day][status] for day in bins]
        figure.add_trace(
            _trace(
                bins,
                heights,
                [
                    f"{_bin_name(day, language, by_year=counted.by_year)}: {number(n, language)} "
                    f"{say_status(status, language)}"
                    for day, n in zip(bins, heights, strict=True)
                ],
                by_year=counted.by_year,
                colour=rgba(style.fill, 0.12 if style.dotted else 0.4 if style.pattern else 0.85),
                line=style.line(theme),
                pattern="." if style.dotted else style.pattern,
                name=say_status(status, language),
            )
        )
    if counted.coarse:
        bins = sorted(counted.coarse)
        figure.add_trace(
            _trace(
                bins,
                [counted.coarse[day] for day in bins],
                [f"{_bin_name(day, language, by_year=counted.by_year)}: {chart['coarse']}" for day in bins],
                by_year=counted.by_year,
                colour=rgba("#8A8A8A", 0.4),
                edge=0,
                line=MUTED[theme],
                pattern="",
                name=str(chart["coarse"]),
            )
        )
    layout = base_layout(language, theme, HEIGHT)
    high = _high(counted)
    layout |= {
        "barmode": "stack",
        "bargap": 0.08,
        "dragmode": "select",
        "selectdirection": "h",
        "margin": {"l": room_for([number(high, language)], size=11), "r": 12, "t": 6, "b": 24},
        "xaxis": time_axis(language)
        | {
            "tickfont": {"color": MUTED[theme]},
            "fixedrange": True,
            "showgrid": False,
            "automargin": True,
            "range": _frame(counted),
        },
        "yaxis": {
            "fixedrange": True,
            "gridcolor": GRID[theme],
            "zeroline": False,
            "rangemode": "tozero",
            "dtick": _step(high),
            "tickformat": ",d",
            "tickfont": {"color": MUTED[theme], "size": 11},
            "automargin": True,
        },
        "newselection": {"line": {"color": ACCENT[theme], "width": 1.5, "dash": "solid"}},
        "shapes": _shapes(counted, chosen, today, theme),
    }
    figure.layout = layout
    return figure


def _high(counted: Histogram) -> int:
    """The height of the highest column, at least 1 meeting."""
    tops = [sum(tally.values()) + counted.coarse.get(day, 0) for day, tally in counted.exact.items()]
    return math.ceil(max([*tops, *counted.coarse.values(), 1]))


def _step(high: int) -> int:
    """Distance of the horizontal lines: whole meetings, about three lines."""
    step = 1
    while high / step > 3:
        # 1, 2, 5, 10, 20, 50 ...
        step = step * 5 // 2 if str(step)[0] == "2" else step * 2
    return step


def _frame(counted: Histogram) -> list[str] | None:
    """At least a year is shown: a lone month would else be one bar as broad as the page."""
    days = [*counted.exact, *counted.coarse]
    if not days or counted.by_year or (max(days) - min(days)).days > 330:
        return None
    middle = min(days) + (max(days) - min(days)) / 2
    return [(middle - timedelta(days=183)).isoformat(), (middle + timedelta(days=183)).isoformat()]


def _bin_name(day: date, language: Language, *, by_year: bool) -> str:
    return say_date(day.isoformat()[: 4 if by_year else 7], language)


def _trace(
    bins: Sequence[date],
    heights: Sequence[float],
    hover: Sequence[str],
    *,
    by_year: bool,
    colour: str,
    line: str,
    edge: float = 1,
    pattern: str,
    name: str,
) -> go.Bar:
    return go.Bar(
        x=column(datetime.combine(day, time()).isoformat() for day in bins),
        y=column(heights),
        width=[_width(day, by_year=by_year) * 0.86 for day in bins],
        offset=0,
        marker={
            "color": colour,
            "line": {"color": line, "width": edge},
            "pattern": {
                "shape": pattern,
                "fillmode": "overlay",
                "fgcolor": line,
                "size": 6,
                "solidity": 0.25,
            },
        },
        hovertext=column(hover),
        hovertemplate="%{hovertext}<extra></extra>",
        textposition="none",
        name=name,
        unselected={"marker": {"opacity": 1}},
    )


def _shapes(
    counted: Histogram, chosen: Bounds | None, today: date | None, theme: Theme
) -> list[dict[str, Any]]:
    days = [*counted.exact, *counted.coarse]
    shapes: list[dict[str, Any]] = []
    if chosen and days and (chosen.first or chosen.last):
        low = chosen.first or min(days)
        high = (chosen.last or max(days).replace(day=28)) + timedelta(days=1)
        shapes.append(
            {
                "type": "rect",
                "x0": low.isoformat(),
                "x1": high.isoformat(),
                "yref": "paper",
                "y0": 0,
                "y1": 1,
                "fillcolor": rgba("#0072B2", 0.10),
                "line": {"color": "#0072B2", "width": 1.5},
                "layer": "below",
            }
        )
    if today and days and min(days) <= today <= max(days) + timedelta(days=366):
        shapes.append(
            {
                "type": "line",
                "x0": today.isoformat(),
                "x1": today.isoformat(),
                "yref": "paper",
                "y0": 0,
                "y1": 1,
                "line": {"color": MUTED[theme], "width": 1.2},
            }
        )
    return shapes
