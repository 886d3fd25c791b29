"""How quickly the store adds and answers with 1,000 to 100,000 events; with --crash: kills meanwhile.

The news are those of the merging benchmark, one article to a claim. Each row is a new SQLite file in a
temporary folder (or the database of --url, which must be empty). Times are the median of several runs in
milliseconds of processor time (a busy machine does not change them, a slow disk is not in them); adding
in bulk is one transaction, in seconds.
"""

import argparse
import random
import resource
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from pathlib import Path

from benchmarks.merge import made_up_claims
from timeline.articles import article_from_text
from timeline.model import Article, Reading, ReferenceDate
from timeline.query import Query
from timeline.store import Store
from timeline.store.answers import Answers


def made_up_articles(events: int, seed: int = 1) -> Iterator[tuple[Article, Reading]]:
    """Articles about roughly ``events`` meetings, one meeting to an article."""
    for claim in made_up_claims(int(events * 3.2), seed):
        text = f"Artikel {claim.id}: " + "Hier steht ein Satz über ein Treffen. " * 50
        outlet = f"Blatt {int(claim.id, 16) % 12}"
        article = article_from_text(text, source=f"{claim.id}.txt", outlet=outlet)
        yield article, Reading(ReferenceDate(claim.published, "metadata"), (), (claim.meeting,))


def _median(action: Callable[[], object], times: int = 5) -> float:
    """Milliseconds."""
    taken = []
    for _ in range(times):
        start = time.process_time()
        action()
        taken.append(time.process_time() - start)
    return statistics.median(taken) * 1000


def _anew(store: Store, action: Callable[[], object]) -> Callable[[], object]:
    """The action without the answers that the store has kept."""

    def act() -> object:
        store.answers = Answers()
        return action()

    return act


def _measure(store: Store, events: int) -> None:
    start = time.process_time()
    store.add_all(made_up_articles(events))
    bulk = time.process_time() - start
    busiest = store.facets().actors[0].value
    last_year = Query(first=date(2024, 1, 1), last=date(2024, 12, 31))
    some = store.events(limit=1)[0]
    lanes = [count.value for count in store.lanes("actor")[:14]]
    fresh = iter(list(made_up_articles(20, seed=2)))
    figures = {
        "events": store.count(),
        "bulk s": bulk,
        "add one": _median(lambda: store.add(*next(fresh)), 20),
        "list 3000": _median(lambda: store.events(limit=3000, with_claims=False)),
        "actor": _median(lambda: store.events(Query(actors=(busiest,)), limit=3000, with_claims=False)),
        "year": _median(lambda: store.events(last_year, limit=3000, with_claims=False)),
        "text": _median(_anew(store, lambda: store.count(Query(text="satz xxxxx")))),
        "facets": _median(_anew(store, store.facets)),
        "months": _median(_anew(store, store.months)),
        "lanes": _median(_anew(store, lambda: store.cells("actor", lanes))),
        "actors": _median(_anew(store, store.tallies)),
        "neighbours": _median(lambda: store.neighbours(some)),
        "one event": _median(lambda: store.event(some.id)),
        "articles": _median(lambda: store.articles(limit=50)),
        "MB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }
    if events == _SIZES[0]:
        print(" ".join(f"{name:>10}" for name in figures))
    print(" ".join(f"{value:>10.0f}" if value >= 10 else f"{value:>10.2f}" for value in figures.values()))


_SIZES = [1_000, 10_000, 100_000]


def _crash(times: int, url: str) -> None:
    """Kills a process that adds, ``times`` times, and compares what was promised with what is there."""
    from tests.test_store_faults import check_nothing_lost_doubled_or_half, kill_while_adding

    chance = random.Random(1)
    promised: list[int] = []
    for turn in range(times):
        promised += kill_while_adding(url, start=turn * 1000, wait=chance.uniform(0, 0.3))
    there = check_nothing_lost_doubled_or_half(url, promised)
    print(f"{times} kills, {len(promised)} articles promised, {there} there: 0 lost, 0 doubled, 0 half")


def _crash_changing(times: int, url: str) -> None:
    """As :func:`_crash`, of a process that corrects, merges, splits and takes back."""
    from tests.killing import check_promises, fill, kill_while_changing

    fill(url)
    chance = random.Random(1)
    promised: list[list[object]] = []
    for turn in range(times):
        promised += kill_while_changing(url, seed=turn, wait=chance.uniform(0, 1))
    there = check_promises(url, promised, times)
    print(f"{times} kills, {len(promised)} changes promised, {there} lines in the log: 0 lost, 0 half")


def main(argv: Sequence[str]) -> None:
    """Prints a table with a row for each size, or the outcome of the kills."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks store", description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=_SIZES)
    parser.add_argument("--crash", type=int, metavar="N", help="kill N times while adding, and compare")
    parser.add_argument("--changing", action="store_true", help="with --crash: corrections, not articles")
    parser.add_argument("--url", help="an empty database instead of a new SQLite file")
    options = parser.parse_args(argv)
    _SIZES[:] = options.sizes
    for size in [options.crash] if options.crash else options.sizes:
        with tempfile.TemporaryDirectory() as folder:
            url = options.url or f"sqlite:///{Path(folder) / 'timeline.db'}"
            if options.crash:
                (_crash_changing if options.changing else _crash)(size, url)
                continue
            with Store.open(url) as store:
                _measure(store, size)
