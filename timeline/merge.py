"""Claims about the same real meeting become one event, with every version and its source kept.

Two claims are of the same meeting when their sides agree (a person goes with the own state, two different
persons of one side do not), their dates share a day, their places and kinds go together, and they come
from two articles: one article tells each encounter once. Nothing is averaged; an event takes the version
in force from one of its claims and names the fields in which sources contradict each other.

The result depends on the claims alone, never on their order. Claims are taken in an order made of their
content: first those that know their days (what took place before what was planned), then the vague ones,
ever vaguer. A vague claim joins an event only if a single one fits best, so that "im Mai" cannot glue the
3rd and the 28th of May together, and where two fit equally it stays an event of its own; only a plan then
goes with the nearest, as the next meeting is the one that was announced.

Only claims that share a pair of sides and some days are ever compared, which keeps the cost near n log n.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Collection, Container, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import lru_cache
from itertools import combinations
from typing import Protocol

from timeline import edtf
from timeline.language import read_tsv
from timeline.model import (
    KINDS,
    Actor,
    Article,
    Claim,
    Event,
    Field,
    Kind,
    Meeting,
    Reading,
    ReferenceDate,
    State,
    Status,
)

_LONGEST_VISIT = 14
"""Days. A stay or round of talks told with first and last day is one meeting; beyond two weeks such an
interval tells a period in which a meeting lay."""
_LONGEST_DOUBT = 400
"""Days. A claim vaguer than about a year is joined only with claims of the very same date."""
_UNDATED_REACH = 14
"""Days between two articles that tell the same meeting without any date."""
_PLANNED_WITHIN = 183
"""Days within which a meeting that is announced without a date is looked for; what lies further off is
mostly another one."""
_STRETCH = 5
"""Claims are filed by stretches of 2 ** 5 days."""
_NO_FIT = -1
"""Stands for how well a claim fits where it cannot belong at all; less than any fit."""
_MOST_SIDES = 12
"""Sides of which pairs are made for finding claims to compare; a summit of 30 shares such pairs anyway."""

_ALONE: frozenset[Kind] = frozenset(("call", "summons"))
_FINAL: frozenset[Status] = frozenset(("held", "ongoing", "cancelled", "denied"))
_TOOK_PLACE: frozenset[Status] = frozenset(("held", "ongoing"))
_DID_NOT: frozenset[Status] = frozenset(("cancelled", "denied"))
_ANNOUNCED: frozenset[Status] = frozenset(("planned", "proposed"))

Point = tuple[str, int]
"""A key and a stretch of days, by which claims that may be of one meeting find each other."""
Reach = tuple[str, int, int]
"""A key, first and last day: under what a claim is filed where it is kept."""


@dataclass(frozen=True, slots=True)
class Together:
    """A person's word that these claims (by id) are of one meeting."""

    claims: frozenset[str]


@dataclass(frozen=True, slots=True)
class Apart:
    """A person's word that the claims ``one`` are of another meeting than the claims ``other``."""

    one: frozenset[str]
    other: frozenset[str]


def claims_from(article: Article, reading: Reading, previous: Sequence[Claim] = ()) -> list[Claim]:
    """The meetings of one article as claims.

    A claim's id is made of the article, the place of its best sentence and its parties. When an article is
    read again, ``previous`` are its claims so far: a meeting that is told by the same sentence, or is
    between the same parties, keeps its id though the rules now read something else of it.
    """
    published = reading.reference.value
    fresh = []
    taken: dict[str, int] = defaultdict(int)
    for meeting in reading.meetings:
        start = meeting.evidence[0].start if meeting.evidence else -1
        parties = "|".join(sorted(actor.key for actor in meeting.participants))
        digest = hashlib.sha256(f"{article.id}\n{start}\n{parties}".encode()).hexdigest()[:16]
        taken[digest] += 1
        name = digest if taken[digest] == 1 else f"{digest}-{taken[digest]}"
        fresh.append(Claim(name, article.id, published, reading.reference, meeting, article.outlet))
    if not previous:
        return fresh
    known = {claim.id: claim for claim in previous}
    free_old = [claim for claim in previous if claim.id not in {c.id for c in fresh}]
    for index, claim in enumerate(fresh):
        if claim.id in known:
            continue
        likeness, old = max(
            ((_likeness(claim.meeting, o.meeting), o) for o in free_old),
            key=lambda pair: (pair[0], pair[1].id),
            default=(0, None),
        )
        if likeness >= 3 and old is not None:
            fresh[index] = replace(claim, id=old.id)
            free_old.remove(old)
    return fresh


