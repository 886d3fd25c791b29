"""Projects keep apart what is in them, and roles hold at the store itself, on SQLite and PostgreSQL."""

import sqlite3
import threading
from contextlib import closing

import pytest
from sqlalchemy import create_engine, inspect

from tests.diplomacy import SHORT, article, meeting, reading
from timeline import pipeline
from timeline.model import Meeting, Place
from timeline.query import Query
from timeline.store import FIRST_PROJECT, Projects, Store, StoreError

DAY = "2024-05-28"


@pytest.fixture
def projects(store_url):
    with Projects.open(store_url) as opened:
        yield opened


@pytest.fixture
def asia(projects):
    return projects.make("Asien", who="anna@example.org")


def fill(store, name, who="Scholz, Macron", place="Berlin"):
    store.add(article(name, outlet=f"Blatt {name}"), reading(meeting(who, DAY, place)), bands=[name])
    (event,) = store.events(Query(text=place))
    return event


def everything(store):
    """All that a store answers with, as one text, for looking for what must not be in it."""
    query = Query()
    answers = (
        store.articles(deleted=True), store.article_counts(), store.events(), store.count(), store.facets(),
        store.months(), store.pairs(), store.log(limit=None), store.sharing(["Berlin", "Peking"]),
        store.events(query, with_claims=False), store.events(Query(text="text")),
    )  # fmt: skip
    return repr(answers)


def test_a_project_shows_nothing_of_another(projects, asia):
    first, other = projects.store(), projects.store(asia.id)
    one, two = fill(first, "Berlin"), fill(other, "Peking", "Putin, Xi", "Peking")
    first.rename_actor(SHORT["Macron"].key, "Präsident M.")
    for store, own, foreign in ((first, "Berlin", "Peking"), (other, "Peking", "Berlin")):
        told = everything(store)
        assert own in told
        assert foreign not in told
    assert first.event(two.id) is None
    assert other.event(one.id) is None
    (told,) = two.claims
    assert first.article(told.article) is None
    with pytest.raises(StoreError, match="no meeting"):
        first.check(two.id)


def test_one_article_in_two_projects_has_two_lives(projects, asia):
    """The same text: what is corrected, dated or deleted in one project stays as it was in the other."""
    first, other = projects.store(), projects.store(asia.id)
    one, two = fill(first, "x"), fill(other, "x")
    assert one.id == two.id
    first.edit(one.id, "place", Place("Paris", "FR"), who="anna")
    first.rename_actor(SHORT["Scholz"].key, "O. S.")
    first.delete_article(one.claims[0].article)
    (event,) = other.events()
    assert (event.place, event.checked) == ("Berlin", False)
    assert [entry.action for entry in other.log()] == ["add"]
    assert "O. S." not in everything(other)


def test_projects_lie_in_databases_of_their_own(projects, asia, store_url, tmp_path):
    fill(projects.store(asia.id), "x")
    assert projects.store().count() == 0
    if store_url.startswith("sqlite"):
        with closing(sqlite3.connect(tmp_path / f"timeline.project-{asia.id}.db")) as file:
            assert file.execute("SELECT count(*) FROM articles").fetchone() == (1,)
    else:
        engine = create_engine(store_url)
        assert "articles" in inspect(engine).get_table_names(schema=f"project_{asia.id}")
        engine.dispose()


def test_projects_are_there_after_a_restart(store_url):
    with Projects.open(store_url) as projects:
        project = projects.make("  Naher   Osten ", who="anna")
        projects.grant(project.id, "Bert@Example.org", "reader", who="anna")
        fill(projects.store(project.id), "x")
    with Projects.open(store_url) as projects:
        assert projects.all()[1:] == [project]
        assert project.name == "Naher Osten"
        assert projects.roles("bert@example.org") == [(project.id, "reader")]
        assert projects.store(project.id).count() == 1


def test_names_of_projects(projects, asia):
    for name in ("", "   ", "asien", "x" * 81, "Main"):
        with pytest.raises(StoreError) as caught:
            projects.make(name, who=None)
        assert caught.value.code == "project_name"
    assert [each.id for each in projects.all()] == [FIRST_PROJECT, asia.id]
    assert projects.named("ASIEN") == projects.named(asia.id) == asia
    with pytest.raises(StoreError, match="no project"):
        projects.named("Afrika")


