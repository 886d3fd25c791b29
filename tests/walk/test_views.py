"""A walk through each view, in German and in English: what it shows, what it does, and back."""

import io
import json
import re
from urllib.parse import parse_qs, urlsplit

import pyarrow.parquet
import pytest

PAGES = ["", "agenda", "actors", "articles", "curate", "export"]
DRESSES = {
    "dark": {"color_scheme": "dark"},
    "narrow": {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True},
    "wide-english": {"viewport": {"width": 1920, "height": 1080}, "locale": "en-GB"},
    "medium": {"viewport": {"width": 1024, "height": 768}},
}


@pytest.fixture(params=["de-DE", "en-GB"])
def walk(request, server, visit):
    """A window on the samples, in each language."""
    return visit(server, locale=request.param)


def _asked(walk):
    return parse_qs(urlsplit(walk.page.url).query)


def _wait_for_address(walk, pattern):
    walk.page.wait_for_url(re.compile(pattern))
    walk.settle()


@pytest.mark.parametrize("dress", DRESSES)
def test_pages_in_every_dress(dress, server, visit):
    walk = visit(server, **DRESSES[dress])
    for path in PAGES:  # in one window, which keeps what it has loaded
        walk.go(path)
        walk.page.wait_for_selector(
            ".main-svg, .stDataFrame canvas, [class*=st-key-review], [class*=st-key-agenda]"
        )
        walk.settle()
        if dress == "wide-english":
            assert "Zeitleiste" not in walk.page.locator("header").inner_text()
        # Nothing may stick out to the side.
        assert walk.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), path
        walk.accessible()
        walk.keep(path or "timeline")


def test_timeline(walk):
    walk.go()
    walk.chart()
    all_points = walk.page.locator(".st-key-timeline_chart .point").count()
    # A box over the bars is a range; its chip takes it away.
    box = walk.page.locator(".st-key-overview .nsewdrag").first.bounding_box()
    walk.page.mouse.move(box["x"] + box["width"] * 0.6, box["y"] + box["height"] / 2)
    walk.page.mouse.down()
    walk.page.mouse.move(box["x"] + box["width"] * 0.8, box["y"] + box["height"] / 2, steps=5)
    walk.page.mouse.up()
    _wait_for_address(walk, r"von=\d{4}-\d\d-\d\d.*bis=\d{4}-\d\d-\d\d")
    walk.chart()
    assert walk.page.locator(".st-key-timeline_chart .point").count() < all_points
    walk.page.locator(".st-key-chips button").first.click()
    _wait_for_address(walk, r"^[^?]*(\?(?!.*von=).*)?$")
    # Lanes by country, pair and place.
    for number, lanes in enumerate(("country", "pair", "place"), 1):
        walk.section("lanes", number)
        _wait_for_address(walk, f"zeilen={lanes}")
        walk.chart()
        assert walk.page.locator(".st-key-timeline_chart .point").count() > 5
        walk.keep(lanes)


def test_meeting(walk):
    """Announced by one outlet, reported by another: one meeting with a history."""
    walk.go("?text=Woodside")
    walk.chart()
    walk.pick("events_table", 0)
    evidence = walk.page.locator(".st-key-evidence")
    evidence.locator("blockquote").nth(1).wait_for()
    walk.settle()
    assert evidence.locator("mark.sentence").count() >= 2
    assert evidence.locator(".history li").count() >= 2
    assert evidence.locator(".receipt").count() >= 2
    walk.accessible()
    walk.keep("history")
    here = _asked(walk)["treffen"]
    evidence.locator("[class*=st-key-before_] button, [class*=st-key-after_] button").first.click()
    walk.page.wait_for_function("here => !location.search.includes(here)", arg=here[0])
    walk.settle()
    evidence.locator("blockquote").first.wait_for()
    walk.page.locator(".st-key-evidence_close button").first.click()
    evidence.wait_for(state="detached")
    walk.settle()
    # The mark in the table went with what was opened, so the same row opens the meeting again.
    walk.pick("events_table", 0)
    evidence.locator("blockquote").first.wait_for()
    walk.pick("events_table", 0)
    evidence.wait_for(state="detached")


def test_actors(walk):
    walk.go("actors")
    for number, chart in ((1, "network"), (2, "pairs"), (3, "map")):
        walk.section("actors_section", number)
        walk.page.wait_for_selector(f".st-key-{chart} .main-svg")
        walk.settle()
        walk.accessible()
        walk.keep(chart)
    walk.section("actors_section", 0)
    walk.pick("actors_table", 0)
    _wait_for_address(walk, "person=")
    walk.page.wait_for_selector(".st-key-actor_partners canvas")
    walk.accessible()
    walk.keep("one")
    key = _asked(walk)["person"]
    walk.page.locator(".st-key-actor_timeline button").click()
    walk.chart()
    assert _asked(walk)["akteur"] == key