def _likeness(one: Meeting, other: Meeting) -> int:
    """How surely two readings of one article mean the same meeting: 0 to 7; 3 and more is enough."""
    mine, theirs = ({actor.key for actor in m.participants} for m in (one, other))
    same_sentence = bool(one.evidence and other.evidence and one.evidence[0] == other.evidence[0])
    shared = len(mine & theirs)
    points = 2 * same_sentence + (one.date == other.date) + (one.kind == other.kind)
    if mine == theirs:
        return points + 3
    return points + min(shared, 2) if shared else 0


@dataclass(slots=True)
class _Told:
    """What of a claim matters for comparing: sides with their persons, days, place, kind."""

    claim: Claim
    sides: dict[str, frozenset[str]]
    first: int
    last: int
    tier: int
    keys: tuple[str, ...]
    appeared: int
    points: tuple[Point, ...]
    """Where it looks for others: each key in each stretch of 32 days that it touches."""
    order: tuple[object, ...] = ()
    likeness: tuple[object, ...] = ()

    @property
    def plan(self) -> bool:
        """Whether it announces the meeting."""
        return self.claim.meeting.status in _ANNOUNCED

    def leads(self, cluster: _Cluster) -> bool:
        """Whether others find the cluster by it: its leader, and plans that know the days."""
        return cluster.leader is self or (self.plan and self.tier == 0)


def _order(told: _Told) -> tuple[object, ...]:
    """The order of taking: definite before vague before undated; longest stay first, then ever vaguer.

    Of the definite, what took place leads: a planned stay then joins one of its talks, and can never
    hold two talks of different days together.
    """
    meeting = told.claim.meeting
    length = told.last - told.first
    later = told.tier == 0 and meeting.status not in _TOOK_PLACE
    return (
        told.tier, later, -length if told.tier == 0 else length, told.first, sorted(told.sides),
        meeting.place or "", meeting.kind, meeting.status, told.claim.article, told.claim.id,
    )  # fmt: skip


@dataclass(slots=True)
class _Cluster:
    """Claims taken for one meeting so far; ``first`` and ``last`` are the days that all may share.

    ``planned_first`` and ``planned_last`` are also those for which it was planned: a plan for the first
    day of a stay belongs to it even if reports know only the talks of the second.
    """

    number: int
    leader: _Told
    first: int
    last: int
    planned_first: int
    planned_last: int
    members: list[_Told] = field(default_factory=list)
    articles: set[str] = field(default_factory=set)
    shapes: dict[tuple[object, ...], _Told] = field(default_factory=dict)

    def take(self, told: _Told) -> None:
        self.members.append(told)
        if told.claim.article:
            self.articles.add(told.claim.article)
        self.shapes.setdefault(told.likeness, told)
        if self.leader.tier:
            self.first, self.last = max(self.first, told.first), min(self.last, told.last)
        elif told.tier == 0 and told.plan:
            self.planned_first = min(self.planned_first, told.first)
            self.planned_last = max(self.planned_last, told.last)

    def meets(self, told: _Told) -> bool:
        """Whether a claim shares a day with it."""
        if told.plan and told.tier == 0 == self.leader.tier:
            return told.first <= self.planned_last and self.planned_first <= told.last
        return told.first <= self.last and self.first <= told.last


def merge(claims: Iterable[Claim], decisions: Sequence[Together | Apart] = ()) -> list[Event]:
    """The events that ``claims`` tell, ordered by first day, then by id; undated ones last.

    ``decisions`` are the words of persons, in the order in which they were given; they stand above the
    rules. An event's id is that of its earliest claim (by publication, then by id). Any order of claims
    gives the same events. Cost: about n log n in the number of claims.
    """
    run = _Run()
    for number, told in enumerate(sorted(map(_tell, claims), key=lambda told: told.order)):
        run.take(told, run.place_of(told, number))
    return _events([cluster.members for cluster in run.clusters.values()], decisions)


def _events(clusters: list[list[_Told]], decisions: Iterable[Together | Apart]) -> list[Event]:
    for decision in decisions:
        clusters = _decide(clusters, decision)
    return sorted((_event([told.claim for told in members]) for members in clusters), key=_event_order)


