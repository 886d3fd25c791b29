"""Runs one function on many tasks: in this process, in processes of this machine, or on a Dask cluster.

A task that a dying worker had is given to another one; results come in the order in which they are done.
Functions and tasks must be picklable and importable on the workers, which run the same version of the
program (:func:`timeline.scale.reading.read_piece` checks that).
"""

import logging
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import CancelledError
from contextlib import contextmanager
from typing import Any, Final, Protocol, TypeVar

Task = TypeVar("Task")
Result = TypeVar("Result")

_RETRIES: Final = 2
"""How often a task is tried again whose worker met an error of the disk or the network. A worker that is
killed does not count here but in Dask's ``distributed.scheduler.allowed-failures`` (3)."""


_NO_PROFILE: Final = {"distributed.worker.profile.enabled": False}
"""Dask's workers sample their stacks a hundred times a second and keep an hour of it, half a megabyte for
each thousand articles (measured, docs/scale.md)."""

_GONE: Final = "the scheduler has gone; run the same command again to go on"


class WorkersError(RuntimeError):
    """The workers cannot be reached or have gone; what was finished before is kept."""


class Run(Protocol):
    """Does ``function(task)`` for every task; a task that fails gives its exception instead of a result."""

    def __call__(
        self, function: Callable[[Task], Result], tasks: Sequence[Task]
    ) -> Iterator[tuple[Task, Result | Exception]]:
        """The tasks with what came of them, in the order in which they were done."""
        ...


def cores() -> int:
    """Processor cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@contextmanager
def workers(*, scheduler: str | None, processes: int) -> Iterator[Run]:
    """A way to run tasks: on the cluster of ``scheduler``, else in so many processes, else (1) in this one.

    Raises:
        WorkersError: nothing answers at ``scheduler``.
    """
    if scheduler is None and processes <= 1:
        yield _here
        return
    import dask
    import distributed

    for name in (
        "distributed",
        "tornado.application",
    ):  # what they tell of lost connections, we tell ourselves
        logging.getLogger(name).setLevel(logging.CRITICAL)
    with dask.config.set({"distributed.worker.daemon": False, **_NO_PROFILE}):
        library: Any = distributed  # it has no types
        cluster: Any = None
        try:
            if scheduler is None:
                # Any free port: two runs at once would both want Dask's own, and the second would complain.
                cluster = library.LocalCluster(
                    n_workers=processes,
                    threads_per_worker=1,
                    dashboard_address="127.0.0.1:0",
                    silence_logs=50,
                )
            client = library.Client(scheduler or cluster, set_as_default=False)
        except (OSError, ValueError) as error:
            raise WorkersError(f"no Dask scheduler answers at {scheduler}: {error}") from error
        try:
            yield lambda function, tasks: _on(client, function, tasks)
        finally:
            client.close()
            if cluster is not None:
                cluster.close()


def _here(
    function: Callable[[Task], Result], tasks: Sequence[Task]
) -> Iterator[tuple[Task, Result | Exception]]:
    for task in tasks:
        try:
            result: Result | Exception = function(task)
        except Exception as error:  # told by the caller, as of another process
            result = error
        yield task, result


def _on(
    client: Any,  # noqa: ANN401  without types
    function: Callable[[Task], Result],
    tasks: Sequence[Task],
) -> Iterator[tuple[Task, Result | Exception]]:
    import distributed

    waiting = {client.submit(function, task, pure=False, retries=_RETRIES): task for task in tasks}
    library: Any = distributed
    finished = library.as_completed(list(waiting), loop=client.loop, with_results=False)
    for future in finished:
        if future.status in ("cancelled", "lost"):
            raise WorkersError(_GONE)
        task = waiting.pop(future)
        try:
            error = future.exception()
            result = future.result() if error is None else error
        except (OSError, CancelledError) as lost:
            # The task's own errors come as its exception; this is one of fetching its result.
            raise WorkersError(_GONE) from lost
        future.release()
        yield task, result
