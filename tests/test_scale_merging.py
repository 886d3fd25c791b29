"""Merging in blocks gives the events that merging all claims at once gives, row by row."""

import json
import random
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.merge import made_up_claims
from timeline.merge import meeting_points, merge
from timeline.model import Actor, Claim, Meeting, ReferenceDate
from timeline.scale import blocks
from timeline.scale.blocks import event_files, merge_archive
from timeline.scale.dataset import SCHEMAS, claim_row, event_from, month_of, table_of
from timeline.scale.folder import Folder, FolderError
from timeline.scale.workers import workers


def mixed_claims(number: int, seed: int) -> list[Claim]:
    """Made-up claims, among them summits, meetings of many sides, of one and of none, undated ones."""
    chance = random.Random(seed)
    claims = made_up_claims(number, seed)
    countries = sorted({actor.country for claim in claims for actor in claim.meeting.participants})
    found = []
    for claim in claims:
        meeting, draw = claim.meeting, chance.random()
        if draw < 0.02:
            sides = chance.sample(countries, chance.randrange(3, 20))
            states = tuple(Actor(f"state:{side}", side, "state", side) for side in sides)
            kind = chance.choice(["summit", "meeting"])
            meeting = replace(meeting, kind=kind, participants=states)
        elif draw < 0.03:
            meeting = replace(meeting, participants=meeting.participants[:1])
        elif draw < 0.035:
            meeting = replace(meeting, participants=())
        elif draw < 0.05:
            meeting = replace(meeting, date=None, expression=None)
        published = None if chance.random() < 0.03 else claim.published
        outlet = f"Blatt {chance.randrange(5)}" if chance.random() < 0.8 else None
        found.append(replace(
            claim, meeting=meeting, published=published, outlet=outlet,
            reference=ReferenceDate(published, "metadata" if published else "unknown"),
        ))  # fmt: skip
    return found


def write_claims(folder: Folder, claims: list[Claim], *, files: int, articles=()) -> None:
    """Claims as so many pieces would have written them."""
    folder.prepare("made up")
    for number in range(files):
        part = claims[number::files]
        tables = {}
        by_month: dict[str, list[Claim]] = {}
        for claim in part:
            by_month.setdefault(month_of(claim.published)[:3], []).append(claim)
        for month, told in sorted(by_month.items()):
            rows = [claim_row(claim, 0) for claim in told]
            tables[f"claims/month={month}/part-{number:04}.parquet"] = table_of("claims", rows)
        if number < len(articles):
            tables[f"articles/part-{number:04}.parquet"] = table_of("articles", articles[number])
        folder.write("read", f"{number:04}", tables, tokens=(), addresses=(), counts={"claims": len(part)})


def merged_events(folder: Folder, claims: list[Claim]):
    known = {claim.id: claim for claim in claims}
    return [
        event_from(row, known)
        for name in event_files(folder)
        for batch in folder.batches(name)
        for row in batch
    ]


def here(folder, **options):
    with workers(scheduler=None, processes=1) as run:
        return merge_archive(folder, run, **options)


@pytest.fixture(scope="module")
def fifty_thousand(tmp_path_factory):
    claims = mixed_claims(50_000, seed=11)
    folder = Folder(str(tmp_path_factory.mktemp("merging") / "out"))
    write_claims(folder, claims, files=3)
    return claims, folder, here(folder, block_claims=2_000)


@pytest.mark.xdist_group("fifty_thousand")
def test_fifty_thousand_claims_row_by_row(fifty_thousand):
    claims, folder, merged = fifty_thousand
    expected = {event.id: event for event in merge(claims)}
    found = merged_events(folder, claims)
    assert len(found) == len(expected) == merged.events
    assert merged.claims == 50_000
    for event in found:
        assert event == expected[event.id]


@pytest.mark.xdist_group("fifty_thousand")
def test_it_was_merged_in_many_blocks(fifty_thousand):
    _, folder, merged = fifty_thousand
    assert merged.blocks >= 5
    assert len(event_files(folder)) == merged.blocks
    assert not folder.receipts("sort")