def _event_order(event: Event) -> tuple[date, str]:
    return (event.date and edtf.bounds(event.date).first) or date.max, event.id


def reach(claim: Claim) -> tuple[tuple[str, ...], int, int]:
    """What a claim can be compared with: its keys, and first and last day (proleptic ordinals, inclusive).

    Claims that share no key, or no day, directly or through others, never influence each other's events;
    a store that adds an article need only merge those which do.
    """
    told = _tell(claim)
    return told.keys, told.first, told.last


def meeting_points(claim: Claim) -> list[Point]:
    """Where a claim looks for others and is found by them: each of its keys in each stretch of 32 days.

    Merging compares a claim only with what stands at its points. Claims that share no point, directly or
    through others, can therefore be merged apart from each other with the same result; it is a wider bound
    than :func:`reach`, and one that holds by construction.
    """
    return list(_tell(claim).points)


def fulfilments(announced: Iterable[Event], held: Iterable[Event]) -> dict[str, list[Event]]:
    """Held events that are what another event announced, by the id of the latter; the first comes first.

    Same sides, place and kind, and all of its days within those announced. They are events of their own
    where one article told the two apart ("a visit that week", "talks on Tuesday").
    """
    by_key: dict[str, list[tuple[_Told, Event]]] = defaultdict(list)
    for event in held:
        told = _tell(_as_claim(event))
        for key in told.keys if told.tier < 2 else ():
            by_key[key].append((told, event))
    found: dict[str, list[Event]] = {}
    for event in announced:
        plan = _tell(_as_claim(event))
        if plan.tier > 1 or event.date is None:
            continue
        met = {
            other.id: (told.first, other.id, other)
            for key in plan.keys
            for told, other in by_key.get(key, ())
            if plan.first <= told.first and told.last <= plan.last and _pair_fit(plan, told) is not None
        }
        if met:
            found[event.id] = [other for _, _, other in sorted(met.values(), key=lambda row: row[:2])]
    return found


def _as_claim(event: Event) -> Claim:
    """The version in force as if one article told it."""
    meeting = Meeting(
        event.kind, event.participants, event.place, event.country, None, event.date, event.status, ()
    )
    return Claim(event.id, "", None, ReferenceDate(None, "unknown"), meeting)


# Merging again


@dataclass(slots=True)
class Change:
    """What has happened to claims since they were merged.

    ``claims`` came, went, were told anew or decided on; ``events`` are those in which they stood. Where some
    were ``told_anew``, it is lost what they told before, and ``reaches`` are where they stood.
    """

    claims: set[str] = field(default_factory=set)
    events: set[str] = field(default_factory=set)
    reaches: set[Reach] = field(default_factory=set)
    told_anew: bool = False

    def join(self, other: Change) -> None:
        """Takes in what else has happened."""
        self.claims |= other.claims
        self.events |= other.events
        self.reaches |= other.reaches
        self.told_anew |= other.told_anew


@dataclass(frozen=True, slots=True)
class Standing:
    """A claim that is kept, the event in which it stood before a change, and whether it counts after it."""

    claim: Claim
    event: str | None
    counts: bool


class Shelf(Protocol):
    """Where merged claims are kept. Of an event it gives all claims or none, and none twice."""

    def standing(self, claims: Collection[str], events: Collection[str]) -> Iterable[Standing]:
        """The claims, and all that stood in these events or together with them."""

    def at(self, points: Collection[Point]) -> Iterable[Standing]:
        """The claims that stood in an event and look for others there, and all that stood with them."""


@dataclass(frozen=True, slots=True)
class Again:
    """What becomes of some events: ``events`` come in the place of ``stale``; ``claims`` stand in either."""

    events: list[Event]
    stale: set[str]
    claims: list[Standing]


def merge_again(shelf: Shelf, change: Change, decisions: Sequence[Together | Apart] = ()) -> Again:
    """Brings events in step with a change: what :func:`merge` would now make of all claims, of few.

    Claims are taken in the order of merging in two runs at once, as things were before and as they are.
    Where a claim went before is known, and there it goes again unless an event that it could join is not the
    same in its eyes in both runs; only then it is compared anew. So all claims must be known at the points
    of those that are compared, and of events that differ; the others are never read. As it turns out
    meanwhile which points these are, it is tried until nothing is missing.
    """
    part = _Part(shelf, change, decisions)
    while True:
        trial = _Trial(part)
        if trial.missing:
            part.read(trial.missing)
            continue
        touched = trial.touched()
        if not part.ask(touched):
            return trial.outcome(touched)


