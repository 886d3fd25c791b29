"""How often the reference date is worked out from the text alone, and how often it is right."""

import json
import sys
import time
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from timeline.articles import article_from_text
from timeline.dates import find_expressions
from timeline.reference import reference_date

DEFAULT = Path(__file__).parents[1].parent / "shared" / "news_dev" / "wikinews_dated.jsonl"


def main(argv: Sequence[str]) -> None:
    """Print coverage and precision by half, for a JSON Lines file with ``published`` and ``text``."""
    path = Path(argv[0]) if argv else DEFAULT
    if not path.exists():
        print(f"reference: {path} is not there; name a JSON Lines file with doc, published and text")
        return
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    rows = [row for row in rows if row.get("published") or row.get("reference_date")]
    halves = (("even rows (developed on)", rows[0::2]), ("odd rows (checked on)", rows[1::2]), ("all", rows))
    print(f"{path.name}: {len(rows)} articles, publication date withheld")
    print(f"{'':26} {'year: answered':>18} {'right':>8} {'day: answered':>18} {'within 1 day':>13}")
    wrong = []
    for name, part in halves:
        years = right_years = days = right_days = 0
        for row in part:
            told = row.get("published") or row["reference_date"]
            value = reference_date(article_from_text(row["text"])).value
            if value is None:
                continue
            years += 1
            right_years += value[:4] == told[:4]
            if value[:4] != told[:4]:
                wrong.append((row["doc"], told, value))
            if len(value) == 10 and len(told) == 10:
                days += 1
                right_days += abs((date.fromisoformat(value) - date.fromisoformat(told)).days) <= 1
        print(f"{name:26} {_share(years, len(part))} {_rate(right_years, years)}", end="")
        print(f" {_share(days, len(part))} {_rate(right_days, days):>13}")
    found = [find_expressions(row["text"]) for row in rows]
    articles = [article_from_text(row["text"]) for row in rows]
    start = time.process_time()
    for article, expressions in zip(articles, found, strict=True):
        reference_date(article, expressions)
    spent = (time.process_time() - start) / len(rows)
    print(f"time: {spent * 1000:.2f} ms an article beside finding its date expressions")
    for doc, told, value in dict.fromkeys(wrong):
        print(f"wrong year: {doc} published {told}, answered {value}")


def _share(part: int, whole: int) -> str:
    return f"{part:>9} ({part / max(whole, 1):>6.1%})"


def _rate(right: int, answered: int) -> str:
    return f"{right / answered:>8.1%}" if answered else f"{'-':>8}"


if __name__ == "__main__":
    main(sys.argv[1:])
