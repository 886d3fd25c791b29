"""Archives: speed-up of two processes, kills and restarts, memory, growth of merging, loading and queries.

``python -m benchmarks scale PART``; the parts are the functions below. Each works in a folder of its own
(``--folder``, else a temporary one) and prints figures that stand in docs/scale.md. The long ones were run
once, under ``nice``: ``merge --claims 5000000`` and ``load`` take an hour together on two shared cores.
"""

import argparse
import gzip
import os
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import cast

import psutil
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from benchmarks._cluster import (
    Cluster,
    cut,
    fingerprint,
    hosts,
    on,
    pieces_done,
    start_batch,
    wait_for_pieces,
    write_news,
)
from benchmarks._made_in_sql import make
from benchmarks.merge import made_up_claims
from benchmarks.throughput import NEWS, SAMPLES, load
from timeline import pipeline
from timeline.articles import read_articles
from timeline.model import Article, Claim, Evidence, ReferenceDate
from timeline.query import Query
from timeline.scale.blocks import merge_archive
from timeline.scale.dataset import claim_row, month_of, table_of
from timeline.scale.folder import Folder, Receipt
from timeline.scale.pieces import group, plan
from timeline.scale.reading import ReadTask, read_piece, rules
from timeline.scale.workers import workers
from timeline.store import Store
from timeline.store.events import EVENTS
from timeline.store.select import by_day, conditions

_COUNTRIES = 150
_CHUNK = 100_000
"""Claims of a made-up piece."""
_TOPICS = (
    "Energie",
    "Handel",
    "Grenzen",
    "Abrüstung",
    "Klimaschutz",
    "Fischerei",
    "Zölle",
    "Raumfahrt",
    "Visa",
    "Gas",
    "Getreide",
    "Häfen",
    "Wasser",
    "Sicherheit",
    "Migration",
    "Impfstoffe",
    "Halbleiter",
    "Schulden",
    "Waffenruhe",
    "Gefangene",
    "Rohstoffe",
    "Forschung",
    "Kultur",
    "Sanktionen",
    "Verträge",
    "Wahlen",
    "Flüchtlinge",
    "Manöver",
    "Straßen",
    "Brücken",
    "Banken",
    "Stahl",
    "Autos",
    "Daten",
    "Satelliten",
)


@dataclass(frozen=True, slots=True)
class MadeUp:
    """A made-up piece: its number and how many claims it has."""

    folder: Folder
    number: int
    claims: int


def make_up(task: MadeUp) -> Receipt:
    """Writes the claims and articles of a made-up piece, as a task of ``batch`` would."""
    claims = _of_archive(task.claims, task.number)
    by_month: dict[str, list[Claim]] = {}
    for claim in claims:
        by_month.setdefault(f"{month_of(claim.published)[:3]}0", []).append(claim)
    tables = {}
    articles = 0
    for decade, told in sorted(by_month.items()):
        name = f"month={decade}/part-{task.number:06}.parquet"
        tables[f"claims/{name}"] = table_of("claims", (claim_row(claim, 0) for claim in told))
        rows = {claim.article: claim for claim in told}
        articles += len(rows)
        tables[f"articles/{name}"] = table_of("articles", map(_article_row, rows.values()))
    return task.folder.write(
        "read", f"{task.number:06}", tables, tokens=(), addresses=(),
        counts={"claims": len(claims), "articles": articles},
    )  # fmt: skip


def _of_archive(number: int, seed: int) -> list[Claim]:
    """Made-up claims, some to an article, with sentences to search in."""
    chance = random.Random(seed)
    claims = made_up_claims(number, seed, countries=_COUNTRIES, reports=4.0)
    claims.sort(key=lambda claim: (claim.published or "", claim.id))
    found = []
    # Neighbours are often of one meeting, which no article tells twice: they are dealt to different ones.
    hands = [
        claims[start + hand : start + 40 : 10] for start in range(0, len(claims), 40) for hand in range(10)
    ]
    for article in filter(None, hands):
        first = article[0]
        for claim in article:
            names = " und ".join(actor.name for actor in claim.meeting.participants)
            topics = chance.choices(_TOPICS, [1 / (rank + 1) for rank in range(len(_TOPICS))], k=2)
            told = (
                f"{names} sprachen in {claim.meeting.place or 'der Hauptstadt'} über {' und '.join(topics)}."
            )
            found.append(replace(
                claim, id=f"{seed:04x}{claim.id}", article=f"{seed:04x}{first.id}", published=first.published,
                reference=ReferenceDate(first.published, "metadata"),
                outlet=f"Blatt {int(first.id, 16) % 40}",
                meeting=replace(claim.meeting, evidence=(Evidence(0, len(told), told),)),
            ))  # fmt: skip
    return found