class _Part:
    """The claims that a change can matter to, as far as they are known yet."""

    def __init__(self, shelf: Shelf, change: Change, decisions: Sequence[Together | Apart]) -> None:
        self.change, self.decisions = change, decisions
        self.known: dict[str, tuple[_Told, Standing]] = {}
        self.covered: set[Point] = set()
        """Where all claims are known."""
        self.reopened = set(change.events)
        """Events that decisions, and not the rules alone, may have made."""
        self.ties: dict[str, list[frozenset[str]]] = defaultdict(list)
        """What decisions name together, by each claim that they name."""
        for decision in decisions:
            for claim in (named := _named(decision)):
                self.ties[claim].append(named)
        self.lost = {point for key, *days in change.reaches for point in points_of((key,), *days)}
        """Where it is not known how things were before."""
        self._shelf = shelf
        self._asked = set(change.claims)
        self._know(shelf.standing(change.claims, change.events))
        there = (self.known[claim][0] for claim in change.claims if claim in self.known)
        self.read(self.lost.union(*(told.points for told in there)))

    def read(self, points: set[Point]) -> None:
        """Gets to know all claims at points."""
        self._know(self._shelf.at(points))
        self.covered |= points

    def ask(self, claims: set[str]) -> bool:
        """Gets to know claims; whether there were any to ask for."""
        unknown = claims - self.known.keys() - self._asked
        self._asked |= unknown
        self._know(self._shelf.standing(unknown, ()) if unknown else ())
        return bool(unknown)

    def _know(self, found: Iterable[Standing]) -> None:
        fresh = {each.claim.id: (_tell(each.claim), each) for each in found}
        self.known |= fresh
        self.reopened |= {
            each.event for claim, (_, each) in fresh.items() if claim in self.ties and each.event
        }
        self.lost.update(
            point for told, each in fresh.values() if self._is_lost(each.event) for point in told.points
        )

    def _is_lost(self, event: str | None) -> bool:
        """Whether the rules cannot tell how they made an event, as not all is there that they knew."""
        return self.change.told_anew and event in self.reopened

    def was_there(self, standing: Standing) -> bool:
        """Whether it is known, or can be, where the rules put a claim before."""
        return standing.event is not None and not self._is_lost(standing.event)


