"""Draws the marks of the detail timeline as traces, one per status, shape and whether it has been checked.

Bars over all days that a date may mean, brackets for "one of these", fading ends for approximate dates,
arrows for open ends, a glyph for a day; customdata of every clickable point is the event id.
"""

import html
import textwrap
from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

import plotly.graph_objects as go

from timeline.edtf import Bounds
from timeline.figures.look import (
    ACCENT,
    FULL,
    PALE,
    STYLES,
    TEXT,
    Theme,
    column,
    rgba,
)
from timeline.figures.marks import Lane, Mark
from timeline.figures.naming import Language
from timeline.figures.wording import say_event
from timeline.model import STATUSES, Event, Status

_ROW = (13, 22)
"""Least and greatest height of a sub-lane in pixels; between them the picture aims at :data:`_AIM`."""
_AIM = 600
"""Height in pixels that the lanes would like to fit into."""
BAR = 0.62
"""Height of a bar as a share of its sub-lane."""
PAD = 0.35
"""Space above and below the marks of a lane, in sub-lanes."""
_FADE = (0.75, 0.5, 0.25)
"""Three steps of an approximate end, from inside to outside: share of the fill's opacity."""


_WRAPPER = textwrap.TextWrapper(58, break_on_hyphens=False)


def moment(day: date, *, hours: int = 0) -> str:
    """The beginning of a day, or some hours later, as Plotly reads it."""
    return (datetime.combine(day, time()) + timedelta(hours=hours)).isoformat()


def hover_text(event: Event, language: Language) -> str:
    """The sentence of an event for a hover label: escaped, for it may hold words of an article."""
    lines = _WRAPPER.wrap(say_event(event, language))
    return "<br>".join(html.escape(line, quote=False) for line in lines)


def hover_label(label: str, most: int = 60) -> str:
    """A name for a figure: at most ``most`` letters, escaped, for Plotly reads some markup."""
    return html.escape(label if len(label) <= most else label[: most - 1].rstrip() + "…", quote=False)


Path = tuple[list[str | None], list[float | None]]


class Painter:
    """Draws the marks of one picture, a few traces for each status."""

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
            self.height += lane.rows + 2 * PAD
        self._size = max(9, min(12, round(row_height(self.height) * 0.6)))

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
        return self.tops[mark.lane] + PAD + mark.row + 0.5

    def _points(self, marks: Sequence[Mark]) -> dict[str, Any]:
        """What makes a trace clickable and hoverable."""
        return {
            "customdata": column([mark.event.id] for mark in marks),
            "hovertext": column(self._hover[mark.event.id] for mark in marks),
            "hovertemplate": "%{hovertext}<extra></extra>",
            # The mark that was clicked stands out, and the others stay as they are.
            "unselected": {"marker": {"opacity": 1}},
            "selected": {"marker": {"color": ACCENT[self._theme], "opacity": 1}},
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
                base=column(base),
                x=column(width),
                y=column(self._y(mark) for mark in owners),
                width=BAR,
                marker={
                    "color": fill,
                    "line": {"color": line, "width": edge},
                    "pattern": pattern,
                },
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
        top, bottom = y - BAR / 2, y + BAR / 2
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
                    x=column(path[0]),
                    y=column(path[1]),
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
        # Looks that hold for a whole trace spare Plotly, here and in the page, the reading of lists.
        for checked in (False, True):
            own = [mark for mark in marks if mark.event.checked is checked]
            fill = rgba(style.fill, 1.0 if checked else 0.45) if style.filled else line
            edge = {"color": line, "width": 2.6 if checked else 1.7}
            if own:
                self.figure.add_trace(
                    go.Scatter(
                        x=column(moment(mark.first, hours=12) for mark in own),
                        y=column(self._y(mark) for mark in own),
                        mode="markers",
                        marker={
                            "symbol": style.glyph, "size": self._size, "color": fill, "opacity": 1,
                            "line": edge,
                        },
                        name=status,
                        **self._points(own),
                    )
                )  # fmt: skip

    def _arrows(self, status: Status, marks: Sequence[Mark]) -> None:
        """An open end is an arrow that points on."""
        ends = [
            (mark, moment(mark.last, hours=24), "triangle-right")
            for mark in marks
            if mark.open_last and mark.shape != "glyph"
        ]
        ends += [(mark, moment(mark.first), "triangle-left") for mark in marks if mark.open_first]
        if not ends:
            return
        self.figure.add_trace(
            go.Scatter(
                x=column(x for _, x, _ in ends),
                y=column(self._y(mark) for mark, _, _ in ends),
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
                x=column(moment(mark.last, hours=18 if sign == "≠" else 0) for mark, sign in signs),
                y=column(self._y(mark) - 0.12 for mark, _ in signs),
                mode="text",
                text=column(f"<b>{sign}</b>" for _, sign in signs),
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
                x=[moment(m.first, hours=12 * ((m.last - m.first).days + 1)) for m in marks],
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


def row_height(rows: float) -> float:
    """Pixels of a sub-lane where ``rows`` of them share the picture."""
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
    top, bottom = y - BAR / 2, y + BAR / 2
    into[0].extend([left, right, right, left, left, None])
    into[1].extend([top, top, bottom, bottom, top, None])