@pytest.mark.xdist_group("fifty_thousand")
def test_claims_of_different_blocks_share_no_point(fifty_thousand):
    claims, folder, _ = fifty_thousand
    block_of = {}
    for number, name in enumerate(event_files(folder)):
        for batch in folder.batches(name, ["claims"]):
            block_of |= {claim: number for row in batch for claim in row["claims"]}
    points: dict[object, int] = {}
    for claim in claims:
        for point in meeting_points(claim):
            assert points.setdefault(point, block_of[claim.id]) == block_of[claim.id]


@pytest.mark.parametrize("block_claims", [1, 50, 10**9])
def test_the_size_of_blocks_changes_nothing(tmp_path, block_claims):
    claims = mixed_claims(600, seed=5)
    folder = Folder(str(tmp_path / "out"))
    write_claims(folder, claims, files=4)
    here(folder, block_claims=block_claims)
    assert sorted(merged_events(folder, claims), key=lambda e: e.id) == sorted(
        merge(claims), key=lambda e: e.id
    )


def test_again_does_nothing_and_more_articles_are_merged_anew(tmp_path):
    claims = mixed_claims(500, seed=3)
    folder = Folder(str(tmp_path / "out"))
    with pytest.raises(FolderError, match="no datasets"):
        here(folder)
    write_claims(folder, claims[:300], files=2)
    with pytest.raises(FolderError, match="not merged"):
        event_files(folder)
    here(folder)
    steps = []
    here(folder, report=lambda *step: steps.append(step))
    assert steps == []
    write_claims(folder, claims, files=3)
    with pytest.raises(FolderError, match="not merged"):
        event_files(folder)
    here(folder)
    assert len(merged_events(folder, claims)) == len(merge(claims))
    assert len(list((tmp_path / "out" / "events").iterdir())) == len(event_files(folder))


@pytest.mark.parametrize("stop", range(7))
def test_merging_that_stopped_goes_on(tmp_path, monkeypatch, stop):
    monkeypatch.setattr(blocks, "_SURVEYED", 100)
    claims = mixed_claims(300, seed=9)
    folder = Folder(str(tmp_path / "out"))
    write_claims(folder, claims, files=3)
    done = 0

    def stopping(function, tasks):
        nonlocal done
        for task in tasks:
            if done == stop:
                raise KeyboardInterrupt
            done += 1
            yield task, function(task)

    with pytest.raises(KeyboardInterrupt):
        merge_archive(folder, stopping, block_claims=60)
    steps = []
    here(folder, block_claims=60, report=lambda *step: steps.append(step))
    survey = max((of for step, _, of in steps if step == "survey"), default=0)
    assert survey == max(0, 3 - stop)
    assert sorted(merged_events(folder, claims), key=lambda e: e.id) == sorted(
        merge(claims), key=lambda e: e.id
    )


def test_an_article_in_two_pieces_counts_once_with_both_outlets(tmp_path):
    actors = (Actor("Q1", "A", "person", "DE"), Actor("Q2", "B", "person", "FR"))
    meeting = Meeting("meeting", actors, "Wien", "AT", None, "2023-05-03", "held", ())
    dated = Claim("c1", "a1", "2023-05-04", ReferenceDate("2023-05-04", "metadata"), meeting, "Bote")
    undated = replace(dated, published=None, reference=ReferenceDate(None, "unknown"), outlet="Abend")
    twice = replace(dated, outlet="Kurier")
    rows = [{"id": "a1", "outlet": "Echo", "copy": True, "text": ""}]
    articles = [[dict.fromkeys(SCHEMAS["articles"].names) | row for row in rows]]
    for number, claims in enumerate(
        ([undated, dated, twice], [dated, twice, undated], [twice, undated, dated])
    ):
        folder = Folder(str(tmp_path / f"{number}"))
        write_claims(folder, claims, files=3, articles=articles)
        merged = here(folder)
        (event,) = merged_events(folder, [dated])
        assert (merged.claims, event.sources) == (1, 1)
        assert event.outlets == ("Abend", "Bote", "Echo", "Kurier")
        assert event.history[0].published == "2023-05-04"


@pytest.mark.xdist_group("fifty_thousand")
def test_receipts_are_json_that_people_can_read(fifty_thousand):
    _, folder, _ = fifty_thousand
    (plan,) = folder.receipts("plan").values()
    path = Path(folder.address) / f"_done/plan/{plan.id}.json"
    assert json.loads(path.read_text(encoding="utf-8"))["counts"]["blocks"] == plan.counts["blocks"]
