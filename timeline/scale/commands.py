"""The commands for large archives, as the command line offers them: ``batch``, ``load``, ``watch``.

Counts and complaints go to standard error; an error that concerns the whole run is one sentence and exit
status 1. The modules behind a command are imported when it runs.
"""

import argparse
import contextlib
import sys
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import threading

    from timeline.scale.batch import Progress

_EVERY = 5.0
"""Seconds between two lines of progress where standard error is no terminal."""


class _Command(Protocol):
    def __call__(
        self, name: str, run: Callable[[argparse.Namespace], int], text: str
    ) -> argparse.ArgumentParser: ...


def add_commands(command: _Command, store_option: Callable[[argparse.ArgumentParser], None]) -> None:
    """Adds the commands by ``command``, which makes a parser of a name, a function and a sentence.

    ``store_option`` adds the option that names the database.
    """
    sub = command("batch", _batch, "Read an archive in parallel into Parquet datasets and merge it.")
    sub.add_argument("input", metavar="INPUT", help="a file, folder or pattern; any address of fsspec")
    sub.add_argument("--out", required=True, metavar="DIR", help="the folder of the datasets, any address")
    sub.add_argument("--scheduler", metavar="ADDRESS", help="of a Dask cluster, such as tcp://host:8786")
    sub.add_argument("--workers", type=_positive, metavar="N", help="processes; default: one for each core")
    sub.add_argument("--piece-bytes", type=_positive, metavar="N", help="bytes that a task reads at most")

    sub = command("load", _load, "Take an archive that batch has read into the store; again changes nothing.")
    sub.add_argument("folder", metavar="DIR", help="the folder that batch has written")
    store_option(sub)

    sub = command("watch", _watch, "Add what comes into a folder to the store until stopped (Ctrl+C).")
    sub.add_argument("folder", metavar="FOLDER", help="where files with articles appear")
    sub.add_argument("--every", type=float, default=1.0, metavar="SECONDS", help="between two looks")
    store_option(sub)


def _positive(value: str) -> int:
    number = int(value)
    if number < 1:
        raise ValueError
    return number


def _batch(options: argparse.Namespace) -> int:
    from timeline.scale.batch import PIECE_BYTES, read_archive
    from timeline.scale.blocks import merge_archive
    from timeline.scale.folder import Folder, FolderError
    from timeline.scale.workers import WorkersError, cores, workers

    try:
        folder = Folder(options.out)
        with workers(scheduler=options.scheduler, processes=options.workers or cores()) as run:
            size = options.piece_bytes or PIECE_BYTES
            reporter = _Reporter()
            done = read_archive(options.input, folder, run, piece_bytes=size, report=reporter)
            merged = merge_archive(folder, run, report=reporter.step)
    except (FolderError, WorkersError, OSError, ImportError, ValueError) as error:
        return _complain(str(error) or type(error).__name__)
    sys.stderr.write(
        f"{merged.claims:,} claims of {merged.events:,} meetings, merged in {merged.blocks} blocks "
        f"of at most {merged.largest:,} claims\n"
    )
    for name, reason in done.failed:
        _complain(f"{name} was not read: {reason}; the same command tries again")
    return int(bool(done.failed))


def _load(options: argparse.Namespace) -> int:
    from timeline.scale.folder import Folder, FolderError
    from timeline.scale.loading import DatasetArchive
    from timeline.store import Store, StoreError

    try:
        archive = DatasetArchive(Folder(options.folder))
        with Store.open(options.database) as store:
            done = store.load(archive, who="command line")
    except (FolderError, StoreError, OSError, ImportError, ValueError) as error:
        return _complain(str(error) or type(error).__name__)
    sys.stderr.write(
        f"{done.articles:,} articles and {done.claims:,} meetings that they tell are new; "
        f"the store has {done.events:,} meetings\n"
    )
    return 0


def _watch(options: argparse.Namespace) -> int:
    from pathlib import Path

    from timeline.scale.watching import Watch
    from timeline.store import Store, StoreError

    folder = Path(options.folder)
    if not folder.is_dir():
        return _complain(f"{folder} is not a folder")
    try:
        with _told_to_stop() as stopped, Store.open(options.database) as store:
            watch = Watch(folder, store, "watch")
            while not stopped.is_set():
                for seen in watch.look():
                    if seen.added is None:
                        _complain(f"{seen.name}: {seen.reason}")
                    else:
                        sys.stdout.write(f"{seen.name}: {seen.added.outcome}, {seen.added.claims} meetings\n")
                        sys.stdout.flush()
                    if stopped.is_set():
                        break
                stopped.wait(options.every)
    except (StoreError, OSError) as error:
        return _complain(str(error))
    return 0


@contextlib.contextmanager
def _told_to_stop() -> "Iterator[threading.Event]":
    """An event that Ctrl+C (SIGINT) and the system's wish (SIGTERM) set, for a loop to look at.

    KeyboardInterrupt would come at any instruction, and where it comes inside a callback of the database or
    of the garbage collector, Python drops it: the watch would go on unheard. A second Ctrl+C is one.
    """
    import signal
    import threading

    stopped = threading.Event()
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}

    def stop(_number: int, _frame: object) -> None:
        stopped.set()
        signal.signal(signal.SIGINT, signal.default_int_handler)

    try:
        for number in before:
            signal.signal(number, stop)
        yield stopped
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


class _Reporter:
    """Writes how far a run is: on a terminal over the same line, else a line every few seconds."""

    def __init__(self) -> None:
        self._terminal = sys.stderr.isatty()
        self._next = 0.0

    def __call__(self, progress: "Progress") -> None:
        last = progress.pieces == progress.all_pieces
        if progress.seconds < self._next and not last:
            return
        self._next = progress.seconds + (0.2 if self._terminal else _EVERY)
        line = (
            f"{progress.pieces}/{progress.all_pieces} pieces, {progress.articles:,} articles, "
            f"{progress.rejected:,} rejected, {progress.rate:,.0f}/s"
        )
        if progress.size and not last:
            line += f", {_clock(progress.seconds_left)} left"
        self._write(line, last=last)

    def step(self, name: str, done: int, all_tasks: int) -> None:
        """Writes how far a step of merging is."""
        if self._terminal or done in (0, all_tasks):
            self._write(f"{name}: {done}/{all_tasks}", last=done == all_tasks)

    def _write(self, line: str, *, last: bool) -> None:
        sys.stderr.write(f"\r{line:<79}" + "\n" * last if self._terminal else f"{line}\n")
        sys.stderr.flush()


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes // 60}:{minutes % 60:02}:{rest:02}"


def _complain(reason: str) -> int:
    sys.stderr.write(f"timeline: {' '.join(reason.split())}\n")
    return 1
