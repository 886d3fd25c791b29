"""The frame of a timeline: its days, its lanes' names, and the lines that mark single days."""

import html
from collections.abc import Sequence
from datetime import date, timedelta

import plotly.graph_objects as go

from timeline.edtf import Bounds
from timeline.figures.look import GRID, MUTED, PAGE, Theme, base_layout, rgba, room_for, time_axis
from timeline.figures.marks import Lane
from timeline.figures.naming import Language
from timeline.figures.painter import hover_label, moment
from timeline.figures.wording import number, words

_NAMED_APART = 0.15
"""Share of the frame that two lines with the same name must be apart for both to be named."""


def frame_of(found: Bounds | None, first: date | None, last: date | None) -> Bounds:
    """The days that a picture spans: what was asked for, else all that was ``found``, with air around.

    Without any date it is the year 2000, a frame as good as another for an empty picture.
    """
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


def set_axes(
    figure: go.Figure,
    lanes: Sequence[tuple[Lane, float, float]],
    frame: Bounds,
    *,
    language: Language,
    theme: Theme,
    letters: int,
    row: float,
    tools: bool = False,
) -> None:
    """Axes and labels of at most ``letters``; ``lanes`` are (lane, top, bottom) in rows of ``row`` pixels.

    ``tools`` leaves room at the right for Plotly's buttons, which would else lie on the axis.
    """
    height = max((bottom for _, _, bottom in lanes), default=1.0)
    layout = base_layout(language, theme, max(120, round(height * row)) + 46)
    names = [(hover_label(lane.label, letters), number(lane.count, language)) for lane, _, _ in lanes]
    left = room_for(f"{html.unescape(name)} {count}" for name, count in names)
    layout["margin"] = {"l": left, "r": 40 if tools else 12, "t": 40, "b": 6}
    layout["modebar"] |= {"orientation": "v"}
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
        "ticktext": [f"{name} <span style='color:{muted}'>{count}</span>" for name, count in names],
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
    figure.layout = layout  # to assign it takes Plotly an eighth of the time of ``update_layout``


def mark_days(
    figure: go.Figure,
    frame: Bounds,
    *,
    today: date | None,
    references: Sequence[date] = (),
    language: Language,
    theme: Theme,
) -> None:
    """Draws today and days of publication as lines, where they lie in the frame."""
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
