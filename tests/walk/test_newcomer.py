"""The walk of a newcomer: upload, filter, click, read the evidence, come back, upload again."""

import re
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

ARTICLE = Path(__file__).parent / "articles" / "wang-in-moskau.txt"
# The article of the first users, where the material of the developers is at hand.
SEED = Path(__file__).parents[3] / "shared" / "sample" / "putin_xi.txt"

# Date, some who take part, place, status, as the table says it.
MEETINGS = [
    ("Februar 2022", {"Xi Jinping", "Wladimir Putin"}, "Peking", "stattgefunden"),
    ("September 2022", {"Xi Jinping", "Wladimir Putin"}, "Usbekistan", "stattgefunden"),
    ("22. Februar 2023", {"Wladimir Putin", "Wang Yi"}, "Moskau", "stattgefunden"),
    ("zwischen März und Mai 2023", {"Xi Jinping"}, "Moskau", "geplant"),
]


def _said(row):
    date, who, status, _kind, place, *_ = row
    return date, set(re.split(r", | und ", who)), place, status


def _seed_with_its_day(tmp_path):
    if not SEED.exists():
        pytest.skip("the article of the first users is not here")
    path = tmp_path / "putin_xi.txt"
    path.write_text(f"Erschienen am 22. Februar 2023\n\n{SEED.read_text(encoding='utf-8')}", encoding="utf-8")
    return path


def _uploads(walk, path):
    """Uploads the article, and reads its meetings on the timeline; returns how many there are."""
    # The result, file by file, has the number of meetings.
    found = int(re.search(r"neu, (\d+) Treffen", walk.add(path))[1])
    assert found >= len(MEETINGS)
    walk.accessible()
    walk.keep("2-uploaded")

    # They are on the timeline and in the table.
    walk.page.get_by_role("link", name="Zeitleiste").click()
    walk.chart()
    assert f"{found} Treffen" in walk.page.locator(".corpus").inner_text()
    rows = [_said(row) for row in walk.rows(found)]
    for date, who, place, status in MEETINGS:
        assert [row for row in rows if row[0] == date and who <= row[1] and row[2:] == (place, status)], rows
    return found


def test_the_article_of_the_first_users(start_server, visit, tmp_path):
    _uploads(visit(start_server(samples=False)), _seed_with_its_day(tmp_path))


def test_walk_of_a_newcomer(start_server, visit):
    walk = visit(start_server(samples=False))
    page = walk.page

    # Nothing there yet: the page says what to do.
    walk.go()
    page.get_by_text("Noch keine Artikel").wait_for()
    walk.accessible()
    walk.keep("1-empty")

    found = _uploads(walk, ARTICLE)
    walk.accessible()
    walk.keep("3-timeline")

    # One actor leaves one meeting, and the address says so.
    walk.choose("actors", "Wang Yi")
    page.get_by_text(f"1 von {found} gezeigt").wait_for()
    walk.chart()
    assert [_said(row) for row in walk.rows(1)] == [MEETINGS[2]]
    assert "akteur" in parse_qs(urlsplit(page.url).query)

    # A click on its mark opens the sentence, the date in it, the value, and the reason.
    page.locator(".st-key-timeline_chart .scatterlayer .point").first.click(force=True)
    _reads_the_evidence(walk)
    walk.accessible()
    walk.keep("4-evidence")

    # Reload: the same view. A new window: everything is still there.
    page.reload()
    _reads_the_evidence(walk)
    assert [_said(row) for row in walk.rows(1)] == [MEETINGS[2]]
    again = visit(walk.server)
    again.go()
    again.chart()
    assert f"1 Artikel · {found} Treffen" in again.page.locator(".corpus").inner_text()

    # The same article once more: nothing is doubled.
    assert "nichts verdoppelt" in again.add(ARTICLE)
    again.page.get_by_role("link", name="Zeitleiste").click()
    again.chart()
    assert f"1 Artikel · {found} Treffen" in again.page.locator(".corpus").inner_text()


def _reads_the_evidence(walk):
    evidence = walk.page.locator(".st-key-evidence")
    evidence.locator("mark.sentence").first.wait_for()
    walk.settle()
    quote = evidence.locator("blockquote").first
    assert "Wang Yi" in " ".join(quote.locator("mark.sentence").all_inner_texts())
    assert "22. Februar" in " ".join(quote.locator("mark.date").all_inner_texts())
    receipt = evidence.locator(".receipt").inner_text()
    assert re.search(r"22\. Februar.* → 22\. Februar 2023", receipt)
    assert "2023-02-22" in receipt
    assert "Regel" in receipt


def test_a_meeting_is_opened_from_the_keyboard(server, visit):
    walk = visit(server)
    walk.go()
    walk.chart()
    table = walk.page.locator(".st-key-events_table canvas").first
    table.focus()
    walk.page.keyboard.press("ArrowDown")
    walk.page.keyboard.press("Shift+Space")
    walk.page.locator(".st-key-evidence blockquote").first.wait_for()


def test_first_start_shows_the_samples(server, visit):
    walk = visit(server)
    walk.go()
    walk.chart()
    walk.page.wait_for_function(
        "/^(\\d+) Artikel/.exec(document.querySelector('.corpus')?.innerText)?.[1] >= 8 && "
        "!document.querySelector('.st-key-progress')"
    )
    walk.settle()
    assert "Beispielartikel" in walk.page.locator(".st-key-samples").inner_text()
    assert walk.page.locator(".st-key-timeline_chart .point").count() > 20
    walk.accessible()


HOSTILE = """<script>window.hit = 1</script><img src=x onerror="window.hit = 2"> **Gipfel** $x^2$ :red[rot]
Veröffentlicht am 22. Februar 2023

Der russische Präsident Wladimir Putin hat am 21. Februar in Moskau <img src="http://example.org/x.png"
onerror="window.hit = 3"> den chinesischen Außenpolitiker Wang Yi <script>window.hit = 4</script> empfangen.
"""


def test_markup_in_an_article_does_nothing(start_server, visit, tmp_path):
    path = tmp_path / "<img src=x onerror=window.hit=5>.txt"
    path.write_text(HOSTILE, encoding="utf-8")
    walk = visit(start_server(samples=False))
    walk.add(path)
    walk.keep("uploaded")
    walk.page.get_by_role("link", name="Zeitleiste").click()
    walk.settle()
    if walk.page.locator(".st-key-events_table").count():
        walk.chart()
        walk.page.locator(".st-key-timeline_chart .scatterlayer .point").first.click(force=True)
        walk.page.locator(".st-key-evidence blockquote").wait_for()
        walk.settle()
        walk.keep("evidence")
    assert walk.page.evaluate("window.hit") is None
