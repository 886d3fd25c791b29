"""An input of any size as pieces of about so many bytes, each of which one worker reads by itself.

JSON Lines are cut at lines, Parquet at rows, web archives at records; all other files are taken whole, small
ones several to a piece. Every unit (a range of a large file, or a small file) has a token made of its
address, its size, its time of change and its range: what has been read is known by it, and a file that
changed is not taken for what it was.
"""

import hashlib
import re
import zlib
from collections.abc import Container, Iterator
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise
from typing import Any, BinaryIO, Final, Literal

import fsspec
from fsspec.core import url_to_fs
from fsspec.implementations.local import LocalFileSystem

from timeline.articles import DEFAULT_LIMITS, ArticleError, Rejected
from timeline.articles.formats import read_or_reject
from timeline.articles.isolated import read_isolated
from timeline.articles.parts import Account, Opening, Parts
from timeline.articles.tables import FIELDS, json_rows, object_rows
from timeline.model import Article

Form = Literal["lines", "parquet", "warc", "files"]
_FORMS: Final[tuple[tuple[tuple[str, ...], Form], ...]] = (
    ((".jsonl", ".ndjson"), "lines"), ((".parquet", ".pq"), "parquet"), ((".warc", ".warc.gz"), "warc"),
)  # fmt: skip
_LONGEST_LINE: Final = 150_000_000
"""Bytes of one line of JSON: an article of the greatest length, every character escaped."""
_ROWS_LIMITS: Final = replace(DEFAULT_LIMITS, max_entries=10**9)
"""The size of a piece bounds its rows; a bound on entries is against small files that hold endless ones."""
_WINDOW: Final = 1_000_000
"""Bytes that are looked through at once for the next record of a web archive."""
_RECORD: Final = re.compile(rb"WARC/1\.[01]\r?\nWARC-")
_GZIP: Final = re.compile(rb"\x1f\x8b\x08")
_BATCH: Final = 500
"""Rows of Parquet held as Python values at once."""


@dataclass(frozen=True, slots=True)
class Unit:
    """What is read or not read as a whole: ``start`` to ``stop`` of a file (bytes; rows of Parquet)."""

    address: str
    form: Form
    start: int
    stop: int
    size: int
    token: str


@dataclass(frozen=True, slots=True)
class Piece:
    """Units that one task reads; several only where they are small files."""

    units: tuple[Unit, ...]

    @property
    def id(self) -> str:
        """The same for the same units, and never for others."""
        if len(self.units) == 1:
            return self.units[0].token
        return _token(*(unit.token for unit in self.units))

    @property
    def size(self) -> int:
        """Bytes to read."""
        return sum(unit.size for unit in self.units)


def plan(source: str, *, piece_bytes: int) -> list[Unit]:
    """The units of ``source`` in a fixed order: a file, a folder, a pattern, at any address of fsspec.

    Raises:
        FileNotFoundError: there is nothing.
        OSError, ValueError, ImportError: the address cannot be asked; the last where fsspec needs a package
            for it that is not installed.
    """
    system, path = url_to_fs(source)
    if system.isdir(path):
        found = {
            name: info for name, info in system.find(path, detail=True).items() if not _hidden(name, path)
        }
    else:
        names = system.glob(path) if any(mark in path for mark in "*?[") else [path]
        found = {name: system.info(name) for name in names}
        found = {name: info for name, info in found.items() if info["type"] == "file"}
    if not found:
        raise FileNotFoundError(f"no files at {source}")
    units: list[Unit] = []
    for name in sorted(found):
        units += _units(system, name, found[name], piece_bytes)
    return units


