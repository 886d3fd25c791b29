"""A million meetings of five million claims: makes the archive, loads it, and measures what the page asks.

``python -m benchmarks queries --folder F --database URL`` makes up claims as ``batch`` would have read them,
merges them, takes them in by ``load``, and measures; what is there already is not made again, so that the
same command on a filled database measures alone (``--folder`` is not needed then). Printed are, for each
kind of question, the medians of seven different ones in milliseconds of wall, and the plan of the database.
Each question is asked of an open store that has kept no answer.
"""

import argparse
import os
import resource
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any, cast

import psutil
from sqlalchemy import Connection, event, text

from benchmarks._made_archive import make_archive
from benchmarks.store import made_up_articles
from timeline.model import Status
from timeline.query import Query
from timeline.scale.blocks import merge_archive
from timeline.scale.folder import Folder
from timeline.scale.loading import DatasetArchive
from timeline.scale.workers import workers
from timeline.store import Store
from timeline.store.answers import Answers
from timeline.store.database import reading

_SHOWN = 200
"""Rows of a table on the page."""
_LANES = 14
_WORDS = ("Zölle", "Verträge", "Satellit", "Häfen", "Stahl", "Gas", "Energie")


def _made(options: argparse.Namespace) -> Folder:
    """The archive, made and merged as far as it is not yet."""
    folder = Folder(str(options.folder / f"claims-{options.claims}"))
    begin = time.perf_counter()
    make_archive(folder, options.claims, options.processes, _report("made"))
    made = time.perf_counter()
    with workers(scheduler=None, processes=options.processes) as run:
        merged = merge_archive(folder, run, report=lambda step, done, of: _report(step)(done, of))
    size = sum(path.stat().st_size for path in Path(folder.address).rglob("*.parquet"))
    print(
        f"{merged.claims:,} claims, {merged.events:,} meetings, the largest block {merged.largest:,} claims; "
        f"made in {made - begin:.0f} s, merged in {time.perf_counter() - made:.0f} s, "
        f"Parquet {size / 1e9:.2f} GB, load {os.getloadavg()[0]:.0f}",
        flush=True,
    )
    return folder


def _report(step: str) -> Callable[[int, int], None]:
    def report(done: int, of: int) -> None:
        if done % 10 == 0 or done == of:
            print(f"  {step}: {done} of {of}", flush=True)

    return report


def _load(store: Store, folder: Folder) -> None:
    begin, cpu = time.perf_counter(), time.process_time()
    loaded = store.load(DatasetArchive(folder))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"loaded {loaded.articles:,} articles, {loaded.claims:,} claims, {loaded.events:,} meetings in "
        f"{time.perf_counter() - begin:.0f} s (processor {time.process_time() - cpu:.0f} s), "
        f"peak memory {peak:.0f} MB, load {os.getloadavg()[0]:.0f}",
        flush=True,
    )


def _sizes(store: Store) -> None:
    with reading(store._engine) as connection:
        if connection.dialect.name == "sqlite":
            (pages,), (size,) = (
                connection.execute(text(f"PRAGMA {name}")).one() for name in ("page_count", "page_size")
            )
            print(f"database: {pages * size / 1e9:.2f} GB")
            return
        whole = connection.execute(text("SELECT pg_database_size(current_database())")).scalar_one()
        print(f"database: {whole / 1e9:.2f} GB")
        told = text(
            "SELECT relname, pg_table_size(oid), pg_indexes_size(oid) FROM pg_class "
            "WHERE relkind = 'r' AND pg_total_relation_size(oid) > 1000000 "
            "ORDER BY pg_total_relation_size(oid) DESC"
        )
        for name, table, indexes in connection.execute(told):
            print(f"  {name:16} {table / 1e6:>8.0f} MB  indexes {indexes / 1e6:>7.0f} MB")


def _questions(store: Store) -> dict[str, list[Query]]:
    """Seven of each kind, made of what is frequent and rare in the store."""
    facets = store.facets()
    actors, countries, places = (
        [count.value for count in counts] for counts in (facets.actors, facets.countries, facets.places)
    )
    pairs = [tuple(count.value.split("|")) for count in store.lanes("pair", Query(undated=False))[:7]]
    middle = len(actors) // 2
    statuses = [cast(Status, count.value) for count in facets.statuses]
    years = [Query(first=date(2006 + 2 * n, 1, 1), last=date(2006 + 2 * n, 12, 31)) for n in range(7)]
    return {
        "no filter": [Query()] * 7,
        "frequent actor": [Query(actors=(each,)) for each in actors[:7]],
        "rare actor": [Query(actors=(each,)) for each in actors[middle : middle + 7]],
        "pair": [Query(actors=pair, actors_mode="all") for pair in pairs],
        "pair of states": [
            Query(countries=(countries[0], other), countries_mode="all") for other in countries[1:8]
        ],
        "year": years,
        "status": [Query(statuses=(each,)) for each in (statuses * 7)[:7]],
        "place": [Query(places=(each,)) for each in places[:7]],
        "word": [Query(text=each) for each in _WORDS],
        "two words": [Query(text=f"{each} Banken") for each in _WORDS],
        "actor, year, word": [replace(each, actors=(actors[1],), text="Handel") for each in years],
    }  # fmt: skip


