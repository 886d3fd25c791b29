"""German dates: quality on KRAUTS if present, speed per article, linearity up to 10 MB.

    python -m benchmarks dates

Quality is counted by the scorer of the corpus (``../shared/scoring/timex_score.py``), with the document's
own date as reference. Speed is the processor time of one core, beside a bare ``re`` scan for words in the
same run. The curve repeats texts that were made to make a matcher go back and forth.
"""

import importlib.util
import json
import re
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from timeline.dates import find_dates

SHARED = Path(__file__).resolve().parents[2] / "shared"
ARTICLE = 2600
"""Characters of a usual article."""

HARD = {
    "news": None,
    "'am Montag bis Dienstag bis '": "am Montag bis Dienstag bis ",
    "'3. und 4. und '": "3. und 4. und ",
    "'der den letzten '": "der den letzten ",
    "'2019-'": "2019-",
    "'zwei Jahre und '": "zwei Jahre und ",
    "'die am Montag lange '": "die am Montag lange ",
    "'Montag'": "Montag",
}


def _seconds(work: Callable[[], object]) -> float:
    begun = time.process_time()
    work()
    return max(time.process_time() - begun, 1e-9)


def _articles() -> list[str]:
    file = SHARED / "news_dev" / "gnad500.jsonl"
    if file.exists():
        return [json.loads(line)["text"] for line in file.read_text(encoding="utf-8").splitlines()]
    samples = Path(__file__).resolve().parents[1] / "assets" / "samples"
    return [path.read_text(encoding="utf-8") for path in sorted(samples.glob("*")) if path.is_file()]


def quality() -> None:
    """Prints the scores on the KRAUTS part at hand."""
    scorer, gold = SHARED / "scoring" / "timex_score.py", SHARED / "krauts_dev"
    if not scorer.exists() or not gold.exists():
        print("KRAUTS is not here; quality is not measured\n")
        return
    spec = importlib.util.spec_from_file_location("timex_score", scorer)
    if spec is None or spec.loader is None:
        return
    module = importlib.util.module_from_spec(spec)
    sys.modules["timex_score"] = module
    spec.loader.exec_module(module)
    documents = module.read_gold([gold])
    answers = {
        name: [module.Timex(t.start, t.end, t.type, t.value) for t in find_dates(doc.text, published=doc.dct)]
        for name, doc in documents.items()
    }
    print(module.format_score(module.score(documents, answers)), "\n")


def _first_pass() -> tuple[float, float]:
    """Seconds of one core over the articles in a fresh process that has read its tables and nothing else.

    And over their second half alone, when the first has been read: no article is seen twice.
    """
    program = (
        "import time; from benchmarks.dates import _articles; from timeline.dates import find_dates;"
        "articles = _articles(); find_dates('Montag'); half = len(articles) // 2;"
        "begun = time.process_time();"
        "[find_dates(a, published='2023-02-22') for a in articles[:half]]; between = time.process_time();"
        "[find_dates(a, published='2023-02-22') for a in articles[half:]]; end = time.process_time();"
        "print(end - begun, end - between)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    whole, second = map(float, done.stdout.split())
    return whole, second


def speed() -> None:
    """Prints articles per second, cold (best of six processes) and warm, beside a scan for words."""
    articles = _articles()
    size = sum(map(len, articles))
    words = re.compile(r"\w+")
    program = (
        "import time; begun = time.perf_counter(); from timeline.dates import find_dates;"
        "find_dates('Montag'); print(time.perf_counter() - begun)"
    )
    start = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    passes = [_first_pass() for _ in range(6)]
    half = sum(map(len, articles[len(articles) // 2 :]))
    rows = [
        ("first pass", size, min(whole for whole, _ in passes)),
        ("its 2nd half", half, min(second for _, second in passes)),
    ]
    for article in articles:
        find_dates(article, published="2023-02-22")
    rows += [
        (name, size, min(_seconds(work) for _ in range(3)))
        for name, work in {
            "again": lambda: [find_dates(a, published="2023-02-22") for a in articles],
            "re scan": lambda: [sum(1 for _ in words.finditer(a)) for a in articles],
        }.items()
    ]
    print(f"import and tables: {float(start):.2f} s")
    print(f"{len(articles)} articles, {size:,} characters, processor time of one core")
    for name, read, seconds in rows:
        rate, characters = read / ARTICLE / seconds, read / seconds / 1e6
        print(f"  {name:12}{rate:10,.0f} articles/s{characters:8.1f} million characters/s")
    print()


def curve() -> None:
    """Prints characters per second by length, for news and for texts made to go wrong."""
    news = "\n\n".join(_articles())
    words = re.compile(r"\w+")
    print("million characters/s by length of one text (dates; bare re scan)")
    for name, piece in HARD.items():
        cells = []
        for size in (10_000, 100_000, 1_000_000, *((10_000_000,) if piece is None else ())):
            unit = piece or news
            text = (unit * (size // len(unit) + 1))[:size]
            mine = size / _seconds(lambda text=text: find_dates(text, published="2023-02-22")) / 1e6
            scan = size / _seconds(lambda text=text: sum(1 for _ in words.finditer(text))) / 1e6
            cells.append(f"{mine:6.2f} ({scan:4.0f})")
        print(f"  {name:32}" + "  ".join(cells))


def main(argv: Sequence[str] = ()) -> int:
    """Prints quality, speed and the curve; ``quality``, ``speed`` or ``curve`` alone prints one."""
    parts = {"quality": quality, "speed": speed, "curve": curve}
    for name in argv or parts:
        if name not in parts:
            print(f"no such part: {name}; there are: {', '.join(parts)}", file=sys.stderr)
            return 2
        parts[name]()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