def group(units: list[Unit], done: Container[str], *, piece_bytes: int) -> list[Piece]:
    """The pieces of the units that are not done, by their tokens.

    Small files are put together in order; what is done between two of them parts them, so that a run that
    goes on makes the pieces that the first run would have made.
    """
    pieces: list[Piece] = []
    files: list[Unit] = []

    def close() -> None:
        if files:
            pieces.append(Piece(tuple(files)))
            files.clear()

    for unit in units:
        if unit.token in done or unit.form != "files":
            close()
            if unit.token not in done:
                pieces.append(Piece((unit,)))
            continue
        if files and sum(each.size for each in files) + unit.size > piece_bytes:
            close()
        files.append(unit)
    close()
    return pieces


def articles_of(unit: Unit) -> Iterator[Article | Rejected]:
    """The articles of a unit in a fixed order; what cannot be read comes as Rejected.

    Raises:
        OSError: the file cannot be read any more.
    """
    with fsspec.open(unit.address, "rb") as file:
        if unit.form == "lines":
            yield from _of_lines(unit, file)
        elif unit.form == "parquet":
            yield from _of_parquet(unit, file)
        elif unit.form == "warc":
            yield from _of_records(unit, file)
        else:
            yield from _of_file(unit, file)


# Planning


def _hidden(name: str, below: str) -> bool:
    return any(part.startswith(".") for part in name[len(below) :].split("/"))


def _units(system: Any, name: str, info: dict[str, Any], piece_bytes: int) -> list[Unit]:  # noqa: ANN401
    address = name if isinstance(system, LocalFileSystem) else system.unstrip_protocol(name)
    size = int(info["size"] or 0)
    form: Form = next((form for ends, form in _FORMS if name.lower().endswith(ends)), "files")
    changed = next(
        (info[key] for key in ("ETag", "etag", "mtime", "LastModified", "updated") if key in info), ""
    )

    def unit(start: int, stop: int, weight: int) -> Unit:
        token = _token(address, str(size), str(changed), form, str(start), str(stop))
        return Unit(address, form, start, stop, weight, token)

    if form == "files" or not size:
        return [unit(0, size, size)]
    if form == "parquet":
        with system.open(name, "rb") as file:
            return [unit(*rows) for rows in _row_ranges(file, size, piece_bytes)]
    starts = range(0, size, piece_bytes)
    return [unit(start, min(start + piece_bytes, size), min(piece_bytes, size - start)) for start in starts]


