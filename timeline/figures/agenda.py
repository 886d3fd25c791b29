"""What is announced, and what became of what was announced."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from timeline.figures.marks import sort_day, span_of
from timeline.merge import fulfilments
from timeline.model import Event, Status

Outcome = Literal["kept", "off", "open"]
"""Reported as held or under way; called off or denied; nothing heard although its last day is past."""

_ANNOUNCED: tuple[Status, ...] = ("planned", "proposed")
_EARLY, _NEAR = timedelta(days=7), timedelta(days=45)
"""How long before and after the announced days a meeting of the same parties may lie to be offered as its
fulfilment: a date is put off more often than brought forward."""


@dataclass(frozen=True, slots=True)
class Promise:
    """An announced meeting and what became of it.

    ``overdue`` are the days since its last possible day, for open ones. ``perhaps`` are held meetings of
    the same parties nearby in time, which no source links with the announcement. ``by`` are held meetings
    that are events of their own and kept it, as they lie within the days and at the place announced.
    """

    event: Event
    outcome: Outcome
    overdue: int = 0
    perhaps: tuple[Event, ...] = ()
    by: tuple[Event, ...] = ()


def was_announced(event: Event) -> bool:
    """Whether any source announced the meeting as planned or proposed."""
    return event.status in _ANNOUNCED or any(state.status in _ANNOUNCED for state in event.history)


def announced_on(event: Event) -> str | None:
    """When the first article that announced the meeting appeared (EDTF); None where no day is known."""
    days = [state.published for state in event.history if state.status in _ANNOUNCED and state.published]
    return min(days, default=None)


def upcoming(events: Iterable[Event], today: date) -> list[Event]:
    """Announced or running events that may lie on ``today`` or later, the soonest first.

    What has no date may still come and stands at the end, what was announced last before the others.
    """
    found = []
    for event in events:
        span = span_of(event.date)
        last = span.last if span else None
        if event.status in _ANNOUNCED and (last is None or last >= today):
            found.append(event)
    # Announcements are sorted first, then the days, for sorting keeps the order of equals.
    found.sort(key=lambda event: (announced_on(event) or "", event.id), reverse=True)
    return sorted(found, key=lambda event: (max(sort_day(event), today), sort_day(event)))


def promises(events: Sequence[Event], today: date) -> list[Promise]:
    """Every announcement that can be judged on ``today``: open ones first, the longest overdue first.

    A proposal that nobody took up is no broken promise: open are planned meetings only.
    """
    held = [event for event in events if event.status in ("held", "ongoing")]
    met = fulfilments((event for event in events if event.status == "planned"), held)
    filed = _by_actor_and_year(held)
    found: list[Promise] = []
    for event in events:
        if not was_announced(event):
            continue
        if event.status in ("held", "ongoing"):
            found.append(Promise(event, "kept"))
        elif event.status in ("cancelled", "denied"):
            found.append(Promise(event, "off"))
        elif event.id in met:
            found.append(Promise(event, "kept", by=tuple(met[event.id])))
        elif event.status == "planned":
            span = span_of(event.date)
            if span and span.last and span.last < today:
                overdue = (today - span.last).days
                found.append(Promise(event, "open", overdue, tuple(_perhaps(event, filed))))
    order = {"open": 0, "off": 1, "kept": 2}
    return sorted(found, key=lambda p: (order[p.outcome], -p.overdue, sort_day(p.event), p.event.id))


_Filed = Mapping[tuple[str, int], Sequence[Event]]


def _by_actor_and_year(held: Iterable[Event]) -> _Filed:
    """Events with both ends known, by actor and every year that they may lie in.

    Comparing each plan with each held meeting would take minutes in a large archive.
    """
    found: dict[tuple[str, int], list[Event]] = defaultdict(list)
    for event in held:
        span = span_of(event.date)
        if span is None or span.first is None or span.last is None:
            continue
        for actor in event.participants:
            for year in range(span.first.year, span.last.year + 1):
                found[actor.key, year].append(event)
    return found


def _perhaps(event: Event, filed: _Filed) -> list[Event]:
    """Held meetings with at least two of the same parties (or all of a smaller circle) near the same days."""
    span = span_of(event.date)
    if span is None or span.first is None or span.last is None:
        return []
    keys = {actor.key for actor in event.participants}
    years = range((span.first - _EARLY).year, (span.last + _NEAR).year + 1)
    nearby = {other.id: other for key in keys for year in years for other in filed.get((key, year), ())}
    found = []
    for other in nearby.values():
        shared = keys & {actor.key for actor in other.participants}
        if len(shared) < min(2, len(keys)):
            continue
        near = span_of(other.date)
        if near is None or near.first is None or near.last is None or near.last < span.first - _EARLY:
            continue
        if _apart(span.first, span.last, near.first, near.last) <= _NEAR:
            found.append(other)
    return sorted(found, key=lambda other: (sort_day(other), other.id))[:3]


def _apart(first: date, last: date, other_first: date, other_last: date) -> timedelta:
    return max(timedelta(0), other_first - last, first - other_last)
