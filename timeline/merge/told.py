"""What of a claim matters for comparing it with others: its sides, its days, and where they are filed."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from timeline import edtf
from timeline.model import Actor, Claim, Status

Point = tuple[str, int]
"""A key and a stretch of days, by which claims that may be of one meeting find each other."""
Reach = tuple[str, int, int]
"""A key, first and last day: under what a claim is filed where it is kept."""
_LONGEST_VISIT = 14
"""Days. A stay or round of talks told with first and last day is one meeting; beyond two weeks such an
interval tells a period in which a meeting lay."""
_LONGEST_DOUBT = 400
"""Days. A claim vaguer than about a year is joined only with claims of the very same date."""
UNDATED_REACH = 14
"""Days between two articles that tell the same meeting without any date."""
_PLANNED_WITHIN = 183
"""Days within which a meeting that is announced without a date is looked for; what lies further off is
mostly another one."""
_STRETCH = 5
"""Claims are filed by stretches of 2 ** 5 days."""
_MOST_SIDES = 12
"""Sides of which pairs are made for finding claims to compare; a summit of 30 shares such pairs anyway."""
TOOK_PLACE: frozenset[Status] = frozenset(("held", "ongoing"))
DID_NOT: frozenset[Status] = frozenset(("cancelled", "denied"))
ANNOUNCED: frozenset[Status] = frozenset(("planned", "proposed"))


@dataclass(slots=True)
class Told:
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
        return self.claim.meeting.status in ANNOUNCED


def tell(claim: Claim) -> Told:
    """What of a claim matters for comparing."""
    meeting = claim.meeting
    sides = sides_of(meeting.participants)
    names = sorted(sides)[:_MOST_SIDES]
    pairs = [f"{a}|{b}" for a, b in combinations(names, 2)]
    if len(names) < 2 or meeting.kind == "summit":
        pairs += [name for name in names if ":" in name or len(names) < 2]
    tier, first, last = tier_and_days(claim)
    if tier == 3 and not first:
        pairs = []  # neither dated nor published: nothing could tell two such meetings apart
    prefix = {2: f"{meeting.date}@", 3: "undated@"}.get(tier, "")
    appeared = published_in(claim)
    day = appeared.first.toordinal() if appeared and appeared.first else 0
    keys = tuple(prefix + pair for pair in pairs)
    points = tuple(points_of(keys, first, last))
    told = Told(claim, sides, first, last, tier, keys, day, points)
    told.order = _order(told)
    told.likeness = (
        tuple(sorted((side, tuple(sorted(keys))) for side, keys in sides.items())),
        told.first, told.last, told.tier, meeting.place, meeting.country, meeting.kind, meeting.status,
        meeting.date is None and day,
    )  # fmt: skip
    return told


def _order(told: Told) -> tuple[object, ...]:
    """The order of taking: definite before vague before undated; longest stay first, then ever vaguer.

    Of the definite, what took place leads: a planned stay then joins one of its talks, and can never
    hold two talks of different days together.
    """
    meeting = told.claim.meeting
    length = told.last - told.first
    later = told.tier == 0 and meeting.status not in TOOK_PLACE
    return (
        told.tier, later, -length if told.tier == 0 else length, told.first, sorted(told.sides),
        meeting.place or "", meeting.kind, meeting.status, told.claim.article, told.claim.id,
    )  # fmt: skip


def sides_of(participants: Sequence[Actor]) -> dict[str, frozenset[str]]:
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


def tier_and_days(claim: Claim) -> tuple[int, int, int]:
    """Tier and days of a claim. Tiers: 0 the days are known, 1 vague, 2 too vague to compare, 3 undated.

    What is planned lies not before its article, what was held not after it; an open end reaches as far as
    the article can know. A plan without a date may lie anywhere in the months after its article; a denial
    or a cancellation also shortly before.
    """
    told, published = claim.meeting.date, published_in(claim)
    if told is None:
        if published is None or published.first is None:
            return 3, 0, 0
        day, status = published.first.toordinal(), claim.meeting.status
        if status in TOOK_PLACE:
            return 3, day, day + UNDATED_REACH
        return 1, day - UNDATED_REACH * (status in DID_NOT), day + _PLANNED_WITHIN
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
    elif published and claim.meeting.status in TOOK_PLACE and published.last:
        last = min(last, published.last.toordinal()) if published.last.toordinal() >= first else last
    return 1, first, last


def published_in(claim: Claim) -> edtf.Bounds | None:
    """When the article of a claim appeared; None where nobody knows."""
    return edtf.bounds(claim.published) if claim.published else None


def points_of(keys: Iterable[str], first: int, last: int) -> Iterator[Point]:
    """The points of a :func:`reach`."""
    stretches = range(first >> _STRETCH, (last >> _STRETCH) + 1)
    return ((key, stretch) for key in keys for stretch in stretches)


def days_of(stretch: int) -> tuple[int, int]:
    """First and last day of a stretch of days, as it stands in a :data:`Point`."""
    return stretch << _STRETCH, ((stretch + 1) << _STRETCH) - 1


def reach(claim: Claim) -> tuple[tuple[str, ...], int, int]:
    """What a claim can be compared with: its keys, and first and last day (proleptic ordinals, inclusive).

    Claims that share no key, or no day, directly or through others, never influence each other's events.
    """
    told = tell(claim)
    return told.keys, told.first, told.last


def meeting_points(claim: Claim) -> list[Point]:
    """Where a claim looks for others and is found by them: each of its keys in each stretch of 32 days.

    Merging compares a claim only with what stands at its points. Claims that share no point, directly or
    through others, can therefore be merged apart from each other with the same result; it is a wider bound
    than :func:`reach`, and one that holds by construction.
    """
    return list(tell(claim).points)