def _row_ranges(file: BinaryIO, size: int, piece_bytes: int) -> list[tuple[int, int, int]]:
    """Ranges of rows and their bytes in the file; one range where it is damaged, so that reading tells."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        rows = pq.ParquetFile(file).metadata.num_rows
    except (pa.ArrowException, OSError):
        return [(0, 0, size)]
    count = max(1, -(-size // piece_bytes))
    edges = [rows * number // count for number in range(count + 1)]
    return [(start, stop, size // count) for start, stop in pairwise(edges)]


def _token(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:20]


# Reading


def _of_lines(unit: Unit, file: BinaryIO) -> Iterator[Article | Rejected]:
    """The lines that begin within the unit; the last one is read to its end."""
    if unit.start:
        file.seek(unit.start - 1)
        while (passed := file.readline(_WINDOW)) and not passed.endswith(b"\n"):
            pass
    begin = file.tell()
    data = file.read(max(0, unit.stop - begin))
    fault: ArticleError | None = None
    name = f"{unit.address}@{begin}" if begin else unit.address
    if data and not data.endswith(b"\n"):
        data += file.readline(_LONGEST_LINE)
        if not data.endswith(b"\n") and file.read(1):
            data = data[: data.rfind(b"\n") + 1]
            detail = f"longer than {_LONGEST_LINE:,} bytes"
            fault = ArticleError("row", name=name, line=data.count(b"\n") + 1, detail=detail)
    if data.strip():
        yield from _of_rows(name, json_rows(name, data, _opening(unit)))
    if fault:
        yield Rejected(name, fault)


def _of_parquet(unit: Unit, file: BinaryIO) -> Iterator[Article | Rejected]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    name = unit.address
    try:
        rows = _rows(pq.ParquetFile(file), unit.start, unit.stop)
        yield from _of_rows(name, object_rows(name, rows, _opening(unit), unit="row"))
    except (pa.ArrowException, OSError) as error:
        detail = " ".join(str(error).split())[:200]
        yield Rejected(name, ArticleError("damaged", name=name, format="Parquet", detail=detail))


def _opening(unit: Unit) -> Opening:
    return Opening(Account(_ROWS_LIMITS, unit.size), lambda _name, _data: iter(()))


def _of_rows(name: str, parts: Parts) -> Iterator[Article | Rejected]:
    try:
        for part in parts:
            yield part if isinstance(part, Rejected) else read_or_reject(part, _ROWS_LIMITS)
    except ArticleError as error:
        yield Rejected(name, error)


def _rows(table: Any, start: int, stop: int) -> Iterator[tuple[int, object]]:  # noqa: ANN401
    """Rows ``start`` to ``stop`` with their numbers from 1, of the columns that may hold something of use."""
    usual = {name for names in FIELDS.values() for name in names}
    names = [name for name in table.schema_arrow.names if name.lower() in usual] or None
    first = 0
    wanted = []
    for group_number in range(table.metadata.num_row_groups):
        count = table.metadata.row_group(group_number).num_rows
        if first < stop and start < first + count:
            wanted.append((group_number, first))
        first += count
    for group_number, first in wanted:
        number = first
        for batch in table.iter_batches(_BATCH, row_groups=[group_number], columns=names):
            low, high = max(0, start - number), min(batch.num_rows, stop - number)
            if low < high:
                for offset, row in enumerate(batch.slice(low, high - low).to_pylist()):
                    told = {key: _plain(value) for key, value in row.items()}
                    yield number + low + offset + 1, told
            number += batch.num_rows


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value


def _of_records(unit: Unit, file: BinaryIO) -> Iterator[Article | Rejected]:
    """The records that begin within the unit, read as an archive of their own.

    Each record of a compressed archive is a gzip member (ISO 28500, annex D), so that a cut between records
    leaves two archives. One compressed as a whole has a single beginning and is one piece.
    """
    begin = _next_record(file, unit.start) if unit.start else 0
    end = None if begin is None else _next_record(file, max(unit.stop, begin))
    if begin is None or begin >= unit.stop or begin == end:
        return
    limit = DEFAULT_LIMITS.max_archive
    file.seek(begin)
    data = file.read(limit + 1 if end is None else min(limit + 1, end - begin))
    if len(data) > limit:
        error = ArticleError("too_large", name=unit.address, size=len(data), limit=limit)
        yield Rejected(unit.address, error)
    else:
        yield from read_isolated(unit.address, data)


def _next_record(file: BinaryIO, at: int) -> int | None:
    """Where the first record at or after ``at`` begins; None where none does."""
    file.seek(0)
    compressed = file.read(3) == _GZIP.pattern
    mark = _GZIP if compressed else _RECORD
    while True:
        file.seek(at)
        window = file.read(2 * _WINDOW)
        ends = len(window) < 2 * _WINDOW
        for match in mark.finditer(window):
            position = match.start()
            if position >= _WINDOW and not ends:
                break
            if not compressed or _RECORD.match(_inflated(window[position : position + 4_096])):
                return at + position
        if ends:
            return None
        at += _WINDOW


def _inflated(data: bytes) -> bytes:
    try:
        return zlib.decompressobj(31).decompress(data, 200)
    except zlib.error:
        return b""


def _of_file(unit: Unit, file: BinaryIO) -> Iterator[Article | Rejected]:
    limit = DEFAULT_LIMITS.max_archive
    data = file.read(limit + 1)
    if len(data) > limit:
        size = max(unit.size, len(data))
        yield Rejected(unit.address, ArticleError("too_large", name=unit.address, size=size, limit=limit))
    else:
        yield from read_isolated(unit.address, data)
