"""The page with a login: the door, what readers and editors find, and that projects stay apart."""

import time

import pytest
from streamlit.testing.v1 import AppTest

import timeline.page.session as session_module
from tests.newsroom import TODAY, fill
from tests.test_page import APP, address, words
from timeline.articles import article_from_text
from timeline.model import Actor, Evidence, Meeting, Reading, ReferenceDate
from timeline.page import login, reading
from timeline.page.login import Person, person_of
from timeline.store import FIRST_PROJECT, Projects

NOW = 1_700_000_000.0
CLAIMS = {"iat": NOW - 60, "email": "Edi@Example.org", "email_verified": True, "sub": "4711"}
SECRET = "Geheimtreffen in Timbuktu"
HIDDEN = {"confirm", "correct", "samples_remove", "add", "read", "reread", "delete", "reread_all", "undelete"}
"""Buttons that change something or lead to where it is done."""


@pytest.mark.parametrize(
    ("claims", "fault"),
    [
        (CLAIMS, None),
        (CLAIMS | {"email_verified": False}, "unverified"),
        ({name: value for name, value in CLAIMS.items() if name != "email_verified"}, "unverified"),
        (CLAIMS | {"email_verified": "true"}, "unverified"),
        (CLAIMS | {"email": ""}, "nameless"),
        (CLAIMS | {"email": "zwei Wörter"}, "nameless"),
        (CLAIMS | {"iat": NOW - 12 * 3600 - 1}, "expired"),
        ({name: value for name, value in CLAIMS.items() if name != "iat"}, "expired"),
    ],
)
def test_which_claims_name_an_account(claims, fault, monkeypatch):
    for name in ("TIMELINE_USER_CLAIM", "TIMELINE_ADMINS", "TIMELINE_LOGIN_HOURS"):
        monkeypatch.delenv(name, raising=False)
    expected = fault or Person("edi@example.org", "edi@example.org", administrator=False)
    assert person_of(claims, now=NOW) == expected


def test_another_claim_and_administrators(monkeypatch):
    monkeypatch.setenv("TIMELINE_USER_CLAIM", "sub")
    monkeypatch.setenv("TIMELINE_ADMINS", "anna@example.org, 4711")
    found = person_of(CLAIMS | {"email_verified": False}, now=NOW)
    assert found == Person("4711", "4711", administrator=True)
    monkeypatch.setenv("TIMELINE_LOGIN_HOURS", "0.01")
    assert person_of(CLAIMS, now=NOW) == "expired"


@pytest.fixture
def user(monkeypatch):
    """What the provider says of whoever looks; empty while nobody is logged in. Tests change it."""
    monkeypatch.setenv("TIMELINE_AUTH", "oidc")
    claims = {}
    monkeypatch.setattr(login, "_claims", lambda: claims)
    return claims


def log_in(user, account):
    user |= {"is_logged_in": True, "iat": time.time(), "email": account, "email_verified": True}


@pytest.fixture
def url(tmp_path, monkeypatch):
    """A store with the newsroom's articles in the first project and another article in a second one."""
    told = f"sqlite:///{tmp_path / 'timeline.db'}"
    monkeypatch.setenv("TIMELINE_DATABASE_URL", told)
    monkeypatch.setenv("TIMELINE_SAMPLES", "0")
    monkeypatch.setattr(session_module, "today", lambda: TODAY)
    monkeypatch.setattr(session_module, "language", lambda: "de")
    with Projects.open(told) as projects:
        fill(projects.store())
        other = projects.make("Afrika", who="anna")
        text = article_from_text(f"{SECRET}\n\n{SECRET}.", source="geheim.txt", title=SECRET)
        actor = Actor("Q1", "Amadou Toumani", "person", "ML")
        meeting = Meeting(
            "meeting", (actor,), "Timbuktu", "ML", None, "2023-02-22", "held", (Evidence(0, 10, SECRET),)
        )
        read = Reading(ReferenceDate("2023-02-23", "given"), (), (meeting,))
        projects.store(other.id).add(text, read, who="anna")
        projects.grant(FIRST_PROJECT, "leo@example.org", "reader", who="anna")
        projects.grant(FIRST_PROJECT, "edi@example.org", "editor", who="anna")
        projects.grant(other.id, "edi@example.org", "reader", who="anna")
    yield told
    session_module.open_projects(told).close()
    session_module.open_projects.clear()
    session_module.open_store.clear()


@pytest.fixture
def other(url):
    with Projects.open(url) as projects:
        return projects.named("Afrika").id


