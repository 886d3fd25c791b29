"""Archives: speed-up of two processes, kills and restarts, memory, growth of merging, loading and queries.

``python -m benchmarks scale PART``; the parts are the functions below. Each works in a folder of its own
(``--folder``, else a temporary one) and prints figures that stand in docs/scale.md. The long ones were run
once, under ``nice``: ``merge --claims 5000000`` and ``load`` take an hour together on two shared cores.
"""

import argparse
import random
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from benchmarks.merge import made_up_claims
from timeline.model import Claim, Evidence, ReferenceDate
from timeline.scale.blocks import merge_archive
from timeline.scale.dataset import claim_row, month_of, table_of
from timeline.scale.folder import Folder, Receipt
from timeline.scale.reading import rules
from timeline.scale.workers import workers

_COUNTRIES = 150
_CHUNK = 100_000
"""Claims of a made-up piece."""
_TOPICS = (
    "Energie",
    "Handel",
    "Grenzen",
    "Abrüstung",
    "Klimaschutz",
    "Fischerei",
    "Zölle",
    "Raumfahrt",
    "Visa",
    "Gas",
    "Getreide",
    "Häfen",
    "Wasser",
    "Sicherheit",
    "Migration",
    "Impfstoffe",
    "Halbleiter",
    "Schulden",
    "Waffenruhe",
    "Gefangene",
    "Rohstoffe",
    "Forschung",
    "Kultur",
    "Sanktionen",
    "Verträge",
    "Wahlen",
    "Flüchtlinge",
    "Manöver",
    "Straßen",
    "Brücken",
    "Banken",
    "Stahl",
    "Autos",
    "Daten",
    "Satelliten",
)


@dataclass(frozen=True, slots=True)
class MadeUp:
    """A made-up piece: its number and how many claims it has."""

    folder: Folder
    number: int
    claims: int


def make_up(task: MadeUp) -> Receipt:
    """Writes the claims and articles of a made-up piece, as a task of ``batch`` would."""
    claims = _of_archive(task.claims, task.number)
    by_month: dict[str, list[Claim]] = {}
    for claim in claims:
        by_month.setdefault(f"{month_of(claim.published)[:3]}0", []).append(claim)
    tables = {}
    articles = 0
    for decade, told in sorted(by_month.items()):
        name = f"month={decade}/part-{task.number:06}.parquet"
        tables[f"claims/{name}"] = table_of("claims", (claim_row(claim, 0) for claim in told))
        rows = {claim.article: claim for claim in told}
        articles += len(rows)
        tables[f"articles/{name}"] = table_of("articles", map(_article_row, rows.values()))
    return task.folder.write(
        "read", f"{task.number:06}", tables, tokens=(), addresses=(),
        counts={"claims": len(claims), "articles": articles},
    )  # fmt: skip


def _of_archive(number: int, seed: int) -> list[Claim]:
    """Made-up claims, some to an article, with sentences to search in."""
    chance = random.Random(seed)
    claims = made_up_claims(number, seed, countries=_COUNTRIES, reports=4.0)
    claims.sort(key=lambda claim: (claim.published or "", claim.id))
    found = []
    # Neighbours are often of one meeting, which no article tells twice: they are dealt to different ones.
    hands = [
        claims[start + hand : start + 40 : 10] for start in range(0, len(claims), 40) for hand in range(10)
    ]
    for article in filter(None, hands):
        first = article[0]
        for claim in article:
            names = " und ".join(actor.name for actor in claim.meeting.participants)
            topics = chance.choices(_TOPICS, [1 / (rank + 1) for rank in range(len(_TOPICS))], k=2)
            told = (
                f"{names} sprachen in {claim.meeting.place or 'der Hauptstadt'} über {' und '.join(topics)}."
            )
            found.append(replace(
                claim, id=f"{seed:04x}{claim.id}", article=f"{seed:04x}{first.id}", published=first.published,
                reference=ReferenceDate(first.published, "metadata"),
                outlet=f"Blatt {int(first.id, 16) % 40}",
                meeting=replace(claim.meeting, evidence=(Evidence(0, len(told), told),)),
            ))  # fmt: skip
    return found


def _article_row(claim: Claim) -> dict[str, object]:
    reference = {"value": claim.published, "basis": "metadata", "evidence": []}
    text = claim.meeting.evidence[0].text
    return {
        "id": claim.article, "source": f"{claim.article}.txt", "title": text[:60], "outlet": claim.outlet,
        "url": None, "told": reference, "reference": reference, "copy": False, "characters": len(text),
        "text": text,
    }  # fmt: skip


def _made_up_archive(folder: Folder, claims: int, processes: int) -> None:
    folder.prepare(rules())
    done = folder.receipts("read")
    sizes = [min(_CHUNK, claims - start) for start in range(0, claims, _CHUNK)]
    tasks = [
        MadeUp(folder, number, size) for number, size in enumerate(sizes, 1) if f"{number:06}" not in done
    ]
    with workers(scheduler=None, processes=processes) as run:
        for task, result in run(make_up, tasks):
            if isinstance(result, Exception):
                raise SystemExit(f"piece {task.number}: {result}")


def merge(options: argparse.Namespace, folder: Path) -> None:
    """Merges made-up archives of growing size: seconds of wall and of processor, memory, largest block."""
    print(f"{'claims':>10} {'events':>9} {'blocks':>6} {'largest':>9} {'wall s':>8} {'CPU s':>8} {'MB':>8}")
    for claims in options.claims:
        archive = Folder(str(folder / f"claims-{claims}"))
        _made_up_archive(archive, claims, options.processes)
        begin, cpu = time.perf_counter(), _cpu_seconds()
        with workers(scheduler=None, processes=options.processes) as run:
            merged = merge_archive(archive, run)
        seconds = time.perf_counter() - begin
        size = sum(path.stat().st_size for path in Path(archive.address).rglob("claims/**/*.parquet")) / 1e6
        print(
            f"{merged.claims:>10} {merged.events:>9} {merged.blocks:>6} {merged.largest:>9} {seconds:>8.1f} "
            f"{_cpu_seconds() - cpu:>8.1f} {size:>8.0f}",
            flush=True,
        )


def _cpu_seconds() -> float:
    """Processor time of this process and of those that it started and that have ended."""
    own, others = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return own.ru_utime + own.ru_stime + others.ru_utime + others.ru_stime


PARTS: dict[str, Callable[[argparse.Namespace, Path], None]] = {"merge": merge}


def main(argv: Sequence[str]) -> None:
    """Runs one part."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks scale", description=__doc__)
    parser.add_argument("part", choices=PARTS)
    parser.add_argument("--folder", type=Path, help="where to work; kept, and what is there is used again")
    parser.add_argument("--claims", type=int, nargs="+", default=[100_000, 300_000, 1_000_000])
    parser.add_argument("--processes", type=int, default=1)
    options = parser.parse_args(argv)
    if options.folder:
        options.folder.mkdir(parents=True, exist_ok=True)
        PARTS[options.part](options, options.folder)
        return
    with tempfile.TemporaryDirectory() as folder:
        PARTS[options.part](options, Path(folder))


if __name__ == "__main__":
    main(sys.argv[1:])
