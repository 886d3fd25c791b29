"""Makes claims of the meetings that were read in an article."""

import hashlib
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from timeline.model import Article, Claim, Meeting, Reading


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