def start(page=None, **params):
    app = AppTest.from_file(APP, default_timeout=30)
    for name, value in params.items():
        app.query_params[name] = value
    if page:
        app.session_state["_goto"] = page
    app.run()
    assert not app.exception, app.exception
    return app


def keys(app):
    return {button.key for button in app.button}


def whole(app):
    """All that stands on the page, whatever the element: for looking for what must not be there."""
    return words(app) + "\n".join(str(element.proto) for element in app.main) + str(app.sidebar)


def test_the_door_shows_nothing_but_itself(url, user):
    for page in (None, "articles", "export", "projects"):
        app = start(page, treffen="x")
        assert keys(app) == {"login_button"}
        assert "Melden Sie sich" in words(app)
        assert "Putin" not in whole(app)


@pytest.mark.parametrize(
    ("claims", "told"),
    [
        ({"email_verified": False}, "email_verified"),
        ({"iat": 0}, "abgelaufen"),
        ({"email": ""}, "keinen Namen"),
    ],
)
def test_the_door_says_why_a_login_does_not_count(url, user, claims, told):
    log_in(user, "edi@example.org")
    user |= claims
    app = start()
    assert told in words(app)
    assert "Putin" not in whole(app)


def test_a_stranger_sees_that_he_has_no_role(url, user):
    log_in(user, "fremd@example.org")
    for params in ({}, {"projekt": FIRST_PROJECT}):
        app = start(**params)
        assert "in keinem Projekt" in words(app)
        assert keys(app) == {"logout"}
        assert "Putin" not in whole(app)


def test_a_reader_looks_but_finds_no_button_that_changes_something(url, user):
    log_in(user, "leo@example.org")
    app = start()
    assert "lesen und ausgeben" in words(app)
    event = session_module.open_store(url).events()[0]
    for page in ("timeline", "agenda", "actors", "articles", "curate", "export"):
        app = start(page, treffen=event.id, artikelseite=event.claims[0].article)
        assert not keys(app) & HIDDEN, page
        assert not {key for key in keys(app) if str(key).startswith(("review_", "restore_", "merge_"))}, page
        assert not [field for field in app.text_area if field.key == "paste"], page
    assert app.get("download_button")


def test_an_editor_changes_and_the_log_names_him(url, user):
    log_in(user, "edi@example.org")
    store = session_module.open_store(url)
    event = store.events()[0]
    app = start(treffen=event.id)
    app.button(key="confirm").click().run()
    assert not app.exception
    (entry,) = store.log(limit=1)
    assert (entry.action, entry.who) == ("check", "edi@example.org")


def test_a_page_that_stands_open_does_not_outlive_the_role(url, user):
    """The button was drawn while he was an editor; by the click he is none any more."""
    log_in(user, "edi@example.org")
    store = session_module.open_store(url)
    event = store.events()[0]
    app = start(treffen=event.id)
    app.button(key="confirm")
    session_module.open_projects(url).grant(FIRST_PROJECT, "edi@example.org", "reader", who="anna")
    app.button(key="confirm").click().run()
    assert store.event(event.id).checked is False
    app.run()
    assert "confirm" not in keys(app)


def test_an_upload_of_one_whose_role_is_gone_adds_nothing(url, user):
    projects = session_module.open_projects(url)
    store = projects.store_for("edi@example.org")
    before = len(projects.store().articles())
    projects.grant(FIRST_PROJECT, "edi@example.org", "reader", who="anna")
    job = reading.Job(store, reading.pasted("Scholz traf Macron am Montag in Paris."), None, "edi").start()
    job.wait(30)
    assert [result.read for result in job.results] == [False]
    assert len(projects.store().articles()) == before


def test_projects_stay_apart_in_one_session(url, user, other):
    """Turning to another project keeps nothing of the first: filters, open meeting, answers, uploads."""
    log_in(user, "edi@example.org")
    event = session_module.open_store(url).events()[0]
    app = start(treffen=event.id, akteur="Q7747")
    assert "Putin" in whole(app)
    assert SECRET not in whole(app)
    done = reading.Job(session_module.open_store(url), reading.pasted("Kein Treffen."), None, "edi").start()
    done.wait(30)
    app.session_state["_job"] = done
    app.selectbox(key="project").set_value(other).run()
    assert not app.exception
    assert address(app, "projekt") == [other]
    assert app.session_state["_job"] is None
    assert app.session_state["shown_event"] is None
    assert "Timbuktu" in whole(app)
    for word in ("Putin", "Moskau", event.id):
        assert word not in whole(app), word
    assert "lesen und ausgeben" in words(app)
    app.selectbox(key="project").set_value(FIRST_PROJECT).run()
    assert app.session_state["_job"] is done
    assert "Timbuktu" not in whole(app)


