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

from collections.abc import Iterable, Sequence

from timeline.merge.again import Again, Change, Shelf, Standing, merge_again
from timeline.merge.claims import claims_from
from timeline.merge.clusters import Apart, Run, Together
from timeline.merge.events import events_of
from timeline.merge.plans import fulfilments
from timeline.merge.told import Point, Reach, days_of, meeting_points, reach, tell
from timeline.model import Claim, Event

__all__ = [
    "Again", "Apart", "Change", "Point", "Reach", "Shelf", "Standing", "Together", "claims_from", "days_of",
    "fulfilments", "meeting_points", "merge", "merge_again", "reach",
]  # fmt: skip


def merge(claims: Iterable[Claim], decisions: Sequence[Together | Apart] = ()) -> list[Event]:
    """The events that ``claims`` tell, ordered by first day, then by id; undated ones last.

    ``decisions`` are the words of persons, in the order in which they were given; they stand above the
    rules. An event's id is that of its earliest claim (by publication, then by id). Any order of claims
    gives the same events. Cost: about n log n in the number of claims.
    """
    run = Run()
    for number, told in enumerate(sorted(map(tell, claims), key=lambda told: told.order)):
        run.take(told, run.place_of(told, number))
    return events_of([cluster.members for cluster in run.clusters.values()], decisions)
