"""The process that reads articles for :mod:`timeline.articles.isolated`.

It is asked and answers in frames over its standard input and output: eight bytes of length (big-endian),
then so many bytes. A request is a frame of JSON and a frame with the file; the answers are frames of JSON.
Nothing is pickled, so that a parser taken over by a hostile file could say wrong things, but not run
anything outside.
"""

import importlib
import json
import os
import signal
import struct
import sys
from dataclasses import asdict
from typing import Any, BinaryIO, Final

from timeline.articles.errors import Limits, Rejected
from timeline.articles.formats import read_or_reject, take_apart
from timeline.articles.parts import Part
from timeline.model import Article

_LENGTH: Final = struct.Struct(">Q")
_READERS: Final = (
    "archives",
    "books",
    "captures",
    "feeds",
    "mail",
    "office",
    "pdf",
    "plain",
    "tables",
    "web",
)
_LIBRARIES: Final = (
    "trafilatura", "htmldate", "charset_normalizer", "markdown_it", "lxml.html", "warcio.archiveiterator",
    "striprtf.striprtf", "pdfminer.layout", "pdfminer.converter", "pdfminer.pdfpage",
    "timeline.reference.complete",
)  # fmt: skip
_GRACE: Final = 5.0
"""Seconds after which the kernel ends a worker whose parent did not: the parent may have died meanwhile."""


def write_frame(stream: BinaryIO, data: bytes) -> None:
    """Writes one frame and flushes.

    Raises:
        OSError: the other side has gone.
    """
    stream.write(_LENGTH.pack(len(data)))
    stream.write(data)
    stream.flush()


def read_frame(stream: BinaryIO, *, most: int = 2**40) -> bytes | None:
    """The next frame of at most ``most`` bytes, None where the other side has gone or claims more."""
    head = stream.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        return None
    (length,) = _LENGTH.unpack(head)
    if length > most:
        return None
    data = stream.read(length)
    return data if len(data) == length else None


def main() -> None:
    """Answers requests until the other side closes the line."""
    answers = os.fdopen(os.dup(1), "wb")
    # Whatever a library prints must not get between the frames.
    os.dup2(2, 1)
    requests = sys.stdin.buffer
    _harden()
    for module in (*(f"timeline.articles.{each}" for each in _READERS), *_LIBRARIES):
        importlib.import_module(module)
    write_frame(answers, b'{"ready": true}')
    while (head := read_frame(requests)) is not None and (data := read_frame(requests)) is not None:
        _serve(json.loads(head), data, answers)
        del data


def _serve(request: dict[str, Any], data: bytes, answers: BinaryIO) -> None:
    """Answers for every part: that it is being read, then what it is.

    ``start`` is the number of parts to pass over: an earlier worker has read them, or died of the last.
    """

    def answer(**fields: object) -> None:
        write_frame(answers, json.dumps(fields).encode("ascii"))

    seconds, limits = float(request["seconds"]), Limits(**request["limits"])
    _bound_memory(int(request["megabytes"]))
    name = str(request["name"])
    try:
        found = 0
        _bound_time(seconds)
        for number, part in enumerate(take_apart(name, data, limits=limits, columns=request["columns"])):
            found += 1
            if number < request["start"]:
                answer(passed=number)
                continue
            _bound_time(seconds)
            answer(reading=number, source=part.source)
            result = part if isinstance(part, Rejected) else _read(part, limits)
            answer(**_told(result))
        if not found:
            answer(rejected=name, code="no_text", params={"name": name})
    except MemoryError:
        _bound_memory(None)  # saying so needs memory too
        answer(memory=True)
        os._exit(0)  # what a parser left behind may not be freed any more
    except Exception as error:  # the reader of a part of unknown kind must not end all
        answer(**_fault(name, error))
    finally:
        _bound_time(0)
        _bound_memory(None)
    answer(end=True, megabytes=_megabytes()[1])


def _read(part: Part, limits: Limits) -> Article | Rejected | dict[str, Any]:
    try:
        return read_or_reject(part, limits)
    except MemoryError:
        raise
    except Exception as error:  # a fault of ours or of a library: told, and the rest goes on
        return _fault(part.source, error)


def _fault(name: str, error: Exception) -> dict[str, Any]:
    from timeline.articles.errors import ArticleError

    if isinstance(error, ArticleError):
        return {"rejected": name, "code": error.code, "params": error.params}
    return {"rejected": name, "code": "crashed", "params": {"name": name, "detail": type(error).__name__}}


def _told(result: Article | Rejected | dict[str, Any]) -> dict[str, Any]:
    if isinstance(result, dict):
        return result
    if isinstance(result, Rejected):
        return {"rejected": result.source, "code": result.error.code, "params": result.error.params}
    return {"article": asdict(result)}


def _harden() -> None:
    """Takes from the process what reading does not need: core files, and writing files at all."""
    try:
        import resource
    except ImportError:  # not on Windows
        return
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def _bound_memory(megabytes: int | None) -> None:
    """Lets the process have so much more address space than it has now; None lifts the bound.

    macOS accepts the bound and does not keep it; there, and on Windows, only the time is bounded.
    """
    try:
        import resource
    except ImportError:
        return
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    size = _megabytes()[0]
    soft = hard if megabytes is None or not size else (size + megabytes) * 2**20
    resource.setrlimit(
        resource.RLIMIT_AS, (soft if hard == resource.RLIM_INFINITY else min(soft, hard), hard)
    )


def _megabytes() -> tuple[int, int]:
    """Address space and memory in use now, in MB of 2**20 bytes; zeros where the system does not tell."""
    try:
        with open("/proc/self/statm", encoding="ascii") as file:  # noqa: PTH123  quicker, and no path to handle
            pages = [int(number) for number in file.read().split()[:2]]
    except OSError:
        return 0, 0
    size = os.sysconf("SC_PAGE_SIZE")
    return pages[0] * size // 2**20, pages[1] * size // 2**20


def _bound_time(seconds: float) -> None:
    """Has the kernel end the process after so many seconds and some grace; 0 takes that back."""
    if hasattr(signal, "setitimer"):
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.setitimer(signal.ITIMER_REAL, seconds + _GRACE if seconds else 0)


if __name__ == "__main__":
    main()