class _Trial:
    """The two runs over what is known; right where nothing is ``missing``."""

    def __init__(self, part: _Part) -> None:
        self._part = part
        self._before, self._after = _Run(), _Run()
        self._numbers: dict[str, int] = {}
        """Of clusters after the change, by claim."""
        self._differing: set[int] = set()
        self.missing: set[Point] = set()
        """Where claims had to be known that are not."""
        begun: dict[str, int] = {}
        ordered = sorted(part.known.values(), key=lambda known: known[0].order)
        for number, (told, standing) in enumerate(ordered):
            before = self._before_it(told, standing, number, begun) if part.was_there(standing) else None
            after = self._after_it(told, before, number) if standing.counts else None
            if before is not None:
                self._before.take(told, before)
            if after is not None:
                self._after.take(told, after)
                self._numbers[told.claim.id] = after
            if before != after:
                self._differing.update(each for each in (before, after) if each is not None)
        for number in self._differing:
            for run in (self._before, self._after):
                if cluster := run.clusters.get(number):
                    for told in cluster.members:
                        if told.leads(cluster):
                            self._covers(told)

    def _covers(self, told: _Told) -> bool:
        if self._part.covered.issuperset(told.points):
            return True
        self.missing.update(point for point in told.points if point not in self._part.covered)
        return False

    def _before_it(self, told: _Told, standing: Standing, number: int, begun: dict[str, int]) -> int:
        """The cluster into which a claim went before; of an event that a decision made, the rules tell."""
        event = str(standing.event)
        if event in self._part.reopened and self._covers(told):
            return self._before.place_of(told, number)
        return begun.setdefault(event, number)

    def _after_it(self, told: _Told, before: int | None, number: int) -> int:
        """The cluster into which a claim goes now."""
        stays = before is not None and (before == number or before in self._after.clusters)
        if before is not None and stays and self._part.lost.isdisjoint(told.points):
            changed = self._changed_for(told)
            if not changed:
                return before
            after = self._weighed(told, before, number, changed)
            if after is not None:
                return after
        if self._covers(told):
            return self._after.place_of(told, number)
        return before if before is not None and stays else number

    def _changed_for(self, told: _Told) -> dict[int, tuple[int, int]]:
        """The clusters that are not for a claim what they were before: how well it fitted and now fits."""
        if not self._differing:
            return {}
        near = {
            number
            for point in told.points
            for run in (self._before, self._after)
            for number in self._differing.intersection(run.index.get(point, ()))
        }
        views = {number: (self._before.view(told, number), self._after.view(told, number)) for number in near}
        return {
            number: (before[0] if before else _NO_FIT, after[0] if after else _NO_FIT)
            for number, (before, after) in views.items()
            if before != after
        }

    def _weighed(
        self, told: _Told, before: int, number: int, changed: dict[int, tuple[int, int]]
    ) -> int | None:
        """Where a claim goes, as far as this follows from where it went before; None where it does not.

        Nothing that is as it was fits better than where it went. A plan that began a cluster fitted nothing;
        another claim that did may have fitted several that cannot be one.
        """
        clusters = self._after.clusters
        top = max(after for _, after in changed.values())
        rivals = [clusters[each] for each, (_, after) in changed.items() if after == top > _NO_FIT]
        if before in changed:
            return None
        if before != number:
            fits = self._after.view(told, before)
            if fits is None or (top == fits[0] and not told.plan):
                return None
            if top <= fits[0]:
                rivals = [clusters[before], *(rivals if top == fits[0] else ())]
        elif not told.plan:
            once = max(before for before, _ in changed.values())
            others = self._after.best_fit(told, without=changed)
            return number if once < others >= top else None
        if not rivals:
            return number
        best = _chosen(told, sorted(rivals, key=lambda cluster: cluster.number))
        return number if best is None else best.number

    def touched(self) -> set[str]:
        """The claims of all events that may have become others, and those that decisions tie to them."""
        part = self._part
        by_event: dict[str, list[str]] = defaultdict(list)
        for claim, (_, standing) in part.known.items():
            if standing.event is not None:
                by_event[standing.event].append(claim)
        found: set[str] = set()
        todo = [*part.change.claims, *(claim for event in part.change.events for claim in by_event[event])]
        for number in self._differing:
            for run in (self._before, self._after):
                if cluster := run.clusters.get(number):
                    todo += [told.claim.id for told in cluster.members]
        while todo:
            claim = todo.pop()
            if claim in found:
                continue
            found.add(claim)
            for named in part.ties.get(claim, ()):
                todo += named - found
            if claim in part.known and (event := part.known[claim][1].event):
                todo += by_event[event]
            if claim in self._numbers:
                cluster = self._after.clusters[self._numbers[claim]]
                todo += [told.claim.id for told in cluster.members]
        return found

    def outcome(self, touched: set[str]) -> Again:
        """The events of claims, of which all are given that stood or stand together."""
        part = self._part
        standings = [part.known[claim][1] for claim in sorted(touched) if claim in part.known]
        numbers = {self._numbers[claim] for claim in touched if claim in self._numbers}
        clusters = [self._after.clusters[number].members for number in sorted(numbers)]
        decisions = (each for each in part.decisions if not touched.isdisjoint(_named(each)))
        stale = part.change.events.union(each.event for each in standings if each.event is not None)
        return Again(_events(clusters, decisions), stale, standings)


def _named(decision: Together | Apart) -> frozenset[str]:
    return decision.claims if isinstance(decision, Together) else decision.one | decision.other


# Reading a claim


def _tell(claim: Claim) -> _Told:
    meeting = claim.meeting
    sides = _sides(meeting.participants)
    names = sorted(sides)[:_MOST_SIDES]
    pairs = [f"{a}|{b}" for a, b in combinations(names, 2)]
    if len(names) < 2 or meeting.kind == "summit":
        pairs += [name for name in names if ":" in name or len(names) < 2]
    tier, first, last = _days(claim)
    if tier == 3 and not first:
        pairs = []  # neither dated nor published: nothing could tell two such meetings apart
    prefix = {2: f"{meeting.date}@", 3: "undated@"}.get(tier, "")
    appeared = _published(claim)
    day = appeared.first.toordinal() if appeared and appeared.first else 0
    keys = tuple(prefix + pair for pair in pairs)
    points = tuple(points_of(keys, first, last))
    told = _Told(claim, sides, first, last, tier, keys, day, points)
    told.order = _order(told)
    told.likeness = (
        tuple(sorted((side, tuple(sorted(keys))) for side, keys in sides.items())),
        told.first, told.last, told.tier, meeting.place, meeting.country, meeting.kind, meeting.status,
        meeting.date is None and day,
    )  # fmt: skip
    return told


