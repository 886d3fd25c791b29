"""How long it takes until an article that falls into a watched folder stands in a page that is open.

Three processes as in use: ``python -m timeline watch``, a dashboard, and a browser (a web socket that
speaks Streamlit's protocol, see :mod:`benchmarks.load`) which looks for changes as often as the page does.
Counted is the wall from the moment in which the file has its name until the page that was sent tells one
article more. The first article comes while the watch is still starting, and is told apart.
"""

import argparse
import asyncio
import os
import random
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from benchmarks.load import _article, _Browser, _browser, _open, _server
from benchmarks.store import made_up_articles
from timeline.page.live import _POLL
from timeline.store import Store

_ROOT = Path(__file__).parent.parent
_PATIENCE = 120.0


@contextmanager
def _watching(folder: Path, database: str) -> Iterator[None]:
    command = [sys.executable, "-m", "timeline", "watch", str(folder), "--database", database]
    process = subprocess.Popen(command, cwd=_ROOT, stdout=subprocess.DEVNULL)
    try:
        yield
    finally:
        process.terminate()
        process.wait(30)


def _told(browser: _Browser) -> int | None:
    """How many articles the page says there are."""
    found = re.search(r"<b>([\d.]+) Artikel</b>", " ".join(browser.texts))
    return int(found[1].replace(".", "")) if found else None


async def _follow(url: str, folder: Path, articles: int) -> list[float]:
    """Seconds until each of the articles was seen."""
    chance, taken = random.Random(1), []
    async with _browser(url) as browser:
        await browser.run()
        await _open(browser)
        for number in range(articles + 1):
            before = _told(browser)
            text = _article(number, chance)
            await asyncio.sleep(chance.uniform(0, _POLL))  # at any moment between two looks
            part = folder / f".article-{number}.txt"
            part.write_text(text, encoding="utf-8")
            part.rename(folder / f"article-{number}.txt")
            begin = time.monotonic()
            while _told(browser) == before:
                if time.monotonic() - begin > _PATIENCE:
                    raise SystemExit(f"article {number} was not seen within {_PATIENCE:.0f} s")
                await asyncio.sleep(_POLL)
                await browser.run(fragment=browser.fragment)
            taken.append(time.monotonic() - begin)
            print(f"  article {number}: {taken[-1]:.1f} s", flush=True)
    return taken


def main(argv: Sequence[str]) -> None:
    """Prints the seconds of each article, the median and the worst."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks watch", description=__doc__)
    parser.add_argument("--articles", type=int, default=10)
    parser.add_argument("--events", type=int, default=1000, help="in the store at the start")
    options = parser.parse_args(argv)
    with tempfile.TemporaryDirectory() as folder:
        database, inbox = f"sqlite:///{folder}/timeline.db", Path(folder, "inbox")
        inbox.mkdir()
        with Store.open(database) as store:
            store.add_all(made_up_articles(options.events))
        with _server(folder) as (url, _), _watching(inbox, database):
            starting, *taken = asyncio.run(_follow(url, inbox, options.articles))
    print(
        f"{len(taken)} articles: seen after {statistics.median(taken):.1f} s at the median, "
        f"{max(taken):.1f} s at worst; {starting:.1f} s while the watch started; "
        f"load {os.getloadavg()[0]:.0f}"
    )
