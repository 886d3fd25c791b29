"""Merges the claims of an archive in blocks, with the events that merging all at once would give.

Claims that share no meeting point (pair of sides and stretch of days, :func:`timeline.merge.meeting_points`),
directly or through others, never influence each other. What is so connected is found in a first pass over
the claims; whole components are put together to blocks of about so many claims, the claims are sorted into
the blocks, and each block is merged by :func:`timeline.merge.merge`. A component larger than a block stays
whole: the result is exact whatever the size of blocks, and the largest component bounds memory and time.

Of an article that several pieces have, the claims of one count: that which knows its date, else the first
by the name of its file; the outlets of all stand in the events.
"""

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from timeline.merge import meeting_points, merge
from timeline.model import Event
from timeline.scale.dataset import claim_from, event_row, number_of, table_of
from timeline.scale.folder import Folder, FolderError, Receipt
from timeline.scale.workers import Run, WorkersError

BLOCK_CLAIMS: Final = 50_000
"""Claims of a block: some 150 MB and some seconds of one core."""
_SURVEYED: Final = 200_000
"""Claims that one task of the first pass reads, at most where no single file has more."""
_FOR_POINTS: Final = ("id", "article", "published", "reference", "outlet", "kind", "participants", "place",
                      "country", "expression", "date", "status")  # fmt: skip
"""The columns on which meeting points depend, and those that a claim cannot do without."""
_WORK: Final = "_merge"


@dataclass(frozen=True, slots=True)
class Merged:
    """What merging did: blocks and claims and events of all, claims of the largest block."""

    blocks: int
    claims: int
    events: int
    largest: int


def merge_archive(
    folder: Folder,
    run: Run,
    *,
    block_claims: int = BLOCK_CLAIMS,
    report: Callable[[str, int, int], None] = lambda *_: None,
) -> Merged:
    """Brings the dataset ``events`` in step with ``claims``; nothing is done where it is.

    ``report`` is told a step, and how many of its tasks are done of how many.

    Raises:
        FolderError: the folder has no data.
        WorkersError: the cluster has gone, or a task failed; what was finished is kept.
        OSError: the folder cannot be reached.
    """
    if folder.about() is None:
        raise FolderError(f"{folder.address} holds no datasets")
    read = folder.receipts("read")
    state = _state(read, block_claims)
    job = _Job(folder, run, report, state)
    plans = folder.receipts("plan")
    if state not in plans:
        _clear(folder, keep=(_current(folder), state), work=state)
        plans[state] = _plan(job, read, block_claims)
    plan = plans[state]
    wanted = [f"{state}-{number:06}" for number in range(plan.counts["blocks"])]
    merged = folder.receipts("merge")
    missing = [name for name in wanted if name not in merged]
    if missing:
        _sort(job, read)
        sources = _parts_by_block(folder.receipts("sort"), state)
        tasks = [
            _BlockTask(folder, name, tuple(sources.get(name, ())), f"{state}-reprints") for name in missing
        ]
        for receipt in job.done(merge_block, tasks, "merge"):
            merged[receipt.id] = receipt
    _clear(folder, keep=(state,), work=None)
    told = [merged[name].counts for name in wanted]
    return Merged(
        len(wanted), sum(each["claims"] for each in told), sum(each["events"] for each in told),
        max((each["claims"] for each in told), default=0),
    )  # fmt: skip


def event_files(folder: Folder) -> list[str]:
    """The files of the dataset ``events`` that are in step with ``claims``, in a fixed order.

    Raises:
        FolderError: merging has not been finished since articles were read.
    """
    state = _current(folder)
    if state is None:
        raise FolderError(f"{folder.address} has claims that are not merged; run batch again")
    return [
        name for each in folder.receipts("merge").values() if each.id.startswith(state) for name in each.files
    ]


def _current(folder: Folder) -> str | None:
    """The state whose events are complete and in step with what has been read, whatever its blocks' size."""
    read, merged = folder.receipts("read"), folder.receipts("merge")
    for plan in folder.receipts("plan").values():
        whole = all(f"{plan.id}-{number:06}" in merged for number in range(plan.counts["blocks"]))
        if whole and plan.id == _state(read, plan.counts["block_claims"]):
            return plan.id
    return None


def _state(read: Iterable[str], block_claims: int) -> str:
    """A name for what has been read, and how it is cut into blocks."""
    return hashlib.sha256("\n".join([str(block_claims), *sorted(read)]).encode()).hexdigest()[:16]


