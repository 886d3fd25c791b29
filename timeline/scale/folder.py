"""The folder of an archive's datasets: what is done, written so that stopping anywhere leaves nothing half.

A task writes its files under a temporary name and moves each into its place; then it writes its receipt,
which names them, in the same way. Only files that a receipt names are data: what a task left that was
stopped between the two is overwritten by the next one at the same piece, as names are made of the piece
alone. Any address of fsspec will do; where moving is copying (object stores), a file appears when it is
complete, as well.
"""

import json
import posixpath
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Final
from uuid import uuid4

import pyarrow as pa
import pyarrow.parquet as pq
from fsspec.core import url_to_fs
from fsspec.implementations.local import LocalFileSystem

from timeline.scale.dataset import SCHEMA

_ABOUT: Final = "_timeline.json"
_RECEIPTS: Final = "_done"
_TEMPORARY: Final = "_temporary"


class FolderError(ValueError):
    """The folder cannot take this run's output, and why, in a sentence."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What one task has done: the tokens and addresses that it read, the files that it wrote, and counts."""

    id: str
    tokens: tuple[str, ...]
    addresses: tuple[str, ...]
    files: tuple[str, ...]
    counts: Mapping[str, int] = field(default_factory=dict)


class Folder:
    """A folder at an address; may be pickled and used by many processes."""

    def __init__(self, address: str) -> None:
        self._system, self._path = url_to_fs(address)
        # A worker stands in another folder: what is relative here must not be so there.
        self.address = self._path if isinstance(self._system, LocalFileSystem) else address

    def __reduce__(self) -> tuple[Any, ...]:
        return Folder, (self.address,)

    def prepare(self, rules: str) -> None:
        """Makes the folder, or checks that it was made by the same rules; clears what stopped tasks left.

        Raises:
            FolderError: it holds data of other rules or columns, or something else.
            OSError: it cannot be written.
        """
        about = {"schema": SCHEMA, "rules": rules}
        self._system.makedirs(self._path, exist_ok=True)
        told = self.about()
        if told is None:
            if self._system.ls(self._path, detail=False):
                raise FolderError(
                    f"{self.address} is not empty and not an archive's folder; name another one"
                )
            self._write_json(_ABOUT, about)
        elif told != about:
            raise FolderError(
                f"{self.address} was written by another version of the program "
                f"(columns {told.get('schema')}, rules {told.get('rules')}; "
                f"now {SCHEMA}, {rules}); name another folder"
            )
        if self._system.exists(self._at(_TEMPORARY)):
            self._system.rm(self._at(_TEMPORARY), recursive=True)

    def about(self) -> dict[str, Any] | None:
        """Version of the columns and fingerprint of the rules; None where the folder has no data.

        Raises:
            FolderError: the columns are of a version that this program does not read.
        """
        try:
            told: dict[str, Any] = json.loads(self._system.cat_file(self._at(_ABOUT)))
        except FileNotFoundError:
            return None
        if told.get("schema") != SCHEMA:
            raise FolderError(f"{self.address} has columns of version {told.get('schema')}, not {SCHEMA}")
        return told

    def receipts(self, kind: str) -> dict[str, Receipt]:
        """The receipts of a kind of task (``read``, ``merge``), by id, in the order of their ids."""
        below = self._at(f"{_RECEIPTS}/{kind}")
        if not self._system.exists(below):
            return {}
        self._system.invalidate_cache()
        names = sorted(name for name in self._system.find(below) if name.endswith(".json"))
        found = self._system.cat(names) if names else {}
        told = (json.loads(found[name]) for name in names)
        return {
            each["id"]: Receipt(
                each["id"],
                tuple(each["tokens"]),
                tuple(each["addresses"]),
                tuple(each["files"]),
                each["counts"],
            )
            for each in told
        }

    def write(self, kind: str, receipt_id: str, tables: Mapping[str, pa.Table], **about: Any) -> Receipt:  # noqa: ANN401
        """Writes tables to the files that ``tables`` names, then the receipt with ``about`` in it."""
        for name, table in tables.items():
            with self._moved(name) as temporary, self._system.open(temporary, "wb") as file:
                pq.write_table(table, file, compression="zstd")
        receipt = Receipt(id=receipt_id, files=tuple(tables), **about)
        self._write_json(f"{_RECEIPTS}/{kind}/{receipt_id}.json", asdict(receipt))
        return receipt

    def read(self, name: str, columns: Sequence[str] | None = None) -> pa.Table:
        """A file of a dataset."""
        with self._system.open(self._at(name), "rb") as file:
            return pq.ParquetFile(file).read(columns=columns)

    def batches(self, name: str, columns: Sequence[str] | None = None) -> Iterator[list[dict[str, Any]]]:
        """The rows of a file, some thousand at a time."""
        with self._system.open(self._at(name), "rb") as file:
            for batch in pq.ParquetFile(file).iter_batches(2_000, columns=columns):
                yield batch.to_pylist()

    def forget(self, kind: str, receipts: Sequence[Receipt]) -> None:
        """Takes back what tasks have done: the receipts first, then their files."""
        for receipt in receipts:
            self._system.rm(self._at(f"{_RECEIPTS}/{kind}/{receipt.id}.json"))
        for receipt in receipts:
            for name in receipt.files:
                if self._system.exists(self._at(name)):
                    self._system.rm(self._at(name))

    def _at(self, name: str) -> str:
        return posixpath.join(self._path, name)

    def _moved(self, name: str) -> "_Moved":
        return _Moved(self._system, self._at(f"{_TEMPORARY}/{uuid4().hex}"), self._at(name))

    def _write_json(self, name: str, value: object) -> None:
        with self._moved(name) as temporary:
            data = json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True)
            self._system.pipe_file(temporary, data.encode())


@dataclass(slots=True)
class _Moved:
    """A temporary name for a file that is moved into its place when it is complete."""

    system: Any
    temporary: str
    place: str

    def __enter__(self) -> str:
        self.system.makedirs(posixpath.dirname(self.temporary), exist_ok=True)
        return self.temporary

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        if error is None:
            self.system.makedirs(posixpath.dirname(self.place), exist_ok=True)
            self.system.mv(self.temporary, self.place)