def test_every_page_of_a_project_shows_its_own_articles_alone(url, user, other):
    log_in(user, "edi@example.org")
    for page in ("timeline", "agenda", "actors", "articles", "curate", "export"):
        app = start(page, projekt=other)
        assert "Putin" not in whole(app), page
        app = start(page, projekt=FIRST_PROJECT)
        assert "Timbuktu" not in whole(app), page


def test_a_link_into_a_project_of_others_says_no_more_than_a_wrong_one(url, user, other):
    log_in(user, "leo@example.org")
    told = []
    for project in (other, "gibtesnicht"):
        app = start(projekt=project)
        told.append([element.value for element in app.error])
        assert SECRET not in whole(app)
        assert "Afrika" not in whole(app)
    assert told[0] == told[1] != []


def test_administrators_make_projects_and_give_roles(url, user, monkeypatch):
    monkeypatch.setenv("TIMELINE_ADMINS", "leo@example.org")
    log_in(user, "leo@example.org")
    app = start("projects")
    app.text_input(key="project_name_0").set_value("Nordsee").run()
    app.button(key="make_project").click().run()
    projects = session_module.open_projects(url)
    made = projects.named("Nordsee")
    assert app.selectbox(key="project_managed").value == made.id
    app.text_input(key="grant_account").set_value("Mia@Example.org").run()
    app.selectbox(key="grant_role").set_value("editor").run()
    app.button(key="grant_do").click().run()
    assert projects.members(made.id) == [("mia@example.org", "editor")]
    assert [grant.by for grant in projects.grants(made.id)] == ["leo@example.org"]
    app.button(key="revoke_mia@example.org").click().run()
    assert projects.members(made.id) == []
    app.button(key="close_project").click().run()
    assert made not in projects.all()
    assert not app.exception


def test_others_manage_nothing(url, user, monkeypatch):
    """Also where the page was drawn for an administrator and he is none when he presses."""
    monkeypatch.setenv("TIMELINE_ADMINS", "leo@example.org")
    log_in(user, "edi@example.org")
    app = start("projects")
    assert "make_project" not in keys(app)
    assert "TIMELINE_ADMINS" in words(app)
    log_in(user, "leo@example.org")
    app = start("projects")
    app.text_input(key="project_name_0").set_value("Nordsee").run()
    monkeypatch.setenv("TIMELINE_ADMINS", "")
    app.button(key="make_project").click().run()
    assert "Nordsee" not in [project.name for project in session_module.open_projects(url).all()]


def test_without_a_login_the_chooser_is_there_and_everything_may_be_changed(url, other):
    app = start(projekt=other)
    assert "Timbuktu" in whole(app)
    assert "add" in keys(app)
    assert set(app.selectbox(key="project").options) == {"Erstes Projekt", "Afrika"}
    assert "logout" not in keys(app)


def correcting(event):
    """The page on which a meeting is corrected."""
    app = start("curate", treffen=event.id)
    assert app.text_input(key=f"when_{event.id}").value == event.date
    return app


def test_two_people_correct_one_meeting_and_neither_word_is_lost(url):
    """The second to save had not seen the first one's word, though the page was drawn again since."""
    store = session_module.open_store(url)
    event = next(event for event in store.events() if event.date == "2023-02-22")
    first, second = correcting(event), correcting(event)
    first.text_input(key=f"when_{event.id}").set_value("2023-02-20").run()
    first.button(key="review_save").click().run()
    assert store.event(event.id).date == "2023-02-20"
    second.text_input(key=f"when_{event.id}").set_value("2023-02-21").run()
    second.button(key="review_save").click().run()
    assert "inzwischen geändert" in words(second)
    assert store.event(event.id).date == "2023-02-20"
    assert second.text_input(key=f"when_{event.id}").value == "2023-02-20", "now he sees the other's word"
    second.text_input(key=f"when_{event.id}").set_value("2023-02-21").run()
    second.button(key="review_save").click().run()
    assert store.event(event.id).date == "2023-02-21"
    assert not first.exception
    assert not second.exception


def test_a_form_that_nobody_has_touched_follows_what_others_change(url):
    store = session_module.open_store(url)
    event = next(event for event in store.events() if event.date == "2023-02-22")
    app = correcting(event)
    store.edit(event.id, "date", "2023-02-19", who="anna")
    app.run()
    assert app.text_input(key=f"when_{event.id}").value == "2023-02-19"
    app.text_input(key=f"when_{event.id}").set_value("2023-02-18").run()
    app.button(key="review_save").click().run()
    assert store.event(event.id).date == "2023-02-18"
