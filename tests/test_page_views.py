"""The other pages: agenda, actors, checking and correcting, export."""

import csv
import io
import json

import pytest

from tests.newsroom import PUTIN, TODAY, WANG, fill
from tests.test_figures import event
from tests.test_page import address, filled, rows, start, url, words
from timeline.page import lanes_view, session
from timeline.page.app import VIEWS
from timeline.page.curate_view import alike
from timeline.page.export_view import on_paper, pack, title_of
from timeline.page.log_words import log_columns, said
from timeline.page.session import Page
from timeline.page.texts import Texts, plain
from timeline.query import Query
from timeline.store import Store

__all__ = ["filled", "url"]


def table(app, key):
    (found,) = [frame for frame in app.dataframe if key in frame.proto.id]
    return found.value


def only(store, **fields):
    """The one event with these values."""
    (found,) = [e for e in store.events() if all(getattr(e, name) == value for name, value in fields.items())]
    return found


@pytest.mark.parametrize("name", VIEWS)
@pytest.mark.parametrize("language", ["de", "en"])
def test_every_page_stands_in_both_languages_with_and_without_events(filled, url, name, language):
    app = start(name, sprache=language)
    assert not app.error
    assert words(app)


@pytest.mark.parametrize("name", VIEWS)
def test_every_page_stands_in_an_empty_store_and_shows_the_way_out(url, name):
    app = start(name)
    assert not app.error
    assert "Kein Treffen passt zu allen Filtern" not in words(app)
    if VIEWS[name].needs_events or name == "curate":
        app.button(key="add").click().run()
        assert app.file_uploader


# --- agenda ------------------------------------------------------------------------------------------


def test_the_agenda_shows_what_is_to_come_and_what_was_left_open(filled):
    app = start("agenda")
    assert list(table(app, "agenda_table")["Datum"]) == ["Herbst 2023"]
    app.segmented_control(key="agenda_section").set_value("open").run()
    late = table(app, "agenda_table")
    assert list(late["Tage überfällig"]) == [1]
    assert list(late["Angekündigt am"]) != [""]
    assert list(late["Beteiligte"]) == ["Xi Jinping und Wladimir Putin"]


def test_the_agenda_says_so_where_nothing_is_announced(filled):
    assert "nichts angekündigt" in words(start("agenda", status="held"))


# --- actors ------------------------------------------------------------------------------------------


def test_actors_are_listed_with_their_numbers(filled):
    listed = table(start("actors"), "actors_table")
    assert listed["Name"][0] == "Wladimir Putin"
    assert listed["Treffen"][0] == 5


@pytest.mark.parametrize("section", ["network", "pairs", "map"])
def test_actors_can_be_seen_as_a_picture(filled, section):
    app = start("actors")
    app.segmented_control(key="actors_section").set_value(section).run()
    assert any(section in chart.proto.id for chart in app.get("plotly_chart"))


def test_one_actor_has_a_page_with_partners_places_and_silence(filled):
    app = start("actors", person="Q7747")
    said_here = words(app)
    assert "Seit **98 Tagen** kein Treffen gemeldet, zuletzt 23. Februar 2023." in said_here
    assert list(table(app, "actor_partners")["Name"])[:2] == ["Wang Yi", "Xi Jinping"]
    app.button(key="actor_timeline").click().run()
    assert address(app, "akteur") == ["Q7747"]


# --- checking and correcting -------------------------------------------------------------------------


def test_going_through_the_meetings_checks_one_after_the_other(filled):
    app = start("curate")
    assert app.get("progress")[0].proto.text == "0 von 9 geprüft"
    app.button(key="review_confirm").click().run()
    assert app.get("progress")[0].proto.text == "1 von 9 geprüft"
    assert address(app, "treffen")


