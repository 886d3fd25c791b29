"""Archives to entries: zip, tar and gzip, read in memory, nothing ever written to a disk.

Whatever an archive says of itself may be a lie; only what is counted while unpacking counts. An entry that
cannot be read is told with its reason and the rest goes on; an archive that breaks a limit as a whole ends.
"""

import bz2
import gzip
import io
import lzma
import re
import stat
import struct
import tarfile
import unicodedata
import zipfile
import zlib
from collections.abc import Callable, Collection
from functools import partial
from typing import BinaryIO, Final, cast

from timeline.articles.errors import ArticleError, Rejected
from timeline.articles.litter import is_litter, pages_of
from timeline.articles.parts import Account, Counted, Opening, Parts, read_bounded

_DRIVE: Final = re.compile(r"[A-Za-z]:")
_BROKEN: Final = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, tarfile.TarError, EOFError, OSError,
                  struct.error, ValueError, IndexError, KeyError, OverflowError)  # fmt: skip
"""What the standard library raises on damaged archives (seen in fuzzing, beside the documented ones)."""
_SMALL_STEP: Final = 4_096
"""bzip2 and LZMA entries of a zip unpack all they were fed; 4 KiB of bzip2 unpack to 80 MB at most."""


def unzip(name: str, data: bytes, opening: Opening) -> Parts:
    """The entries of a zip archive in their stored order.

    Raises:
        ArticleError: ``damaged``, ``too_many_entries``, ``unpacked_too_large``, ``suspicious_ratio``.
    """
    account = opening.account
    # Every entry needs this signature in the directory: counted before zipfile builds an object for each.
    if data.count(b"PK\x01\x02") > account.limits.max_entries:
        raise ArticleError("too_many_entries", name=name, limit=account.limits.max_entries)
    with open_zip(name, data) as archive:
        infos = archive.infolist()
        pages = pages_of(info.filename for info in infos)
        for info in infos:
            # zipfile looks at the last character of a name that may have none.
            if not info.filename or info.is_dir() or is_litter(info.filename, pages):
                continue
            account.entry(name)
            source = f"{name}/{_label(info.filename)}"
            mode = info.external_attr >> 16
            if stat.S_IFMT(mode) not in (0, stat.S_IFREG):
                yield Rejected(source, ArticleError("link", name=source))
                continue
            yield from _entry(
                source, info.filename, partial(_unzip_one, archive, info, source, account), opening
            )


def open_zip(name: str, data: bytes) -> zipfile.ZipFile:
    """The archive that ``data`` is.

    Raises:
        ArticleError: ``damaged``.
    """
    try:
        return zipfile.ZipFile(io.BytesIO(data))
    except (*_BROKEN, NotImplementedError) as error:
        raise ArticleError("damaged", name=name, format="ZIP", detail=_said(error)) from error


def unzip_member(archive: zipfile.ZipFile, member: str, name: str, account: Account) -> bytes | None:
    """The bytes of the member of a file that is a zip inside (DOCX, ODT, EPUB); None where it has none.

    Raises:
        ArticleError: as :func:`unzip`, with the file's ``name``.
    """
    try:
        info = archive.getinfo(member)
    except KeyError:
        return None
    return _unzip_one(archive, info, name, account)


def _unzip_one(archive: zipfile.ZipFile, info: zipfile.ZipInfo, source: str, account: Account) -> bytes:
    if info.flag_bits & 0x1:
        raise ArticleError("encrypted", name=source)
    step = 65_536 if info.compress_type in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) else _SMALL_STEP
    try:
        with archive.open(info) as stream:
            return read_bounded(
                cast(BinaryIO, stream), name=source, account=account, packed=info.compress_size, step=step
            )
    except ArticleError:
        raise
    except (NotImplementedError, RuntimeError) as error:
        raise ArticleError("unsupported", name=source, format=f"ZIP: {_said(error)}") from error
    except _BROKEN as error:
        raise ArticleError("damaged", name=source, format="ZIP", detail=_said(error)) from error


