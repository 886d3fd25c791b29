"""Makes events of claims that are of one meeting: the version in force, its history, what is disputed."""

from collections.abc import Iterable
from datetime import date
from itertools import combinations

from timeline import edtf
from timeline.merge.clusters import Apart, Together, decide
from timeline.merge.fitting import country_names, place_fit
from timeline.merge.told import DID_NOT, TOOK_PLACE, Told, published_in, sides_of, tier_and_days
from timeline.model import KINDS, Actor, Claim, Event, Field, State, Status

_FINAL: frozenset[Status] = frozenset(("held", "ongoing", "cancelled", "denied"))


def events_of(clusters: list[list[Told]], decisions: Iterable[Together | Apart]) -> list[Event]:
    """The events of claims that are put together by the rules, after the words of persons, in order."""
    for decision in decisions:
        clusters = decide(clusters, decision)
    return sorted((_event([told.claim for told in members]) for members in clusters), key=_event_order)


def _event(claims: list[Claim]) -> Event:
    """An event of claims that are taken for one meeting, leader first."""
    by_time = sorted(claims, key=_publication)
    by_hand = [claim for claim in claims if not claim.article]
    chosen = by_hand or claims
    place, country = _place(chosen)
    return Event(
        id=by_time[0].id,
        kind=min((claim.meeting.kind for claim in chosen), key=KINDS.index),
        participants=_participants(chosen),
        place=place,
        country=country,
        date=_date(chosen),
        status=_status([claim for claim in by_time if not by_hand or not claim.article]),
        claims=tuple(by_time),
        disputed=_disputed(claims, _date(chosen)),
        history=_history(by_time),
        checked=bool(by_hand),
        outlets=tuple(sorted({claim.outlet for claim in claims if claim.outlet})),
        sources=len({claim.article for claim in claims if claim.article}),
    )


def _event_order(event: Event) -> tuple[date, str]:
    return (event.date and edtf.bounds(event.date).first) or date.max, event.id


def _publication(claim: Claim) -> tuple[date, str]:
    span = published_in(claim)
    return (span.first if span and span.first else date.max), claim.id


def _participants(claims: list[Claim]) -> tuple[Actor, ...]:
    """Everybody named; a state only where no person of that side is."""
    everybody: dict[str, Actor] = {}
    for claim in claims:
        for actor in claim.meeting.participants:
            everybody.setdefault(actor.key, actor)
    represented = {actor.country for actor in everybody.values() if actor.type == "person"}
    return tuple(a for a in everybody.values() if a.type != "state" or a.country not in represented)


def _date(claims: list[Claim]) -> str | None:
    """The leader's date if it knows the days; else the most precise that no other claim contradicts."""
    dated = [claim.meeting.date for claim in claims if claim.meeting.date]
    if not dated:
        return None
    if tier_and_days(claims[0])[0] == 0:
        return claims[0].meeting.date
    spans = {value: edtf.bounds(value) for value in dated}
    agreed = [v for v in spans if all(spans[v].overlaps(other) for other in spans.values())]
    return min(agreed or spans, key=lambda v: (spans[v].days or 10**6, v))


def _place(claims: list[Claim]) -> tuple[str | None, str | None]:
    """The most precise place (a city before its country), of the claim that comes first."""
    whole = country_names()
    cities = [c.meeting for c in claims if c.meeting.place and c.meeting.place not in whole]
    told = cities or [c.meeting for c in claims if c.meeting.place] or [c.meeting for c in claims]
    best = next((meeting for meeting in told if meeting.country), told[0])
    return best.place, best.country


def _status(by_time: list[Claim]) -> Status:
    """The newest word; but what was held stays so, and a plan told after a final word counts only anew."""
    current = by_time[0]
    for claim in by_time[1:]:
        old, new = current.meeting.status, claim.meeting.status
        if new in _FINAL:
            if not (old == "held" and new == "ongoing"):
                current = claim
        elif old not in _FINAL:
            # On one day, "planned" is more than "proposed".
            same_day = _publication(claim)[0] == _publication(current)[0]
            current = current if same_day and old == "planned" else claim
        elif old in DID_NOT and _publication(claim)[0] > _publication(current)[0]:
            current = claim
    return current.meeting.status


def _history(by_time: list[Claim]) -> tuple[State, ...]:
    """Each change of status or date, in order of publication."""
    states: list[State] = []
    for claim in by_time:
        meeting = claim.meeting
        if not states or (states[-1].status, states[-1].date) != (meeting.status, meeting.date):
            states.append(State(meeting.status, meeting.date, claim.published, claim.id))
    return tuple(states)


def _disputed(claims: list[Claim], when: str | None) -> frozenset[Field]:
    """The fields in which sources contradict each other; a plan that changed is history, not dispute."""
    fields: set[Field] = set()
    meetings = [claim.meeting for claim in claims]
    if _status_disputed(claims, when):
        fields.add("status")
    final = [claim for claim in claims if claim.meeting.status in TOOK_PLACE] or claims
    dates = {claim.meeting.date for claim in final if claim.meeting.date}
    if any(_contradict(one, other) for one, other in combinations(sorted(dates), 2)):
        fields.add("date")
    shapes = {(m.kind == "call", m.place, m.country): m for m in (claim.meeting for claim in final)}
    if any(place_fit(a, b) in (0, None) for a, b in combinations(shapes.values(), 2)):
        fields.add("place")
    kinds = {meeting.kind for meeting in meetings}
    if len(kinds - {"visit", "meeting"}) + bool(kinds & {"visit", "meeting"}) > 1:
        fields.add("kind")
    if "summit" not in kinds and len({frozenset(sides_of(m.participants)) for m in meetings}) > 1:
        fields.add("participants")
    return frozenset(fields)


def _status_disputed(claims: list[Claim], when: str | None) -> bool:
    """Whether one says that it took place and another that it did not.

    What was called off before its last day, and before anybody reported it, was put off and then held.
    """
    reported = [_publication(claim)[0] for claim in claims if claim.meeting.status in TOOK_PLACE]
    if not reported:
        return False
    last = (when and edtf.bounds(when).last) or date.max
    before = min(*reported, last)
    return any(claim.meeting.status in DID_NOT and _publication(claim)[0] >= before for claim in claims)


def _contradict(one: str, other: str) -> bool:
    """Whether no day fits both, or both know their days and these overlap only in part."""
    a, b = edtf.bounds(one), edtf.bounds(other)
    if not a.overlaps(b):
        return True
    exact = all(edtf.precision(v) in ("day", "interval") and not edtf.is_approximate(v) for v in (one, other))
    return exact and not a.contains(b) and not b.contains(a)
