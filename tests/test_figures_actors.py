"""Agenda, promises, silences, network, pairs and map."""

from dataclasses import replace
from datetime import date

import pytest

from tests.test_figures import IRAN, PUTIN, WANG, XI, event
from timeline.figures.actors import MOST_LINES, career_of, matrix_figure, network_figure, silences
from timeline.figures.agenda import announced_on, promises, upcoming, was_announced
from timeline.figures.marks import focus_of, sort_day
from timeline.figures.table import event_columns, in_order
from timeline.figures.world import map_figure, unplaced
from timeline.model import Actor, State
from timeline.store import Tally

TODAY = date(2023, 6, 1)
CHINA = Actor("state:CN", "China", "state", "CN")


def announced(id_, when, status, **more):
    """An event that was planned first and then got ``status``."""
    made = event(id_, when, status=status, **more)
    history = (State("planned", when, "2023-01-01", "c1"), State(status, when, "2023-05-01", "c2"))
    return type(made)(
        made.id,
        made.kind,
        made.participants,
        made.place,
        made.country,
        made.date,
        status,
        (),
        history=history,
    )


@pytest.mark.parametrize(
    ("when", "status", "listed"),
    [
        ("2023-06-01", "planned", True),
        ("2023", "proposed", True),
        ("2023-05/..", "planned", True),
        (None, "planned", True),
        ("2023-05-31", "planned", False),
        ("2023-07-01", "held", False),
        ("2023-07-01", "cancelled", False),
    ],
)
def test_the_agenda_lists_what_may_still_come(when, status, listed):
    assert bool(upcoming([event(when=when, status=status)], TODAY)) is listed


def test_the_next_meeting_comes_first_and_the_undated_last():
    events = [
        event("c", None, status="planned"),
        event("b", "2023-09-01", status="planned"),
        event("a", "2023", status="planned"),
    ]
    assert [found.id for found in upcoming(events, TODAY)] == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("made", "outcome", "overdue"),
    [
        (announced("a", "2023-04-19", "planned"), "open", 43),
        (announced("a", "2023-04-19", "held"), "kept", 0),
        (announced("a", "2023-04-19", "cancelled"), "off", 0),
        (announced("a", "2023-04-19", "denied"), "off", 0),
        # Not to be judged: never announced, not over yet, only proposed, or without a last day.
        (event("a", "2023-04-19"), None, 0),
        (announced("a", "2023-06", "planned"), None, 0),
        (event("a", "2023-04-19", status="proposed"), None, 0),
        (event("a", "2019/..", status="planned"), None, 0),
    ],
)
def test_an_announcement_is_kept_called_off_or_left_open(made, outcome, overdue):
    found = promises([made], TODAY)
    assert [(p.outcome, p.overdue) for p in found] == ([(outcome, overdue)] if outcome else [])


def test_a_meeting_nearby_is_offered_as_perhaps_the_announced_one():
    plan = event("plan", "2023-03-10", status="planned")
    near, far = event("near", "2023-03-21"), event("far", "2023-09-01")
    other = event("other", "2023-03-11", who=(PUTIN, IRAN))
    (judged,) = promises([plan, near, far, other], TODAY)
    assert [found.id for found in judged.perhaps] == ["near"]


def test_a_plan_is_kept_by_a_meeting_within_its_days_at_its_place():
    plan = event("plan", "2023-03-20/2023-03-26", status="planned", who=(PUTIN, CHINA), place="Russland")
    talk = event("talk", "2023-03-21", who=(PUTIN, XI), place="Moskau")
    late = event("late", "2023-03-28", who=(PUTIN, XI), place="Moskau")
    judged = promises([plan, talk, late], TODAY)
    assert [(p.outcome, [held.id for held in p.by]) for p in judged] == [("kept", ["talk"])]
    (judged,) = promises([plan, late], TODAY)
    assert judged.outcome == "open"


def test_whatever_was_planned_once_was_announced():
    assert was_announced(announced("a", "2023-01-01", "held"))
    assert not was_announced(event())


def test_a_silence_lies_between_held_meetings_and_up_to_today():
    events = [event("a", "2023-01-10"), event("b", "2023-01-20"), event("p", "2023-05-01", status="planned")]
    found = silences(events, TODAY)
    assert [(gap.first, gap.last, gap.days) for gap in found] == [
        (date(2023, 1, 10), date(2023, 1, 20), 9),
        (date(2023, 1, 20), None, 132),
    ]


