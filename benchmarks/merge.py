"""How long merging takes: the curve from 1,000 to 100,000 claims, against n log n.

The claims are made up: some 60 states with few of them in most of the news, three persons each, meetings
over 20 years, about four articles to a meeting, a third of them vague about the day. The period and the
states stay the same as the claims grow, so the news becomes denser, as it does in a real archive.
"""

import argparse
import math
import random
import time
from collections.abc import Sequence
from datetime import date, timedelta

from timeline.merge import merge
from timeline.model import Actor, Claim, Evidence, Meeting, ReferenceDate

_FIRST = date(2005, 1, 1)
_DAYS = 20 * 365


def made_up_claims(number: int, seed: int = 1, *, countries: int = 60, reports: float = 3.0) -> list[Claim]:
    """``number`` claims about some quarter as many meetings; the same for the same seed.

    ``reports`` is the mean number of articles to a meeting beyond the first, of an exponential law.
    """
    chance = random.Random(seed)
    states = [f"{chr(65 + i // 26)}{chr(65 + i % 26)}" for i in range(countries)]
    weights = [1 / (rank + 1) for rank in range(len(states))]
    claims: list[Claim] = []
    while len(claims) < number:
        one, other = chance.choices(states, weights, k=2)
        if one == other:
            continue
        day = _FIRST + timedelta(chance.randrange(_DAYS))
        persons = [Actor(f"Q{s}{chance.randrange(3)}", f"{s} {s}", "person", s) for s in (one, other)]
        kind = chance.choice(["meeting", "visit", "visit", "call"])
        place = chance.choice([f"Stadt {one}", f"Stadt {other}"]) if kind != "call" else None
        for _ in range(min(1 + int(chance.expovariate(1 / reports)), number - len(claims))):
            claims.append(_told(chance, persons, day, kind, place, len(claims)))
    chance.shuffle(claims)
    return claims


def _told(  # noqa: PLR0917  one row of the made-up news
    chance: random.Random, persons: list[Actor], day: date, kind: str, place: str | None, number: int
) -> Claim:
    """One article's version of a meeting: sometimes only the state, no place, or a vague date."""
    actors = tuple(
        Actor(f"state:{a.country}", f"Staat {a.country}", "state", a.country) if chance.random() < 0.2 else a
        for a in persons
    )
    published = day + timedelta(chance.choice([-20, -3, 0, 1, 1, 2, 5, 200]))
    status = "planned" if published < day else "held"
    draw = chance.random()
    told: str | None = day.isoformat()
    if draw < 0.2:
        told = f"[{day - timedelta(6)}..{day}]"
    elif draw < 0.3:
        told = day.isoformat()[:7]
    elif draw < 0.33:
        told = day.isoformat()[:4]
    elif draw < 0.36:
        told = None
    meeting = Meeting(
        kind if chance.random() < 0.8 or kind == "call" else "meeting",  # type: ignore[arg-type]
        actors,
        place if chance.random() < 0.7 else None,
        (place or "")[-2:] or None,
        told,
        told,
        status,  # type: ignore[arg-type]
        (Evidence(0, 10, "Satz " + "x" * 5),),
    )
    reference = ReferenceDate(published.isoformat(), "metadata")
    return Claim(f"{number:08x}", f"article {number}", reference.value, reference, meeting)


def main(argv: Sequence[str]) -> None:
    """Prints a table: claims, events, seconds of processor time, these over n log n against the first row."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks merge", description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[1_000, 3_000, 10_000, 30_000, 100_000])
    options = parser.parse_args(argv)
    print(f"{'claims':>8} {'events':>8} {'CPU s':>8} {'per n log n':>12}")
    base = 0.0
    for size in options.sizes:
        claims = made_up_claims(size)
        start = time.process_time()
        events = merge(claims)
        seconds = time.process_time() - start
        unit = seconds / (size * math.log2(size))
        base = base or unit
        print(f"{size:>8} {len(events):>8} {seconds:>8.2f} {unit / base:>12.2f}")