def _article_row(claim: Claim) -> dict[str, object]:
    reference = {"value": claim.published, "basis": "metadata", "evidence": []}
    text = claim.meeting.evidence[0].text
    return {
        "id": claim.article, "source": f"{claim.article}.txt", "title": text[:60], "outlet": claim.outlet,
        "url": None, "told": reference, "reference": reference, "copy": False, "characters": len(text),
        "text": text,
    }  # fmt: skip


def _made_up_archive(folder: Folder, claims: int, processes: int) -> None:
    folder.prepare(rules())
    done = folder.receipts("read")
    sizes = [min(_CHUNK, claims - start) for start in range(0, claims, _CHUNK)]
    tasks = [
        MadeUp(folder, number, size) for number, size in enumerate(sizes, 1) if f"{number:06}" not in done
    ]
    with workers(scheduler=None, processes=processes) as run:
        for task, result in run(make_up, tasks):
            if isinstance(result, Exception):
                raise SystemExit(f"piece {task.number}: {result}")


def merge(options: argparse.Namespace, folder: Path) -> None:
    """Merges made-up archives of growing size: seconds of wall and of processor, memory, largest block."""
    print(f"{'claims':>10} {'events':>9} {'blocks':>6} {'largest':>9} {'wall s':>8} {'CPU s':>8} {'MB':>8}")
    for claims in options.claims:
        archive = Folder(str(folder / f"claims-{claims}"))
        _made_up_archive(archive, claims, options.processes)
        begin, cpu = time.perf_counter(), _cpu_seconds()
        with workers(scheduler=None, processes=options.processes) as run:
            merged = merge_archive(archive, run)
        seconds = time.perf_counter() - begin
        size = sum(path.stat().st_size for path in Path(archive.address).rglob("claims/**/*.parquet")) / 1e6
        print(
            f"{merged.claims:>10} {merged.events:>9} {merged.blocks:>6} {merged.largest:>9} {seconds:>8.1f} "
            f"{_cpu_seconds() - cpu:>8.1f} {size:>8.0f}",
            flush=True,
        )


def _cpu_seconds() -> float:
    """Processor time of this process and of those that it started and that have ended."""
    own, others = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return own.ru_utime + own.ru_stime + others.ru_utime + others.ru_stime


