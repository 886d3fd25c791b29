"""Puts claims together that are of one meeting: by the rules, one after the other, and by decisions."""

from collections import defaultdict
from collections.abc import Container
from dataclasses import dataclass, field
from itertools import combinations

from timeline.merge.fitting import pair_fit, place_fit
from timeline.merge.told import Point, Told

NO_FIT = -1
"""Stands for how well a claim fits where it cannot belong at all; less than any fit."""


@dataclass(slots=True)
class Cluster:
    """Claims taken for one meeting so far; ``first`` and ``last`` are the days that all may share.

    ``planned_first`` and ``planned_last`` are also those for which it was planned: a plan for the first
    day of a stay belongs to it even if reports know only the talks of the second.
    """

    number: int
    leader: Told
    first: int
    last: int
    planned_first: int
    planned_last: int
    members: list[Told] = field(default_factory=list)
    articles: set[str] = field(default_factory=set)
    shapes: dict[tuple[object, ...], Told] = field(default_factory=dict)

    def take(self, told: Told) -> None:
        """Takes a claim in."""
        self.members.append(told)
        if told.claim.article:
            self.articles.add(told.claim.article)
        self.shapes.setdefault(told.likeness, told)
        if self.leader.tier:
            self.first, self.last = max(self.first, told.first), min(self.last, told.last)
        elif told.tier == 0 and told.plan:
            self.planned_first = min(self.planned_first, told.first)
            self.planned_last = max(self.planned_last, told.last)

    def is_found_by(self, told: Told) -> bool:
        """Whether others find it where this member stands: its leader, and plans that know the days."""
        return self.leader is told or (told.plan and told.tier == 0)

    def meets(self, told: Told) -> bool:
        """Whether a claim shares a day with it."""
        if told.plan and told.tier == 0 == self.leader.tier:
            return told.first <= self.planned_last and self.planned_first <= told.last
        return told.first <= self.last and self.first <= told.last


class Run:
    """Claims taken one after the other, in their order, each into the event that it fits best."""

    def __init__(self) -> None:
        self.clusters: dict[int, Cluster] = {}
        self.index: dict[Point, dict[int, Cluster]] = defaultdict(dict)

    def place_of(self, told: Told, number: int) -> int:
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

    def best_fit(self, told: Told, *, without: Container[int]) -> int:
        """How well a claim fits the best cluster but some; :data:`NO_FIT` where it fits none."""
        near = {
            number for point in told.points for number in self.index.get(point, ()) if number not in without
        }
        views = (self.view(told, number) for number in near)
        return max((view[0] for view in views if view is not None), default=NO_FIT)

    def view(self, told: Told, number: int) -> tuple[int, int, int] | None:
        """What a claim sees of a cluster when it looks for the best one; None where it is none for it."""
        cluster = self.clusters.get(number)
        if cluster is None or not cluster.meets(told):
            return None
        if all(number not in self.index.get(point, ()) for point in told.points):
            return None
        score = _fit(told, cluster)
        return None if score is None else (score, cluster.first, cluster.last)

    def take(self, told: Told, number: int) -> None:
        """Puts a claim into the cluster with this number, or begins it."""
        cluster = self.clusters.get(number)
        if cluster is None:
            cluster = Cluster(number, told, told.first, told.last, told.first, told.last)
            self.clusters[number] = cluster
        if cluster.is_found_by(told):
            for point in told.points:
                self.index[point][number] = cluster
        cluster.take(told)


def _best(told: Told, candidates: list[Cluster]) -> Cluster | None:
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
    return chosen(told, [cluster for score, cluster in scored if score == top])


def chosen(told: Told, best: list[Cluster]) -> Cluster | None:
    """Which of the events that a claim fits equally well."""
    if told.plan:
        return min(best, key=lambda cluster: (max(0, cluster.first - told.first), cluster.number))
    for one, other in combinations(best, 2):
        apart = one.first > other.last or other.first > one.last
        if apart or place_fit(one.leader.claim.meeting, other.leader.claim.meeting) is None:
            return None
    return best[0]


def _fit(told: Told, cluster: Cluster) -> int | None:
    """How well a claim fits all members of an event; None where it contradicts one of them."""
    if told.claim.article in cluster.articles:
        return None
    worst: int | None = None
    for member in cluster.shapes.values():
        score = pair_fit(told, member)
        if score is None:
            return None
        worst = score if worst is None else min(worst, score)
    return worst


@dataclass(frozen=True, slots=True)
class Together:
    """A person's word that these claims (by id) are of one meeting."""

    claims: frozenset[str]


@dataclass(frozen=True, slots=True)
class Apart:
    """A person's word that the claims ``one`` are of another meeting than the claims ``other``."""

    one: frozenset[str]
    other: frozenset[str]


def decide(clusters: list[list[Told]], decision: Together | Apart) -> list[list[Told]]:
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


def named_by(decision: Together | Apart) -> frozenset[str]:
    """The claims that a person's word names."""
    return decision.claims if isinstance(decision, Together) else decision.one | decision.other