def test_a_field_is_corrected_logged_and_taken_back(filled):
    with Store.open(filled) as store:
        made = only(store, date="2022-09")
    app = start("curate", treffen=made.id)
    app.text_input(key=f"when_{made.id}").set_value("2022-09-15").run()
    assert "15. September 2022" in words(app)
    assert "zählt nach dem Sichern als geprüft" in words(app)
    app.button(key="review_save").click().run()
    assert app.toast[0].value == "Gesichert; das Treffen zählt jetzt als geprüft."
    with Store.open(filled) as store:
        changed = store.event(made.id)
        assert (changed.date, changed.checked, set(changed.edited)) == ("2022-09-15", True, {"date"})
    app.segmented_control(key="curate_section").set_value("log").run()
    log = table(app, "log_table")
    assert log["Was"][0] == "Berichtigt: Datum"
    assert (log["Vorher"][0], log["Nachher"][0]) == ("September 2022", "15. September 2022")
    with Store.open(filled) as store:
        app.session_state["_log_line"] = str(store.log()[0].id)
    app.run()
    app.button(key="log_undo").click().run()
    with Store.open(filled) as store:
        assert store.event(made.id).date == "2022-09"


def test_what_is_no_date_cannot_be_saved(filled):
    with Store.open(filled) as store:
        made = only(store, date="2022-09")
    app = start("curate", treffen=made.id)
    app.text_input(key=f"when_{made.id}").set_value("letzten Herbst").run()
    assert "kein Datum, das verstanden wird" in words(app)
    assert app.button(key="review_save").disabled


def test_a_meeting_that_is_none_is_rejected(filled):
    app = start("curate")
    app.button(key="review_reject").click().run()
    with Store.open(filled) as store:
        assert len(store.events()) == 8


def test_two_meetings_are_merged_and_split_again(filled):
    with Store.open(filled) as store:
        one = only(store, date="2023-02-22")
        other = only(store, date="2023-02-23")
    app = start("curate", treffen=one.id)
    app.button(key=f"merge_{other.id}").click().run()
    with Store.open(filled) as store:
        merged = store.event(one.id)
        assert (len(merged.claims), len(store.events())) == (2, 8)
        assert "date" in merged.disputed
    assert "Unklar: die Quellen sind uneins" in words(app)
    app.multiselect(key=f"split_{merged.id}").select(merged.claims[0].id).run()
    app.button(key="split_do").click().run()
    with Store.open(filled) as store:
        assert len(store.events()) == 9


def test_a_meeting_is_added_by_hand(filled):
    app = start("curate")
    app.segmented_control(key="curate_section").set_value("add").run()
    assert app.button(key="add_event").disabled
    app.multiselect(key="who_new0").set_value(["Q7747", "Q701801"]).run()
    app.text_input(key="when_new0").set_value("2021").run()
    app.button(key="add_event").click().run()
    with Store.open(filled) as store:
        assert only(store, date="2021").participants == (PUTIN, WANG)


def test_actors_are_renamed_and_merged(filled):
    app = start("curate")
    app.segmented_control(key="curate_section").set_value("actors").run()
    app.text_input(key="rename_Q7747").set_value("W. Putin").run()
    app.button(key="rename_do").click().run()
    with Store.open(filled) as store:
        assert store.facets().actors[0].label == "W. Putin"
    app.selectbox(key="same_Q7747").set_value("Q15031").run()
    app.button(key="same_do").click().run()
    with Store.open(filled) as store:
        assert "Q7747" not in {count.value for count in store.facets().actors}


def test_what_the_store_refuses_is_said(filled, monkeypatch):
    from timeline.store import StoreError

    def refuse(*_args, **_kwargs):
        raise StoreError("no_event", id="e1")

    monkeypatch.setattr(Store, "reject", refuse)
    app = start("curate")
    app.button(key="review_reject").click().run()
    assert "Dieses Treffen gibt es nicht mehr" in app.error[0].value


def test_alike_are_meetings_of_the_same_parties_nearby():
    events = [
        event("near", "2023-03-01"),
        event("far", "2023-09-01"),
        event("vague", None),
        event("other", who=(PUTIN,)),
    ]
    assert [found.id for found in alike(event("e"), events)] == ["near", "vague"]


