"""What a collection is taken apart into, and the account of how much came out of it."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import BinaryIO, Final

from timeline.articles.errors import ArticleError, Limits, Rejected
from timeline.model import Article

_CHUNK: Final = 65_536
"""Bytes asked for at once: what is counted after each chunk can overshoot a limit by one chunk only."""


@dataclass(frozen=True, slots=True)
class Part:
    """One article still to be read. ``source`` is its name with the path through the collections it lies in.

    Taking a collection apart is cheap and reading an article is not; keeping them apart lets a reader that
    was stopped at one article go on behind it.
    """

    source: str
    read: Callable[[], Article]


Parts = Iterator[Part | Rejected]


@dataclass(slots=True)
class Account:
    """Counts what came out of the outermost file, so that nesting cannot get around a limit.

    ``size`` is that of the outermost file in bytes.
    """

    limits: Limits
    size: int
    entries: int = 0
    unpacked: int = 0
    over: bool = False
    """A limit of the whole has been passed: nothing more is taken out."""

    def entry(self, name: str) -> None:
        """Counts one more entry of the collection ``name``.

        Raises:
            ArticleError: ``too_many_entries``.
        """
        self.entries += 1
        if self.entries > self.limits.max_entries:
            self.over = True
            raise ArticleError("too_many_entries", name=name, limit=self.limits.max_entries)

    def unpack(self, count: int, *, name: str) -> None:
        """Counts ``count`` unpacked bytes of ``name``.

        Raises:
            ArticleError: ``unpacked_too_large`` or ``suspicious_ratio``.
        """
        self.unpacked += count
        limits = self.limits
        if self.unpacked > limits.max_unpacked:
            self.over = True
            raise ArticleError("unpacked_too_large", name=name, limit=limits.max_unpacked)
        if self.unpacked > limits.free_ratio + limits.max_ratio * self.size:
            self.over = True
            raise ArticleError("suspicious_ratio", name=name, limit=limits.max_ratio)


Columns = Mapping[str, str]
"""What the caller says of a table: "text", "title", "published", "outlet" or "url" to its column."""


@dataclass(frozen=True, slots=True)
class Opening:
    """What the opener of a collection needs beside its bytes.

    ``inner`` takes the name (with its path) and the bytes of a file inside apart in turn.
    """

    account: Account
    inner: Callable[[str, bytes], Parts]
    columns: Columns | None = None


class Counted:
    """A readable stream of unpacked bytes that counts what is read of it, and stops at the limits."""

    def __init__(self, stream: BinaryIO, account: Account, *, name: str) -> None:
        self._stream, self._account, self._name = stream, account, name

    def read(self, size: int = _CHUNK) -> bytes:
        """At most ``size`` bytes; a negative size is taken for one chunk, never for all.

        Raises:
            ArticleError: as :meth:`Account.unpack`.
        """
        data = self._stream.read(size if 0 <= size <= _CHUNK else _CHUNK)
        self._account.unpack(len(data), name=self._name)
        return data


def read_bounded(
    stream: BinaryIO | Counted, *, name: str, account: Account, packed: int | None, step: int = _CHUNK
) -> bytes:
    """All bytes of an entry, counted while they come.

    ``packed`` is its size in the archive, None where that cannot be told; ``step`` the bytes asked for at
    once.

    Raises:
        ArticleError: ``too_large``, ``suspicious_ratio``, or as :meth:`Account.unpack`.
    """
    limits = account.limits
    most = None if packed is None else limits.free_ratio + limits.max_ratio * packed
    chunks: list[bytes] = []
    total = 0
    while chunk := stream.read(step):
        chunks.append(chunk)
        total += len(chunk)
        if not isinstance(stream, Counted):
            account.unpack(len(chunk), name=name)
        if most is not None and total > most:
            raise ArticleError("suspicious_ratio", name=name, limit=limits.max_ratio)
        if total > limits.max_bytes:
            raise ArticleError(
                "too_large", name=name, size=f"over {limits.max_bytes}", limit=limits.max_bytes
            )
    return b"".join(chunks)