def _clear(folder: Folder, *, keep: tuple[str | None, ...], work: str | None) -> None:
    """Takes away the events of states other than ``keep``, and the passes of others than ``work``."""
    for kind in ("plan", "merge", "sort", "survey"):
        states = keep if kind in ("plan", "merge") else (work,)
        receipts = folder.receipts(kind).values()
        folder.forget(kind, [each for each in receipts if each.id.partition("-")[0] not in states])


@dataclass(frozen=True, slots=True)
class _Job:
    """One run of merging: where, by whom, who is told, and the state that is to be reached."""

    folder: Folder
    run: Run
    report: Callable[[str, int, int], None]
    state: str

    def done(self, function: Callable[[Any], Receipt], tasks: Sequence[Any], step: str) -> list[Receipt]:
        """The receipts of tasks all of which must succeed."""
        receipts: list[Receipt] = []
        self.report(step, 0, len(tasks))
        for _, result in self.run(function, tasks):
            if isinstance(result, Exception):
                raise WorkersError(f"a task of the step {step} failed: {type(result).__name__}: {result}")
            receipts.append(result)
            self.report(step, len(receipts), len(tasks))
        return receipts

    def survey_tasks(self, read: dict[str, Receipt]) -> list["SurveyTask"]:
        """Pieces in the order of their ids, so many together as have about :data:`_SURVEYED` claims."""
        groups: list[list[Receipt]] = [[]]
        claims = 0
        for receipt in read.values():
            claims += receipt.counts["claims"]
            if groups[-1] and claims > _SURVEYED:
                groups.append([])
                claims = receipt.counts["claims"]
            groups[-1].append(receipt)
        return [self._survey_task(number, group) for number, group in enumerate(groups)]

    def _survey_task(self, number: int, group: Sequence[Receipt]) -> "SurveyTask":
        names = [name for receipt in group for name in receipt.files]
        claims, articles = (
            tuple(name for name in names if name.startswith(f"{kind}/")) for kind in ("claims", "articles")
        )
        return SurveyTask(self.folder, f"{self.state}-{number:06}", claims, articles)


# First pass: what is connected


@dataclass(frozen=True, slots=True)
class SurveyTask:
    """Files of claims, and under which name to write what was found about each row."""

    folder: Folder
    id: str
    claims: tuple[str, ...]
    articles: tuple[str, ...]


def survey(task: SurveyTask) -> Receipt:
    """Writes three tables about files of claims.

    ``rows``: of each claim its component within this task, as the least of its points' numbers (the number
    of its id where it has no point), and its article's number. ``points``: the component of each point.
    ``articles``: of each article its number, its file, whether it is dated, and an outlet, a row for each.
    Numbers are 64 bits of a hash; should two be equal by chance, components are joined without need.
    """
    sets = _Sets()
    least: list[int] = []
    numbers: list[int] = []
    articles: dict[tuple[str, str], tuple[int, bool, set[str]]] = {}
    for name in task.claims:
        for batch in task.folder.batches(name, _FOR_POINTS):
            for row in batch:
                claim = claim_from(row | {"evidence": (), "rules": (), "timex": None})
                points = [number_of(f"{key}@{stretch}") for key, stretch in meeting_points(claim)]
                points = points or [number_of(f"claim {claim.id}")]
                sets.join(points)
                least.append(points[0])
                number = number_of(claim.article)
                numbers.append(number)
                _, _, outlets = articles.setdefault(
                    (claim.article, name), (number, claim.published is not None, set())
                )
                outlets |= {claim.outlet} if claim.outlet else set()
    printed: dict[str, set[str]] = defaultdict(set)
    for name in task.articles:
        table = task.folder.read(name, ["id", "outlet", "copy"])
        for row in table.filter(table["copy"]).select(["id", "outlet"]).to_pylist():
            printed[row["id"]] |= {row["outlet"]} if row["outlet"] else set()
    about = [
        {"article": article, "number": number, "file": name, "dated": dated,
         "outlets": sorted(outlets | printed.get(article, set())),
         "reprinted": bool(printed.get(article, set()) - outlets)}
        for (article, name), (number, dated, outlets) in articles.items()
    ]  # fmt: skip
    roots = sets.roots()
    rows = pa.table({"component": _array([roots[point] for point in least]), "article": _array(numbers)})
    by_point = pa.table({"point": _array(list(roots)), "component": _array(list(roots.values()))})
    tables = {
        f"{_WORK}/{task.id}-rows.parquet": rows,
        f"{_WORK}/{task.id}-points.parquet": by_point,
        f"{_WORK}/{task.id}-articles.parquet": pa.Table.from_pylist(about, schema=_ABOUT_ARTICLES),
    }
    return task.folder.write(
        "survey", task.id, tables, tokens=task.claims, addresses=task.articles, counts={"claims": len(least)}
    )


