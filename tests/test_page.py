"""The page as a user meets it: what stands there, what a click does, what survives in the address."""

import json
import tomllib
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

import timeline.page.session as session_module
from tests.newsroom import TODAY, fill
from timeline.articles.errors import REASONS as ARTICLE_REASONS
from timeline.dates import find_dates
from timeline.edtf import Bounds
from timeline.figures.marks import LANE_KINDS
from timeline.figures.wording import LANGUAGES
from timeline.language import LanguageError
from timeline.model import Claim, Meeting, ReferenceDate
from timeline.page import lanes_view, reading, timeline_view
from timeline.page.evidence import Highlight, footnote, marked, receipt
from timeline.page.texts import Texts, table
from timeline.page.timeline_view import range_of
from timeline.query import Query
from timeline.store import Store
from timeline.store.errors import REASONS as STORE_REASONS

APP = str(Path(__file__).parents[1] / "dashboard.py")
MEETING = Meeting("meeting", (), None, None, None, None, "held", ())
SHORT = "Putin trifft Wang\n\nWladimir Putin hat am 22. Februar 2023 in Moskau Wang Yi getroffen."


@pytest.fixture
def url(tmp_path, monkeypatch):
    """An empty store of its own, German, on a known day, without samples."""
    address = f"sqlite:///{tmp_path / 'timeline.db'}"
    monkeypatch.setenv("TIMELINE_DATABASE_URL", address)
    monkeypatch.setenv("TIMELINE_SAMPLES", "0")
    monkeypatch.setattr(session_module, "today", lambda: TODAY)
    monkeypatch.setattr(session_module, "language", _german)
    yield address
    session_module.open_store(address).close()
    session_module.open_store.clear()


def _german():
    import streamlit as st

    return st.session_state.get("_language_chosen") or "de"


@pytest.fixture
def filled(url):
    with Store.open(url) as store:
        fill(store)
    return url


def start(page=None, **params):
    app = AppTest.from_file(APP, default_timeout=30)
    for name, value in params.items():
        app.query_params[name] = value
    if page:
        app.session_state["_goto"] = page
    app.run()
    assert not app.exception, app.exception
    return app


def address(app, name):
    """The values of a parameter of the address."""
    value = app.query_params[name]
    return [value] if isinstance(value, str) else value


def words(app):
    """Everything that is written on the page."""
    parts = [element.value for kind in ("markdown", "caption", "subheader") for element in app.get(kind)]
    parts += [element.proto.body for element in app.get("html")]
    parts += [element.value for kind in (app.info, app.warning, app.error) for element in kind]
    return "\n".join(str(part) for part in parts)


def chart(app, key):
    (found,) = [c for c in app.get("plotly_chart") if key in c.proto.id]
    return json.loads(found.proto.spec)


def ids(app):
    """The events on the chart."""
    return {
        point[0] for trace in chart(app, "timeline_chart")["data"] for point in trace.get("customdata", [])
    }


def rows(app):
    (table,) = [frame for frame in app.dataframe if "events_table" in frame.proto.id]
    return table.value


# --- the timeline ------------------------------------------------------------------------------------


def test_an_empty_store_says_what_to_do(url):
    app = start()
    assert "Noch keine Artikel" in words(app)
    assert {"add", "samples_load"} <= {button.key for button in app.button}


def test_the_corpus_stands_in_one_line_and_every_event_on_the_page(filled):
    app = start()
    assert "<b>4 Artikel</b> · <b>9 Treffen</b>" in words(app)
    assert len(rows(app)) == 9
    assert len(ids(app)) == 7
    assert sum((button.key or "").startswith("undated_") for button in app.button) == 2


def test_a_link_brings_its_filters(filled):
    app = start(akteur=["Q701801"])
    assert list(rows(app)["Beteiligte"]) == ["Wladimir Putin und Wang Yi"] * 2
    assert [button.label for button in app.button if (button.key or "").startswith("chip_")] == ["Wang Yi"]


def test_an_actor_is_chosen_and_taken_away_again(filled):
    app = start()
    app.multiselect(key="actors").select("Q701801").run()
    assert len(rows(app)) == 2
    assert address(app, "akteur") == ["Q701801"]
    app.button(key="chip_0").click().run()
    assert len(rows(app)) == 9
    assert "akteur" not in app.query_params


def test_several_actors_together_are_fewer_than_any_of_them(filled):
    app = start(akteur=["Q7747", "Q15031"])
    either = len(rows(app))
    app.segmented_control(key="actors_mode").set_value("all").run()
    assert len(rows(app)) < either
    assert address(app, "modus") == ["alle"]