def test_a_closed_project_is_gone_for_everybody(projects, asia):
    projects.grant(asia.id, "bert", "editor", who=None)
    store = projects.store_for("bert", asia.id)
    projects.close_project(asia.id, who="anna")
    assert [each.id for each in projects.all()] == [FIRST_PROJECT]
    assert projects.roles("bert") == []
    with pytest.raises(StoreError, match="no role"):
        store.count()
    with pytest.raises(StoreError, match="no project"):
        projects.store(asia.id)
    with pytest.raises(StoreError, match="no project"):
        projects.close_project(asia.id, who="anna")
    with pytest.raises(StoreError, match="cannot be closed"):
        projects.close_project(FIRST_PROJECT, who="anna")
    assert projects.make("Asien", who="anna").id != asia.id


# Roles


class NoArchive:
    """An archive whose content nobody gets to ask for."""

    name = "archive"

    def __getattr__(self, name):
        raise AssertionError(f"asked for {name} without the right to")


CHANGES = {
    "add": lambda store, event: store.add(article("b"), reading(meeting("Putin, Xi", DAY))),
    "add_all": lambda store, event: store.add_all([(article("b"), reading())]),
    "add_source": lambda store, event: store.add_source(event.claims[0].article, article("b")),
    "edit": lambda store, event: store.edit(event.id, "date", "2024-05-01"),
    "check": lambda store, event: store.check(event.id),
    "reject": lambda store, event: store.reject(event.id),
    "merge_events": lambda store, event: store.merge_events([event.id, event.id]),
    "split": lambda store, event: store.split(event.id, [event.claims[0].id]),
    "add_event": lambda store, event: store.add_event(
        Meeting("meeting", (SHORT["Xi"],), None, None, None, DAY, "held", ())
    ),
    "rename_actor": lambda store, event: store.rename_actor(SHORT["Scholz"].key, "S."),
    "merge_actors": lambda store, event: store.merge_actors(SHORT["Scholz"].key, SHORT["Macron"].key),
    "delete_article": lambda store, event: store.delete_article(event.claims[0].article),
    "restore_article": lambda store, event: store.restore_article(event.claims[0].article),
    "remove_samples": lambda store, event: store.remove_samples(),
    "replace_reading": lambda store, event: store.replace_reading(
        event.claims[0].article, reading(), given=None, action="reread"
    ),
    "load": lambda store, event: store.load(NoArchive()),
    "undo": lambda store, event: store.undo(1),
    "rebuild": lambda store, event: store.rebuild(),
    "pipeline.add": lambda store, event: pipeline.add(store, article("b")),
    "pipeline.set_published": lambda store, event: pipeline.set_published(
        store, event.claims[0].article, "2024-05-29"
    ),
    "pipeline.reread": lambda store, event: pipeline.reread(store, [event.claims[0].article]),
    "pipeline.undo": lambda store, event: pipeline.undo(store, 1),
}
READS = {
    "adding", "article", "article_counts", "articles", "close", "count", "entry", "event", "events", "facets",
    "log", "months", "need_article", "open", "pairs", "preview", "revision", "sharing", "used_by",
    "actor", "cells", "deleted_articles", "facet", "ids", "lanes", "neighbours", "source_added", "span",
    "tallies",
}  # fmt: skip


def test_a_reader_changes_nothing(projects):
    event = fill(projects.store(), "a")
    projects.grant(FIRST_PROJECT, "leo", "reader", who="anna")
    before = everything(projects.store())
    store = projects.store_for("leo")
    for name, change in CHANGES.items():
        with pytest.raises(StoreError) as caught:
            change(store, event)
        assert caught.value.code == "reader", name
    assert everything(projects.store()) == before


def test_every_method_of_the_store_is_known_to_read_or_to_change():
    """A new way to change something must show here that readers cannot take it."""
    public = {name for name in dir(Store) if not name.startswith("_")}
    assert public - set(CHANGES) - READS == set()