def test_the_log_says_in_words_what_changed():
    t = Texts("de")
    assert said({"field": "status", "value": "held"}, t) == "stattgefunden"
    assert said({"given": "2023-02-22"}, t) == "22. Februar 2023"
    assert said({"field": "place", "value": {"name": "Rom", "country": "IT"}}, t) == "Rom"
    assert said({"checked": True}, t) == "ja"
    assert said({"name": "x" * 500}, t).endswith("…")
    assert log_columns([], t)["Wann"] == []


# --- export ------------------------------------------------------------------------------------------


def test_every_format_is_offered(filled):
    app = start("export")
    labels = {button.proto.id.rsplit("-", 1)[-1] for button in app.get("download_button")}
    assert {
        "download_csv",
        "download_json",
        "download_ics",
        "download_pack",
        "download_interactive",
        "download_pdf",
        "download_svg",
        "download_png",
    } <= labels
    assert "Ausgegeben wird, was die Filter zeigen: 9 Treffen" in words(app)


def test_the_picture_on_paper_says_what_was_filtered(filled, monkeypatch):
    from io import BytesIO

    from pdfminer.high_level import extract_text

    with Store.open(filled) as store:
        page = Page(store, Texts("de"), "dark", TODAY, narrow=True, who="Test")
        query = Query(actors=("Q701801",))
        monkeypatch.setattr(session, "query", lambda: query)
        monkeypatch.setattr(session, "lanes", lambda: "actor")
        figure, title = lanes_view.picture(page, most_lanes=60), title_of(page, query)
    text = extract_text(BytesIO(on_paper(figure, "pdf", title, "de")))
    assert "Zeitleiste der Diplomatie: 2 Treffen · Wang Yi" in text
    assert "Wladimir Putin (" in text


def test_the_pack_holds_the_filtered_meetings_and_the_hash_of_every_article(filled):
    with Store.open(filled) as store:
        page = Page(store, Texts("de"), "light", TODAY, narrow=False, who="Test")
        html = pack(page, Query(actors=("Q701801",))).decode()
        articles = {row.id for row in store.articles()}
    manifest = json.loads(html.split('id="manifest">')[1].split("</script>")[0])
    assert len(manifest["events"]) == 2
    assert {source["sha256"] for source in manifest["articles"]} <= articles
    assert manifest["settings"]["Filter"] == "akteur=Q701801"
    assert "<script>alert" not in html


def test_the_table_for_spreadsheets_has_a_row_per_meeting(filled):
    from timeline.export import FORMATS

    with Store.open(filled) as store:
        text = FORMATS["csv"](store.events()).decode("utf-8-sig")
    assert (
        len(list(csv.DictReader(io.StringIO(text), delimiter=";" if ";" in text.split("\n")[0] else ",")))
        == 9
    )


# --- pieces ------------------------------------------------------------------------------------------


def test_a_question_becomes_filters(filled):
    app = start()
    app.text_input(key="question").set_value("Treffen von Putin mit Wang Yi seit 2022").run()
    assert set(address(app, "akteur")) == {"Q7747", "Q701801"}
    assert address(app, "von") == ["2022-01-01"]
    assert len(rows(app)) == 2


def test_a_question_that_asks_nothing_is_answered(filled):
    app = start()
    app.text_input(key="question").set_value("Wie wird das Wetter?").run()
    assert "ließ sich kein Filter lesen" in words(app)


def test_two_browsers_share_the_store_and_nothing_else(filled):
    one, other = start(akteur="Q701801"), start()
    assert len(rows(one)) == 2
    assert len(rows(other)) == 9


def test_markdown_in_a_name_is_only_letters():
    assert plain("[x](y) *z*") == "\\[x\\](y) \\*z\\*"


def test_a_new_article_is_seen_at_once(filled):
    app = start()
    with Store.open(filled) as store:
        article = store.articles(text="Reform")[0].id
    session.open_store(filled).delete_article(article)
    app.run()
    assert len(rows(app)) == 6


def test_removing_everything_leads_back_to_the_start(url):
    with Store.open(url) as store:
        ids = fill(store)
    app = start()
    for id_ in ids:
        session.open_store(url).delete_article(id_)
    app.run()
    assert "Noch keine Artikel" in words(app)