def test_nothing_found_says_which_filter_to_loosen(filled):
    app = start(akteur=["Q701801"], status=["denied"])
    assert "Kein Treffen passt" in words(app)
    loosen = [button for button in app.button if (button.key or "").startswith("loosen_")]
    assert loosen[0].label == "Ohne den Filter bestritten: 2"
    loosen[0].click().run()
    assert len(rows(app)) == 2


@pytest.fixture
def crowded(filled, monkeypatch):
    """As if the few events were too many for single marks and for one table."""
    for module in (session_module, lanes_view, timeline_view):
        monkeypatch.setattr(module, "MOST_MARKS", 3)
    monkeypatch.setattr(timeline_view, "_LISTED", 4)


@pytest.mark.parametrize("lanes", LANE_KINDS)
def test_too_many_events_are_columns_that_lead_to_them(crowded, lanes):
    app = start(zeilen=lanes)
    told = " ".join(info.value for info in app.info)
    assert "9 Treffen sind zu viele für einzelne Zeichen" in told
    columns = [point for trace in chart(app, "timeline_chart")["data"] for point in trace["customdata"]]
    lane, first, last = columns[0]
    query = lanes_view.narrowed(Query(), lanes, lane, first, last)
    narrowed = start(zeilen=lanes, **query.to_params())
    assert 0 < len(rows(narrowed)) < 9


def test_too_many_events_are_turned_over_page_by_page(crowded):
    app = start()
    seen = len(rows(app))
    assert "Zeile 1 bis 4 von 9" in words(app)
    for turned in (4, 1):
        app.button(key="rows_after").click().run()
        assert len(rows(app)) == turned
        seen += turned
    assert seen == 9
    assert app.button(key="rows_after").disabled
    app.button(key="rows_before").click().run()
    assert len(rows(app)) == 4


def test_a_column_of_no_lane_narrows_to_its_days_alone():
    query = lanes_view.narrowed(Query(text="Gas"), "actor", "*", "2023-01-01", "2023-03-31")
    assert query == Query(text="Gas", first=date(2023, 1, 1), last=date(2023, 3, 31))
    pair = lanes_view.narrowed(Query(), "pair", "Q1|Q2", "2023-01-01", "2023-03-31")
    assert (pair.actors, pair.actors_mode) == (("Q1", "Q2"), "all")


def test_a_preset_sets_the_range(filled):
    app = start()
    app.pills(key="preset").set_value("calendar").run()
    assert address(app, "von") == ["2023-01-01"]
    assert app.date_input(key="first").value.isoformat() == "2023-01-01"


@pytest.fixture
def opened(filled):
    with Store.open(filled) as store:
        return {event.date: event.id for event in store.events()}


def test_the_evidence_shows_sentence_date_and_reason(opened):
    app = start(treffen=opened["2022-09"])
    said = words(app)
    assert "September 2022" in said
    assert '<mark class="sentence date">im vergangenen September</mark>' in said
    assert "„im vergangenen September“ + erschienen 22. Februar 2023 → September 2022" in said
    assert "Gerechnet vom Erscheinungstag aus." in said


def test_the_table_marks_what_is_open_and_nothing_else(opened):
    app = start(treffen=opened["2022-09"])

    def marked():
        return list(app.session_state["events_table"]["selection"]["rows"])

    first = marked()
    assert len(first) == 1
    app.button(key="after_0").click().run()
    assert marked() not in ([], first)
    app.button(key="evidence_close").click().run()
    assert marked() == []


def test_markup_in_an_article_is_shown_and_not_obeyed(opened):
    app = start(treffen=opened["[2023-03..2023-05]"])
    said = words(app)
    assert "<script>" not in said
    assert "&lt;script&gt;" in said


def test_neighbours_in_time_lead_on(opened):
    app = start(treffen=opened["2022-09"])
    app.button(key="after_0").click().run()
    assert address(app, "treffen") != [opened["2022-09"]]


def test_a_meeting_is_confirmed_and_reopened(opened, filled):
    app = start(treffen=opened["2022-09"])
    app.button(key="confirm").click().run()
    with Store.open(filled) as store:
        assert store.event(opened["2022-09"]).checked
    app.button(key="confirm").click().run()
    with Store.open(filled) as store:
        assert not store.event(opened["2022-09"]).checked


def test_a_deleted_meeting_in_a_link_is_said_to_be_gone(filled):
    assert "gibt es nicht mehr" in words(start(treffen="0123456789abcdef"))


def test_a_broken_link_shows_the_page_all_the_same(filled):
    app = start(von="gestern", status=["erledigt"], zeilen="quer", modus="?")
    assert len(rows(app)) == 9


