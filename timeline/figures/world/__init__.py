"""The map of places: an outline of the countries and a table of coordinates, both offline."""

import json
from collections.abc import Sequence
from functools import lru_cache
from importlib.resources import files

import plotly.graph_objects as go

from timeline.figures.look import STYLES, TEXT, Theme, base_layout, rgba
from timeline.figures.naming import Language, say_name
from timeline.figures.painter import hover_label
from timeline.figures.wording import number, words
from timeline.language import LanguageError, read_tsv

_NAMED = 24
"""The busiest places are named on the map; the others on hover."""


@lru_cache(maxsize=1)
def _coordinates() -> dict[str, tuple[float, float]]:
    """Latitude and longitude in degrees by the name of a place."""
    name = "figures/world/places.tsv"
    found = {}
    for row in read_tsv(name):
        try:
            latitude, longitude = float(row["latitude"]), float(row["longitude"])
        except (KeyError, ValueError) as error:
            raise LanguageError(f"{name}: {row.get('name')}: {error}") from error
        if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
            raise LanguageError(f"{name}: {row['name']} lies outside the world")
        found[row["name"]] = (latitude, longitude)
    return found


@lru_cache(maxsize=1)
def _outline() -> tuple[tuple[float | None, ...], tuple[float | None, ...]]:
    """Longitudes and latitudes of all coast and border lines, separated by None."""
    rings = json.loads((files(__package__) / "outline.json").read_text(encoding="utf-8"))["rings"]
    longitudes: list[float | None] = []
    latitudes: list[float | None] = []
    for ring in rings:
        longitudes.extend([*ring[::2], None])
        latitudes.extend([*ring[1::2], None])
    return tuple(longitudes), tuple(latitudes)


Places = Sequence[tuple[str, int]]
"""Places with the number of their events, the busiest first."""


def unplaced(places: Places) -> dict[str, int]:
    """The places that the table does not know, with their events."""
    return {place: n for place, n in places if place not in _coordinates()}


def map_figure(places: Places, *, language: Language = "de", theme: Theme = "light") -> go.Figure:
    """Places as circles whose area is the number of events, over outlines; customdata is the place's name.

    Plain longitude and latitude: the map needs neither tiles nor a projection from elsewhere.
    """
    chart = words(language)["chart"]
    known = [(place, n) for place, n in places if place in _coordinates()]
    at = _coordinates()
    longitudes, latitudes = _outline()
    figure = go.Figure(
        go.Scatter(
            x=longitudes,
            y=latitudes,
            mode="lines",
            line={"color": rgba("#8A8A8A", 0.55), "width": 0.8},
            fill="toself",
            fillcolor=rgba("#8A8A8A", 0.12),
            hoverinfo="skip",
            name="outline",
        )
    )
    top = max((n for _, n in known), default=1)
    west, east, south, north = _window([at[place] for place, _ in known])
    named = _named([place for place, _ in known], (east - west) * 0.055)
    style = STYLES["held"]
    figure.add_trace(
        go.Scatter(
            x=[at[place][1] for place, _ in known],
            y=[at[place][0] for place, _ in known],
            mode="markers+text",
            marker={
                "size": [9 + 21 * (n / top) ** 0.5 for _, n in known],
                "color": rgba(style.fill, 0.55),
                "line": {"color": style.line(theme), "width": 1.2},
                "opacity": 1,
            },
            text=[hover_label(say_name(place, language), 20) if place in named else "" for place, _ in known],
            textposition="top center",
            textfont={"color": TEXT[theme], "size": 11},
            customdata=[[place] for place, _ in known],
            hovertext=[
                f"{hover_label(say_name(place, language))}: "
                + (chart["meetings_one"] if n == 1 else chart["meetings_many"].format(n=number(n, language)))
                for place, n in known
            ],
            hovertemplate="%{hovertext}<extra></extra>",
            name="places",
            unselected={"marker": {"opacity": 1}},
        )
    )
    layout = base_layout(language, theme, 520)
    bare = {"showgrid": False, "zeroline": False, "showticklabels": False, "ticks": ""}
    figure.update_layout(
        **layout,
        xaxis=bare | {"range": [west, east], "constrain": "domain"},
        # A degree of latitude is about 1.5 degrees of longitude at 48 degrees north.
        yaxis=bare | {"range": [south, north], "scaleanchor": "x", "scaleratio": 1.5},
    )
    return figure


def _named(places: Sequence[str], near: float) -> set[str]:
    """The places to name: the busiest ones that no name already stands beside, ``near`` in degrees."""
    found: list[str] = []
    for place in places:
        latitude, longitude = _coordinates()[place]
        crowded = any(
            abs(_coordinates()[other][1] - longitude) < near
            and abs(_coordinates()[other][0] - latitude) < near / 3
            for other in found
        )
        if not crowded and len(found) < _NAMED:
            found.append(place)
    return set(found)


def _window(points: Sequence[tuple[float, float]]) -> tuple[float, float, float, float]:
    """West, east, south and north of what is shown: all points with air, at least a continent's breadth."""
    if not points:
        return -25.0, 60.0, 25.0, 70.0
    # Names stand beside the points: the air at both sides must hold half a name.
    west, east = min(p[1] for p in points), max(p[1] for p in points)
    air = max(8.0, (east - west) * 0.06)
    west, east = west - air, east + air
    south, north = min(p[0] for p in points) - 5, max(p[0] for p in points) + 6
    if east - west < 60:
        middle = (west + east) / 2
        west, east = middle - 30, middle + 30
    if north - south < 28:
        middle = (south + north) / 2
        south, north = middle - 14, middle + 14
    return max(west, -180.0), min(east, 180.0), max(south, -60.0), min(north, 84.0)