def test_agenda(walk):
    walk.go("agenda")
    for number in (3, 1):
        walk.section("agenda_section", number)
        walk.settle()
        walk.accessible()
        walk.keep(str(number))
    walk.pick("agenda_table_open", 0)
    walk.page.locator(".st-key-evidence blockquote").first.wait_for()
    walk.accessible()


def test_articles(walk):
    walk.go("articles")
    walk.pick("articles_table", 2)
    article = walk.page.locator(".st-key-article")
    article.locator("mark.sentence").first.wait_for()
    walk.settle()
    walk.accessible()
    # Another publication date: first the preview, then the change, then back.
    article.locator(".st-key-change_date summary").click()
    article.locator("[class*=st-key-new_date] [role=spinbutton]").first.click()
    walk.page.keyboard.type("03032021" if "de" in walk.language else "20210303")
    # The date counts when the calendar, which opens by itself, is left.
    walk.page.keyboard.press("Escape")
    walk.page.locator("h3").first.click()
    article.locator("table.disputes tr").first.wait_for()
    walk.settle()
    walk.keep("preview")
    article.locator(".st-key-set_date button").click()
    article.get_by_text("2021").first.wait_for()
    walk.settle()
    article.locator(".st-key-forget_date button").wait_for(state="attached")
    if not article.locator(".st-key-forget_date button").is_visible():
        article.locator(".st-key-change_date summary").click()
    article.locator(".st-key-forget_date button").click()
    article.locator(".st-key-forget_date").wait_for(state="detached")
    # Deleted, and back again.
    article.locator(".st-key-delete button").click()
    walk.page.locator(".st-key-undelete button").click()
    walk.page.locator(".st-key-undelete").wait_for(state="detached")
    walk.settle()


def test_curate(walk):
    walk.go("curate")
    place = walk.page.locator("[class*=st-key-place_] input").first
    place.fill("Musterstadt")
    place.press("Tab")
    walk.settle()
    walk.page.locator(".st-key-review_save button").click()
    walk.page.locator(".stToast").first.wait_for()
    walk.settle()
    walk.accessible()
    walk.keep("edited")
    # The change is the newest line of the log, and can be taken back.
    walk.section("curate_section", 3)
    walk.pick("log_table", 0)
    entry = walk.page.locator(".st-key-log_entry")
    entry.get_by_text("Musterstadt").first.wait_for()
    walk.settle()
    walk.accessible()
    walk.keep("log")
    entry.locator(".st-key-log_undo button").click()
    entry.locator(".st-key-log_undo").wait_for(state="detached")
    # Confirmed by a key, and opened again.
    walk.section("curate_section", 0)
    walk.page.locator(".st-key-review_confirm button").wait_for()
    walk.settle()
    walk.page.keyboard.press("s")
    walk.page.locator(".stToast").first.wait_for()
    walk.settle()


def test_export(walk, chromium, tmp_path):
    walk.go("export?text=Woodside")
    walk.page.locator(".st-key-download_csv button").wait_for()
    walk.settle()
    walk.accessible()

    def download(name):
        with walk.page.expect_download() as started:
            walk.page.locator(f".st-key-download_{name} button").click()
        path = tmp_path / started.value.suggested_filename
        started.value.save_as(path)
        return path.read_bytes(), path

    text = download("csv")[0].decode("utf-8-sig")
    assert "Joe Biden; Xi Jinping" in text
    assert "Joe Biden" in str(json.loads(download("json")[0]))
    assert pyarrow.parquet.read_table(io.BytesIO(download("parquet")[0])).num_rows >= 1
    assert download("ics")[0].startswith(b"BEGIN:VCALENDAR")
    assert json.loads(download("timelinejs")[0])["events"]
    for kind, beginning in (("pdf", b"%PDF-"), ("svg", b"<?xml"), ("png", b"\x89PNG")):
        assert download(kind)[0].startswith(beginning)
    # The evidence pack is one file that needs nothing else.
    _, path = download("pack")
    context = chromium.new_context(offline=True)
    page, asked = context.new_page(), []
    context.on("request", lambda request: asked.append(request.url))
    page.goto(path.as_uri())
    assert "Woodside" in page.inner_text("body")
    assert all(url.startswith(("file:", "data:", "blob:")) for url in asked)
    context.close()
