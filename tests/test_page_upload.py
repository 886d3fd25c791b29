"""Uploading through the page: files, tables with unknown columns, the progress, the samples."""

import json

import timeline.page.session as session_module
from tests.files_made import zipped
from tests.test_page import SHORT, filled, start, url, words
from timeline.page import reading
from timeline.store import Store

__all__ = ["filled", "url"]

ARTICLE = """Putin trifft Wang Yi

Wladimir Putin hat am 22. Februar 2023 in Moskau Wang Yi getroffen."""
UNDATED = """Macron in Berlin

Emmanuel Macron traf gestern in Berlin Olaf Scholz."""
TABLE = (
    "tag1,spalte2\n2023-02-22,Wladimir Putin hat gestern in Moskau Wang Yi getroffen und lange gesprochen.\n"
)


def run(address, files, **more):
    job = reading.Job(session_module.open_store(address), files, None, "Test", **more).start()
    job.wait(60)
    return job


def test_a_pasted_article_is_read_and_shown(url):
    app = start("articles")
    app.text_area(key="paste").set_value(ARTICLE).run()
    app.button(key="read").click().run()
    app.session_state["_job"].wait(60)
    app.run()
    assert "Fertig: 1 gelesen, 0 nicht." in words(app)
    assert "neu, 1 Treffen" in words(app)
    with Store.open(url) as store:
        (made,) = store.events()
    assert made.date == "2023-02-22"
    assert [actor.name for actor in made.participants] == ["Wladimir Putin", "Wang Yi"]


def test_the_same_article_twice_is_there_once(url):
    run(url, [("a.txt", ARTICLE.encode())])
    again = run(url, [("b.txt", ARTICLE.encode())])
    assert again.results[0].outcome in ("same", "updated")
    with Store.open(url) as store:
        assert len(store.articles()) == 1


def test_a_reprint_becomes_a_source_of_the_first(url):
    long = ARTICLE + " Sie sprachen mehrere Stunden lang ueber Handel, Energie und die Lage in Asien." * 8
    run(url, [("a.txt", f"Erschienen am 22.02.2023\n{long}".encode())])
    again = run(url, [("b.txt", f"Erschienen am 23.02.2023\n{long} (dpa)".encode())])
    assert again.results[0].outcome == "reprint"
    app = start("articles")
    app.session_state["_job"] = again
    app.run()
    assert "Nachdruck eines Artikels, der schon da war" in words(app)
    with Store.open(url) as store:
        assert len(store.articles()) == 1
        assert len(store.articles()[0].sources) == 2


def test_an_undated_article_stays_undated_until_it_is_told(url):
    job = run(url, [("a.txt", UNDATED.encode())])
    assert job.results[0].undated
    app = start("articles")
    (asked,) = [day for day in app.date_input if (day.key or "").startswith("date_")]
    asked.set_value(session_module.date(2023, 1, 23)).run()
    with Store.open(url) as store:
        (made,) = store.events()
        assert made.date == "2023-01-22"


def test_the_date_that_was_given_counts_only_where_the_article_has_none(url):
    store = session_module.open_store(url)
    files = [("a.txt", UNDATED.encode())]
    reading.Job(store, files, "2023-01-23", "Test").start().wait(60)
    assert store.articles()[0].reference.value == "2023-01-23"


def test_a_table_asks_which_column_is_the_text(url):
    job = run(url, [("liste.csv", TABLE.encode())])
    assert [name for name, _, _ in job.unmapped] == ["liste.csv"]
    app = start("articles")
    app.session_state["_job"] = job
    app.run()
    assert "keine Spalte mit dem Text" in words(app)
    app.selectbox(key="column_text_0").set_value("spalte2").run()
    app.selectbox(key="column_published_0").set_value("tag1").run()
    app.button(key="column_read_0").click().run()
    app.session_state["_job"].wait(60)
    with Store.open(url) as store:
        assert [row.reference.value for row in store.articles()] == ["2023-02-22"]


def test_tables_alike_are_asked_about_once(url):
    """Once for both of one upload, and not at all for the next one, also not inside an archive."""
    more = TABLE.replace("Wang Yi", "Xi Jinping").replace("22", "23")
    job = run(url, [("a.csv", TABLE.encode()), ("b.csv", more.encode())])
    app = start("articles")
    app.session_state["_job"] = job
    app.run()
    assert [box.key for box in app.selectbox if box.key.startswith("column_text")] == ["column_text_0"]
    app.selectbox(key="column_text_0").set_value("spalte2").run()
    app.selectbox(key="column_published_0").set_value("tag1").run()
    app.button(key="column_read_0").click().run()
    app.session_state["_job"].wait(60)
    with Store.open(url) as store:
        assert len(store.articles()) == 2
    known = app.session_state["_columns"]
    third = TABLE.replace("Wang Yi", "Emmanuel Macron")
    archive = zipped({"c.csv": third.encode(), "andere.csv": b"x,y\n1,2\n", "d.txt": ARTICLE.encode()})
    job = run(url, [("x.zip", archive)], known=known)
    assert [(result.name, result.read) for result in job.results] == [
        ("x.zip/c.csv, line 2", True), ("x.zip/andere.csv", False), ("x.zip/d.txt", True)
    ]  # fmt: skip
    assert [columns for _, _, columns in job.unmapped] == [("x", "y")]


def test_a_column_is_offered_however_it_is_called(url):
    head = [f"spalte, {n}" for n in range(80)]
    row = json.dumps(dict.fromkeys(head, "Putin traf gestern in Moskau Wang Yi."))
    job = run(url, [("a.jsonl", row.encode())])
    assert [columns for _, _, columns in job.unmapped] == [tuple(head)]
    again = run(url, [("a.jsonl", row.encode())], columns={"text": head[79], "title": head[3]})
    assert again.results[0].title == "Putin traf gestern in Moskau Wang Yi."


def test_a_first_start_reads_the_samples_and_says_nothing_more_of_it(url, monkeypatch):
    monkeypatch.setenv("TIMELINE_SAMPLES", "1")
    files = reading.sample_files()[:2]
    assert len(files) == 2
    monkeypatch.setattr("timeline.page.app.sample_files", lambda: files)
    app = start()
    app.session_state["_job"].wait(60)
    app.run()
    assert "Sie sehen 2 Beispielartikel" in words(app)
    assert "Fertig" not in words(app)


def test_progress_and_a_stop_button_while_reading(filled, monkeypatch):
    job = reading.Job(session_module.open_store(filled), [("a.txt", SHORT.encode())] * 3, None, "Test")
    monkeypatch.setattr(reading.Job, "running", property(lambda _: True))
    job.now = "a.txt"
    app = start(None)
    app.session_state["_job"] = job
    app.run()
    assert "0 von 3 gelesen" in app.get("progress")[0].proto.text
    app.button(key="stop").click().run()
    assert job.stopped
