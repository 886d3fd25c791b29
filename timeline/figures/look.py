"""How marks look: colour, pattern and glyph of every status, both themes, axis words of a language.

A status keeps its colour *and* its pattern whatever is filtered: everything is set per trace by hand, so
that neither Plotly's colour cycle nor a page theme can renumber it. The hues are Okabe and Ito's
colour-blind safe palette ("Color Universal Design", 2008); where a hue is too pale against a light page
(orange, 2.2 : 1), its outline is a darker shade of it, which keeps marks above 3 : 1 in both themes.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from timeline.figures.naming import Language
from timeline.figures.wording import words
from timeline.model import STATUSES, Status

Theme = Literal["light", "dark"]


@dataclass(frozen=True, slots=True)
class Style:
    """The look of one status. ``pattern`` is a Plotly fill pattern, ``glyph`` a Plotly marker symbol."""

    fill: str
    line_light: str
    line_dark: str
    pattern: str
    glyph: str
    filled: bool
    dotted: bool = False

    def line(self, theme: Theme) -> str:
        """The outline colour, at least 3 : 1 against the page."""
        return self.line_dark if theme == "dark" else self.line_light


STYLES: dict[Status, Style] = {
    "held": Style("#0072B2", "#0072B2", "#3DA5E0", "", "circle", filled=True),
    "ongoing": Style("#0072B2", "#0072B2", "#3DA5E0", "", "circle", filled=True),
    "planned": Style("#E69F00", "#A86E00", "#E69F00", "/", "circle-open", filled=False),
    "proposed": Style("#E69F00", "#A86E00", "#E69F00", "", "diamond-open", filled=False, dotted=True),
    "cancelled": Style("#8A8A8A", "#767676", "#9C9C9C", "x", "x-thin-open", filled=False),
    "denied": Style("#D55E00", "#C25500", "#F07C28", "x", "circle-x-open", filled=False),
}

if tuple(STYLES) != STATUSES:
    raise AssertionError("every status needs a style, in the order of the model")

GRID: dict[Theme, str] = {"light": "rgba(60,64,72,0.13)", "dark": "rgba(220,225,235,0.16)"}
TEXT: dict[Theme, str] = {"light": "#2B2F36", "dark": "#E3E6EB"}
MUTED: dict[Theme, str] = {"light": "#5B616B", "dark": "#A7ADB8"}
PAGE: dict[Theme, str] = {"light": "#FFFFFF", "dark": "#14171C"}
ACCENT: dict[Theme, str] = {"light": "#111418", "dark": "#FFFFFF"}

FONT = "system-ui, 'Segoe UI', 'DejaVu Sans', sans-serif"
"""Fonts that the reader's machine already has."""

PALE = 0.18
"""Opacity of a bar's fill where nobody has checked the event; a checked one is :data:`FULL`."""
FULL = 0.42


def rgba(colour: str, alpha: float) -> str:
    """``#RRGGBB`` with an opacity between 0 and 1."""
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgba({red},{green},{blue},{alpha:.2f})"


def room_for(labels: Iterable[str], *, size: float = 12) -> int:
    """Pixels for the longest of the labels beside an axis, in text of ``size`` pixels, with a little air.

    Where Plotly finds a margin too narrow it draws the whole picture a second time, so this rather takes too
    much: DejaVu Sans, the widest of :data:`FONT`, needs 0.6 of its size for a letter on average.
    """
    return 12 + round(max(map(len, labels), default=0) * 0.6 * size)


def locale_config(language: Language) -> dict[str, Any]:
    """Plotly's ``config`` with the words of the language inside: nothing is fetched, months are German."""
    table = words(language)["plotly"]
    months = words(language)["dates"]["months"]
    locale = {
        "dictionary": dict(table["dictionary"]),
        "format": {
            "days": table["days"],
            "shortDays": table["shortDays"],
            "months": months,
            "shortMonths": table["shortMonths"],
            "date": table["date"],
            "decimal": table["decimal"],
            "thousands": table["thousands"],
            "grouping": [3],
        },
    }
    return {
        "locale": language,
        "locales": {language: locale},
        "displaylogo": False,
        "scrollZoom": False,
        "modeBarButtonsToRemove": ["lasso2d", "select2d", "autoScale2d"],
        "toImageButtonOptions": {"format": "png", "scale": 2, "filename": "timeline"},
    }


def time_axis(language: Language) -> dict[str, Any]:
    """Layout of a date axis in the language; the type is always set, for bars would make it a number."""
    table = words(language)["plotly"]
    return {
        "type": "date",
        "hoverformat": table["date"],
        "tickformatstops": [
            {"dtickrange": [None, 2_419_199_999], "value": table["day_tick"]},
            {"dtickrange": [2_419_200_000, "M11"], "value": table["month_tick"]},
            {"dtickrange": ["M12", None], "value": "%Y"},
        ],
        "ticklabelmode": "period",
        "zeroline": False,
    }


def base_layout(language: Language, theme: Theme, height: int) -> dict[str, Any]:
    """What all figures share: transparent paper, fonts, separators, a hover label one can read."""
    separators = words(language)["plotly"]["decimal"] + words(language)["plotly"]["thousands"]
    return {
        "height": height,
        "margin": {"l": 8, "r": 12, "t": 8, "b": 8},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "font": {
            "color": TEXT[theme],
            "size": 12,
            "family": FONT,
        },
        "separators": separators,
        "hoverlabel": {
            "align": "left",
            "bgcolor": PAGE[theme],
            "bordercolor": MUTED[theme],
            "font": {"color": TEXT[theme], "size": 13},
        },
        "hovermode": "closest",
        "barmode": "overlay",
        "showlegend": False,
        "dragmode": "pan",
        "template": "none",
        "modebar": {"bgcolor": "rgba(0,0,0,0)", "color": MUTED[theme], "activecolor": TEXT[theme]},
    }


def column(values: Iterable[Any]) -> np.ndarray[Any, np.dtype[np.object_]]:
    """Data of a trace, one value for each mark, in the form that Plotly takes fastest; not for its looks.

    It checks every member of a list by itself: for a thousand marks that takes five times as long.
    """
    return np.array(list(values), dtype=object)
