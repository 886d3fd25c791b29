"""Archives of made-up claims, written as ``batch`` writes what it has read."""

import itertools
import random
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from benchmarks.merge import made_up_claims
from timeline.merge import claims_from
from timeline.model import Article, Claim, Evidence, Reading, ReferenceDate
from timeline.scale.dataset import article_row, claim_row, month_of, table_of
from timeline.scale.folder import Folder, Receipt
from timeline.scale.workers import workers

_COUNTRIES = 150
_CHUNK = 100_000
"""Claims of a made-up piece."""
_TOPICS = (
    "Energie", "Handel", "Grenzen", "Abrüstung", "Klimaschutz", "Fischerei", "Zölle", "Raumfahrt", "Visa",
    "Gas", "Getreide", "Häfen", "Wasser", "Sicherheit", "Migration", "Impfstoffe", "Halbleiter", "Schulden",
    "Waffenruhe", "Gefangene", "Rohstoffe", "Forschung", "Kultur", "Sanktionen", "Verträge", "Wahlen",
    "Flüchtlinge", "Manöver", "Straßen", "Brücken", "Banken", "Stahl", "Autos", "Daten", "Satelliten",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class MadeUp:
    """A made-up piece: its number and how many claims it has."""

    folder: Folder
    number: int
    claims: int


def make_up(task: MadeUp) -> Receipt:
    """Writes the claims and articles of a made-up piece, as a task of ``batch`` would."""
    rows: dict[str, list[dict[str, object]]] = defaultdict(list)
    for article, claims in _articles(task.claims, task.number):
        reference = claims[0].reference
        # Ten years together: a made-up archive of twenty years need not have a file for each month.
        place = f"month={month_of(reference.value)[:3]}0/part-{task.number:06}.parquet"
        reading = Reading(reference, (), tuple(claim.meeting for claim in claims))
        rows[f"articles/{place}"].append(article_row(article, reading, copy=False))
        rows[f"claims/{place}"] += [claim_row(claim, ordinal) for ordinal, claim in enumerate(claims)]
    tables = {name: table_of(name.partition("/")[0], told) for name, told in sorted(rows.items())}
    articles = sum(len(told) for name, told in rows.items() if name.startswith("articles/"))
    return task.folder.write(
        "read", f"{task.number:06}", tables, tokens=(), addresses=(),
        counts={"claims": task.claims, "articles": articles},
    )  # fmt: skip


def _articles(number: int, seed: int) -> Iterator[tuple[Article, list[Claim]]]:
    """Articles with made-up claims, some four to each, and with sentences to search in."""
    chance = random.Random(seed)
    claims = made_up_claims(number, seed, countries=_COUNTRIES, reports=4.0)
    claims.sort(key=lambda claim: (claim.published or "", claim.id))
    topics = itertools.cycle(
        chance.choices(_TOPICS, [1 / (rank + 1) for rank in range(len(_TOPICS))], k=99_991)
    )
    # Neighbours are often of one meeting, which no article tells twice: they are dealt to different ones.
    for start in range(0, len(claims), 40):
        for hand in range(10):
            if dealt := claims[start + hand : start + 40 : 10]:
                yield _article(dealt, f"{seed:04x}{dealt[0].id}", topics)


def _article(dealt: Sequence[Claim], name: str, topics: Iterator[str]) -> tuple[Article, list[Claim]]:
    told, sentences, start = [], [], 0
    for claim in dealt:
        names = " und ".join(actor.name for actor in claim.meeting.participants)
        place = claim.meeting.place or "der Hauptstadt"
        sentence = f"{names} sprachen in {place} über {next(topics)} und {next(topics)}."
        evidence = (Evidence(start, start + len(sentence), sentence),)
        told.append(replace(claim.meeting, evidence=evidence))
        sentences.append(sentence)
        start += len(sentence) + 1
    reference = ReferenceDate(dealt[0].published, "metadata")
    outlet = f"Blatt {int(dealt[0].id, 16) % 40}"
    article = Article(
        name, " ".join(sentences), reference, title=sentences[0][:60], outlet=outlet, source=f"{name}.txt"
    )
    return article, claims_from(article, Reading(reference, (), tuple(told)))


def make_archive(
    folder: Folder, claims: int, processes: int, report: Callable[[int, int], None] = lambda *_: None
) -> None:
    """Writes an archive of so many claims, or what of it is not there yet; ``report`` is told the pieces."""
    folder.prepare("made up")  # by no rules of reading, so that it outlives their changes
    done = folder.receipts("read")
    sizes = [min(_CHUNK, claims - start) for start in range(0, claims, _CHUNK)]
    tasks = [
        MadeUp(folder, number, size) for number, size in enumerate(sizes, 1) if f"{number:06}" not in done
    ]
    with workers(scheduler=None, processes=processes) as run:
        for at, (task, result) in enumerate(run(make_up, tasks), 1 + len(sizes) - len(tasks)):
            if isinstance(result, Exception):
                raise SystemExit(f"piece {task.number}: {result}")
            report(at, len(sizes))