def untar(name: str, data: bytes, opening: Opening) -> Parts:
    """The entries of a tar archive, plain or compressed with gzip or bzip2, in their stored order.

    Raises:
        ArticleError: as :func:`unzip`.
    """
    account = opening.account
    pages: Collection[str] = ()
    # Once for the names alone: a page may stand behind the folder of its pictures.
    for reading in (False, True):
        names: list[str] = []
        ledger = account if reading else Account(account.limits, account.size)
        counted = Counted(_opened(data), ledger, name=name)
        try:
            with tarfile.open(fileobj=cast(BinaryIO, counted), mode="r|", errorlevel=0) as archive:
                for member in archive:
                    names.append(member.name)
                    if not reading:
                        ledger.entry(name)
                    archive.members.clear()  # type: ignore[attr-defined]  # it would keep every header
                    if reading and not member.isdir() and not is_litter(member.name, pages):
                        yield from _tar_member(name, archive, member, opening)
        except ArticleError:
            raise
        except _BROKEN as error:
            raise ArticleError("damaged", name=name, format="TAR", detail=_said(error)) from error
        pages = pages_of(names)


def _tar_member(name: str, archive: tarfile.TarFile, member: tarfile.TarInfo, opening: Opening) -> Parts:
    account = opening.account
    account.entry(name)
    source = f"{name}/{_label(member.name)}"
    if not member.isreg():
        yield Rejected(source, ArticleError("link", name=source))
        return
    stream = archive.extractfile(member)
    if stream is None:
        yield Rejected(source, ArticleError("link", name=source))
        return
    # The stream below counts, except for the holes of sparse files, which are in no archive.
    sparse = member.issparse()
    uncounted = cast(BinaryIO, stream)

    def read() -> bytes:
        bounded = Account(account.limits, account.size) if not sparse else account
        return read_bounded(uncounted, name=source, account=bounded, packed=None)

    yield from _entry(source, member.name, read, opening)


def ungzip(name: str, data: bytes, opening: Opening) -> Parts:
    """The one file that was compressed with gzip or bzip2.

    Raises:
        ArticleError: as :func:`unzip`.
    """
    account = opening.account
    account.entry(name)
    stem = re.sub(r"\.(?:gz|bz2)\Z", "", name, flags=re.IGNORECASE)
    try:
        unpacked = read_bounded(_opened(data), name=name, account=account, packed=len(data))
    except ArticleError:
        raise
    except _BROKEN as error:
        raise ArticleError("damaged", name=name, format="GZIP", detail=_said(error)) from error
    yield from opening.inner(stem, unpacked)


def peek(data: bytes, count: int = 1_024) -> bytes:
    """The first bytes behind gzip or bzip2; the bytes themselves where they are not compressed, or broken."""
    try:
        return _opened(data[:65_536]).read(count)
    except _BROKEN:
        return b""


def unpacked_stream(name: str, data: bytes, account: Account) -> Counted:
    """What lies behind gzip or bzip2 as a counted stream, or the bytes themselves."""
    return Counted(_opened(data), account, name=name)


def _opened(data: bytes) -> BinaryIO:
    raw = io.BytesIO(data)
    if data.startswith(b"\x1f\x8b"):
        return cast(BinaryIO, gzip.GzipFile(fileobj=raw))
    return cast(BinaryIO, bz2.BZ2File(raw)) if data.startswith(b"BZh") else raw


def _entry(source: str, path: str, read: Callable[[], bytes], opening: Opening) -> Parts:
    """The parts of an entry; a limit of the whole archive ends all, a fault of the entry only the entry."""
    if _is_unsafe(path):
        yield Rejected(source, ArticleError("unsafe_name", name=source))
        return
    try:
        yield from opening.inner(source, read())
    except ArticleError as error:
        if opening.account.over:
            raise
        yield Rejected(source, error)


def _label(path: str) -> str:
    """The name of an entry for people: NFC, forward slashes, no control characters."""
    shown = "".join(char if char.isprintable() else "\ufffd" for char in path.replace("\\", "/"))
    return unicodedata.normalize("NFC", shown)[:1_000]


def _is_unsafe(path: str) -> bool:
    forward = path.replace("\\", "/")
    return forward.startswith("/") or bool(_DRIVE.match(forward)) or ".." in forward.split("/")


def _said(error: BaseException) -> str:
    """The words of an error on one line."""
    return " ".join(str(error).split())[:200] or type(error).__name__