def _sides(participants: Sequence[Actor]) -> dict[str, frozenset[str]]:
    """Persons by side. A side is a country, a body, or a person who stands for neither."""
    sides: dict[str, set[str]] = {}
    for actor in participants:
        own = actor.type == "organisation" or actor.country is None
        side = sides.setdefault(actor.key if own else str(actor.country), set())
        if actor.type == "person":
            side.add(actor.key)
    if len(sides) == 1 and len(participants) > 1:
        # Two parties of one country, such as a government and rebels: each is a side.
        return {a.key: frozenset((a.key,)) if a.type == "person" else frozenset() for a in participants}
    return {side: frozenset(persons) for side, persons in sides.items()}


def _days(claim: Claim) -> tuple[int, int, int]:
    """Tier and days of a claim. Tiers: 0 the days are known, 1 vague, 2 too vague to compare, 3 undated.

    What is planned lies not before its article, what was held not after it; an open end reaches as far as
    the article can know. A plan without a date may lie anywhere in the months after its article; a denial
    or a cancellation also shortly before.
    """
    told, published = claim.meeting.date, _published(claim)
    if told is None:
        if published is None or published.first is None:
            return 3, 0, 0
        day, status = published.first.toordinal(), claim.meeting.status
        if status in _TOOK_PLACE:
            return 3, day, day + _UNDATED_REACH
        return 1, day - _UNDATED_REACH * (status in _DID_NOT), day + _PLANNED_WITHIN
    span = edtf.bounds(told)
    first = span.first.toordinal() if span.first else None
    last = span.last.toordinal() if span.last else None
    if first is None:
        first = last - 365 if last is not None else 0
    if last is None:
        known = published.last.toordinal() if published and published.last else None
        last = max(first, known) if known else first + 365
    length = last - first + 1
    vague = edtf.is_approximate(told) or edtf.precision(told) not in ("day", "interval")
    if not vague and length <= _LONGEST_VISIT:
        return 0, first, last
    if length > _LONGEST_DOUBT:
        return 2, 0, 0
    if published and claim.meeting.status in ("planned", "proposed") and published.first:
        first = max(first, published.first.toordinal()) if published.first.toordinal() <= last else first
    elif published and claim.meeting.status in _TOOK_PLACE and published.last:
        last = min(last, published.last.toordinal()) if published.last.toordinal() >= first else last
    return 1, first, last


def _published(claim: Claim) -> edtf.Bounds | None:
    return edtf.bounds(claim.published) if claim.published else None


@lru_cache(maxsize=1)
def _country_names() -> dict[str, str]:
    """Country code by the names under which a country can stand as a place."""
    return {row["name"]: row["code"] for row in read_tsv("knowledge/states.tsv")}


# Comparing


class _Run:
    """Claims taken one after the other, in their order, each into the event that it fits best."""

    def __init__(self) -> None:
        self.clusters: dict[int, _Cluster] = {}
        self.index: dict[Point, dict[int, _Cluster]] = defaultdict(dict)

    def place_of(self, told: _Told, number: int) -> int:
        """The number of the cluster for a claim: ``number`` where it is to begin one of its own.

        Numbers must grow from claim to claim.
        """
        found = {
            each: cluster
            for point in told.points
            for each, cluster in self.index.get(point, {}).items()
            if cluster.meets(told)
        }
        best = _best(told, [found[each] for each in sorted(found)])
        return number if best is None else best.number

    def best_fit(self, told: _Told, *, without: Container[int]) -> int:
        """How well a claim fits the best cluster but some; :data:`_NO_FIT` where it fits none."""
        near = {
            number for point in told.points for number in self.index.get(point, ()) if number not in without
        }
        views = (self.view(told, number) for number in near)
        return max((view[0] for view in views if view is not None), default=_NO_FIT)

    def view(self, told: _Told, number: int) -> tuple[int, int, int] | None:
        """What a claim sees of a cluster when it looks for the best one; None where it is none for it."""
        cluster = self.clusters.get(number)
        if cluster is None or not cluster.meets(told):
            return None
        if all(number not in self.index.get(point, ()) for point in told.points):
            return None
        score = _fit(told, cluster)
        return None if score is None else (score, cluster.first, cluster.last)

    def take(self, told: _Told, number: int) -> None:
        """Puts a claim into the cluster with this number, or begins it."""
        cluster = self.clusters.get(number)
        if cluster is None:
            cluster = _Cluster(number, told, told.first, told.last, told.first, told.last)
            self.clusters[number] = cluster
        if told.leads(cluster):
            for point in told.points:
                self.index[point][number] = cluster
        cluster.take(told)


