"""An archive's datasets as the store takes them in."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from timeline.model import Article, Event, Reading
from timeline.scale.blocks import event_files
from timeline.scale.dataset import claim_from, event_from, number_of, reference_from, timex_from
from timeline.scale.folder import Folder, FolderError


class DatasetArchive:
    """The datasets of a folder, for :meth:`timeline.store.Store.load`.

    Raises:
        FolderError: there are none, or they are not merged.
    """

    def __init__(self, folder: Folder) -> None:
        if folder.about() is None:
            raise FolderError(f"{folder.address} holds no datasets; run batch first")
        self._folder = folder
        self._events = event_files(folder)
        files = {name for receipt in folder.receipts("read").values() for name in receipt.files}
        self._files = files
        self._articles = sorted(name for name in files if name.startswith("articles/"))

    @property
    def name(self) -> str:
        """The address of the folder."""
        return self._folder.address

    def readings(self) -> Iterator[tuple[Article, Reading, bool]]:
        """Every row of an article, file by file; False where another row of the same text counts."""
        losers = self._losers()
        for name in self._articles:
            part = name.partition("/")[2]
            timexes = self._by_article(f"timexes/{part}")
            claims = self._by_article(f"claims/{part}")
            for batch in self._folder.batches(name):
                for row in batch:
                    counts = not row["copy"] and number_of(row["id"]) not in losers[name]
                    yield *_read(row, timexes, claims), counts

    def events(self) -> Iterator[tuple[Event, Sequence[str], str]]:
        """The events without their claims, the ids of these, and the words that a text search finds."""
        for name in self._events:
            for batch in self._folder.batches(name):
                for row in batch:
                    yield event_from(row, {}), row["claims"], row["words"]

    def _by_article(self, name: str) -> dict[str, list[dict[str, Any]]]:
        """The rows of a file by their article, in their order; nothing where there is no such file."""
        found: dict[str, list[dict[str, Any]]] = defaultdict(list)
        if name in self._files:
            for batch in self._folder.batches(name):
                for row in batch:
                    found[row["article"]].append(row)
        return found

    def _losers(self) -> dict[str, set[int]]:
        """By file, the articles (as numbers) that count in another one: as merging has chosen them."""
        numbers, ranks = [], []
        for at, name in enumerate(self._articles):
            table = self._folder.read(name, ["id", "reference", "copy"])
            table = table.filter(np.logical_not(table["copy"].to_numpy()))
            dated = [row["value"] is not None for row in table["reference"].to_pylist()]
            numbers.append(np.array([number_of(each) for each in table["id"].to_pylist()], np.uint64))
            ranks.append(np.array([at + len(self._articles) * (not told) for told in dated], np.int64))
        found: dict[str, set[int]] = defaultdict(set)
        if numbers:
            number, rank = np.concatenate(numbers), np.concatenate(ranks)
            order = np.lexsort((rank, number))
            number, rank = number[order], rank[order]
            again = np.flatnonzero(number[1:] == number[:-1]) + 1
            for loser, its_rank in zip(number[again].tolist(), rank[again].tolist(), strict=True):
                found[self._articles[its_rank % len(self._articles)]].add(loser)
        return found


def _read(
    row: dict[str, Any], timexes: dict[str, list[dict[str, Any]]], claims: dict[str, list[dict[str, Any]]]
) -> tuple[Article, Reading]:
    article = Article(
        row["id"], row["text"], reference_from(row["told"]), title=row["title"], outlet=row["outlet"],
        url=row["url"], source=row["source"],
    )  # fmt: skip
    told = sorted(claims.get(article.id, ()), key=lambda each: each["ordinal"])
    return article, Reading(
        reference_from(row["reference"]),
        tuple(timex_from(each) for each in timexes.get(article.id, ())),
        tuple(claim_from(each).meeting for each in told),
    )
