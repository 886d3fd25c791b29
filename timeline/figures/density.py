"""Very many meetings: each lane as a small column chart over time, by status.

Where single marks would cover each other, a lane shows how many meetings began when, what was held apart
from what was announced. A column can be clicked: customdata is the lane's key and the days it covers.
"""

import html
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Literal

import plotly.graph_objects as go

from timeline.edtf import Bounds
from timeline.figures.axes import mark_days, set_axes
from timeline.figures.look import STYLES, Theme, column, rgba
from timeline.figures.marks import Lane
from timeline.figures.naming import Language
from timeline.figures.wording import number, say_date, say_status, words
from timeline.model import STATUSES, Event, Status

MOST_COLUMNS = 3000
"""Columns drawn at a time, as many as single marks (see :data:`timeline.figures.detail.MOST_MARKS`)."""
_ROW = 40
"""Height of a lane in pixels."""
_FULL = 0.84
"""Height of the highest column as a share of its lane; :data:`_LEAST` is that of the lowest, to be hit."""
_LEAST = 0.07

REST = ("*", "")
"""Keys of the lanes of what belongs to none of those drawn, and of what can be in none."""
Unit = Literal["month", "quarter", "year"]
_MONTHS: dict[Unit, int] = {"month": 1, "quarter": 3, "year": 12}
LaneCell = tuple[str, date, Status, int]
"""Lane key, first day of a month, status, number of meetings."""


def cells_of(
    events: Iterable[Event], assigned: Mapping[str, Sequence[str]], days: Mapping[str, date]
) -> list[LaneCell]:
    """The cells of ``events``: ``assigned`` gives their lanes by id, ``days`` the day they count in."""
    found: Counter[tuple[str, date, Status]] = Counter()
    for event in events:
        for lane in assigned[event.id]:
            found[lane, days[event.id].replace(day=1), event.status] += 1
    return [(*where, n) for where, n in found.items()]


def density_figure(
    lanes: Sequence[Lane],
    cells: Iterable[LaneCell],
    frame: Bounds,
    *,
    today: date | None = None,
    language: Language = "de",
    theme: Theme = "light",
    letters: int = 26,
    tools: bool = False,
) -> go.Figure:
    """Draws ``cells`` in ``lanes`` within ``frame``, by month, quarter or year as many columns as fit.

    What began before the frame counts in its first column. All lanes have one scale but the one that
    gathers the rest, which would press the others flat. customdata of a column is ``[lane key, first
    day, last day]``.
    """
    if frame.first is None or frame.last is None:
        raise ValueError("the frame of a picture needs both ends")
    unit, counted = _binned(list(cells), {lane.key for lane in lanes}, frame)
    totals: Counter[tuple[str, date]] = Counter()
    for (lane, day, _), n in counted.items():
        totals[lane, day] += n
    scale = _scales(totals)
    figure = go.Figure()
    risen: dict[tuple[str, date], float] = defaultdict(float)
    at = {lane.key: i for i, lane in enumerate(lanes)}
    labels = {lane.key: lane.label for lane in lanes}
    told = {
        where: _told(
            labels[where[0]], where[1], unit, {s: counted.get((*where, s), 0) for s in STATUSES}, language
        )
        for where in totals
    }
    for status in STATUSES:
        own = sorted(where[:2] for where in counted if where[2] == status)
        if not own:
            continue
        heights = [max(_LEAST, counted[(*where, status)] * scale[where[0]]) for where in own]
        bases = []
        for where, height in zip(own, heights, strict=True):
            bases.append(at[where[0]] + 0.95 - risen[where])
            risen[where] += height
        figure.add_trace(_columns(own, bases, heights, told, unit, status, theme))
    spaced = [(lane, float(i), i + 1.0) for i, lane in enumerate(lanes)]
    set_axes(figure, spaced, frame, language=language, theme=theme, letters=letters, row=_ROW, tools=tools)
    mark_days(figure, frame, today=today, language=language, theme=theme)
    return figure


