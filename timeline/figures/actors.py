"""Who met whom: counts, spans, partners, silences, the network and the matrix of pairs."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

import networkx as nx
import plotly.graph_objects as go

from timeline.figures.agenda import was_announced
from timeline.figures.look import GRID, MUTED, STYLES, TEXT, Theme, base_layout, rgba
from timeline.figures.marks import span_of
from timeline.figures.naming import Language, say_name
from timeline.figures.painter import hover_label
from timeline.figures.wording import number, words
from timeline.model import Actor, Event
from timeline.store import Tally

MOST_NODES = 40
"""Actors in the network: more names than these no longer fit beside each other."""
MOST_LINES = 160
"""Links in the network: the most frequent ones. In a large archive everybody has met everybody."""
MOST_PAIRED = 18
"""Actors in the matrix of pairs."""


@dataclass(frozen=True, slots=True)
class Career:
    """What the events tell of one actor. ``partners`` and ``places`` are by number of events.

    ``names`` gives the partners themselves by their keys.
    """

    actor: Actor
    events: tuple[Event, ...]
    held: int
    announced: int
    partners: Counter[str]
    places: Counter[str]
    names: dict[str, Actor]


def career_of(key: str, events: Iterable[Event]) -> Career | None:
    """The career of the actor with this key; None where no event has one."""
    own = tuple(event for event in events if any(actor.key == key for actor in event.participants))
    if not own:
        return None
    everyone = {actor.key: actor for event in own for actor in event.participants}
    return Career(
        actor=everyone.pop(key),
        events=own,
        held=sum(event.status in ("held", "ongoing") for event in own),
        announced=sum(was_announced(event) for event in own),
        partners=Counter(
            other for event in own for other in {actor.key for actor in event.participants} if other != key
        ),
        places=Counter(event.place for event in own if event.place),
        names=everyone,
    )


@dataclass(frozen=True, slots=True)
class Silence:
    """Days without a reported meeting: after ``first``, until ``last`` (None: until today)."""

    first: date
    last: date | None
    days: int


def silences(events: Iterable[Event], today: date) -> list[Silence]:
    """The gaps between held meetings in order of time, the one up to ``today`` last.

    A meeting counts over its whole possible span, so a gap is certain: it may be longer, never shorter.
    Meetings after ``today`` do not count.
    """
    spans = []
    for event in events:
        span = span_of(event.date)
        if span and event.status in ("held", "ongoing") and span.first and span.first <= today:
            spans.append((span.first, min(span.last or today, today)))
    if not spans:
        return []
    spans.sort()
    merged = [spans[0]]
    for first, last in spans[1:]:
        if first <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], last))
        else:
            merged.append((first, last))
    found = [
        Silence(before[1], after[0], (after[0] - before[1]).days - 1)
        for before, after in pairwise(merged)
        if (after[0] - before[1]).days > 1
    ]
    since = (today - merged[-1][1]).days
    if since > 0:
        found.append(Silence(merged[-1][1], None, since))
    return found


Pairs = Sequence[tuple[str, str, int]]
"""Keys of two actors in alphabetical order, and the number of events they share."""


def partner_counts(pairs: Pairs) -> dict[str, Counter[str]]:
    """By actor the others that he met, and how often."""
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for one, other, n in pairs:
        found[one][other] = found[other][one] = n
    return dict(found)


def network_figure(
    tallies: Sequence[Tally],
    pairs: Pairs,
    *,
    language: Language = "de",
    theme: Theme = "light",
    most: int = MOST_NODES,
    narrow: bool = False,
) -> go.Figure:
    """Who met whom as a net: thicker lines for more meetings, larger points for busier actors.

    The first ``most`` of ``tallies`` are drawn. customdata of a point is the actor's key. The places of
    the points are the same for the same numbers.
    """
    chosen = {tally.actor.key: tally for tally in tallies[:most]}
    partners = partner_counts(pairs)
    names = {tally.actor.key: tally.actor.name for tally in tallies}
    there = [pair for pair in pairs if pair[0] in chosen and pair[1] in chosen]
    drawn_pairs = {(one, other): n for one, other, n in sorted(there, key=lambda pair: -pair[2])[:MOST_LINES]}
    # Few meetings are counted in lines and points, many are compared: else they would cover everything.
    thickest = max(6, *drawn_pairs.values()) if drawn_pairs else 6
    largest = max(30, *(tally.meetings for tally in chosen.values())) if chosen else 30
    at = _places(sorted(chosen), sorted(drawn_pairs))
    figure = go.Figure()
    by_width: dict[int, list[tuple[str, str]]] = defaultdict(list)
    for pair, n in drawn_pairs.items():
        by_width[max(1, round(6 * n / thickest))].append(pair)
    for width, drawn in sorted(by_width.items()):
        xs: list[float | None] = []
        ys: list[float | None] = []
        for one, other in drawn:
            xs.extend([float(at[one][0]), float(at[other][0]), None])
            ys.extend([float(at[one][1]), float(at[other][1]), None])
        figure.add_trace(
            go.Scatter(
                x=xs,
                y=ys,
                mode="lines",
                line={"width": 0.8 + width * 0.9, "color": rgba("#8A8A8A", 0.55)},
                hoverinfo="skip",
                name=str(width),
            )
        )
    keys = list(chosen)
    letters = 14 if narrow else 24
    figure.add_trace(
        go.Scatter(
            x=[float(at[key][0]) for key in keys],
            y=[float(at[key][1]) for key in keys],
            mode="markers+text",
            marker={
                "size": [9 + 22 * (chosen[key].meetings / largest) ** 0.5 for key in keys],
                "color": [
                    STYLES["held"].fill if chosen[key].actor.type == "person" else "#6B7785" for key in keys
                ],
                "line": {"color": STYLES["held"].line(theme), "width": 1},
                "opacity": 1,
            },
            text=[hover_label(say_name(chosen[key].actor.name, language), letters) for key in keys],
            textposition="top center",
            textfont={"color": TEXT[theme], "size": 11},
            customdata=[[key] for key in keys],
            hovertext=[_hover(chosen[key], partners.get(key, Counter()), names, language) for key in keys],
            hovertemplate="%{hovertext}<extra></extra>",
            name="actors",
            unselected={"marker": {"opacity": 1}},
        )
    )
    layout = base_layout(language, theme, 560)
    hidden = {"visible": False, "fixedrange": False}
    figure.layout = layout | {"xaxis": hidden, "yaxis": hidden}
    return figure


def _places(keys: Sequence[str], edges: Sequence[tuple[str, str]]) -> dict[str, tuple[float, float]]:
    """Where the points lie: the largest piece in the middle, the smaller ones in a column at its right.

    One layout of everything would blow the loose pieces to the rim and press the rest into a heap.
    """
    graph = nx.Graph()
    graph.add_nodes_from(keys)
    graph.add_edges_from(edges)
    pieces = sorted(nx.connected_components(graph), key=lambda piece: (-len(piece), min(piece)))
    found: dict[str, tuple[float, float]] = {}
    below = 1.0
    for i, piece in enumerate(pieces):
        part = graph.subgraph(sorted(piece))
        if i == 0:
            layout = nx.spring_layout(part, k=3.2 / len(part) ** 0.5, seed=7, iterations=300)
            for key, (x, y) in layout.items():
                # The core of a net is crowded: distances from the middle grow as their square root.
                spread = max((x * x + y * y) ** 0.5, 1e-6) ** -0.4
                found[key] = (float(x) * spread * 1.5, float(y) * spread)
            continue
        for j, key in enumerate(sorted(piece)):
            found[key] = (2.0 + 0.25 * (j % 2), below)
            below -= 0.16
        below -= 0.08
    return found


def _hover(tally: Tally, partners: Counter[str], names: Mapping[str, str], language: Language) -> str:
    chart = words(language)["chart"]
    count = tally.meetings
    total = chart["meetings_one"] if count == 1 else chart["meetings_many"].format(n=number(count, language))
    lines = [f"<b>{hover_label(say_name(tally.actor.name, language))}</b>: {total}"]
    lines += [
        f"{hover_label(say_name(names[key], language))} {number(n, language)}"
        for key, n in partners.most_common(4)
        if key in names
    ]
    return "<br>".join(lines)


def matrix_figure(
    tallies: Sequence[Tally],
    pairs: Pairs,
    *,
    language: Language = "de",
    theme: Theme = "light",
    most: int = MOST_PAIRED,
    narrow: bool = False,
) -> go.Figure:
    """Every pair of the most frequent actors as a square, its area and number how often they met.

    customdata of a square is ``"key|key"``.
    """
    chart = words(language)["chart"]
    chosen = {tally.actor.key: tally for tally in tallies[: 8 if narrow else most]}
    place = {key: i for i, key in enumerate(chosen)}
    xs, ys, counts, ids, hover = [], [], [], [], []
    for one, other, n in sorted(pairs):
        if one not in place or other not in place:
            continue
        low, high = sorted((one, other), key=lambda key: place[key])
        total = chart["meetings_one"] if n == 1 else chart["meetings_many"].format(n=number(n, language))
        xs.append(place[low])
        ys.append(place[high])
        counts.append(n)
        ids.append([f"{low}|{high}"])
        names = " – ".join(hover_label(say_name(chosen[key].actor.name, language)) for key in (low, high))
        hover.append(f"{names}: {total}")
    top = max(counts, default=1)
    letters = 12 if narrow else 22
    labels = [hover_label(say_name(tally.actor.name, language), letters) for tally in chosen.values()]
    size = len(chosen)
    style = STYLES["held"]
    figure = go.Figure(
        go.Scatter(
            x=xs,
            y=ys,
            mode="markers+text",
            marker={
                "symbol": "square",
                "size": [12 + 14 * (n / top) ** 0.5 for n in counts],
                "color": [rgba(style.fill, 0.25 + 0.6 * (n / top)) for n in counts],
                "line": {"color": style.line(theme), "width": 1},
                "opacity": 1,
            },
            text=[number(n, language) for n in counts],
            textfont={"color": TEXT[theme], "size": 11},
            customdata=ids,
            hovertext=hover,
            hovertemplate="%{hovertext}<extra></extra>",
            unselected={"marker": {"opacity": 1}, "textfont": {"color": TEXT[theme]}},
        )
    )
    layout = base_layout(language, theme, 90 + 30 * max(size, 2) + 60)
    axis = {
        "tickmode": "array",
        "tickvals": list(range(size)),
        "ticktext": labels,
        "gridcolor": GRID[theme],
        "zeroline": False,
        "automargin": True,
        "fixedrange": True,
        "tickfont": {"color": MUTED[theme]},
    }
    figure.layout = layout | {
        "xaxis": axis | {"side": "top", "tickangle": -40, "range": [-0.6, size - 1.4]},
        "yaxis": axis | {"range": [size - 0.4, 0.4]},
    }
    return figure
