"""Where an event lies in the picture: its span, its shape, its lanes, its place among its neighbours.

A date is drawn as what it is. A day is a glyph; anything coarser is a bar over every day that it may
cover; an open end reaches the edge of the picture; a set in doubt ("one of these days") is a bracket.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import combinations
from typing import Literal, get_args

from timeline.edtf import Bounds, EdtfError, bounds, precision
from timeline.figures.naming import Language, say_name
from timeline.figures.wording import words
from timeline.model import Event
from timeline.query import LaneKind

Shape = Literal["glyph", "bar", "set"]
LANE_KINDS: tuple[LaneKind, ...] = get_args(LaneKind)

_QUALIFIERS = "~?%"


@dataclass(frozen=True, slots=True)
class Span:
    """The days an event may cover. ``first`` or ``last`` is None where that end is open.

    ``fade_first`` and ``fade_last`` tell the ends that are approximate.
    """

    first: date | None
    last: date | None
    shape: Shape
    fade_first: bool = False
    fade_last: bool = False


@dataclass(frozen=True, slots=True)
class Mark:
    """An event in one lane.

    ``first`` and ``last`` are inclusive days inside the picture; ``row`` counts
    sub-lanes from 0. ``open_first`` and ``open_last``: it goes on beyond (an arrow is drawn).
    """

    event: Event
    lane: str
    first: date
    last: date
    shape: Shape
    row: int = 0
    open_first: bool = False
    open_last: bool = False
    fade_first: bool = False
    fade_last: bool = False


@dataclass(frozen=True, slots=True)
class Lane:
    """A band of the picture: its key, its label, how many events it holds, how many sub-lanes it needs."""

    key: str
    label: str
    count: int
    rows: int = 1

    @classmethod
    def of_rest(cls, key: str, count: int, kind: LaneKind, language: Language) -> "Lane":
        """The lane of what belongs to none of those drawn (key ``*``), or can be in none (``""``)."""
        chart = words(language)["chart"]
        name = "rest" if key else {"place": "no_place", "country": "no_country"}.get(kind, "rest")
        return cls(key, str(chart[name]), count)


def named_lanes(
    counts: Iterable[tuple[str, str, int]], names: Mapping[str, str], language: Language
) -> list["Lane"]:
    """Lanes of (key, label, count); the labels are of the table, ``names`` replaces them by key.

    The label of a pair is two names with a dash between.
    """
    found = []
    for key, label, count in counts:
        said = " – ".join(say_name(part, language) for part in label.split(" – "))
        found.append(Lane(key, names.get(key, said), count))
    return found


def span_of(value: str | None) -> Span | None:
    """The span of an EDTF value; None for no date or one that is not EDTF."""
    if value is None:
        return None
    try:
        limits = bounds(value)
        kind = precision(value)
    except EdtfError:
        return None
    if kind == "set":
        return Span(limits.first, limits.last, "set")
    start, slash, end = value.partition("/")
    fade_first = start[-1:] in _QUALIFIERS and bool(start)
    fade_last = (end[-1:] in _QUALIFIERS and bool(end)) if slash else fade_first
    shape: Shape = "glyph" if limits.days == 1 else "bar"
    return Span(limits.first, limits.last, shape, fade_first, fade_last)


def sort_day(event: Event) -> date:
    """The day that an event is sorted by: its first possible one; events without a date come last."""
    span = span_of(event.date)
    if span is None:
        return date.max
    return span.first or span.last or date.max


def extent(events: Iterable[Event]) -> Bounds | None:
    """First and last day that any bounded end of the events names; None when none has a date."""
    days = [
        day for event in events if (span := span_of(event.date)) for day in (span.first, span.last) if day
    ]
    return Bounds(min(days), max(days)) if days else None


def focus_of(found: Iterable[date], *, share: float = 0.06) -> Bounds | None:
    """The days around most of those ``found``, where a few far-off ones would squeeze the others; else None.

    At most ``share`` of the days are left out, and only if that shortens the span by half. ``date.max``,
    by which undated events are sorted, does not count.
    """
    days = sorted(day for day in found if day != date.max)
    if len(days) < 12:
        return None
    off = max(1, int(len(days) * share / 2)) * 2
    spans = [(days[len(days) - 1 - off + i] - days[i], i) for i in range(off + 1)]
    shortest, start = min(spans)
    if shortest * 2 > days[-1] - days[0]:
        return None
    low, high = days[start], days[len(days) - 1 - off + start]
    air = timedelta(days=max(20, (high - low).days // 33))
    return Bounds(low - air, high + air)


def lanes_of(event: Event, kind: LaneKind, language: Language = "de") -> list[tuple[str, str]]:
    """The lanes of an event as (key, label); never empty, so that no event can drop out of the picture."""
    if kind == "actor":
        found = [(actor.key, say_name(actor.name, language)) for actor in event.participants]
    elif kind == "country":
        found = [(actor.country, actor.country) for actor in event.participants if actor.country]
    elif kind == "pair":
        ordered = sorted(event.participants, key=lambda actor: actor.name)
        found = [
            (f"{a.key}|{b.key}", " – ".join(say_name(c.name, language) for c in (a, b)))
            for a, b in combinations(ordered, 2)
        ]
    else:
        found = [(event.place, say_name(event.place, language))] if event.place else []
    return list(dict.fromkeys(found)) or [("", Lane.of_rest("", 1, kind, language).label)]


def choose_lanes(
    events: Sequence[Event],
    kind: LaneKind,
    *,
    most: int,
    first: Sequence[str] = (),
    language: Language = "de",
    names: Mapping[str, str] | None = None,
) -> tuple[list[Lane], dict[str, list[str]]]:
    """The lanes to draw, and for each event id the keys of its lanes among them.

    ``names`` replaces labels by key. At most ``most`` lanes: those of
    ``first`` (the actors filtered for), then by number of events. Events
    that belong to none of these go into one more lane, "Weitere", so that each event is drawn.
    """
    counts: Counter[str] = Counter()
    labels: dict[str, str] = {}
    member: dict[str, list[str]] = {}
    for event in events:
        own = lanes_of(event, kind, language)
        member[event.id] = [key for key, _ in own]
        for key, name in own:
            counts[key] += 1
            labels[key] = name
    wanted = [key for key in first if key in counts]
    order = sorted(
        (key for key in counts if key and key not in wanted), key=lambda key: (-counts[key], labels[key])
    )
    chosen = (wanted + order)[:most]
    kept = set(chosen)
    assigned = {
        id_: [key for key in keys if key in kept] or ["" if "" in keys else "*"]
        for id_, keys in member.items()
    }
    lanes = [Lane(key, (names or {}).get(key, labels[key]), counts[key]) for key in chosen]
    for key in ("*", ""):
        rest = sum(1 for keys in assigned.values() if keys == [key])
        if rest:
            lanes.append(Lane.of_rest(key, rest, kind, language))
    return lanes, assigned


def place_marks(
    events: Iterable[Event],
    lanes: Sequence[Lane],
    assigned: dict[str, list[str]],
    frame: Bounds,
    *,
    gap: float = 0.014,
) -> tuple[list[Lane], list[Mark]]:
    """Marks inside ``frame``, packed so that none covers another, and the lanes with their rows counted.

    ``frame`` must have both ends. ``gap`` is the width that a glyph needs, as a share of the frame. Events
    without a date, and events wholly outside the frame, give no mark.
    """
    if frame.first is None or frame.last is None:
        raise ValueError("the frame of a picture needs both ends")
    breadth = (frame.last - frame.first).days + 1
    glyph = timedelta(days=breadth * gap)
    by_lane: dict[str, list[Mark]] = defaultdict(list)
    for event in events:
        span = span_of(event.date)
        if span is None or not Bounds(span.first, span.last).overlaps(frame):
            continue
        first, last = span.first or frame.first, span.last or frame.last
        for lane in assigned[event.id]:
            by_lane[lane].append(
                Mark(
                    event,
                    lane,
                    max(first, frame.first),
                    min(last, frame.last),
                    span.shape,
                    open_first=span.first is None or span.first < frame.first,
                    open_last=span.last is None or span.last > frame.last or event.status == "ongoing",
                    fade_first=span.fade_first,
                    fade_last=span.fade_last,
                )
            )
    marks: list[Mark] = []
    packed: list[Lane] = []
    for band in lanes:
        ends: list[float] = []
        own = sorted(by_lane.get(band.key, ()), key=lambda mark: (mark.first, mark.last, mark.event.id))
        for mark in own:
            left, right = _drawn(mark, glyph)
            row = next((i for i, end in enumerate(ends) if end <= left), len(ends))
            if row == len(ends):
                ends.append(right)
            else:
                ends[row] = right
            marks.append(replace(mark, row=row) if row else mark)
        if own:
            packed.append(Lane(band.key, band.label, band.count, max(1, len(ends))))
    return packed, marks


def _drawn(mark: Mark, glyph: timedelta) -> tuple[float, float]:
    """The breadth that a mark takes up in days since day 1, glyphs and arrows included."""
    half = glyph.total_seconds() / 86400 / 2
    left, right = float(mark.first.toordinal()), float(mark.last.toordinal() + 1)
    middle = (left + right) / 2
    left, right = min(left, middle - half), max(right, middle + half)
    if mark.open_first:
        left -= half
    if mark.open_last:
        right += half * (2 if mark.shape == "glyph" else 1)
    return left, right
