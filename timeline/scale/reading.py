"""What a worker does with a piece of an archive: reads its articles and writes them to the datasets."""

import hashlib
from collections import defaultdict
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from timeline import pipeline
from timeline.articles import ArticleError, Rejected
from timeline.language import LanguageError
from timeline.merge import claims_from
from timeline.model import Article, Reading
from timeline.scale.dataset import article_row, claim_row, month_of, rejected_row, table_of, timex_rows
from timeline.scale.folder import Folder, FolderError, Receipt
from timeline.scale.pieces import Piece, articles_of

_APART: Final = ("page", "figures", "export", "store", "scale", "query", "cli.py", "__main__.py")
"""Parts of the program on which what is read does not depend."""


@lru_cache(maxsize=1)
def rules() -> str:
    """A fingerprint of all code and tables on which the reading depends; the same on every machine."""
    root = Path(__file__).parent.parent
    digest = hashlib.sha256()
    for path in sorted(root.rglob("*"), key=lambda path: path.relative_to(root).as_posix()):
        name = path.relative_to(root)
        if path.suffix in (".py", ".toml", ".tsv", ".json") and name.parts[0] not in _APART:
            digest.update(f"{name.as_posix()}\n".encode() + path.read_bytes())
    return digest.hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class ReadTask:
    """A piece, the folder that takes what is read in it, and the rules by which it must be read."""

    piece: Piece
    folder: Folder
    rules: str


def read_piece(task: ReadTask) -> Receipt:
    """Reads a piece and writes it; the same piece again writes the same bytes to the same files.

    Raises:
        FolderError: this worker runs another version of the program.
        LanguageError: a table of the program is wrong.
        OSError: the input or the output fails.
    """
    if rules() != task.rules:
        raise FolderError(f"this worker has rules {rules()}, not {task.rules}; install the same version")
    rows: dict[str, list[dict[str, Any]]] = defaultdict(list)
    read: dict[str, tuple[Article, Reading]] = {}
    counts = dict.fromkeys(("articles", "timexes", "claims", "rejected", "characters"), 0)
    copies: list[tuple[Article, Reading]] = []
    for unit in task.piece.units:
        for item in articles_of(unit):
            told = item if isinstance(item, Rejected) else _read(item)
            if isinstance(told, Rejected):
                rows["rejected"].append(rejected_row(told))
                continue
            article, reading = told
            first = read.get(article.id)
            if first is None:
                read[article.id] = told
            elif first[1].reference.value is None and reading.reference.value is not None:
                # The same text, but this one tells its date: it counts, as in the store.
                copies.append(first)
                read[article.id] = told
            else:
                copies.append(told)
    for article, reading in read.values():
        month = f"month={month_of(reading.reference.value)}"
        rows[f"articles/{month}"].append(article_row(article, reading, copy=False))
        rows[f"timexes/{month}"] += timex_rows(article, reading)
        claims = enumerate(claims_from(article, reading))
        rows[f"claims/{month}"] += [claim_row(claim, ordinal) for ordinal, claim in claims]
        counts["characters"] += len(article.text)
    for article, reading in copies:
        month = f"month={month_of(reading.reference.value)}"
        rows[f"articles/{month}"].append(article_row(article, reading, copy=True))
    tables = {}
    for place, values in sorted(rows.items()):
        dataset = place.split("/", 1)[0]
        counts[dataset] += len(values)
        if values:
            tables[f"{place}/part-{task.piece.id}.parquet"] = table_of(dataset, values)
    units = task.piece.units
    return task.folder.write(
        "read", task.piece.id, tables, tokens=tuple(unit.token for unit in units),
        addresses=tuple(unit.address for unit in units), counts=counts,
    )  # fmt: skip


def _read(article: Article) -> tuple[Article, Reading] | Rejected:
    try:
        return article, pipeline.read(article)
    except LanguageError:  # wrong for every article
        raise
    except Exception as error:  # one article must not cost the others, whatever it met
        detail = " ".join(f"{type(error).__name__}: {error}".split())[:200]
        name = article.source or ""
        return Rejected(name, ArticleError("crashed", name=name, detail=detail))