def test_a_reader_looks_and_an_editor_changes_under_his_name(projects):
    fill(projects.store(), "a")
    projects.grant(FIRST_PROJECT, "leo", "reader", who="anna")
    projects.grant(FIRST_PROJECT, "Edi@Example.org", "editor", who="anna")
    reader, editor = projects.store_for("leo"), projects.store_for("edi@example.org")
    assert everything(reader) == everything(projects.store())
    (event,) = editor.events()
    editor.check(event.id, who="somebody else")
    editor.add(article("b"), reading(meeting("Putin, Xi", DAY)), who=None)
    assert [(entry.action, entry.who) for entry in reader.log()] == [
        ("add", "edi@example.org"), ("check", "edi@example.org"), ("add", None),
    ]  # fmt: skip


def test_a_role_taken_away_is_gone_at_once(projects):
    """Also for a store that was handed out before: a page that stands open must not outlive the role."""
    event = fill(projects.store(), "a")
    projects.grant(FIRST_PROJECT, "edi", "editor", who="anna")
    store = projects.store_for("edi")
    store.check(event.id)
    projects.grant(FIRST_PROJECT, "edi", "reader", who="anna")
    with pytest.raises(StoreError, match="may only read"):
        store.check(event.id, checked=False)
    assert store.count() == 1
    projects.grant(FIRST_PROJECT, "edi", None, who="anna")
    for read in (store.count, store.events, store.facets, store.articles, store.log, store.revision):
        with pytest.raises(StoreError, match="no role"):
            read()
    with pytest.raises(StoreError, match="no role"):
        projects.store_for("edi")
    assert [(grant.by, grant.member, grant.role) for grant in projects.grants(FIRST_PROJECT)] == [
        ("anna", "edi", "editor"), ("anna", "edi", "reader"), ("anna", "edi", None),
    ]  # fmt: skip


def test_a_role_counts_in_its_project_alone(projects, asia):
    projects.grant(asia.id, "edi", "editor", who=None)
    fill(projects.store_for("edi", asia.id), "x")
    assert projects.role("edi", FIRST_PROJECT) is None
    with pytest.raises(StoreError, match="no role"):
        projects.store_for("edi")
    assert projects.members(asia.id) == [("edi", "editor")]
    assert projects.members(FIRST_PROJECT) == []


def test_names_of_members(projects):
    for name in ("", "  ", "zwei Wörter", "x" * 201):
        with pytest.raises(StoreError) as caught:
            projects.grant(FIRST_PROJECT, name, "reader", who=None)
        assert caught.value.code == "member"
    with pytest.raises(StoreError, match="no project"):
        projects.grant("nichts", "edi", "reader", who=None)


def test_accounts_that_only_look_alike_are_two(projects):
    """An address is the same in any case, but nobody gets a role by letters that fold to another's."""
    projects.grant(FIRST_PROJECT, "Karl.Strauß@Example.org", "editor", who=None)
    assert projects.role("KARL.STRAUß@example.ORG", FIRST_PROJECT) == "editor"
    for other in ("karl.strauss@example.org", "\N{KELVIN SIGN}arl.strauß@example.org"):
        assert projects.role(other, FIRST_PROJECT) is None


def test_more_projects_than_are_kept_open(projects, monkeypatch):
    monkeypatch.setattr("timeline.store.projects._MOST_OPEN", 2)
    made = [projects.make(f"Projekt {n}", who=None) for n in range(4)]
    stores = [projects.store(project.id) for project in made]
    for n, store in enumerate(stores):
        fill(store, f"{n}")
    assert [projects.store(project.id).count() for project in made] == [1] * 4
    for store in stores:
        store.close()


def test_a_project_is_opened_by_many_at_once(store_url):
    """The first to look make its database; nobody finds it half made."""
    with Projects.open(store_url) as projects:
        project = projects.make("Asien", who=None)
    faults, opened = [], []

    def look() -> None:
        try:
            with Projects.open(store_url) as own:
                fill(own.store(project.id), threading.current_thread().name)
        except Exception as error:  # told to the main thread
            faults.append(error)

    threads = [threading.Thread(target=look, name=f"n{n}") for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == opened == []
    with Projects.open(store_url) as projects:
        assert len(projects.store(project.id).articles()) == 4