def test_a_vague_meeting_breaks_a_silence_wherever_it_may_lie():
    assert silences([event("a", "2023"), event("b", "2023-02-01")], TODAY) == []


def test_without_a_held_meeting_there_is_nothing_to_be_silent_after():
    assert silences([event(status="planned"), event("x", None)], TODAY) == []


def test_a_career_counts_partners_places_and_announcements():
    events = [
        event("a"),
        announced("b", "2023-03-01", "planned", who=(PUTIN, XI)),
        event("c", who=(XI, WANG)),
    ]
    putin = career_of("Q7747", events)
    assert (len(putin.events), putin.held, putin.announced) == (2, 1, 1)
    assert putin.partners == {"Q701801": 1, "Q15031": 1}
    assert putin.places == {"Moskau": 2}
    assert putin.names["Q15031"] == XI
    assert career_of("state:US", events) is None


def test_network_and_matrix_lead_back_to_actors_and_are_the_same_twice():
    people = [Actor(f"name:{i:02}", f"Person {i}", "person", "DE") for i in range(14)]
    tallies = [Tally(person, 30 - i, 9, 3, "2023", "2024") for i, person in enumerate(people)]
    met = [(f"name:{i:02}", f"name:{j:02}", i + j) for i in range(13) for j in range(i + 1, 14, 2)]
    net = network_figure(tallies, met, most=10)
    assert [key for (key,) in net.data[-1].customdata] == [f"name:{i:02}" for i in range(10)]
    assert net.to_json() == network_figure(tallies, met, most=10).to_json()
    assert "Person 0</b>: 30 Treffen<br>Person 13 13" in net.data[-1].hovertext[0]
    busy = [(one, other, 1000 + i) for i, (one, other, _) in enumerate(met * 9)]
    crowd = network_figure(tallies, busy, most=14)
    assert sum(len(line.x) // 3 for line in crowd.data[:-1]) <= MOST_LINES
    assert max(crowd.data[-1].marker.size) <= 31
    pairs = matrix_figure(tallies, met, most=10)
    drawn = dict(zip((both for (both,) in pairs.data[0].customdata), pairs.data[0].text, strict=True))
    assert drawn["name:02|name:05"] == "7"
    assert not any("13" in both for both in drawn)
    for lonely in ([], tallies[:1]):
        assert network_figure(lonely, [])
        assert matrix_figure(lonely, [])


def test_the_map_needs_no_one_else_and_names_what_it_cannot_place():
    places = [("Moskau", 2), ("Atlantis", 1)]
    figure = map_figure(places)
    assert {trace.type for trace in figure.data} == {"scatter"}, "geo and tile maps fetch from elsewhere"
    assert [place for (place,) in figure.data[-1].customdata] == ["Moskau"]
    assert unplaced(places) == {"Atlantis": 1}
    assert map_figure([])


def test_of_undated_plans_the_last_announced_comes_first():
    def plan(id_, told):
        made = announced(id_, None, "planned")
        return replace(made, history=(State("planned", None, told, "c"),))

    found = upcoming(
        [
            plan("old", "2005-01-01"),
            plan("new", "2023-05-01"),
            event("dated", "2023-07-01", status="planned"),
        ],
        TODAY,
    )
    assert [each.id for each in found] == ["dated", "new", "old"]


def test_the_day_of_an_announcement_is_that_of_its_first_article():
    assert announced_on(announced("a", "2023-03-01", "held")) == "2023-01-01"
    assert announced_on(event()) is None


def test_the_table_lists_every_event_in_order_of_time():
    events = in_order([event("b", None), event("a", "2023"), event("c", "2022-12-31")])
    assert [e.id for e in events] == ["c", "a", "b"]
    columns = event_columns(events, "de")
    assert columns["date"] == ["31. Dezember 2022", "2023", "Datum unbekannt"]
    assert {len(column) for column in columns.values()} == {3}


def test_a_far_off_event_does_not_squeeze_the_others():
    near = [event(f"e{i}", f"2023-01-{i:02}") for i in range(1, 21)]
    near = [sort_day(each) for each in near]
    focus = focus_of([date(1963, 1, 22), *near, date.max])
    assert focus.first.year in (2022, 2023)
    assert focus_of(near) is None
    assert focus_of([date(1963, 1, 22), near[0]]) is None