@pytest.mark.parametrize("kind", ["actor", "country", "pair", "place"])
def test_every_kind_of_lane_shows_all_events(filled, kind):
    app = start(zeilen=kind)
    assert len(ids(app)) == 7


def test_the_language_is_switched_and_stays_in_the_address(filled):
    app = start()
    app.segmented_control(key="language").set_value("en").run()
    assert "all shown" in words(app)
    assert address(app, "sprache") == ["en"]
    assert chart(app, "timeline_chart")["layout"]["xaxis"]["hoverformat"] == "%d/%m/%Y"


def test_samples_are_named_and_removed_in_one_click(url):
    with Store.open(url) as store:
        fill(store, sample=True)
    app = start()
    assert "Sie sehen 4 Beispielartikel" in words(app)
    app.button(key="samples_remove").click().run()
    assert "Noch keine Artikel" in words(app)
    assert not reading.wants_samples(session_module.open_store(url)), "a removed sample must not come back"


# --- the articles ------------------------------------------------------------------------------------


def test_a_refused_file_says_why_beside_its_name(url, monkeypatch):
    app = start("articles")
    files = [("leer.txt", b""), ("bild.txt", b"\x00\x01\x02\x89PNG" * 40)]
    app.session_state["_job"] = job = reading.Job(session_module.open_store(url), files, None, "Test").start()
    job.wait(30)
    app.run()
    assert "leer.txt enthält keinen Text." in words(app)
    assert "Fertig: 0 gelesen, 2 nicht." in words(app)


def test_a_break_in_reading_costs_no_other_article(url, monkeypatch):
    monkeypatch.setattr("timeline.pipeline.read", lambda *_: 1 / 0)
    job = reading.Job(session_module.open_store(url), reading.pasted(SHORT), None, "Test").start()
    job.wait(30)
    assert [result.failure for result in job.results] == ["ZeroDivisionError"]


def test_reading_stops_when_asked(url):
    job = reading.Job(session_module.open_store(url), [("a.txt", b""), ("b.txt", b"")], None, "Test")
    job.stop()
    job.start().wait(10)
    assert job.stopped
    assert job.results == []


def test_the_articles_are_listed_searched_and_opened(filled):
    app = start("articles")
    (table,) = [frame for frame in app.dataframe if "articles_table" in frame.proto.id]
    assert len(table.value) == 4
    app.text_input(key="article_search").set_value("Reform").run()
    (table,) = [frame for frame in app.dataframe if "articles_table" in frame.proto.id]
    assert list(table.value["Titel"]) == ["Scholz und Macron sprechen in Paris"]
    app.text_input(key="article_search").set_value("Quastenflosser").run()
    assert "Kein Artikel enthält" in words(app)


def test_an_article_without_a_date_is_asked_for_it(filled):
    app = start("articles")
    assert sum((day.key or "").startswith("date_") for day in app.date_input) == 1


def test_an_article_is_deleted_and_brought_back(filled):
    with Store.open(filled) as store:
        article = store.articles(text="Reform")[0].id
    app = start("articles", artikelseite=article)
    app.button(key="delete").click().run()
    with Store.open(filled) as store:
        assert len(store.articles()) == 3
    app.button(key="undelete").click().run()
    with Store.open(filled) as store:
        assert len(store.articles()) == 4


# --- pieces ------------------------------------------------------------------------------------------


def test_both_languages_have_the_same_texts_with_the_same_gaps():
    def gaps(language):
        return {
            (section, name): {part.split("}")[0] for part in text.split("{")[1:]}
            for section, texts in table(language).items()
            for name, text in texts.items()
        }

    german, english = (gaps(language) for language in LANGUAGES)
    assert german == english


def test_every_text_used_in_the_code_exists():
    import re

    folder = Path(session_module.__file__).parent
    used = set()
    for file in folder.glob("*.py"):
        used |= set(re.findall(r"""\bt\(\s*"([a-z]+\.[a-z_]+)"[,)]""", file.read_text()))
    assert len(used) > 60
    for name in used:
        section, _, key = name.partition(".")
        assert key in table("de")[section], name


@pytest.mark.parametrize(("section", "reasons"), [("reason", ARTICLE_REASONS), ("store", STORE_REASONS)])
def test_every_reason_is_worded_with_its_own_gaps(section, reasons):
    for code, english in reasons.items():
        gaps = {part.split("}")[0] for part in english.split("{")[1:]}
        for language in LANGUAGES:
            used = {part.split("}")[0] for part in table(language)[section][code].split("{")[1:]}
            assert used <= gaps, code


def test_a_missing_text_is_an_error_that_names_it():
    with pytest.raises(LanguageError, match=r"app\.nonsense"):
        Texts("de")("app.nonsense")