def points_of(keys: Iterable[str], first: int, last: int) -> Iterator[Point]:
    """The points of a :func:`reach`."""
    stretches = range(first >> _STRETCH, (last >> _STRETCH) + 1)
    return ((key, stretch) for key in keys for stretch in stretches)


def days_of(stretch: int) -> tuple[int, int]:
    """First and last day of a stretch of days, as it stands in a :data:`Point`."""
    return stretch << _STRETCH, ((stretch + 1) << _STRETCH) - 1


def _best(told: _Told, candidates: list[_Cluster]) -> _Cluster | None:
    """The one event that the claim fits best; None where none fits, or several equally that cannot be one.

    Of several that fit a plan equally well (persons, place, kind), the nearest in time is what it announced.
    """
    scored = []
    for cluster in candidates:
        score = _fit(told, cluster)
        if score is not None:
            scored.append((score, cluster))
    if not scored:
        return None
    top = max(score for score, _ in scored)
    return _chosen(told, [cluster for score, cluster in scored if score == top])


def _chosen(told: _Told, best: list[_Cluster]) -> _Cluster | None:
    """Which of the events that a claim fits equally well."""
    if told.plan:
        return min(best, key=lambda cluster: (max(0, cluster.first - told.first), cluster.number))
    for one, other in combinations(best, 2):
        apart = one.first > other.last or other.first > one.last
        if apart or _place_fit(one.leader.claim.meeting, other.leader.claim.meeting) is None:
            return None
    return best[0]


def _fit(told: _Told, cluster: _Cluster) -> int | None:
    """How well a claim fits all members of an event; None where it contradicts one of them."""
    if told.claim.article in cluster.articles:
        return None
    worst: int | None = None
    for member in cluster.shapes.values():
        score = _pair_fit(told, member)
        if score is None:
            return None
        worst = score if worst is None else min(worst, score)
    return worst


def _pair_fit(one: _Told, other: _Told) -> int | None:
    """How well two claims go together; None where they cannot be of one meeting. Greater is closer."""
    a, b = one.claim.meeting, other.claim.meeting
    if a.kind != b.kind and (a.kind in _ALONE or b.kind in _ALONE):
        return None
    persons = _side_fit(one, other)
    if persons is None:
        return None
    place = _place_fit(a, b)
    same_days = (one.first, one.last) == (other.first, other.last)
    if place is None:
        return None
    if place == 0 and not (same_days and one.tier == 0 and persons >= 2 and a.kind == b.kind):
        return None
    if (a.date is None or b.date is None) and not _undated_fit(one, other, place=place):
        return None
    return 8 * persons + 4 * place + 2 * (a.kind == b.kind) + same_days


def _undated_fit(one: _Told, other: _Told, *, place: int) -> bool:
    """Whether nothing but a missing date stands between two claims that else agree."""
    a, b = one.claim.meeting, other.claim.meeting
    if a.kind != b.kind and {a.kind, b.kind} != {"visit", "meeting"}:
        return False
    if a.date is not None or b.date is not None:
        return place == 2
    if abs(one.appeared - other.appeared) > _UNDATED_REACH:
        return False
    return place == 2 or not {a.status, b.status} & _TOOK_PLACE


