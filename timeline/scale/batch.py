"""Reads an archive into datasets and merges its claims into events; stops anywhere and goes on there."""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from timeline.scale.folder import Folder
from timeline.scale.pieces import group, plan
from timeline.scale.reading import ReadTask, read_piece, rules
from timeline.scale.workers import Run

PIECE_BYTES: Final = 16_000_000
"""Some 6,000 articles as JSON Lines, half a minute of one core: the most that a killed worker costs."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is: pieces and bytes done of all that this run has to do, and what came of them."""

    pieces: int
    all_pieces: int
    size: int
    whole_size: int
    articles: int
    rejected: int
    seconds: float

    @property
    def rate(self) -> float:
        """Articles per second, of all workers together."""
        return self.articles / self.seconds if self.seconds else 0.0

    @property
    def seconds_left(self) -> float:
        """By the bytes done so far; infinite before the first piece is."""
        return self.seconds * (self.whole_size - self.size) / self.size if self.size else float("inf")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run did, and the pieces that failed with their reasons; the next run tries these again."""

    progress: Progress
    done_before: int
    failed: tuple[tuple[str, str], ...]


def read_archive(
    source: str,
    folder: Folder,
    run: Run,
    *,
    piece_bytes: int = PIECE_BYTES,
    report: Callable[[Progress], None] = lambda _: None,
    clock: Callable[[], float] = time.monotonic,
) -> Outcome:
    """Reads what of ``source`` is not read yet into ``folder``.

    A file that has changed since it was read is read anew and replaces what it gave before; one that has
    vanished from the source keeps its rows.

    Raises:
        FolderError: the folder holds something else, or data of another version.
        WorkersError: the cluster has gone; what was finished is kept.
        OSError: source or folder cannot be reached.
    """
    folder.prepare(rules())
    units = plan(source, piece_bytes=piece_bytes)
    receipts = folder.receipts("read")
    now, addresses = {unit.token for unit in units}, {unit.address for unit in units}
    stale = [
        receipt
        for receipt in receipts.values()
        if any(
            address in addresses and token not in now
            for address, token in zip(receipt.addresses, receipt.tokens, strict=True)
        )
    ]
    folder.forget("read", stale)
    gone = {receipt.id for receipt in stale}
    done = {token for receipt in receipts.values() if receipt.id not in gone for token in receipt.tokens}
    pieces = group(units, done, piece_bytes=piece_bytes)
    started = clock()
    progress = Progress(0, len(pieces), 0, sum(piece.size for piece in pieces), 0, 0, 0.0)
    failed: list[tuple[str, str]] = []
    report(progress)
    for task, result in run(read_piece, [ReadTask(piece, folder, rules()) for piece in pieces]):
        if isinstance(result, Exception):
            name = task.piece.units[0].address
            failed.append((name, " ".join(f"{type(result).__name__}: {result}".split())))
            continue
        progress = replace(
            progress,
            pieces=progress.pieces + 1,
            size=progress.size + task.piece.size,
            articles=progress.articles + result.counts["articles"],
            rejected=progress.rejected + result.counts["rejected"],
            seconds=clock() - started,
        )
        report(progress)
    return Outcome(progress, len(units) - sum(len(piece.units) for piece in pieces), tuple(failed))
