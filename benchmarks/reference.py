"""How often the reference date is worked out from the text alone, and how often it is right.

    python -m benchmarks reference [FILE]

The threshold is checked crosswise: chosen on one half of the articles so that 95 of 100 years are right,
counted on the other. Beside it stand the bounds that no method can pass which reads only the text: how many
articles name their own year or day at all. Of KRAUTS, where it is there, nothing was tuned by this.
"""

import importlib.util
import json
import re
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from timeline.articles import article_from_text
from timeline.dates import find_dates, find_expressions
from timeline.reference import reference_date, told_date
from timeline.reference.infer import READ, YEAR_SHARE, Weighed, weighed

SHARED = Path(__file__).resolve().parents[2] / "shared"
DEFAULT = SHARED / "news_dev" / "wikinews_dated.jsonl"
AIM = 0.95
"""So many of the answered years are to be right."""
BANDS = (0.95, 0.9, 0.82, 0.7, 0.5, 0.0)


@dataclass(frozen=True, slots=True)
class Case:
    """An article whose date is known; ``told`` is its day, ``found`` what the text alone gives."""

    doc: str
    told: str
    text: str
    found: Weighed | None

    @property
    def share(self) -> float:
        """The share of the likeliest year; 0 without a clue."""
        return 0.0 if self.found is None else self.found.share

    @property
    def right(self) -> bool:
        """Whether the likeliest year is that of publication."""
        return self.found is not None and self.found.year == int(self.told[:4])


def _case(doc: str, told: str, text: str) -> Case:
    line = told_date(text).value  # a header line or dateline that stands in the text itself
    if line is not None:
        return Case(doc, told, text, Weighed(int(line[:4]), 1.0, date.fromisoformat(line), ()))
    return Case(doc, told, text, weighed(text, find_expressions(text[:READ])))


def _krauts() -> list[Case]:
    scorer, gold = SHARED / "scoring" / "timex_score.py", SHARED / "krauts_dev"
    spec = importlib.util.spec_from_file_location("timex_score", scorer) if scorer.exists() else None
    if spec is None or spec.loader is None or not gold.exists():
        return []
    module = importlib.util.module_from_spec(spec)
    sys.modules["timex_score"] = module
    spec.loader.exec_module(module)
    return [_case(name, doc.dct, doc.text) for name, doc in module.read_gold([gold]).items()]


def _threshold(cases: Sequence[Case]) -> float:
    """The lowest share from which on the aim is met on these articles."""
    lowest, right = 1.0, 0
    for count, case in enumerate(sorted(cases, key=lambda case: -case.share), 1):
        right += case.right
        if case.share and right >= AIM * count:
            lowest = case.share
    return lowest


def _row(name: str, cases: Sequence[Case], threshold: float) -> None:
    answered = [case for case in cases if case.share >= threshold]
    days = [case for case in answered if case.found and case.found.day and len(case.told) == 10]
    near = sum(
        abs((case.found.day - date.fromisoformat(case.told)).days) <= 1
        for case in days
        if case.found and case.found.day
    )
    right = sum(case.right for case in answered)
    print(f"{name:42} {_share(len(answered), len(cases))} {_rate(right, len(answered))}", end="")
    print(f" {_share(len(days), len(cases))} {_rate(near, len(days)):>13}")


def _bounds(cases: Sequence[Case]) -> None:
    """What the texts say at all, whatever a method makes of it."""
    own = any_year = day = 0
    for case in cases:
        years = set(re.findall(r"\b(?:19[89]|20[0-3])\d\b", case.text))
        own += case.told[:4] in years
        any_year += bool(years)
        if len(case.told) == 10:
            told = date.fromisoformat(case.told)
            days = [t.first for t in find_dates(case.text, published=case.told[:4]) if t.first == t.last]
            day += any(abs((named - told).days) <= 1 for named in days if named is not None)
    print(f"own year named: {own}; any year from 1980 on: {any_year}; a day within one of their own: {day}")
    silent = sum(case.found is None for case in cases)
    print(
        f"no clue of any kind: {silent}; likeliest year right, however unsure: {sum(c.right for c in cases)}"
    )


def main(argv: Sequence[str]) -> None:
    """Print coverage and precision for a JSON Lines file with ``published`` and ``text``."""
    path = Path(argv[0]) if argv else DEFAULT
    if not path.exists():
        print(f"reference: {path} is not there; name a JSON Lines file with doc, published and text")
        return
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    rows = [row for row in rows if row.get("published") or row.get("reference_date")]
    cases = [_case(row["doc"], row.get("published") or row["reference_date"], row["text"]) for row in rows]
    even, odd = cases[0::2], cases[1::2]
    print(f"{path.name}: {len(cases)} articles, publication date withheld")
    print(f"{'':42} {'year: answered':>18} {'right':>8} {'day: answered':>18} {'within 1 day':>13}")
    _row("even rows (developed on)", even, YEAR_SHARE)
    _row("odd rows (checked on)", odd, YEAR_SHARE)
    _row(f"all, threshold {YEAR_SHARE}", cases, YEAR_SHARE)
    first, second = _threshold(even), _threshold(odd)
    _row(f"odd rows, threshold of the even: {first:.2f}", odd, first)
    _row(f"even rows, threshold of the odd: {second:.2f}", even, second)
    if krauts := _krauts():
        _row(f"KRAUTS, {len(krauts)} articles", krauts, YEAR_SHARE)
    _bounds(cases)
    high = 2.0
    for low in BANDS:
        band = [case for case in cases if low <= case.share < high and case.found]
        print(f"share from {low:.2f}: {len(band)} articles, {sum(case.right for case in band)} right")
        high = low
    articles = [article_from_text(case.text) for case in cases]
    found = [find_expressions(case.text) for case in cases]
    start = time.process_time()
    for article, expressions in zip(articles, found, strict=True):
        reference_date(article, expressions)
    spent = (time.process_time() - start) / len(rows)
    print(f"time: {spent * 1000:.2f} ms an article beside finding its date expressions")
    for case in cases:
        if case.share >= YEAR_SHARE and not case.right and case.found:
            print(f"wrong year: {case.doc} published {case.told}, answered {case.found.year}")


def _share(part: int, whole: int) -> str:
    return f"{part:>9} ({part / max(whole, 1):>6.1%})"


def _rate(right: int, answered: int) -> str:
    return f"{right / answered:>8.1%}" if answered else f"{'-':>8}"


if __name__ == "__main__":
    main(sys.argv[1:])
