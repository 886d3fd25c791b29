"""Articles per second and peak memory of `dates` and `extract`, beside spaCy's bare tokeniser.

Each row runs in a process of its own, one after the other, so that its peak memory is its own. The first
article is timed apart: it pays for loading the tables. The rest runs several times and the median counts.
"""

import argparse
import gc
import json
import platform
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

ROOT = Path(__file__).parent.parent
NEWS = ROOT.parent / "shared" / "news_dev" / "gnad500.jsonl"
SAMPLES = ROOT / "assets" / "samples"
# The news come without a publication date; any fixed day makes relative dates resolvable.
PUBLISHED = "2016-02-22"


def load(path: Path) -> list[str]:
    """The texts of a JSON Lines file with the field "text", or of the .txt files of a folder."""
    if path.is_dir():
        return [file.read_text(encoding="utf-8") for file in sorted(path.glob("*.txt"))]
    with path.open(encoding="utf-8") as lines:
        return [json.loads(line)["text"] for line in lines if line.strip()]


def _tokenise() -> Callable[[str], object]:
    import spacy

    return spacy.blank("de")


def _dates() -> Callable[[str], object]:
    from timeline.articles import article_from_text
    from timeline.pipeline import read_dates

    return lambda text: read_dates(article_from_text(text, published=PUBLISHED), PUBLISHED)


def _extract() -> Callable[[str], object]:
    from timeline.articles import article_from_text
    from timeline.pipeline import read

    return lambda text: read(article_from_text(text, published=PUBLISHED), PUBLISHED)


WORK = {
    "spaCy tokeniser": _tokenise,
    "timeline dates": _dates,
    "timeline extract": _extract,
}


def measure(name: str, path: Path, rounds: int) -> dict[str, float]:
    """Runs one row in this process.

    Returns:
        ``load`` seconds to import and read the first article, ``seconds`` of the median round over all
        articles, ``slowest`` seconds of the slowest article, ``peak`` MiB of resident memory.
    """
    texts = load(path)
    started = time.perf_counter()
    work = WORK[name]()
    work(texts[0])
    ready = time.perf_counter() - started
    gc.collect()
    totals, slowest = [], 0.0
    for _ in range(rounds):
        begin = before = time.perf_counter()
        for text in texts:
            work(text)
            now = time.perf_counter()
            slowest, before = max(slowest, now - before), now
        totals.append(before - begin)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    scale = 1 if platform.system() == "Darwin" else 1024
    return {
        "load": ready,
        "seconds": statistics.median(totals),
        "slowest": slowest,
        "peak": peak * scale / 2**20,
    }


def main(argv: Sequence[str]) -> int:
    """Prints the table; exit status 1 if a row could not be measured."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks throughput", description=__doc__)
    parser.add_argument("--input", type=Path, default=NEWS if NEWS.exists() else SAMPLES)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--row", choices=WORK, help=argparse.SUPPRESS)
    options = parser.parse_args(argv)
    if options.row:
        print(json.dumps(measure(options.row, options.input, options.rounds)))
        return 0
    texts = load(options.input)
    characters = sum(map(len, texts))
    print(
        f"{len(texts)} articles, {characters:,} characters ({options.input.name}); median of "
        f"{options.rounds} rounds; one process; Python {platform.python_version()}, {platform.machine()}\n"
    )
    print("| | articles/s | characters/s | slowest article | first article, with loading | peak memory |")
    print("| --- | ---: | ---: | ---: | ---: | ---: |")
    failed = False
    for name in WORK:
        command = [sys.executable, "-m", "benchmarks.throughput", "--row", name]
        command += ["--input", str(options.input), "--rounds", str(options.rounds)]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        if done.returncode:
            failed = True
            print(f"| {name} | not measured: {(done.stderr.strip().splitlines() or ['?'])[-1]} |")
            continue
        row = json.loads(done.stdout)
        print(
            f"| {name} | {len(texts) / row['seconds']:,.0f} | {characters / row['seconds']:,.0f} "
            f"| {row['slowest'] * 1000:,.0f} ms | {row['load']:.2f} s | {row['peak']:,.0f} MiB |",
            flush=True,
        )
    return int(failed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