def cluster(options: argparse.Namespace, folder: Path) -> None:
    """One worker process and two; then two killed workers and a restarted scheduler: speed-up, same bytes."""
    source = _news(folder, options.articles)
    size = str(max(200_000, source.stat().st_size // 40))
    taken = {}
    for count in (2, 1):
        out = folder / f"workers-{count}"
        with Cluster(log=folder / "dask.log") as dask:
            for _ in range(count):
                dask.start_worker()
            time.sleep(options.warm)  # all have started
            begin = time.perf_counter()
            _finish(start_batch(source, out, "--scheduler", dask.address, "--piece-bytes", size))
            taken[count] = time.perf_counter() - begin
        rate, busy = options.articles / taken[count], os.getloadavg()[0]
        print(
            f"{count} workers: {options.articles} in {taken[count]:.0f} s, {rate:.0f}/s, load {busy:.0f}",
            flush=True,
        )
        if count == 2:
            faults(options, folder)
    print(
        f"speed-up {taken[1] / taken[2]:.2f}; same bytes: {_same(folder, 'workers-1', 'workers-2')}",
        flush=True,
    )


def faults(options: argparse.Namespace, folder: Path) -> None:
    """Two kills of a worker and a restart of the scheduler, against the undisturbed run."""
    source = _news(folder, options.articles)
    size, out = str(max(200_000, source.stat().st_size // 40)), folder / "disturbed"
    with Cluster(log=folder / "dask.log") as dask:
        dask.start_worker()
        dask.start_worker()
        run = start_batch(source, out, "--scheduler", dask.address, "--piece-bytes", size)
        for pieces, victim in ((8, 0), (16, 1)):
            wait_for_pieces(run, out, pieces)
            print(f"killed a worker at piece {pieces_done(out)}: {dask.kill_worker(victim)}", flush=True)
        wait_for_pieces(run, out, 28)
        print(f"killed the scheduler at piece {pieces_done(out)}", flush=True)
        dask.kill_scheduler()
        told = run.communicate(timeout=600)[1].decode().strip().splitlines()
        print(f"the run ended with status {run.returncode}: {told[-1]}", flush=True)
        dask.stop()
        dask.start_scheduler()
        dask.start_worker()
        dask.start_worker()
        print(_finish(start_batch(source, out, "--scheduler", dask.address, "--piece-bytes", size))[-1])
    print(f"same bytes as undisturbed: {_same(folder, 'workers-2', 'disturbed')}", flush=True)


def network(options: argparse.Namespace, folder: Path) -> None:
    """Three hosts in network namespaces; one worker's cable is pulled for 30 s: same bytes."""
    source = _news(folder, options.articles)
    size = str(max(100_000, source.stat().st_size // 40))
    whole, out = folder / "whole", folder / "cut"
    if not whole.exists():
        _finish(start_batch(source, whole, "--workers", "2", "--piece-bytes", size))
    quick = {"DASK_DISTRIBUTED__COMM__TIMEOUTS__TCP": "15s", "DASK_DISTRIBUTED__SCHEDULER__WORKER_TTL": "20s"}
    with (
        hosts("a", "b", "c") as addresses,
        Cluster(addresses["a"], 8786, within=on("a"), settings=quick, log=folder / "dask.log") as dask,
    ):
        dask.start_worker(on("b"), addresses["b"])
        dask.start_worker(on("c"), addresses["c"])
        run = start_batch(source, out, "--scheduler", dask.address, "--piece-bytes", size, within=on("a"))
        wait_for_pieces(run, out, 8)
        cut(3, down=True)
        before = pieces_done(out)
        time.sleep(options.cut)
        print(
            f"one host cut off at piece {before}, back after {options.cut} s at {pieces_done(out)}",
            flush=True,
        )
        cut(3, down=False)
        print(_finish(run)[-1])
    print(f"same bytes as undisturbed: {_same(folder, 'whole', 'cut')}", flush=True)


def memory(options: argparse.Namespace, folder: Path) -> None:
    """Memory of one worker over many articles: a line for each twentieth."""
    source = _news(folder, options.articles)
    size = max(200_000, source.stat().st_size // 100)
    out = Folder(str(folder / "memory"))
    out.prepare(rules())
    pieces = group(plan(str(source), piece_bytes=size), set(), piece_bytes=size)
    print(f"{'articles':>9} {'MB now':>7} {'MB peak':>8} {'articles/CPU s':>14}")
    done = 0
    for number, piece in enumerate(pieces, 1):
        cpu = time.process_time()
        receipt = read_piece(ReadTask(piece, out, rules()))
        cpu = time.process_time() - cpu
        done += receipt.counts["articles"]
        if number % 5 == 0:
            now = psutil.Process().memory_info().rss / 2**20
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            rate = receipt.counts["articles"] / cpu
            print(f"{done:>9} {now:>7.0f} {peak:>8.0f} {rate:>14.0f}", flush=True)


def queries(options: argparse.Namespace, folder: Path) -> None:
    """A million meetings in PostgreSQL: what the page asks, with the plans of the database."""
    del folder
    server = make_url(options.server)
    name = f"timeline_bench_{os.getpid()}"
    admin = create_engine(server, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    try:
        with Store.open(server.set(database=name).render_as_string(hide_password=False)) as store:
            begin = time.perf_counter()
            make(store._engine, events=options.events, claims=options.claims[0])
            taken = time.perf_counter() - begin
            print(f"{options.events} events, {options.claims[0]} claims, made in {taken:.0f} s")
            with store._engine.connect() as connection:
                size = connection.execute(text("SELECT pg_database_size(current_database())")).scalar_one()
            print(f"database: {size / 1e9:.2f} GB")
            _ask(store)
    finally:
        with admin.connect() as connection:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))


_WORDS = ("Zölle", "Verträge", "Satellit", "Häfen", "Stahl", "Gas", "Energie")
_SHOWN = 200
"""Rows of a table on the page."""


def _ask(store: Store) -> None:
    """Each question with seven different values: wall and processor time, and the plan of the first."""
    years = [Query(first=date(1985 + n, 1, 1), last=date(1985 + n, 12, 31)) for n in range(0, 35, 5)]
    asked: dict[str, list[Query]] = {
        "no filter": [Query()] * 7,
        "frequent actor": [Query(actors=(f"Q{n}",)) for n in range(7)],
        "rare actor": [Query(actors=(f"Q{n}",)) for n in range(400, 407)],
        "pair": [Query(actors=("Q0", f"Q{n}"), actors_mode="all") for n in range(3, 10)],
        "pair of states": [Query(countries=("X0", f"X{n}"), countries_mode="all") for n in range(1, 8)],
        "year": years,
        "status": [Query(statuses=(each,)) for each in ("held", "planned", "proposed", "cancelled") * 2][:7],
        "place": [Query(places=(f"Stadt {n}",)) for n in range(7)],
        "word": [Query(text=each) for each in _WORDS],
        "two words": [Query(text=f"{each} Banken") for each in _WORDS],
        "actor, year, word": [replace(each, actors=("Q1",), text="Handel") for each in years],
    }  # fmt: skip
    print(
        f"\n{'question':20} {'list':>11} {'number':>11} {'filters':>11} {'months':>11}  ms: wall/CPU, median"
    )
    for name, questions in asked.items():
        ways: list[Callable[[Query], object]] = [
            lambda query: store.events(query, limit=_SHOWN, with_claims=False),
            store.count, store.facets, store.months,
        ]  # fmt: skip
        cells = []
        for way in ways:
            taken = [_timed(store, way, query) for query in questions]
            wall, cpu = (statistics.median(column) * 1000 for column in zip(*taken, strict=True))
            cells.append(f"{wall:.0f}/{cpu:.0f}")
        print(f"{name:20} " + " ".join(f"{cell:>11}" for cell in cells), flush=True)
    shown = store.events(limit=7, with_claims=False)
    taken = [_timed(store, store.event, each.id) for each in shown]
    wall, cpu = (statistics.median(column) * 1000 for column in zip(*taken, strict=True))
    print(f"{'one with its claims':20} {f'{wall:.0f}/{cpu:.0f}':>11}")
    for name, questions in asked.items():
        statement = (
            EVENTS.where(*conditions(questions[0])).order_by(*by_day(newest_first=False)).limit(_SHOWN)
        )
        compiled = statement.compile(store._engine, compile_kwargs={"literal_binds": True})
        print(f"\n-- {name}")
        with store._engine.connect() as connection:
            for (line,) in connection.exec_driver_sql(
                f"EXPLAIN (ANALYZE, COSTS OFF) {compiled}".replace("%", "%%")
            ):
                print(line)


def _timed(store: Store, way: Callable[..., object], query: object) -> tuple[float, float]:
    """Seconds of wall, and of the processors of this process and of the server's for it."""
    store._facets.clear()
    with store._engine.connect() as connection:
        server = psutil.Process(int(connection.execute(text("SELECT pg_backend_pid()")).scalar_one()))
    before, own, begin = server.cpu_times(), time.process_time(), time.perf_counter()
    way(query)
    wall, own, after = time.perf_counter() - begin, time.process_time() - own, server.cpu_times()
    return wall, own + after.user + after.system - before.user - before.system


def web(options: argparse.Namespace, folder: Path) -> None:
    """Pages of a web archive: articles a second of processor, taking pages apart and reading them."""
    source = folder / "pages.warc.gz"
    texts = load(NEWS if NEWS.exists() else SAMPLES)[: options.articles]
    with source.open("wb") as file:
        for number, told in enumerate(texts):
            file.write(gzip.compress(_page(told, number)))
    data = source.read_bytes()
    first = list(read_articles("first.warc.gz", data[: len(gzip.compress(_page(texts[0], 0)))]))
    pipeline.read(cast(Article, first[0]))  # both load what they need
    begin = time.process_time()
    pages = [each for each in read_articles(str(source), data) if isinstance(each, Article)]
    parsed = time.process_time() - begin
    begin = time.process_time()
    for each in pages:
        pipeline.read(each)
    told_in = time.process_time() - begin
    print(
        f"{len(pages)} of {len(texts)} pages: {len(pages) / parsed:.0f} a second taken apart, "
        f"{len(pages) / told_in:.0f} read, {len(pages) / (parsed + told_in):.0f} both (processor time)"
    )


def _page(told: str, number: int) -> bytes:
    """A page as news sites have it, among links and boxes, as a record of a web archive."""
    links = "".join(f'<li><a href="/ressort/{n}">Ressort {n} und mehr</a></li>' for n in range(120))
    body = "".join(f"<p>{part}.</p>" for part in told.split(". "))
    page = (
        f"<!DOCTYPE html><html lang=de><head><title>Meldung {number}</title><meta charset=utf-8>"
        '<meta property="article:published_time" content="2016-02-22T10:00:00+01:00">'
        f"<style>{'.a{color:red}' * 500}</style><script>{'var a=1;' * 2000}</script></head><body>"
        f"<nav><ul>{links}</ul></nav><main><article><h1>Meldung {number}</h1>{body}</article></main>"
        f"<aside><ul>{links}</ul></aside><footer>Impressum</footer></body></html>"
    ).encode()
    answer = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n" + page
    head = (
        f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: https://blatt.example/{number}\r\n"
        f"WARC-Date: 2026-03-02T10:00:00Z\r\nWARC-Record-ID: <urn:uuid:{number:032}>\r\n"
        f"Content-Type: application/http; msgtype=response\r\nContent-Length: {len(answer)}\r\n\r\n"
    )
    return head.encode() + answer + b"\r\n\r\n"


def _news(folder: Path, articles: int) -> Path:
    path = folder / f"news-{articles}.jsonl"
    if not path.exists():
        write_news(path, articles)
    return path


def _finish(run: subprocess.Popen[bytes]) -> list[str]:
    told = run.communicate()[1].decode().strip().splitlines()
    if run.returncode:
        raise SystemExit("\n".join(told))
    return told


def _same(folder: Path, one: str, other: str) -> str:
    mine, theirs = fingerprint(folder / one), fingerprint(folder / other)
    return f"{mine == theirs} ({len(mine)} files)"


PARTS: dict[str, Callable[[argparse.Namespace, Path], None]] = {
    "cluster": cluster, "faults": faults, "network": network, "memory": memory, "merge": merge,
    "queries": queries, "web": web,
}  # fmt: skip


def main(argv: Sequence[str]) -> None:
    """Runs one part."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks scale", description=__doc__)
    parser.add_argument("part", choices=PARTS)
    parser.add_argument("--folder", type=Path, help="where to work; kept, and what is there is used again")
    parser.add_argument("--claims", type=int, nargs="+", default=[100_000, 300_000, 1_000_000])
    parser.add_argument("--articles", type=int, default=20_000)
    parser.add_argument("--cut", type=int, default=30, help="seconds")
    parser.add_argument("--warm", type=int, default=20, help="seconds for the workers to start")
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--server", default="postgresql+pg8000://postgres@127.0.0.1:5432/test")
    parser.add_argument("--processes", type=int, default=1)
    options = parser.parse_args(argv)
    if options.folder:
        options.folder.mkdir(parents=True, exist_ok=True)
        PARTS[options.part](options, options.folder)
        return
    with tempfile.TemporaryDirectory() as folder:
        PARTS[options.part](options, Path(folder))


if __name__ == "__main__":
    main(sys.argv[1:])
