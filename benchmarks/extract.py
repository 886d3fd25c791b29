"""Extraction against annotated articles, and false alarms on articles that tell of no diplomacy.

``python -m benchmarks extract [GOLD.jsonl ...] [--scorer SCRIPT] [--news FILE.jsonl] [--errors]``

GOLD holds lines {"doc", "text", "reference_date", "meetings"}; the scorer is a program that compares two
such files. News holds lines {"doc", "label", "text"}; rows are counted by label, and the cost of extraction
is told as a multiple of spaCy's bare German tokeniser on the same articles.
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

SHARED = Path(__file__).parent.parent.parent / "shared"
CORPUS = Path(__file__).parent / "corpus"
GOLD = (
    SHARED / "gold" / "meetings_dev.jsonl",
    CORPUS / "meetings_dev.jsonl",
    CORPUS / "meetings_agency.jsonl",
    CORPUS / "meetings_articles.jsonl",
    CORPUS / "meetings_articles_heldout.jsonl",
    CORPUS / "meetings_agency_heldout.jsonl",
    CORPUS / "meetings_heldout.jsonl",
)
QUIET = ("Sport", "Web", "Kultur", "Etat", "Wissenschaft")
DAY = "2015-12-01"
"""The reference date for news without one; any day in the years of the collection does."""


def _rows(text: str, published: str) -> list[dict[str, Any]]:
    from timeline.dates import find_expressions, resolve
    from timeline.meetings import find_in_text
    from timeline.model import ReferenceDate

    reference = ReferenceDate(published, "given")
    timexes = resolve(text, find_expressions(text), reference)
    return [
        {
            "kind": m.kind,
            "participants": [{"name": a.name, "type": a.type, "country": a.country} for a in m.participants],
            "place": m.place,
            "country": m.country,
            "expression": m.expression,
            "date": m.date,
            "status": m.status,
        }
        for m in find_in_text(text, timexes, reference, date.fromisoformat(published))
    ]


def _lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def _score(gold: Path, scorer: Path, extra: Sequence[str]) -> None:
    with tempfile.NamedTemporaryFile("w", suffix=".jsonl", encoding="utf-8") as out:
        for article in _lines(gold):
            rows = _rows(article["text"], article["reference_date"])
            out.write(json.dumps({"doc": article["doc"], "meetings": rows}, ensure_ascii=False) + "\n")
        out.flush()
        print(f"## {gold.parent.name}/{gold.name}", flush=True)
        subprocess.run([sys.executable, str(scorer), str(gold), out.name, *extra], check=True)


def _seconds(work: Callable[[str], object], texts: Sequence[str]) -> float:
    start = time.perf_counter()
    for text in texts:
        work(text)
    return time.perf_counter() - start


def _alarms(news: Path) -> None:
    articles = _lines(news)
    told: Counter[str] = Counter()
    count = Counter(a["label"] for a in articles)
    for article in articles:
        told[article["label"]] += len(_rows(article["text"], DAY))
    print(f"## {news.name}: rows per 100 articles")
    for label, n in count.most_common():
        print(f"{label:15} {n:4} articles  {told[label]:3} rows  {100 * told[label] / n:5.1f}")
    quiet = sum(count[x] for x in QUIET)
    if quiet:
        print(f"{'without any':15} {quiet:4} articles  {sum(told[x] for x in QUIET):3} rows  "
              f"{100 * sum(told[x] for x in QUIET) / quiet:5.1f}  (aim: at most 1)")  # fmt: skip
    import spacy

    texts = [a["text"] for a in articles]
    bare = spacy.blank("de")
    _seconds(bare, texts[:50])
    tokens = min(_seconds(bare, texts) for _ in range(2))
    whole = min(_seconds(lambda text: _rows(text, DAY), texts) for _ in range(2))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"tokeniser {tokens:.2f} s, extraction {whole:.2f} s: {whole / tokens:.2f} times (aim: at most 3); "
          f"peak memory {peak:.0f} MB (aim: under 400)")  # fmt: skip


def main(argv: Sequence[str]) -> None:
    """Runs the measurement and prints it."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks extract", description=__doc__)
    parser.add_argument("gold", nargs="*", type=Path, default=GOLD)
    parser.add_argument("--scorer", type=Path, default=SHARED / "scoring" / "score_meetings.py")
    parser.add_argument("--news", type=Path, default=SHARED / "news_dev" / "gnad500.jsonl")
    parser.add_argument("--errors", action="store_true", help="list missed, spurious and differing rows")
    options = parser.parse_args(argv)
    for gold in options.gold:
        if gold.exists() and options.scorer.exists():
            _score(gold, options.scorer, ["--errors"] if options.errors else [])
        else:
            print(f"not there: {gold} or {options.scorer}")
    if options.news.exists():
        _alarms(options.news)
    else:
        print(f"not there: {options.news}")