def _ask(store: Store) -> None:
    begin = time.perf_counter()
    store.count(Query(undated=False))
    first = time.perf_counter() - begin
    store.answers = Answers()
    begin = time.perf_counter()
    store.count(Query(undated=False))
    columns = store._columns._columns
    size = sum(
        getattr(page, name).nbytes
        for page in columns.pages
        for name in ("first", "last", "status", "kind", "place", "country", "flags", "month")
    ) + sum(
        part.owner.nbytes + part.code.nbytes
        for page in columns.pages
        for part in (page.actors, page.sides, page.outlets)
    )
    print(
        f"facts of all meetings read in {first:.2f} s, then counted in {time.perf_counter() - begin:.3f} s; "
        f"{size / 1e6:.0f} MB"
    )
    ways: dict[str, Callable[[Query], object]] = {
        "list": lambda query: store.events(query, limit=_SHOWN, with_claims=False),
        "number": store.count,
        "filters": store.facets,
        "months": store.months,
        "lanes": lambda query: store.cells(
            "actor", [each.value for each in store.lanes("actor", query)[:_LANES]], query
        ),
        "pairs": store.pairs,
        "actors": store.tallies,
        "page": lambda query: _page(store, query),
    }
    asked = _questions(store)
    print(f"\n{'ms, median of 7':20} {'meetings':>9} " + " ".join(f"{name:>7}" for name in ways))
    for name, questions in asked.items():
        numbers = statistics.median(store.count(query) for query in questions)
        cells = [statistics.median(_timed(store, way, query) for query in questions) for way in ways.values()]
        print(f"{name:20} {numbers:>9.0f} " + " ".join(f"{cell * 1000:>7.0f}" for cell in cells), flush=True)
    shown = store.events(limit=7, with_claims=False)
    taken = statistics.median(_timed(store, store.event, each.id) for each in shown)
    print(f"{'one with its claims':20} {1:>9} {taken * 1000:>7.0f}")
    print(f"memory of this process: {psutil.Process().memory_info().rss / 2**20:.0f} MB")


def _page(store: Store, query: Query) -> None:
    """What one drawing of the timeline asks for, with the filters unfolded and a page of the list."""
    store.count(query)
    store.facets(query)
    store.span(query)
    store.months(query)
    lanes = [each.value for each in store.lanes("actor", query)[:_LANES]]
    store.cells("actor", lanes, query)
    store.events(query, limit=_SHOWN, with_claims=False)


def _timed(store: Store, way: Callable[..., object], query: object) -> float:
    """Seconds of wall."""
    store.answers = Answers()
    begin = time.perf_counter()
    way(query)
    return time.perf_counter() - begin


def _plans(store: Store) -> None:
    """How the database answers what it is asked for one drawing of the page, for each kind of question."""
    asked: dict[str, Any] = {}

    def note(*told: Any) -> None:  # noqa: ANN401  connection, cursor, statement, parameters, ...
        asked[told[2]] = told[3]

    for name, (query, *_) in _questions(store).items():
        asked.clear()
        store.answers = Answers()
        event.listen(store._engine, "before_cursor_execute", note)
        _page(store, query)
        event.remove(store._engine, "before_cursor_execute", note)
        with store._engine.connect() as connection:
            for statement, parameters in list(asked.items()):
                if statement.startswith("SELECT") and "counters" not in statement:
                    _plan(connection, f"{name}: {' '.join(statement.split())[:150]}", statement, parameters)


def _plan(connection: Connection, name: str, statement: str, parameters: Any) -> None:  # noqa: ANN401  the driver's
    sqlite = connection.dialect.name == "sqlite"
    explain = "EXPLAIN QUERY PLAN" if sqlite else "EXPLAIN (ANALYZE, BUFFERS, COSTS OFF)"
    print(f"\n-- {name}")
    for row in connection.exec_driver_sql(f"{explain} {statement}", parameters):
        print(f"  {row[-1][:150]}")


def _add(store: Store, number: int) -> None:
    """How long it takes until an article is in, and until a process that is open counts with it."""
    added, counted = [], []
    query = Query(undated=False)
    store.count(query)
    for article, told in list(made_up_articles(number, seed=int(time.time())))[:number]:
        begin = time.perf_counter()
        store.add(article, told, who="benchmark")
        added.append(time.perf_counter() - begin)
        begin = time.perf_counter()
        store.count(query)
        counted.append(time.perf_counter() - begin)
    print(
        f"{number} articles added, each in {statistics.median(added) * 1000:.0f} ms (worst "
        f"{max(added) * 1000:.0f}); first count after it {statistics.median(counted) * 1000:.0f} ms"
    )


def main(argv: Sequence[str]) -> None:
    """Makes what is missing, and prints the figures."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks queries", description=__doc__)
    parser.add_argument("--database", required=True, help="an empty one, or one that this has filled")
    parser.add_argument("--folder", type=Path, help="where the archive is made; kept")
    parser.add_argument("--claims", type=int, default=5_000_000)
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--add", type=int, default=0, metavar="N", help="also add N articles, which stay")
    parser.add_argument("--no-plans", action="store_true")
    options = parser.parse_args(argv)
    with Store.open(options.database) as store:
        if not store.article_counts().all:
            if options.folder is None:
                parser.error("the database is empty: --folder is needed to fill it")
            options.folder.mkdir(parents=True, exist_ok=True)
            _load(store, _made(options))
        counts = store.article_counts()
        print(f"{store.count():,} meetings of {counts.all:,} articles; load {os.getloadavg()[0]:.0f}")
        _sizes(store)
        _ask(store)
        if options.add:
            _add(store, options.add)
        if not options.no_plans:
            _plans(store)
