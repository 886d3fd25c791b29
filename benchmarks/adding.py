"""How long one article takes to come into a store where one pair of states has 20,000 claims in one chain.

The claims are those of the merging benchmark with two states alone, one article to a claim, over twenty
years: each shares days with others, so that all are in reach of each other through others. Then articles of
the same pair come one by one. Printed are, for each, seconds of wall by part, and the median and the worst;
then how long a correction and a deletion take. The database is a SQLite file in a temporary folder, or that
of --url, which is filled where it is empty and keeps what is added.
"""

import argparse
import os
import pkgutil
import statistics
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from unittest import mock

from benchmarks.merge import made_up_claims
from timeline.articles import article_from_text
from timeline.model import Article, Reading, ReferenceDate
from timeline.store import Store

_PARTS = {
    "read": ("timeline.store.derive._Shelf.standing", "timeline.store.derive._Shelf.at"),
    "merge": ("timeline.store.derive.merge_again",),
    "write": ("timeline.store.derive._replace", "timeline.store.derive._enter"),
}
"""What is told apart: functions whose own time is summed up."""


def _articles(claims: int, seed: int, states: int) -> Iterator[tuple[Article, Reading]]:
    """One claim to an article; the same for the same seed."""
    for claim in made_up_claims(claims, seed, countries=states):
        text = f"Artikel {seed}-{claim.id}: " + "Hier steht ein Satz über ein Treffen. " * 5
        article = article_from_text(text, source=f"{claim.id}.txt", outlet=f"Blatt {int(claim.id, 16) % 12}")
        yield article, Reading(ReferenceDate(claim.published, "metadata"), (), (claim.meeting,))


class _Clock:
    """Seconds that each part took, without those of the parts that it called."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = defaultdict(float)
        self._open: list[str] = []
        self._since = 0.0

    def _turn(self) -> None:
        now = time.perf_counter()
        if self._open:
            self.seconds[self._open[-1]] += now - self._since
        self._since = now

    @contextmanager
    def part(self, name: str) -> Iterator[None]:
        """Counts what happens inside for ``name``."""
        self._turn()
        self._open.append(name)
        try:
            yield
        finally:
            self._turn()
            self._open.pop()

    def _timed(self, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def act(*told: Any, **named: Any) -> Any:  # noqa: ANN401  the function's own
            with self.part(name):
                return function(*told, **named)

        return act

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Counts the parts meanwhile."""
        with ExitStack() as stack:
            for name, functions in _PARTS.items():
                for function in functions:
                    timed = self._timed(name, pkgutil.resolve_name(function))
                    stack.enter_context(mock.patch(function, timed))
            with self.part("rest"):
                yield


def _measure(action: Callable[[], object]) -> dict[str, float]:
    clock = _Clock()
    cpu = time.process_time()
    with clock.watching():
        action()
    return {"whole": sum(clock.seconds.values()), "processor": time.process_time() - cpu, **clock.seconds}


_COLUMNS = ("whole", "processor", *_PARTS, "rest")


def _row(name: str, told: dict[str, float]) -> None:
    print(f"{name:16} " + " ".join(f"{told.get(column, 0):>9.3f}" for column in _COLUMNS), flush=True)


def _summary(name: str, rows: Sequence[dict[str, float]]) -> None:
    for how, of in (("median", statistics.median), ("worst", max)):
        _row(f"{name}, {how}", {column: of([row.get(column, 0) for row in rows]) for column in _COLUMNS})


def _fill(store: Store, options: argparse.Namespace) -> None:
    store.add_all(_articles(options.claims, 1, options.states))


def main(argv: Sequence[str]) -> None:
    """Fills a store and prints a table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks adding", description=__doc__)
    parser.add_argument("--claims", type=int, default=20_000)
    parser.add_argument("--states", type=int, default=2, help="more make more pairs and thinner chains")
    parser.add_argument("--add", type=int, default=10, help="articles that are added one by one")
    parser.add_argument("--url", help="a database instead of a new SQLite file")
    options = parser.parse_args(argv)
    with tempfile.TemporaryDirectory() as folder:
        url = options.url or f"sqlite:///{Path(folder) / 'timeline.db'}"
        with Store.open(url) as store:
            there = store.article_counts().all
            filled = _measure(lambda: _fill(store, options)) if not there else None
            print(f"{store.count():,} meetings of {options.claims:,} claims; load {os.getloadavg()[0]:.0f}\n")
            print(" " * 16 + "".join(f"{column:>10}" for column in _COLUMNS))
            if filled:
                _row("all at once", filled)
            fresh = list(_articles(options.add, 2 + there, options.states))
            _summary("add", [_measure(lambda each=each: store.add(*each)) for each in fresh])
            shown = store.events(limit=options.add, offset=store.count() // 2)
            _summary("check", [_measure(lambda each=each: store.check(each.id)) for each in shown])
            gone = [each.id for each, _ in fresh]
            _summary("delete", [_measure(lambda each=each: store.delete_article(each)) for each in gone])
