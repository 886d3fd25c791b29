"""How well two claims go together: by their sides, places, kinds and days."""

from functools import lru_cache

from timeline.language import read_tsv
from timeline.merge.told import TOOK_PLACE, UNDATED_REACH, Told
from timeline.model import Kind, Meeting

_ALONE: frozenset[Kind] = frozenset(("call", "summons"))


def pair_fit(one: Told, other: Told) -> int | None:
    """How well two claims go together; None where they cannot be of one meeting. Greater is closer."""
    a, b = one.claim.meeting, other.claim.meeting
    if a.kind != b.kind and (a.kind in _ALONE or b.kind in _ALONE):
        return None
    persons = _side_fit(one, other)
    if persons is None:
        return None
    place = place_fit(a, b)
    same_days = (one.first, one.last) == (other.first, other.last)
    if place is None:
        return None
    if place == 0 and not (same_days and one.tier == 0 and persons >= 2 and a.kind == b.kind):
        return None
    if (a.date is None or b.date is None) and not _undated_fit(one, other, place=place):
        return None
    return 8 * persons + 4 * place + 2 * (a.kind == b.kind) + same_days


def _undated_fit(one: Told, other: Told, *, place: int) -> bool:
    """Whether nothing but a missing date stands between two claims that else agree."""
    a, b = one.claim.meeting, other.claim.meeting
    if a.kind != b.kind and {a.kind, b.kind} != {"visit", "meeting"}:
        return False
    if a.date is not None or b.date is not None:
        return place == 2
    if abs(one.appeared - other.appeared) > UNDATED_REACH:
        return False
    return place == 2 or not {a.status, b.status} & TOOK_PLACE


def _side_fit(one: Told, other: Told) -> int | None:
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


def place_fit(a: Meeting, b: Meeting) -> int | None:
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
    whole = country_names()
    return 1 if a.place in whole or b.place in whole else 0


@lru_cache(maxsize=1)
def country_names() -> dict[str, str]:
    """Country code by the names under which a country can stand as a place."""
    return {row["name"]: row["code"] for row in read_tsv("knowledge/states.tsv")}