_ABOUT_ARTICLES: Final = pa.schema([
    ("article", pa.string()), ("number", pa.uint64()), ("file", pa.string()), ("dated", pa.bool_()),
    ("outlets", pa.list_(pa.string())), ("reprinted", pa.bool_()),
])  # fmt: skip


def _array(values: Sequence[int]) -> NDArray[np.uint64]:
    return np.array(values, dtype=np.uint64)


class _Sets:
    """Disjoint sets of numbers, each known by its least (union-find with path halving, Tarjan 1975)."""

    def __init__(self) -> None:
        self._parent: dict[int, int] = {}

    def join(self, numbers: Iterable[int]) -> None:
        """Makes one set of the sets of all ``numbers``."""
        found = [self._root(number) for number in numbers]
        least = min(found)
        for root in found:
            self._parent[root] = least

    def _root(self, number: int) -> int:
        parent = self._parent
        above = parent.setdefault(number, number)
        while above != number:
            parent[number] = parent[above]
            number, above = above, parent[above]
        return number

    def roots(self) -> dict[int, int]:
        """The least of its set, for every number."""
        return {number: self._root(number) for number in self._parent}


def _plan(job: _Job, read: dict[str, Receipt], block_claims: int) -> Receipt:
    """Surveys all claims and writes which component is in which block, and which articles count where."""
    folder, state = job.folder, job.state
    surveyed = folder.receipts("survey")
    tasks = job.survey_tasks(read)
    job.done(survey, [task for task in tasks if task.id not in surveyed], "survey")
    sets = _Sets()
    sizes: dict[int, int] = defaultdict(int)
    for task in tasks:
        points = folder.read(f"{_WORK}/{task.id}-points.parquet")
        for pair in zip(*(column.to_pylist() for column in points.columns), strict=True):
            sets.join(pair)
        rows = folder.read(f"{_WORK}/{task.id}-rows.parquet", ["component"])
        for each in pc.value_counts(rows["component"]).to_pylist():
            sizes[each["values"]] += each["counts"]
    roots = sets.roots()
    whole: dict[int, int] = defaultdict(int)
    for component, count in sizes.items():
        whole[roots[component]] += count
    blocks = _pack(whole, block_claims)
    components = sorted(sizes)
    assigned = pa.table({
        "component": _array(components),
        "block": pa.array([blocks[roots[component]] for component in components], pa.int32()),
    })  # fmt: skip
    losers, reprints = _copies(folder, tasks)
    tables = {
        f"{_WORK}/{state}-blocks.parquet": assigned,
        f"{_WORK}/{state}-losers.parquet": pa.Table.from_pylist(
            losers, schema=pa.schema([("file", pa.string()), ("number", pa.uint64())])
        ),
        f"{_WORK}/{state}-reprints.parquet": pa.Table.from_pylist(
            reprints, schema=pa.schema([("article", pa.string()), ("outlet", pa.string())])
        ),
    }
    counts = {"blocks": len(set(blocks.values())), "block_claims": block_claims}
    return folder.write("plan", state, tables, tokens=(), addresses=(), counts=counts)


def _pack(sizes: dict[int, int], most: int) -> dict[int, int]:
    """The number of the block of each component, in the order of their numbers; large ones stand alone."""
    blocks: dict[int, int] = {}
    number, filled = -1, most
    for component in sorted(sizes):
        if filled + sizes[component] > most:
            number, filled = number + 1, 0
        blocks[component] = number
        filled += sizes[component]
    return blocks