def _side_fit(one: _Told, other: _Told) -> int | None:
    """On how many sides the same person is named; None where the sides are not the same."""
    shared = one.sides.keys() & other.sides.keys()
    union = len(one.sides.keys() | other.sides.keys())
    a, b = one.claim.meeting, other.claim.meeting
    summits = (a.kind == "summit") + (b.kind == "summit")
    if summits == 2:
        body = any(side.startswith("org:") for side in shared)
        there = a.place is not None and a.place == b.place and len(shared) >= 2
        if not (body or there or (len(shared) >= 2 and 2 * len(shared) >= union)):
            return None
    elif summits == 1:
        # A talk on the margins of a summit is a meeting of its own.
        if len(shared) < union:
            return None
    elif len(shared) < 2:
        lonely = len(one.sides) == 1 and len(other.sides) == 1 and a.place is not None
        if not (shared and lonely and a.place == b.place):
            return None
    elif 2 * len(shared) < union:
        return None
    same = 0
    for side in shared:
        mine, theirs = one.sides[side], other.sides[side]
        if mine and theirs:
            if mine.isdisjoint(theirs):
                if summits == 2:
                    continue
                return None
            same += 1
    return same


def _place_fit(a: Meeting, b: Meeting) -> int | None:
    """2 the same place, 1 nothing against it, 0 two places of one country, None two countries."""
    if a.kind == "call":
        return 1
    if a.place == b.place:
        return 1 if a.place is None else 2
    if a.country and b.country and a.country != b.country:
        return None
    if a.place is None or b.place is None:
        return 1
    if a.country is None or b.country is None:
        return 0
    whole = _country_names()
    return 1 if a.place in whole or b.place in whole else 0


def _decide(clusters: list[list[_Told]], decision: Together | Apart) -> list[list[_Told]]:
    """The clusters after a person's word."""
    if isinstance(decision, Together):
        touched = [m for m in clusters if any(told.claim.id in decision.claims for told in m)]
        if len(touched) < 2:
            return clusters
        rest = [m for m in clusters if m not in touched]
        return [*rest, sorted((told for m in touched for told in m), key=lambda told: told.order)]
    result = []
    for members in clusters:
        one = [told for told in members if told.claim.id in decision.one]
        if one and any(told.claim.id in decision.other for told in members):
            result += [one, [told for told in members if told.claim.id not in decision.one]]
        else:
            result.append(members)
    return result


# The version in force


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


def _publication(claim: Claim) -> tuple[date, str]:
    span = _published(claim)
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
    if _days(claims[0])[0] == 0:
        return claims[0].meeting.date
    spans = {value: edtf.bounds(value) for value in dated}
    agreed = [v for v in spans if all(spans[v].overlaps(other) for other in spans.values())]
    return min(agreed or spans, key=lambda v: (spans[v].days or 10**6, v))


def _place(claims: list[Claim]) -> tuple[str | None, str | None]:
    """The most precise place (a city before its country), of the claim that comes first."""
    whole = _country_names()
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
        elif old in _DID_NOT and _publication(claim)[0] > _publication(current)[0]:
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
    final = [claim for claim in claims if claim.meeting.status in _TOOK_PLACE] or claims
    dates = {claim.meeting.date for claim in final if claim.meeting.date}
    if any(_contradict(one, other) for one, other in combinations(sorted(dates), 2)):
        fields.add("date")
    shapes = {(m.kind == "call", m.place, m.country): m for m in (claim.meeting for claim in final)}
    if any(_place_fit(a, b) in (0, None) for a, b in combinations(shapes.values(), 2)):
        fields.add("place")
    kinds = {meeting.kind for meeting in meetings}
    if len(kinds - {"visit", "meeting"}) + bool(kinds & {"visit", "meeting"}) > 1:
        fields.add("kind")
    if "summit" not in kinds and len({frozenset(_sides(m.participants)) for m in meetings}) > 1:
        fields.add("participants")
    return frozenset(fields)


def _status_disputed(claims: list[Claim], when: str | None) -> bool:
    """Whether one says that it took place and another that it did not.

    What was called off before its last day, and before anybody reported it, was put off and then held.
    """
    reported = [_publication(claim)[0] for claim in claims if claim.meeting.status in _TOOK_PLACE]
    if not reported:
        return False
    last = (when and edtf.bounds(when).last) or date.max
    before = min(*reported, last)
    return any(claim.meeting.status in _DID_NOT and _publication(claim)[0] >= before for claim in claims)


def _contradict(one: str, other: str) -> bool:
    """Whether no day fits both, or both know their days and these overlap only in part."""
    a, b = edtf.bounds(one), edtf.bounds(other)
    if not a.overlaps(b):
        return True
    exact = all(edtf.precision(v) in ("day", "interval") and not edtf.is_approximate(v) for v in (one, other))
    return exact and not a.contains(b) and not b.contains(a)
