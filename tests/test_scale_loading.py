"""A store that was filled from an archive is the store that its articles make when they are added."""

import json
import re
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import inspect, select, text

from tests.test_scale import article, read, write_lines
from timeline import pipeline
from timeline.cli import main
from timeline.query import Query
from timeline.scale.blocks import merge_archive
from timeline.scale.folder import Folder, FolderError
from timeline.scale.loading import DatasetArchive
from timeline.scale.pieces import articles_of, plan
from timeline.scale.workers import workers
from timeline.store import Store, StoreError
from timeline.store.schema import Table

RECORDS = [article(n) for n in range(30)]
COPIES = [
    article(4, outlet="Nachdruck"),
    {key: value for key, value in article(8).items() if key != "published"} | {"outlet": "Ohne Datum"},
]
TRICKY = {"text": 'Joe Biden und Xi Jinping trafen sich am 3. Mai 2023 in Wien.\n\nTab\t, \\N und \\. "so".',
          "published": "2023-05-04", "title": "Zeile\\n", "outlet": "A\\B\tC"}  # fmt: skip


@pytest.fixture(scope="module")
def archive(tmp_path_factory) -> Folder:
    folder = tmp_path_factory.mktemp("loading")
    # A copy in the same part stands behind its article; of copies in several parts the dated one counts.
    write_lines(folder / "in.jsonl", [*RECORDS[:5], COPIES[0], *RECORDS[5:], TRICKY, COPIES[1]])
    read(folder / "in.jsonl", folder / "out", piece_bytes=3_000)
    with workers(scheduler=None, processes=1) as run:
        merge_archive(Folder(str(folder / "out")), run, block_claims=7)
    return Folder(str(folder / "out"))


def contents(store: Store, *, without=()) -> dict[str, list]:
    """All rows of all tables but the log, when things happened, and in which order things were numbered."""
    found = {}
    with store._engine.connect() as connection:
        for name, table in Table.metadata.tables.items():
            if name not in ("log", "counters", "bands", "event_facts", "event_values", *without):
                left_out = ("added_at", "read_at", "number") if name == "events" else ("added_at", "read_at")
                columns = [column for column in table.columns if column.name not in left_out]
                found[name] = sorted((tuple(row) for row in connection.execute(select(*columns))), key=repr)
    return found


def add_all(store: Store, source: str) -> None:
    """The articles one after the other, as by ``add``; the dated copy first, as the archive chooses."""
    found = [each for unit in plan(source, piece_bytes=3_000) for each in articles_of(unit)]
    store.add_all((each, pipeline.read(each)) for each in found)


def test_filled_and_added_are_the_same(archive, store, tmp_path):
    source = archive.address.removesuffix("out") + "in.jsonl"
    done = store.load(DatasetArchive(archive))
    with Store.open(f"sqlite:///{tmp_path / 'other.db'}") as other:
        add_all(other, source)
        assert contents(store) == contents(other)
        assert (done.articles, done.events) == (31, other.count())
        assert store.events() == other.events()
        assert store.facets() == other.facets()
        for asked in (Query(countries=("DE", "FR")), Query(statuses=("held",), last=date(2030, 1, 1))):
            assert store.facets(asked) == other.facets(asked)
            assert store.tallies(asked) == other.tallies(asked) != []
        for asked in (Query(text="putin"), Query(text="Wien Biden"), Query(countries=("FR",))):
            assert store.events(asked) == other.events(asked)
            assert store.count(asked) == len(store.events(asked)) > 0
        stored = store.article(next(e for e in store.articles() if e.title == "Zeile\\n").id)
        assert stored.article.text == TRICKY["text"]
        assert stored.article.outlet == "A\\B\tC"


def test_loading_again_changes_nothing_and_more_is_added(archive, store, tmp_path):
    store.load(DatasetArchive(archive))
    before, revision = contents(store), store.log()
    done = store.load(DatasetArchive(archive))
    assert (done.articles, done.claims, done.events) == (0, 0, store.count())
    assert (contents(store), store.log()) == (before, revision)
    more = [article(n) for n in range(20, 40)]
    write_lines(tmp_path / "more.jsonl", more)
    read(tmp_path / "more.jsonl", tmp_path / "more")
    with workers(scheduler=None, processes=1) as run:
        merge_archive(Folder(str(tmp_path / "more")), run)
    done = store.load(DatasetArchive(Folder(str(tmp_path / "more"))))
    assert done.articles == 10
    merged = contents(store, without=("sources",))
    store.rebuild()
    assert contents(store, without=("sources",)) == merged


def test_a_filled_store_goes_on(archive, store):
    store.load(DatasetArchive(archive))
    loaded = store.events()
    pipeline.add(store, next(articles_of(plan_of(article(33), archive)[0])))
    changed = store.events()
    assert len(changed) >= len(loaded)
    store.edit(changed[0].id, "date", "2020-01-01")
    store.rebuild()
    assert store.event(changed[0].id).date == "2020-01-01"
    (entry,) = [each for each in store.log() if each.action == "load"]
    with pytest.raises(StoreError, match="not taken back"):
        store.undo(entry.id)


def plan_of(record, archive):
    return plan(write_lines(archive_path(archive) / "one.jsonl", [record]), piece_bytes=10**6)


def archive_path(archive):
    return Path(archive.address).parent


def test_indexes_are_back_after_loading(archive, store):
    def indexes():
        found = inspect(store._engine)
        return {
            name: sorted(str(each["name"]) for each in found.get_indexes(name))
            for name in found.get_table_names()
        }

    before = indexes()
    store.load(DatasetArchive(archive))
    assert indexes() == before


def test_a_load_that_fails_leaves_nothing(archive, store, monkeypatch):
    def failing(_self):
        yield from ()
        raise StoreError("no_text")

    monkeypatch.setattr(DatasetArchive, "readings", failing)
    with pytest.raises(StoreError):
        store.load(DatasetArchive(archive))
    assert (store.count(), store.articles(), store.log()) == (0, [], [])
    with store._engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM events")).scalar_one() == 0


def test_what_is_not_merged_is_refused(tmp_path):
    with pytest.raises(FolderError, match="no datasets"):
        DatasetArchive(Folder(str(tmp_path / "nothing")))
    write_lines(tmp_path / "in.jsonl", RECORDS[:3])
    read(tmp_path / "in.jsonl", tmp_path / "out")
    with pytest.raises(FolderError, match="not merged"):
        DatasetArchive(Folder(str(tmp_path / "out")))


def test_command(archive, tmp_path, capsys):
    url = f"sqlite:///{tmp_path / 'timeline.db'}"
    assert main(["load", archive.address, "--database", url]) == 0
    assert "31 articles" in capsys.readouterr().err
    assert main(["export", "--format", "json", "--database", url]) == 0
    with Store.open(url) as store:
        printed = json.loads(capsys.readouterr().out)
        assert {event.id for event in store.events()} <= set(re.findall(r"\w{16}", str(printed)))
    assert main(["load", str(tmp_path / "nowhere"), "--database", url]) == 1
    assert "no datasets" in capsys.readouterr().err