def _copies(folder: Folder, tasks: Sequence[SurveyTask]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Files with the articles whose claims there do not count, and outlets that copies add to an article."""
    numbers = [folder.read(f"{_WORK}/{task.id}-articles.parquet", ["number"])["number"] for task in tasks]
    found, counts = np.unique(np.concatenate([each.to_numpy() for each in numbers]), return_counts=True)
    several = pa.array(found[counts > 1])
    copies: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for task in tasks:
        table = folder.read(f"{_WORK}/{task.id}-articles.parquet")
        wanted = pc.or_(pc.is_in(table["number"], several), table["reprinted"])
        for row in table.filter(wanted).to_pylist():
            copies[row["article"]].append(row)
    losers, reprints = [], []
    for article, rows in sorted(copies.items()):
        rows.sort(key=lambda row: (not row["dated"], row["file"]))
        losers += [{"file": row["file"], "number": row["number"]} for row in rows[1:]]
        outlets = sorted({outlet for row in rows for outlet in row["outlets"]})
        reprints += [{"article": article, "outlet": outlet} for outlet in outlets]
    return losers, reprints


# Second pass: into the blocks


@dataclass(frozen=True, slots=True)
class SortTask:
    """A task of the first pass, whose claims are now to be sorted into the blocks of ``state``."""

    surveyed: SurveyTask
    state: str


def sort_claims(task: SortTask) -> Receipt:
    """Writes the claims of some files into a file for each block that has any of them."""
    folder, told = task.surveyed.folder, task.surveyed
    plan = folder.read(f"{_WORK}/{task.state}-blocks.parquet")
    components, blocks = plan["component"].to_numpy(), plan["block"].to_numpy()
    rows = folder.read(f"{_WORK}/{told.id}-rows.parquet")
    block_of = blocks[np.searchsorted(components, rows["component"].to_numpy())]
    article_of = rows["article"].to_numpy()
    losers = folder.read(f"{_WORK}/{task.state}-losers.parquet")
    kept, tables, first = [], [], 0
    for name in told.claims:
        table = folder.read(name)
        last = first + table.num_rows
        out = losers.filter(pc.equal(losers["file"], name))["number"].to_numpy()
        kept.append(~np.isin(article_of[first:last], out))
        tables.append(table)
        first = last
    written = {}
    if tables:
        keep = np.concatenate(kept)
        whole, block_of = pa.concat_tables(tables).filter(pa.array(keep)), block_of[keep]
        order = np.argsort(block_of, kind="stable")
        whole, block_of = whole.take(pa.array(order)), block_of[order]
        numbers, starts = np.unique(block_of, return_index=True)
        for number, start, stop in zip(numbers, starts, [*starts[1:], len(block_of)], strict=True):
            name = f"{_WORK}/{task.state}-{number:06}/{told.id}.parquet"
            written[name] = whole.slice(int(start), int(stop - start))
    return folder.write("sort", told.id, written, tokens=(), addresses=(), counts={})


def _sort(job: _Job, read: dict[str, Receipt]) -> None:
    there = job.folder.receipts("sort")
    tasks = [SortTask(each, job.state) for each in job.survey_tasks(read) if each.id not in there]
    job.done(sort_claims, tasks, "sort")


def _parts_by_block(receipts: dict[str, Receipt], state: str) -> dict[str, list[str]]:
    parts: dict[str, list[str]] = defaultdict(list)
    for receipt in receipts.values():
        for name in receipt.files:
            block = name.split("/")[1]
            if block.startswith(state):
                parts[block].append(name)
    return parts


# Third pass: merging


@dataclass(frozen=True, slots=True)
class _BlockTask:
    folder: Folder
    id: str
    parts: tuple[str, ...]
    reprints: str


def merge_block(task: _BlockTask) -> Receipt:
    """Merges the claims of a block and writes its events."""
    claims = [claim_from(row) for name in task.parts for batch in task.folder.batches(name) for row in batch]
    events = merge(claims)
    printed = _reprints(task.folder.address, task.reprints)
    rows = [event_row(_with_outlets(event, printed)) for event in events]
    tables = {f"events/part-{task.id}.parquet": table_of("events", rows)}
    counts = {"claims": len(claims), "events": len(events)}
    return task.folder.write("merge", task.id, tables, tokens=(), addresses=(), counts=counts)


def _with_outlets(event: Event, printed: dict[str, set[str]]) -> Event:
    more = set().union(*(printed.get(claim.article, ()) for claim in event.claims))
    return replace(event, outlets=tuple(sorted({*event.outlets, *more}))) if more else event


@lru_cache(maxsize=2)
def _reprints(address: str, name: str) -> dict[str, set[str]]:
    """The outlets of articles that have copies, read once by each worker."""
    printed: dict[str, set[str]] = defaultdict(set)
    for batch in Folder(address).batches(f"{_WORK}/{name}.parquet"):
        for row in batch:
            printed[row["article"]].add(row["outlet"])
    return dict(printed)
