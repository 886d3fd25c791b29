"""Reading in a process of its own, which can be stopped and whose memory is bounded.

A parser that hangs, dies or wants too much memory costs the article that it was reading; the worker is
replaced and goes on behind it. Workers are kept between calls, because starting one takes a second or two.
They are plain children of this process that are spoken to over pipes, and not of :mod:`multiprocessing`,
which would run the main script (a Streamlit page) once more in each and would unpickle what they answer.
"""

import atexit
import contextlib
import json
import os
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any, BinaryIO, Final, Literal, cast

from timeline.articles.errors import DEFAULT_LIMITS, REASONS, ArticleError, Limits, Rejected
from timeline.articles.parts import Columns
from timeline.articles.worker import read_frame, write_frame
from timeline.model import Article, ReferenceDate

_MOST_WORKERS: Final = max(2, min(4, os.cpu_count() or 2))
"""Files that are read at once; further callers wait for their turn."""
_STARTING: Final = 60.0
"""Seconds that a worker may take to import its libraries from a slow disk."""
_BYTES_A_SECOND: Final = 20_000_000
"""Time allowed for handing a large file over comes on top of ``seconds``."""
_MOST_FAULTS: Final = 10
"""After so many entries that hang or kill the reader, the rest of an archive is given up."""
_LARGEST_ANSWER: Final = 512 * 2**20
"""Bytes; beyond any article within the default limits, even if JSON needs six for each character."""
_RETIRED: Final = 600
"""MB in use after a file above which a worker is not kept: Python does not give all memory back."""
_ENVIRONMENT: Final = (
    "PATH", "HOME", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "TEMP", "TMP", "TMPDIR", "SYSTEMROOT",
    "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "PYTHONHOME",
)  # fmt: skip
"""What a worker needs to start; addresses of databases and secrets of the page are none of its business."""

_slots = threading.BoundedSemaphore(_MOST_WORKERS)
_lock = threading.Lock()
_idle: "list[_Worker]" = []
_busy: "set[_Worker]" = set()


