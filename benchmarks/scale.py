"""Archives: speed-up of two processes, kills and restarts, memory, growth of merging.

``python -m benchmarks scale PART``; the parts are the functions below. Each works in a folder of its own
(``--folder``, else a temporary one) and prints figures that stand in docs/scale.md. The long ones were run
once, under ``nice``. What is asked of a loaded archive is measured by ``python -m benchmarks queries``.
"""

import argparse
import gzip
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import cast

import psutil

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
from benchmarks._made_archive import make_archive
from benchmarks.throughput import NEWS, SAMPLES, load
from timeline import pipeline
from timeline.articles import read_articles
from timeline.model import Article
from timeline.scale.blocks import merge_archive
from timeline.scale.folder import Folder
from timeline.scale.workers import workers


def merge(options: argparse.Namespace, folder: Path) -> None:
    """Merges made-up archives of growing size: seconds of wall and processor, the largest block, memory."""
    head = ("claims", "events", "blocks", "largest", "wall s", "CPU s", "Parquet MB", "peak MB", "load")
    print(" ".join(f"{name:>10}" for name in head))
    for claims in options.claims:
        archive = Folder(str(folder / f"claims-{claims}"))
        make_archive(archive, claims, options.processes)
        begin, cpu = time.perf_counter(), _cpu_seconds()
        with workers(scheduler=None, processes=options.processes) as run:
            merged = merge_archive(archive, run)
        seconds = time.perf_counter() - begin
        size = sum(path.stat().st_size for path in Path(archive.address).rglob("claims/**/*.parquet")) / 1e6
        peak = max(resource.getrusage(who).ru_maxrss for who in _BOTH) / 1024
        row = (merged.claims, merged.events, merged.blocks, merged.largest, round(seconds, 1),
               round(_cpu_seconds() - cpu, 1), round(size), round(peak),
               round(os.getloadavg()[0]))  # fmt: skip
        print(" ".join(f"{each:>10}" for each in row), flush=True)


_BOTH = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)


def _cpu_seconds() -> float:
    """Processor time of this process and of those that it started and that have ended."""
    own, others = (resource.getrusage(who) for who in _BOTH)
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
    """Memory of the one worker of a real cluster, and of its scheduler, while ``batch`` reads articles."""
    source, out = _news(folder, options.articles), folder / "memory"
    size = str(max(200_000, source.stat().st_size // 200))
    print(f"{'articles':>9} {'worker MB':>9} {'scheduler MB':>12} {'articles/CPU s':>14}")
    with Cluster(log=folder / "dask.log") as dask:
        dask.start_worker()
        run = start_batch(source, out, "--scheduler", dask.address, "--piece-bytes", size)
        shown, before, last = 0, 0, 0.0
        while run.poll() is None:
            time.sleep(1)
            pieces = pieces_done(out)
            worker = dask.process_of(0)
            if worker is None or pieces < shown + 10:
                continue
            shown = pieces
            articles = pieces * options.articles // 200
            used = worker.cpu_times()
            rate = (articles - before) / max(0.01, used.user + used.system - last)
            before, last = articles, used.user + used.system
            megabytes = worker.memory_info().rss / 2**20
            scheduler = psutil.Process(dask.scheduler.pid).memory_info().rss / 2**20 if dask.scheduler else 0
            print(f"{articles:>9} {megabytes:>9.0f} {scheduler:>12.0f} {rate:>14.0f}", flush=True)
        print(_finish(run)[-1])


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
    "web": web,
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