def _binned(
    cells: Sequence[LaneCell], lanes: set[str], frame: Bounds
) -> tuple[Unit, Counter[tuple[str, date, Status]]]:
    """The cells in the finest unit that stays below :data:`MOST_COLUMNS`."""
    first, last = frame.first or date.min, frame.last or date.max
    counted: Counter[tuple[str, date, Status]] = Counter()
    for unit in _MONTHS:
        counted = Counter()
        for lane, month, status, n in cells:
            if lane in lanes and month <= last:
                counted[lane, _start(max(month, first), unit), status] += n
        if len(counted) <= MOST_COLUMNS:
            return unit, counted
    return "year", counted


def _scales(totals: Mapping[tuple[str, date], int]) -> dict[str, float]:
    """Height of one meeting by lane, as a share of the lane."""
    named = max((n for (lane, _), n in totals.items() if lane not in REST), default=1)
    rest = max((n for (lane, _), n in totals.items() if lane in REST), default=1)
    return {lane: _FULL / (rest if lane in REST else named) for lane, _ in totals}


def _start(day: date, unit: Unit) -> date:
    months = _MONTHS[unit]
    return date(day.year, (day.month - 1) // months * months + 1, 1)


def _end(day: date, unit: Unit) -> date:
    """The last day of the unit that begins on ``day``."""
    months = day.year * 12 + day.month - 1 + _MONTHS[unit]
    return date(months // 12, months % 12 + 1, 1) - timedelta(days=1)


def _told(label: str, day: date, unit: Unit, tally: Mapping[Status, int], language: Language) -> str:
    """The hover of a column, in words: the lane, the time, how many, of which status."""
    chart = words(language)["chart"]
    edtf = {
        "month": day.isoformat()[:7],
        "quarter": f"{day.year}-{33 + (day.month - 1) // 3}",
        "year": str(day.year),
    }[unit]
    total = sum(tally.values())
    n = chart["meetings_one"] if total == 1 else chart["meetings_many"].format(n=number(total, language))
    parts = ", ".join(
        f"{number(tally[status], language)} {say_status(status, language)}"
        for status in STATUSES
        if tally[status]
    )
    cell = chart["cell"].format(lane=label, when=say_date(edtf, language), n=n)
    return html.escape(f"{cell}, {chart['of_which'].format(parts=parts)}", quote=False)


def _columns(  # noqa: PLR0917  one call, above
    own: Sequence[tuple[str, date]],
    bases: Sequence[float],
    heights: Sequence[float],
    told: Mapping[tuple[str, date], str],
    unit: Unit,
    status: Status,
    theme: Theme,
) -> go.Bar:
    style = STYLES[status]
    ends = [_end(day, unit) for _, day in own]
    return go.Bar(
        x=column(datetime.combine(day, time()).isoformat() for _, day in own),
        width=[((end - day).days + 1) * 86_400_000 * 0.9 for (_, day), end in zip(own, ends, strict=True)],
        offset=0,
        base=column(bases),
        # The axis runs downwards, so a column that rises is a negative one.
        y=column(-height for height in heights),
        marker={
            "color": rgba(style.fill, 0.12 if style.dotted else 0.4 if style.pattern else 0.75),
            "line": {"color": style.line(theme), "width": 0.6},
            "pattern": {
                "shape": "." if style.dotted else style.pattern,
                "fillmode": "overlay",
                "fgcolor": style.line(theme),
                "size": 5,
                "solidity": 0.25,
            },
        },
        customdata=column(
            [lane, day.isoformat(), end.isoformat()] for (lane, day), end in zip(own, ends, strict=True)
        ),
        hovertext=column(told[where] for where in own),
        hovertemplate="%{hovertext}<extra></extra>",
        textposition="none",
        name=status,
        unselected={"marker": {"opacity": 1}},
    )