def test_numbers_are_counted_in_the_language():
    assert Texts("de").count("unit.meetings", 12345) == "12.345 Treffen"
    assert Texts("en").count("unit.meetings", 12345) == "12,345 meetings"
    assert Texts("en").count("unit.meetings", 1) == "1 meeting"


def test_highlights_overlap_and_text_is_escaped():
    made = marked("a<b>cd", [Highlight(0, 5, "sentence"), Highlight(4, 6, "date")])
    assert (
        made
        == (
            '<mark class="sentence">a&lt;b&gt;</mark><mark class="sentence date">c</mark>'
            '<mark class="date">d</mark>'
        )
        or made.replace("&gt;", ">") == made
    )


@pytest.mark.parametrize(
    ("selection", "span"),
    [
        ({"box": [{"x": ["2020-03-31 12:00:00.1", "2019-12-14"]}]}, ("2019-12-14", "2020-03-31")),
        ({"points": [{"x": "2023-02-01"}], "box": []}, ("2023-02-01", "2023-02-28")),
        ({"points": [], "box": []}, None),
        ({}, None),
    ],
)
def test_a_selection_on_the_overview_is_a_range(selection, span):
    found = range_of(selection)
    expected = None if span is None else Bounds(*(session_module.date.fromisoformat(day) for day in span))
    assert found == expected


def test_a_source_is_cited_with_outlet_title_and_day():
    told = Claim("c", "a", "2023-02-22", ReferenceDate("2023-02-22", "given"), MEETING, "Tagblatt")
    cited = footnote(told, "Titel", "https://example.org/a", Texts("de"))
    assert cited == "Tagblatt, „Titel“, 22. Februar 2023, https://example.org/a."


@pytest.mark.parametrize(
    ("expression", "when", "line"),
    [
        (None, "[2023-02-16..2023-02-22]", "nennt keinen Tag: die sieben Tage bis zum Erscheinungstag"),
        (None, "2023-02-21", "der Zusammenhang datiert: 21. Februar 2023"),
        (None, None, "Der Artikel nennt kein Datum"),
        ("gestern", "2023-02-21", "„gestern“ + erschienen 22. Februar 2023 → 21. Februar 2023"),
    ],
)
def test_the_receipt_says_how_a_meeting_was_dated(expression, when, line):
    meeting = replace(MEETING, expression=expression, date=when)
    told = Claim("c", "a", "2023-02-22", ReferenceDate("2023-02-22", "given"), meeting)
    assert line in receipt(told, Texts("de"))[0]


def test_the_receipt_names_the_other_date_where_the_tense_chose():
    (timex,) = find_dates("Der Minister reiste am Dienstag nach Paris.", "2023-02-22")
    meeting = replace(MEETING, expression=timex.text, date=timex.edtf, timex=timex)
    told = Claim("c", "a", "2023-02-22", ReferenceDate("2023-02-22", "given"), meeting)
    assert receipt(told, Texts("de"))[-1].endswith("wäre es: 28. Februar 2023")
    narrowed = replace(told, meeting=replace(meeting, date="2023-02-20"))
    assert "28. Februar" not in " ".join(receipt(narrowed, Texts("de")))


def test_the_shipped_settings_keep_everything_on_this_machine():
    config = tomllib.loads((Path(APP).parent / ".streamlit" / "config.toml").read_text())
    assert config["browser"]["gatherUsageStats"] is False
    assert config["server"]["address"] == "127.0.0.1"
    assert config["client"]["showErrorDetails"] == "none"


def test_a_broken_database_is_said_and_not_shown_as_a_crash(tmp_path, url, monkeypatch):
    broken = tmp_path / "broken.db"
    broken.write_bytes(b"not a database " * 100)
    monkeypatch.setenv("TIMELINE_DATABASE_URL", f"sqlite:///{broken}")
    app = AppTest.from_file(APP, default_timeout=30).run()
    assert not app.exception
    assert "Die Datenbank antwortet nicht" in app.error[0].value
    assert "Legen Sie die Datei beiseite" in app.error[0].value


def test_the_day_of_publication_is_a_line_for_the_open_event(opened):
    notes = chart(start(treffen=opened["2022-09"]), "timeline_chart")["layout"]["annotations"]
    assert [note["text"] for note in notes if note["text"] != "heute"] == ["erschienen"]


def test_undated_meetings_can_be_looked_at_alone(filled):
    app = start()
    app.session_state["more_filters"] = True
    app.run()
    app.checkbox(key="only_undated").check().run()
    assert len(rows(app)) == 2
    assert address(app, "ohnedatum") == ["ja"]
    app.checkbox(key="only_undated").uncheck().run()
    assert len(rows(app)) == 9
