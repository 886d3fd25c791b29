"""Merging again after a change, of few claims, gives what merging all of them gives."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from itertools import count

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.diplomacy import claim
from timeline.merge import (
    Apart,
    Change,
    Standing,
    Together,
    meeting_points,
    merge,
    merge_again,
    reach,
)
from timeline.model import Claim, Event

_NAMES = ["Scholz", "Macron", "Deutschland", "Frankreich", "Merkel", "Putin", "NATO"]
_WEIGHTS = [6, 6, 2, 2, 2, 1, 1]
_LATEST = 500
"""Days from the first: some sixteen stretches in which claims are filed."""


def made_up(chance: random.Random, name: str, days: int) -> Claim:
    """A claim of few actors on some day; often vague and like others, as that ties days together."""
    day = date(2023, 1, 1) + timedelta(chance.randrange(days))
    when = chance.choice([
        day.isoformat(), day.isoformat(), day.isoformat(), day.isoformat(),
        f"{day}/{day + timedelta(chance.randrange(1, 13))}", f"[{day - timedelta(6)}..{day}]",
        f"{day}"[:7], f"{day}"[:7], f"{day}"[:4], f"{day}/..", f"{day}~", "202X", None,
    ])  # fmt: skip
    who = {"Scholz", "Macron"}
    if chance.random() < 0.4:
        who = {chance.choices(_NAMES, _WEIGHTS)[0] for _ in range(chance.choice([1, 2, 2, 3, 4]))}
    published = (day + timedelta(chance.choice([-100, -20, -3, 0, 1, 2, 30]))).isoformat()
    told = claim(
        str(chance.randrange(30)), ", ".join(sorted(who)), when,
        chance.choice([None, None, None, "Berlin", "Meseberg", "Paris"]),
        chance.choice(["meeting", "meeting", "meeting", "meeting", "visit", "visit", "call", "summit"]),
        chance.choice(["held", "held", "held", "planned", "planned", "proposed", "cancelled", "ongoing"]),
        published=chance.choice([None, published, published, published]),
    )  # fmt: skip
    return replace(told, id=name)


@dataclass
class Archive:
    """Claims with the events in which they stood when they were merged last."""

    claims: dict[str, Claim] = field(default_factory=dict)
    inactive: set[str] = field(default_factory=set)
    event_of: dict[str, str] = field(default_factory=dict)
    events: dict[str, Event] = field(default_factory=dict)
    decisions: list[Together | Apart] = field(default_factory=list)
    change: Change = field(default_factory=Change)
    read: set[str] = field(default_factory=set)
    numbers: Iterator[int] = field(default_factory=count)

    def standing(self, claims, events):
        wanted = {*events} | {self.event_of[each] for each in claims if each in self.event_of}
        return self._given(
            each for each in self.claims
            if self.event_of.get(each) in wanted or (each in claims and each not in self.event_of)
        )  # fmt: skip

    def at(self, points):
        wanted = {
            self.event_of[each]
            for each, told in self.claims.items()
            if each in self.event_of and not set(meeting_points(told)).isdisjoint(points)
        }
        return self._given(each for each in self.claims if self.event_of.get(each) in wanted)

    def _given(self, claims):
        fresh = [each for each in claims if each not in self.read]
        self.read.update(fresh)
        return [
            Standing(self.claims[each], self.event_of.get(each), each not in self.inactive) for each in fresh
        ]

    def touch(self, *claims: str, told_anew: bool = False) -> None:
        """Remembers how claims stand that are about to change."""
        self.change.claims.update(claims)
        self.change.events.update(self.event_of[each] for each in claims if each in self.event_of)
        if told_anew:
            self.change.told_anew = True
            for each in claims:
                keys, first, last = reach(self.claims[each])
                self.change.reaches.update((key, first, last) for key in keys)

    def settle(self) -> None:
        """Merges again, and compares with merging all."""
        self.read.clear()
        again = merge_again(self, self.change, self.decisions)
        self.change = Change()
        for each in again.stale:
            del self.events[each]
        for event in again.events:
            assert event.id not in self.events
            self.events[event.id] = event
        for each in again.claims:
            self.event_of.pop(each.claim.id, None)
        self.event_of.update({told.id: event.id for event in again.events for told in event.claims})
        active = [told for each, told in self.claims.items() if each not in self.inactive]
        expected = merge(active, self.decisions)
        assert sorted(self.events.values(), key=lambda event: event.id) == sorted(
            expected, key=lambda event: event.id
        )
        assert self.event_of == {told.id: event.id for event in expected for told in event.claims}


def _some(chance: random.Random, archive: Archive, most: int) -> list[str]:
    return chance.sample(sorted(archive.claims), min(len(archive.claims), chance.randint(1, most)))


def change(archive: Archive, chance: random.Random, days: int) -> None:
    """One thing that can happen in a store."""
    match chance.choice(["add", "add", "add", "anew", "remove", "switch", "switch", "decide", "undo"]):
        case "add":
            for _ in range(chance.choice([1, 1, 3])):
                name = f"new {next(archive.numbers)}"
                archive.claims[name] = made_up(chance, name, days)
                archive.touch(name)
        case "anew":
            for name in _some(chance, archive, 2):
                archive.touch(name, told_anew=True)
                archive.claims[name] = made_up(chance, name, days)
        case "remove":
            for name in _some(chance, archive, 2):
                archive.touch(name, told_anew=True)
                archive.change.claims.discard(name)
                archive.inactive.discard(name)
                archive.event_of.pop(name, None)
                del archive.claims[name]
        case "switch":
            names = _some(chance, archive, 2)
            archive.touch(*names)
            archive.inactive.symmetric_difference_update(names)
        case "decide":
            names = _some(chance, archive, 4)
            half = len(names) // 2
            together, apart = (
                Together(frozenset(names)),
                Apart(frozenset(names[:half]), frozenset(names[half:])),
            )
            archive.touch(*names)
            archive.decisions.append(chance.choice([together, apart]) if half else together)
        case _ if archive.decisions:
            gone = archive.decisions.pop(chance.randrange(len(archive.decisions)))
            named = gone.claims if isinstance(gone, Together) else gone.one | gone.other
            archive.touch(*(each for each in named if each in archive.claims))
        case _:
            pass


@pytest.mark.parametrize("days", [20, 150, _LATEST])
@given(st.integers(0, 2**32))
@settings(max_examples=40, deadline=None)
def test_any_changes(days, seed):
    archive, chance = Archive(), random.Random(seed)
    for each in range(chance.randrange(60)):
        archive.claims[f"{each:03}"] = made_up(chance, f"{each:03}", days)
    archive.touch(*archive.claims)
    archive.settle()
    for _ in range(6):
        for _ in range(chance.choice([1, 1, 2])):
            if archive.claims:
                change(archive, chance, days)
        archive.settle()


def test_an_article_in_a_dense_chain_reads_few_of_its_claims():
    chance = random.Random(1)
    archive = Archive()
    for each in range(1500):
        day = date(2010, 1, 1) + timedelta(each * 4)
        archive.claims[f"{each:04}"] = replace(
            claim(str(each), "Scholz, Macron", f"{day}"[:7] if chance.random() < 0.2 else f"{day}"),
            id=f"{each:04}",
        )
    archive.touch(*archive.claims)
    archive.settle()
    archive.claims["new"] = replace(claim("new", "Scholz, Macron", "2018-05-02"), id="new")
    archive.touch("new")
    archive.settle()
    assert len(archive.read) < 60
