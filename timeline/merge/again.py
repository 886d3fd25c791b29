"""Merges again after a change, of few claims, with the events that merging all of them would give."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from timeline.merge.clusters import NO_FIT, Apart, Run, Together, chosen, named_by
from timeline.merge.events import events_of
from timeline.merge.told import Point, Reach, Told, points_of, tell
from timeline.model import Claim, Event


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
        self.known: dict[str, tuple[Told, Standing]] = {}
        self.covered: set[Point] = set()
        """Where all claims are known."""
        self.reopened = set(change.events)
        """Events that decisions, and not the rules alone, may have made."""
        self.ties: dict[str, list[frozenset[str]]] = defaultdict(list)
        """What decisions name together, by each claim that they name."""
        for decision in decisions:
            for claim in (named := named_by(decision)):
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
        fresh = {each.claim.id: (tell(each.claim), each) for each in found}
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
        self._before, self._after = Run(), Run()
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
                        if cluster.is_found_by(told):
                            self._covers(told)

    def _covers(self, told: Told) -> bool:
        if self._part.covered.issuperset(told.points):
            return True
        self.missing.update(point for point in told.points if point not in self._part.covered)
        return False

    def _before_it(self, told: Told, standing: Standing, number: int, begun: dict[str, int]) -> int:
        """The cluster into which a claim went before; of an event that a decision made, the rules tell."""
        event = str(standing.event)
        if event in self._part.reopened and self._covers(told):
            return self._before.place_of(told, number)
        return begun.setdefault(event, number)

    def _after_it(self, told: Told, before: int | None, number: int) -> int:
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

    def _changed_for(self, told: Told) -> dict[int, tuple[int, int]]:
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
            number: (before[0] if before else NO_FIT, after[0] if after else NO_FIT)
            for number, (before, after) in views.items()
            if before != after
        }

    def _weighed(
        self, told: Told, before: int, number: int, changed: dict[int, tuple[int, int]]
    ) -> int | None:
        """Where a claim goes, as far as this follows from where it went before; None where it does not.

        Nothing that is as it was fits better than where it went. A plan that began a cluster fitted nothing;
        another claim that did may have fitted several that cannot be one.
        """
        clusters = self._after.clusters
        top = max(after for _, after in changed.values())
        rivals = [clusters[each] for each, (_, after) in changed.items() if after == top > NO_FIT]
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
        best = chosen(told, sorted(rivals, key=lambda cluster: cluster.number))
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
        decisions = (each for each in part.decisions if not touched.isdisjoint(named_by(each)))
        stale = part.change.events.union(each.event for each in standings if each.event is not None)
        return Again(events_of(clusters, decisions), stale, standings)
