"""Makes the pictures of the documents: ``make screenshots``. Not a test, so its name is not that of one.

The pictures show the sample articles, in the German page, light, at 1440 x 900.
"""

from pathlib import Path

import pytest

IMAGES = Path(__file__).parents[2] / "docs" / "images"


def _take(walk, name):
    IMAGES.mkdir(parents=True, exist_ok=True)
    # The pointer would leave a hover on the chart.
    walk.page.mouse.move(0, 0)
    walk.settle()
    walk.page.screenshot(path=IMAGES / f"{name}.png")


@pytest.fixture
def walk(server, visit):
    walk = visit(server)
    walk.go()
    walk.chart()
    walk.page.wait_for_selector(".st-key-results, .corpus")
    walk.page.wait_for_function("!document.querySelector('.st-key-progress')")
    walk.settle()
    # A second window has no report of what was read at the start.
    later = visit(server)
    later.go()
    later.chart()
    return later


def test_timeline(walk):
    _take(walk, "timeline")


def test_evidence(walk):
    walk.choose("actors", "Joe Biden")
    walk.choose("actors", "Xi Jinping")
    walk.page.locator(".st-key-actors_mode").get_by_text("alle", exact=True).click()
    walk.settle()
    walk.chart()
    walk.page.locator(".st-key-timeline_chart .scatterlayer .point").first.click(force=True)
    walk.page.locator(".st-key-evidence blockquote").first.wait_for()
    _take(walk, "evidence")


def test_articles(walk):
    walk.go("articles")
    walk.page.wait_for_selector(".st-key-articles_table canvas")
    _take(walk, "articles")
