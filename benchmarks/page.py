"""How long the page takes with 1,000 to 100,000 events: first run, filter, evidence, figure and its size.

Server side only, by Streamlit's own test runner on a SQLite file: what the browser does with the figure
comes on top, and is bounded by the 3,000 marks that the page draws at most. Times are the median of three
runs in milliseconds; "first" is one run with cold caches. Argument: the numbers of events.
"""

import os
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from benchmarks.store import made_up_articles
from timeline.figures.detail import detail_figure
from timeline.figures.overview import overview_figure
from timeline.store import Store

_SIZES = (1_000, 10_000)
_APP = Path(__file__).parent.parent / "dashboard.py"


def _milliseconds(action: Callable[[], object]) -> float:
    start = time.perf_counter()
    action()
    return (time.perf_counter() - start) * 1000


def _page(url: str) -> dict[str, float]:
    """The page by Streamlit's test runner: first run, a filter set and changed, an event opened."""
    from streamlit.testing.v1 import AppTest

    os.environ |= {"TIMELINE_DATABASE_URL": url, "TIMELINE_SAMPLES": "0"}
    with Store.open(url) as store:
        actors = [count.value for count in store.facets().actors[:4]]
        events = [event.id for event in store.events(limit=4)]
    app = AppTest.from_file(str(_APP), default_timeout=300)
    first = _milliseconds(app.run)
    filtered, opened = [], []
    for actor in actors[:3]:
        app.multiselect(key="actors").set_value([actor])
        filtered.append(_milliseconds(app.run))
    app.multiselect(key="actors").set_value([])
    cleared = _milliseconds(app.run)
    for event in events[:3]:
        app.session_state["shown_event"] = event
        opened.append(_milliseconds(app.run))
    if app.exception:
        raise RuntimeError(app.exception)
    return {
        "first": first,
        "filter": statistics.median(filtered),
        "clear": cleared,
        "evidence": statistics.median(opened),
    }


def _figures(url: str) -> dict[str, float]:
    with Store.open(url) as store:
        events = store.events(with_claims=False)
        read = statistics.median(_milliseconds(lambda: store.events(with_claims=False)) for _ in range(3))
    detail = statistics.median(_milliseconds(lambda: detail_figure(events)) for _ in range(3))
    overview = statistics.median(_milliseconds(lambda: overview_figure(events)) for _ in range(3))
    most = detail_figure(events[:1400])
    return {
        "read": read,
        "detail": detail,
        "overview": overview,
        "detail kB": len(detail_figure(events).figure.to_json()) / 1000,
        "marks": most.marks,
        "marks kB": len(most.figure.to_json()) / 1000,
    }


def main(argv: Sequence[str]) -> None:
    """Prints one row per number of events."""
    sizes = [int(size) for size in argv] or list(_SIZES)
    heading = False
    for size in sizes:
        with tempfile.TemporaryDirectory() as folder:
            url = f"sqlite:///{folder}/timeline.db"
            with Store.open(url) as store:
                store.add_all(made_up_articles(size))
                count = store.count()
            row = {"events": float(count), **_figures(url), **_page(url)}
            row["MB"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        if not heading:
            print(" ".join(f"{name:>10}" for name in row))
            heading = True
        print(" ".join(f"{value:>10.0f}" for value in row.values()), flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