class _Worker:
    """One process and the pipes to it."""

    def __init__(self) -> None:
        root = str(Path(__file__).parent.parent.parent)
        environment = {key: os.environ[key] for key in _ENVIRONMENT if key in os.environ}
        self.process = subprocess.Popen(
            [sys.executable, "-B", "-P", "-m", "timeline.articles.worker"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            env=environment | {"PYTHONPATH": root, "PYTHONUTF8": "1"}, start_new_session=True,
        )  # fmt: skip
        self.fresh = True

    def converse(self, head: bytes, data: bytes, answers: "queue.Queue[bytes | None]") -> None:
        """Hands a request over and puts every answer into the queue, None when the process has gone."""
        stdin, stdout = cast(BinaryIO, self.process.stdin), cast(BinaryIO, self.process.stdout)
        try:
            if self.fresh:
                answers.put(read_frame(stdout))
                self.fresh = False
            write_frame(stdin, head)
            write_frame(stdin, data)
            while (frame := read_frame(stdout, most=_LARGEST_ANSWER)) is not None:
                answers.put(frame)
                if frame.startswith(b'{"end"'):
                    return
        except (OSError, ValueError):
            pass  # told by the None below
        answers.put(None)

    def wait_briefly(self) -> None:
        """Lets a process that has closed its pipes come to its own end, so that its exit status tells why."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(timeout=5)

    def stop(self) -> int:
        """Ends the process at once; its exit status, negative for the signal that ended it before."""
        status = self.process.poll()
        if status is None:
            self.process.kill()
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            with contextlib.suppress(OSError):
                cast(BinaryIO, pipe).close()
        return self.process.returncode if status is None else status


def read_isolated(
    name: str,
    data: bytes,
    *,
    limits: Limits = DEFAULT_LIMITS,
    columns: Columns | None = None,
    seconds: float = 60.0,
    megabytes: int = 1_024,
) -> Iterator[Article | Rejected]:
    """As :func:`timeline.articles.read_articles`, in a worker process.

    ``seconds`` is the wall-clock time for one article (or for coming to the next one in an archive), not for
    the file; ``megabytes`` (2**20 bytes) the memory that reading may take beside the file itself. What breaks
    them comes as Rejected with the code ``timeout``, ``memory`` or ``crashed``, and the rest goes on. Closing
    the iterator stops the reading.
    """
    request = {
        "name": name, "limits": asdict(limits), "columns": dict(columns) if columns else None,
        "seconds": seconds, "megabytes": megabytes,
    }  # fmt: skip
    start, faults = 0, 0
    with _slots:
        while True:
            reading: tuple[int, str] | None = None
            worker = _take()
            try:
                for answer in _answers(worker, request | {"start": start}, data, seconds):
                    if "reading" in answer:
                        reading = (int(answer["reading"]), str(answer["source"]))
                    elif "end" in answer:
                        _give_back(worker, int(answer["megabytes"]))
                        return
                    else:
                        start, reading = (reading[0] + 1 if reading else start), None
                        yield _result(answer)
            except _StoppedError as stopped:
                source = reading[1] if reading else name
                if stopped.kind == "gone":
                    worker.wait_briefly()
                status = _drop(worker)
                yield Rejected(
                    source, _reason(source, stopped.kind, status, seconds=seconds, megabytes=megabytes)
                )
                faults += 1
                if reading is None:
                    return  # it was taking the file apart, which would only stop again
                start = reading[0] + 1
            finally:
                if worker in _busy:
                    _drop(worker)
            if faults >= _MOST_FAULTS:
                detail = f"{faults} of its entries stopped their reader"
                yield Rejected(name, ArticleError("crashed", name=name, detail=detail))
                return


_Kind = Literal["timeout", "memory", "gone"]


class _StoppedError(Exception):
    """A worker that does not answer any more: beyond its time, out of memory by its own word, or gone."""

    def __init__(self, kind: _Kind) -> None:
        self.kind: _Kind = kind
        super().__init__(kind)


def _answers(
    worker: _Worker, request: dict[str, Any], data: bytes, seconds: float
) -> Iterator[dict[str, Any]]:
    """The answers of a worker, each within its time.

    Raises:
        _StoppedError: no answer within the time, or the process has gone.
    """
    # The queue is short: a worker far ahead of its reader waits at the pipe and not in our memory.
    answers: queue.Queue[bytes | None] = queue.Queue(maxsize=8)
    fresh = worker.fresh
    thread = threading.Thread(
        target=worker.converse, args=(json.dumps(request).encode("ascii"), data, answers), daemon=True
    )
    thread.start()
    allowed = seconds + 1 + len(data) / _BYTES_A_SECOND
    try:
        while True:
            try:
                frame = answers.get(timeout=_STARTING if fresh else allowed)
            except queue.Empty:
                raise _StoppedError("timeout") from None
            if frame is None:
                raise _StoppedError("gone")
            fresh = False
            answer: dict[str, Any] = json.loads(frame)
            if "ready" in answer or "passed" in answer:
                continue
            if "memory" in answer:
                raise _StoppedError("memory")
            if "end" in answer:
                thread.join()  # it has nothing left to do, and the worker is free for others
                yield answer
                return
            yield answer
    finally:
        if thread.is_alive():  # the caller has had enough, or the worker is beyond its time
            worker.process.kill()
        while thread.is_alive():
            try:
                answers.get(timeout=0.05)
            except queue.Empty:
                continue


def _take() -> _Worker:
    """A worker that waits for work, or a new one."""
    with _lock:
        while _idle:
            worker = _idle.pop()
            if worker.process.poll() is None:
                _busy.add(worker)
                return worker
            worker.stop()
    worker = _Worker()
    with _lock:
        _busy.add(worker)
    return worker


def _give_back(worker: _Worker, megabytes: int) -> None:
    if megabytes > _RETIRED:
        _drop(worker)
        return
    with _lock:
        _busy.discard(worker)
        _idle.append(worker)


def _drop(worker: _Worker) -> int:
    with _lock:
        _busy.discard(worker)
    return worker.stop()


def _result(answer: dict[str, Any]) -> Article | Rejected:
    if "article" in answer:
        fields = answer["article"]
        told = fields.pop("reference")
        return Article(
            reference=ReferenceDate(told["value"], told["basis"], tuple(told["evidence"])), **fields
        )
    code, params = str(answer["code"]), dict(answer["params"])
    if code not in REASONS:
        code, params = "crashed", {"detail": "an unknown answer"}
    params.pop("name", None)
    return Rejected(str(answer["rejected"]), ArticleError(code, name=str(answer["rejected"]), **params))


def _reason(name: str, kind: _Kind, status: int, *, seconds: float, megabytes: int) -> ArticleError:
    """Why a worker stopped; ``status`` is its exit status, negative for a signal."""
    if kind == "memory":
        return ArticleError("memory", name=name, limit=megabytes)
    if kind == "timeout" or (hasattr(signal, "SIGALRM") and status == -signal.SIGALRM):
        return ArticleError("timeout", name=name, limit=f"{seconds:g}")
    try:
        detail = f"signal {signal.Signals(-status).name}" if status < 0 else f"exit status {status}"
    except ValueError:
        detail = f"signal {-status}"
    return ArticleError("crashed", name=name, detail=detail)


def worker_ids() -> list[int]:
    """Process ids of the workers alive, for whoever watches over the server."""
    with _lock:
        return sorted(worker.process.pid for worker in {*_idle, *_busy} if worker.process.poll() is None)


def close_workers() -> None:
    """Ends all workers; reading after it starts new ones. Runs by itself when the program ends."""
    with _lock:
        workers = [*_idle, *_busy]
        _idle.clear()
        _busy.clear()
    for worker in workers:
        worker.stop()


atexit.register(close_workers)
