"""The detail timeline: lanes of marks, each drawn as exactly as its date is known.

One trace per status and shape, never one per event; customdata of every clickable point is the event id.
The number of marks is bounded (:data:`MOST_MARKS`); beyond it the lanes are shown as counts per month.
"""

import html
import textwrap
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

import plotly.graph_objects as go

from timeline.edtf import Bounds
from timeline.figures.look import (
    ACCENT,
    FULL,
    GRID,
    MUTED,
    PAGE,
    PALE,
    STYLES,
    TEXT,
    Theme,
    base_layout,
    rgba,
    time_axis,
)
from timeline.figures.marks import Lane, LaneKind, Mark, choose_lanes, extent, place_marks, span_of
from timeline.figures.naming import Language
from timeline.figures.wording import number, say_date, say_event, say_status, words
from timeline.model import STATUSES, Event, Status

MOST_MARKS = 3000
"""Above this many marks a browser needs more than a second to draw (measured: 3,000 bars take 0.7 s)."""

MOST_LANES = 14
"""Lanes drawn at a time; what belongs to none of them shares one more lane."""

_ROW = (13, 22)
"""Least and greatest height of a sub-lane in pixels; between them the picture aims at :data:`_AIM`."""
_AIM = 600
"""Height in pixels that the lanes would like to fit into."""
_BAR = 0.62
"""Height of a bar as a share of its sub-lane."""
_PAD = 0.35
"""Space above and below the marks of a lane, in sub-lanes."""
_FADE = (0.75, 0.5, 0.25)
"""Three steps of an approximate end, from inside to outside: share of the fill's opacity."""
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
        painter = _Painter(drawn, placed, frame, language=language, theme=theme)
        painter.paint(selected)
        figure, marks = painter.figure, len(placed)
        spaced = [
            (lane, painter.tops[lane.key], painter.tops[lane.key] + lane.rows + 2 * _PAD) for lane in drawn
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


def _moment(day: date, *, hours: int = 0) -> str:
    return (datetime.combine(day, time()) + timedelta(hours=hours)).isoformat()


def hover_text(event: Event, language: Language) -> str:
    """The sentence of an event for a hover label: escaped, for it may hold words of an article."""
    lines = textwrap.wrap(say_event(event, language), 58)
    return "<br>".join(html.escape(line, quote=False) for line in lines)


def hover_label(label: str, most: int = 60) -> str:
    """A name for a figure: at most ``most`` letters, escaped, for Plotly reads some markup."""
    return html.escape(label if len(label) <= most else label[: most - 1].rstrip() + "…", quote=False)


Path = tuple[list[str | None], list[float | None]]


class _Painter:
    """Draws the marks of one picture, a trace per status and shape."""

    def __init__(
        self,
        lanes: Sequence[Lane],
        marks: Sequence[Mark],
        frame: Bounds,
        *,
        language: Language,
        theme: Theme,
    ) -> None:
        self.figure = go.Figure()
        self._marks = marks
        self._theme: Theme = theme
        self._days = frame.days or 1
        self._hover = {mark.event.id: hover_text(mark.event, language) for mark in marks}
        self.tops: dict[str, float] = {}
        self.height = 0.0
        for lane in lanes:
            self.tops[lane.key] = self.height
            self.height += lane.rows + 2 * _PAD
        self._size = max(9, min(12, round(_row_height(self.height) * 0.6)))

    def paint(self, selected: str | None) -> None:
        """Adds all marks, signs over them, and a ring around the selected event."""
        by_status: dict[Status, list[Mark]] = defaultdict(list)
        for mark in self._marks:
            by_status[mark.event.status].append(mark)
        for status in STATUSES:
            own = by_status.get(status, [])
            self._bars(status, [mark for mark in own if mark.shape != "glyph"])
            self._glyphs(status, [mark for mark in own if mark.shape == "glyph"])
            self._arrows(status, own)
        self._signs()
        if selected is not None:
            self._ring([mark for mark in self._marks if mark.event.id == selected])

    def _y(self, mark: Mark) -> float:
        return self.tops[mark.lane] + _PAD + mark.row + 0.5

    def _points(self, marks: Sequence[Mark]) -> dict[str, Any]:
        """What makes a trace clickable and hoverable."""
        return {
            "customdata": [[mark.event.id] for mark in marks],
            "hovertext": [self._hover[mark.event.id] for mark in marks],
            "hovertemplate": "%{hovertext}<extra></extra>",
            "unselected": {"marker": {"opacity": 1}},
        }

    def _bars(self, status: Status, marks: Sequence[Mark]) -> None:
        if not marks:
            return
        style = STYLES[status]
        line = style.line(self._theme)
        owners: list[Mark] = []
        base: list[str] = []
        width: list[float] = []
        fill: list[str] = []
        edge: list[float] = []
        dotted: Path = ([], [])
        brackets: Path = ([], [])
        for mark in marks:
            start, end = self._visible(mark)
            alpha = 0.0 if style.dotted else FULL if mark.event.checked else PALE
            firm = mark.shape != "set" and not style.dotted
            for left, right, share in _segments(mark, start, end):
                owners.append(mark)
                base.append(left.isoformat())
                width.append((right - left).total_seconds() * 1000)
                # A fill of no opacity would not catch the mouse.
                fill.append(rgba(style.fill, max(alpha * share * (1 if firm else 0.5), 0.02)))
                edge.append(1.3 if firm and share == 1 else 0.0)
            if mark.shape == "set":
                self._bracket(brackets, mark, start, end)
            elif style.dotted:
                left, right, _ = _segments(mark, start, end)[0]
                _box(dotted, left.isoformat(), right.isoformat(), self._y(mark))
        pattern: dict[str, Any] = {}
        if style.pattern:
            pattern = {
                "shape": style.pattern,
                "fillmode": "overlay",
                "fgcolor": line,
                "fgopacity": 0.8,
                "size": 7,
                "solidity": 0.18,
            }
        self.figure.add_trace(
            go.Bar(
                orientation="h",
                base=base,
                x=width,
                y=[self._y(mark) for mark in owners],
                width=_BAR,
                marker={"color": fill, "line": {"color": line, "width": edge}, "pattern": pattern},
                textposition="none",
                name=status,
                **self._points(owners),
            )
        )
        self._path(dotted, line, status, dash="dot")
        self._path(brackets, line, status)

    def _visible(self, mark: Mark) -> tuple[datetime, datetime]:
        """Both edges of a bar; a bar too narrow to be seen is widened to 0.3 % of the picture."""
        start, end = datetime.combine(mark.first, time()), datetime.combine(mark.last, time()) + timedelta(1)
        least = timedelta(days=self._days * 0.003)
        if end - start < least:
            middle = start + (end - start) / 2
            start, end = middle - least / 2, middle + least / 2
        return start, end

    def _bracket(self, into: Path, mark: Mark, start: datetime, end: datetime) -> None:
        """Square brackets around a set in doubt; an open side has none, for an arrow stands there."""
        y = self._y(mark)
        top, bottom = y - _BAR / 2, y + _BAR / 2
        hook = timedelta(days=self._days * 0.004)
        for x, inner, shown in (
            (start, start + hook, not mark.open_first),
            (end, end - hook, not mark.open_last),
        ):
            if shown:
                into[0].extend([inner.isoformat(), x.isoformat(), x.isoformat(), inner.isoformat(), None])
                into[1].extend([top, top, bottom, bottom, None])
        if not STYLES[mark.event.status].pattern and end - start > 6 * hook:
            into[0].extend([start.isoformat(), end.isoformat(), None])
            into[1].extend([y, y, None])

    def _path(self, path: Path, colour: str, name: str, *, dash: str = "solid", width: float = 1.8) -> None:
        if path[0]:
            self.figure.add_trace(
                go.Scatter(
                    x=path[0],
                    y=path[1],
                    mode="lines",
                    line={"color": colour, "width": width, "dash": dash},
                    hoverinfo="skip",
                    name=name,
                    connectgaps=False,
                )
            )

    def _glyphs(self, status: Status, marks: Sequence[Mark]) -> None:
        if not marks:
            return
        style = STYLES[status]
        line = style.line(self._theme)
        if status == "ongoing":
            tails: Path = ([], [])
            for mark in marks:
                start = datetime.combine(mark.first, time(12))
                end = start + timedelta(days=self._days * 0.014)
                tails[0].extend([start.isoformat(), end.isoformat(), None])
                tails[1].extend([self._y(mark), self._y(mark), None])
            self._path(tails, line, status, width=3)
        colours: str | list[str] = line
        if style.filled:
            colours = [rgba(style.fill, 1.0 if mark.event.checked else 0.45) for mark in marks]
        self.figure.add_trace(
            go.Scatter(
                x=[_moment(mark.first, hours=12) for mark in marks],
                y=[self._y(mark) for mark in marks],
                mode="markers",
                marker={
                    "symbol": style.glyph,
                    "size": self._size,
                    "color": colours,
                    "opacity": 1,
                    "line": {"color": line, "width": [2.6 if mark.event.checked else 1.7 for mark in marks]},
                },
                name=status,
                **self._points(marks),
            )
        )

    def _arrows(self, status: Status, marks: Sequence[Mark]) -> None:
        """An open end is an arrow that points on."""
        ends = [
            (mark, _moment(mark.last, hours=24), "triangle-right")
            for mark in marks
            if mark.open_last and mark.shape != "glyph"
        ]
        ends += [(mark, _moment(mark.first), "triangle-left") for mark in marks if mark.open_first]
        if not ends:
            return
        self.figure.add_trace(
            go.Scatter(
                x=[x for _, x, _ in ends],
                y=[self._y(mark) for mark, _, _ in ends],
                mode="markers",
                marker={
                    "symbol": [symbol for _, _, symbol in ends],
                    "size": self._size,
                    "color": STYLES[status].line(self._theme),
                },
                name=status,
                cliponaxis=False,
                **self._points([mark for mark, _, _ in ends]),
            )
        )

    def _signs(self) -> None:
        """Small signs at the upper right: sources disagree; a day that is only approximate."""
        signs = [(mark, "≠") for mark in self._marks if mark.event.disputed]
        signs += [
            (mark, "≈")
            for mark in self._marks
            if mark.shape == "glyph" and (mark.fade_first or mark.fade_last)
        ]
        if not signs:
            return
        self.figure.add_trace(
            go.Scatter(
                x=[_moment(mark.last, hours=18 if sign == "≠" else 0) for mark, sign in signs],
                y=[self._y(mark) - 0.12 for mark, _ in signs],
                mode="text",
                text=[f"<b>{sign}</b>" for _, sign in signs],
                textposition=["top right" if sign == "≠" else "middle left" for _, sign in signs],
                textfont={"color": TEXT[self._theme], "size": 12},
                hoverinfo="skip",
                name="signs",
            )
        )

    def _ring(self, marks: Sequence[Mark]) -> None:
        if not marks:
            return
        self.figure.add_trace(
            go.Scatter(
                x=[_moment(m.first, hours=12 * ((m.last - m.first).days + 1)) for m in marks],
                y=[self._y(mark) for mark in marks],
                mode="markers",
                marker={
                    "symbol": "circle-open",
                    "size": 22,
                    "color": ACCENT[self._theme],
                    "line": {"width": 2.5, "color": ACCENT[self._theme]},
                },
                hoverinfo="skip",
                name="selected",
            )
        )


def _row_height(rows: float) -> float:
    return max(_ROW[0], min(_ROW[1], _AIM / max(rows, 1)))


def _segments(mark: Mark, start: datetime, end: datetime) -> list[tuple[datetime, datetime, float]]:
    """A bar as (left, right, share of the fill): the core first, then three fading steps per vague end."""
    fade = (end - start) * 0.3
    inner_start = start + fade if mark.fade_first and not mark.open_first else start
    inner_end = end - fade if mark.fade_last and not mark.open_last else end
    step = fade / 3
    segments = [(inner_start, inner_end, 1.0)]
    for place, share in enumerate(_FADE):
        if inner_start != start:
            right = inner_start - step * place
            segments.append((right - step, right, share))
        if inner_end != end:
            left = inner_end + step * place
            segments.append((left, left + step, share))
    return segments


def _box(into: Path, left: str, right: str, y: float) -> None:
    top, bottom = y - _BAR / 2, y + _BAR / 2
    into[0].extend([left, right, right, left, left, None])
    into[1].extend([top, top, bottom, bottom, top, None])


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
    layout = base_layout(language, theme, max(120, round(height * _row_height(height))) + 46)
    layout["margin"] = {"l": 8, "r": 12, "t": 40, "b": 6}
    muted = MUTED[theme]
    layout["xaxis"] = time_axis(language) | {
        "range": [_moment(frame.first or date.min), _moment(frame.last or date.max, hours=24)],
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
    x = _moment(day, hours=12)
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
            x=[_moment(month, hours=24 * 14) for month in months],
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
