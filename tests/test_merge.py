"""Claims of several articles become events: a table of what belongs together and what does not."""

import random
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.diplomacy import PEOPLE, article, claim, meeting, reading
from timeline.merge import Apart, Together, claims_from, merge, reach

SAME = [
    ("same day, same persons", ("Putin, Xi", "2022-09-15"), ("Xi, Putin", "2022-09-15")),
    ("month holds the day", ("Putin, Xi", "2022-09-15"), ("Putin, Xi", "2022-09")),
    ("person and own state", ("Putin, Xi", "2022-09-15"), ("Russland, China", "2022-09-15")),
    ("city and its country", ("Putin, Xi", "2022-09-15", "Samarkand"),
     ("Putin, Xi", "2022-09-15", "Usbekistan")),
    ("place unknown to one", ("Putin, Xi", "2022-09-15", "Samarkand"), ("Putin, Xi", "2022-09-15")),
    ("visit and talk", ("Scholz, Macron", "2024-05-28", "Meseberg"),
     ("Scholz, Macron", "2024-05-28", "Meseberg", "visit")),
    ("a stay and one of its days", ("Scholz, Xi", "2024-04-14/2024-04-16", "China", "visit"),
     ("Scholz, Xi", "2024-04-16", "Peking")),
    ("week in which it was told", ("Scholz, Macron", "2024-05-28"),
     ("Scholz, Macron", "[2024-05-23..2024-05-29]")),
    ("a minister is with him", ("Merkel, Putin", "2012-11-16"),
     ("Merkel, Baerbock, Putin", "2012-11-16")),
    ("a third side named by one source", ("Scholz, Macron", "2024-03-15", "Berlin"),
     ("Scholz, Macron, Tusk", "2024-03-15", "Berlin")),
    ("summit by its body", ("G7", "2022-06-26/2022-06-28", "Elmau", "summit"),
     ("G7, Scholz, Macron", "2022-06-26/2022-06-28", "Elmau", "summit")),
    ("the approximate month", ("Putin, Xi", "2023-03-20/2023-03-22", "Moskau", "visit"),
     ("Putin, Xi", "2023-03~", "Moskau", "visit")),
    ("government and rebels", ("Ukraine, Luhansk", "2014-09-05", "Minsk", "negotiation"),
     ("Ukraine, Luhansk", "2014-09-05", "Minsk", "negotiation")),
]  # fmt: skip

APART = [
    ("another day", ("Putin, Xi", "2022-09-15"), ("Putin, Xi", "2022-09-16")),
    ("another month", ("Putin, Xi", "2022-09"), ("Putin, Xi", "2022-10")),
    ("another person of the side", ("Putin, Xi", "2023-02-22"), ("Putin, Wang", "2023-02-22")),
    ("another pair", ("Scholz, Macron", "2024-05-28"), ("Scholz, Tusk", "2024-05-28")),
    ("a call and a meeting", ("Scholz, Putin", "2022-12-02", None, "call"), ("Scholz, Putin", "2022-12-02")),
    ("two countries", ("Scholz, Macron", "2024-05-28", "Berlin"), ("Scholz, Macron", "2024-05-28", "Paris")),
    ("a talk at a summit", ("Scholz, Macron", "2022-06-27", "Elmau"),
     ("G7, Scholz, Macron", "2022-06-26/2022-06-28", "Elmau", "summit")),
    ("a day and its decade", ("Putin, Xi", "2022-09-15"), ("Putin, Xi", "202X")),
    ("no date at all and a day", ("Putin, Xi", "2022-09-15"), ("Putin, Xi", None)),
    ("summoned and called", ("Deutschland, Russland", "2024-02-01", None, "summons"),
     ("Deutschland, Russland", "2024-02-01", None, "call")),
]  # fmt: skip


@pytest.mark.parametrize(("one", "other"), [row[1:] for row in SAME], ids=[row[0] for row in SAME])
def test_same_meeting(one, other):
    assert len(merge([claim("a", *one), claim("b", *other)])) == 1


@pytest.mark.parametrize(("one", "other"), [row[1:] for row in APART], ids=[row[0] for row in APART])
def test_other_meeting(one, other):
    assert len(merge([claim("a", *one), claim("b", *other)])) == 2


def test_one_article_tells_each_meeting_once():
    told = (
        meeting("Putin, Xi", "2022-09"),
        meeting("Putin, Xi", "2022-09", at=90),
    )
    assert len(merge(claims_from(article("a"), reading(*told)))) == 2


def test_a_vague_claim_does_not_glue_two_days():
    events = merge([
        claim("a", "Scholz, Macron", "2024-05-03"),
        claim("b", "Scholz, Macron", "2024-05"),
        claim("c", "Scholz, Macron", "2024-05-28"),
    ])  # fmt: skip
    assert sorted(event.date for event in events) == ["2024-05", "2024-05-03", "2024-05-28"]


def test_the_place_tells_to_which_day_a_vague_claim_belongs():
    events = merge([
        claim("a", "Scholz, Macron", "2024-05-03", "Paris"),
        claim("b", "Scholz, Macron", "2024-05", "Meseberg"),
        claim("c", "Scholz, Macron", "2024-05-28", "Meseberg"),
    ])  # fmt: skip
    assert [(event.date, event.sources) for event in events] == [("2024-05-03", 1), ("2024-05-28", 2)]


def test_talks_of_two_days_are_not_glued_by_a_stay_without_names():
    events = merge([
        claim("a", "Scholz, China", "2024-04-14/2024-04-16", "China", "visit"),
        claim("b", "Scholz, Wang", "2024-04-15", "Peking"),
        claim("c", "Scholz, Xi", "2024-04-16", "Peking"),
    ])  # fmt: skip
    assert all({"Q9381", "Q15031"} - {actor.key for actor in event.participants} for event in events)


def test_planned_then_held_is_one_event_with_a_history():
    (event,) = merge([
        claim("a", "Putin, Xi", "[2023-03..2023-05]", "Moskau", "visit", "planned", published="2023-02-22"),
        claim("b", "Putin, Xi", "2023-03-20/2023-03-22", None, "visit", "planned", published="2023-03-17"),
        claim("c", "Putin, Xi", "2023-03-20/2023-03-22", "Moskau", "visit", "held", published="2023-03-23"),
    ])  # fmt: skip
    assert (event.status, event.date, event.disputed) == ("held", "2023-03-20/2023-03-22", frozenset())
    assert [(state.status, state.published) for state in event.history] == [
        ("planned", "2023-02-22"), ("planned", "2023-03-17"), ("held", "2023-03-23"),
    ]  # fmt: skip


STATUSES = [
    # told in this order of publication, a week apart; the status in force; whether sources contradict
    (("planned", "held"), "held", False),
    (("proposed", "planned"), "planned", False),
    (("planned", "cancelled"), "cancelled", False),
    (("planned", "denied"), "denied", False),
    (("cancelled", "planned"), "planned", False),
    (("held", "planned"), "held", False),
    (("held", "denied"), "denied", True),
    (("ongoing", "held"), "held", False),
    (("held", "ongoing"), "held", False),
]


@pytest.mark.parametrize(
    ("told", "status", "disputed"), STATUSES, ids=[" then ".join(row[0]) for row in STATUSES]
)
def test_status_in_force(told, status, disputed):
    days = ("2024-05-01", "2024-05-08")
    claims = [
        claim(f"a{day}", "Scholz, Macron", "2024-05-07", None, "meeting", each, published=day)
        for each, day in zip(told, days, strict=True)
    ]
    (event,) = merge(claims)
    assert (event.status, "status" in event.disputed) == (status, disputed)


PLANS = [
    # a plan of 1 May 2024, what one other article of 1 June tells as held, the index of what it joins
    ("the day of the talks within a planned stay", ("2024-05-14/2024-05-16", "China", "visit"),
     [("2024-05-15", "Peking", "meeting")], 0),
    ("the first of two talks", ("2024-05-14/2024-05-16", "China", "visit"),
     [("2024-05-16", "Peking", "meeting"), ("2024-05-15", "Peking", "meeting")], 1),
    ("the same kind before the nearer day", ("2024-05-14/2024-05-16", "China", "visit"),
     [("2024-05-15", "Peking", "meeting"), ("2024-05-16", "Peking", "visit")], 1),
    ("the nearest of a vague month", ("2024-05", None, "meeting"),
     [("2024-05-28", None, "meeting"), ("2024-05-07", None, "meeting")], 1),
    ("the place before the nearer day", ("2024-05", "Peking", "meeting"),
     [("2024-05-07", None, "meeting"), ("2024-05-28", "Peking", "meeting")], 1),
    ("held in a week that nobody dated better", ("2024-05-29", "Peking", "visit"),
     [("[2024-05-26..2024-06-01]", "Peking", "visit")], 0),
    ("the next one of an undated plan", (None, "Peking", "visit"),
     [("2024-05-28", "Peking", "visit"), ("2024-05-14", "Peking", "visit")], 1),
    ("another day", ("2024-05-14", "Peking", "visit"), [("2024-05-15", "Peking", "visit")], None),
    ("another city on another day", ("2024-05-14/2024-05-16", "Berlin", "visit"),
     [("2024-05-15", "Meseberg", "visit")], None),
]  # fmt: skip


@pytest.mark.parametrize(
    ("plan", "held", "joined"), [row[1:] for row in PLANS], ids=[row[0] for row in PLANS]
)
def test_a_plan_joins_what_it_fits_best(plan, held, joined):
    made = claim("plan", "Scholz, Xi", *plan, "planned", published="2024-05-01")
    told = claims_from(
        article("held"),
        reading(
            *(meeting("Scholz, Xi", *each, at=90 * i) for i, each in enumerate(held)), published="2024-06-01"
        ),
    )
    (event,) = (event for event in merge([made, *told]) if made in event.claims)
    assert [c.id for c in event.claims if c is not made] == ([] if joined is None else [told[joined].id])


def test_a_planned_stay_does_not_hold_talks_of_two_days_together():
    events = merge([
        claim("a", "Scholz, Xi", "2024-05-14/2024-05-16", "China", "visit", "planned", published="2024-05"),
        claim("b", "Scholz, Xi", "2024-05-14", "Peking"),
        claim("c", "Scholz, Xi", "2024-05-16", "Peking"),
    ])  # fmt: skip
    assert [(event.date, event.sources) for event in events] == [("2024-05-14", 2), ("2024-05-16", 1)]


def test_plans_of_one_stay_belong_together_even_if_only_a_talk_is_reported():
    (event,) = merge([
        claim("a", "Scholz, Xi", "2024-05-14/2024-05-16", "China", "visit", "planned", published="2024-05"),
        claim("b", "Scholz, Xi", "2024-05-14", "China", "visit", "planned", published="2024-05-02"),
        claim("c", "Scholz, Xi", "2024-05-16", "Peking", published="2024-05-17"),
    ])  # fmt: skip
    assert (event.date, event.status) == ("2024-05-16", "held")


def test_put_off_and_held_later_is_no_contradiction():
    (event,) = merge([
        claim("a", "Scholz, Xi", None, "Peking", "visit", "cancelled", published="2024-02-04"),
        claim("b", "Scholz, Xi", "2024-06-18", "Peking", "visit", published="2024-06-19"),
    ])  # fmt: skip
    assert (event.status, event.disputed) == ("held", frozenset())
    assert [state.status for state in event.history] == ["cancelled", "held"]


def test_disagreements_are_kept_and_named():
    (event,) = merge([
        claim("a", "Scholz, Macron", "2024-05-28", "Meseberg"),
        claim("b", "Scholz, Macron", "2024-05-28", "Berlin"),
        claim("c", "Scholz, Macron, Tusk", "2024-05-28", "Berlin"),
    ])  # fmt: skip
    assert event.disputed == {"place", "participants"}
    assert sorted(c.meeting.place for c in event.claims) == ["Berlin", "Berlin", "Meseberg"]


def test_where_it_was_to_be_contradicts_nobody_who_says_where_it_was():
    (event,) = merge([
        claim("a", "Scholz, Macron", "2024-05-28", "Berlin", status="planned", published="2024-05-20"),
        claim("b", "Scholz, Macron", "2024-05-28", "Meseberg", published="2024-05-29"),
    ])  # fmt: skip
    assert (event.place, event.disputed) == ("Meseberg", frozenset())


def test_undated_plans_of_one_week_are_one_event_and_of_one_year_are_not():
    told = ("Putin, Xi", None, "Moskau", "visit", "planned")
    first, second, third = (
        claim(name, *told, published=day)
        for name, day in (("a", "2023-02-22"), ("b", "2023-02-25"), ("c", "2023-11-02"))
    )
    assert len(merge([first, second])) == 1
    assert len(merge([first, third])) == 2


UNDATED = [
    # an announcement of 22 February 2023 without a date, and what another article tells
    ("the visit", ("Moskau", "planned"), ("2023-03-20/2023-03-22", "Moskau", "held", "2023-03-23"), 1),
    ("a visit before it", ("Moskau", "planned"), ("2023-02-10", "Moskau", "held", "2023-02-11"), 2),
    ("a visit years later", ("Moskau", "planned"), ("2024-05-16", "Moskau", "held", "2024-05-17"), 2),
    ("a visit elsewhere", ("Moskau", "planned"), ("2023-03-20", "Minsk", "held", "2023-03-21"), 2),
    ("no place to go by", (None, "planned"), ("2023-03-20", "Moskau", "held", "2023-03-21"), 2),
    ("called off", ("Moskau", "cancelled"), ("2023-02-25", "Moskau", "planned", "2023-02-15"), 1),
    ("called off, both undated", ("Moskau", "planned"), (None, "Moskau", "cancelled", "2023-02-28"), 1),
    ("held, undated", ("Moskau", "held"), ("2023-03-20", "Moskau", "held", "2023-03-21"), 2),
]


@pytest.mark.parametrize(
    ("first", "second", "events"), [row[1:] for row in UNDATED], ids=[row[0] for row in UNDATED]
)
def test_an_announcement_without_a_date(first, second, events):
    place, status = first
    date, where, then, published = second
    one = claim("a", "Xi, Putin", None, place, "visit", status, published="2023-02-22")
    other = claim("b", "Xi, Putin", date, where, "visit", then, published=published)
    assert len(merge([one, other])) == events


def test_without_date_and_publication_nothing_is_joined():
    told = ("Putin, Xi", None, "Moskau")
    assert len(merge([claim("a", *told, published=None), claim("b", *told, published=None)])) == 2


def test_a_persons_word_stands_above_the_rules():
    one = claim("a", "Scholz, Macron", "2024-05-28")
    same = claim("b", "Scholz, Macron", "2024-05-28")
    other = claim("c", "Scholz, Macron", "2024-05-03")
    split = Apart(frozenset([one.id]), frozenset([same.id]))
    joined = Together(frozenset([one.id, other.id]))
    assert len(merge([one, same, other], [split])) == 3
    assert len(merge([one, same, other], [joined])) == 1
    assert len(merge([one, same, other], [split, joined])) == 2


def test_the_id_is_that_of_the_earliest_claim():
    early = claim("late in the alphabet", "Scholz, Macron", "2024-05-28", published="2024-05-20")
    late = claim("a", "Scholz, Macron", "2024-05-28", published="2024-05-29")
    (event,) = merge([late, early])
    assert event.id == early.id


def test_a_meeting_read_again_keeps_its_id():
    first = claims_from(article("a"), reading(meeting("Scholz, Macron", "2024-05", at=10)))
    better = meeting("Scholz, Macron", "2024-05-28", "Meseberg", at=200)
    other = meeting("Scholz, Tusk", "2024-05-29", at=400)
    again = claims_from(article("a"), reading(other, better), first)
    assert [c.id == first[0].id for c in again] == [False, True]


# Any order

_NAMES = [
    "Scholz",
    "Macron",
    "Putin",
    "Xi",
    "Wang",
    "Deutschland",
    "Russland",
    "China",
    "NATO",
]
_DATES = [
    None, "2024-05-01", "2024-05-02", "2024-05-28", "2024-05-01/2024-05-03", "2024-05", "2024-04/2024-06",
    "2024", "2024-05~", "[2024-04-26..2024-05-02]", "2024-05-01/..", "202X", "2024-22",
]  # fmt: skip
_CLAIMS = st.lists(
    st.tuples(
        st.lists(st.sampled_from(_NAMES), min_size=1, max_size=3, unique=True),
        st.sampled_from(_DATES),
        st.sampled_from([None, "Moskau", "Berlin", "Meseberg", "China", "Peking"]),
        st.sampled_from(["meeting", "visit", "call", "summit"]),
        st.sampled_from(["held", "planned", "cancelled", "ongoing"]),
        st.sampled_from([None, "2024-04-30", "2024-05-02", "2024-06"]),
        st.integers(0, 6),
    ),
    max_size=14,
)


def _told(rows):
    claims = []
    for number, (who, date, place, kind, status, published, source) in enumerate(rows):
        one = claim(str(source), ", ".join(who), date, place, kind, status, published=published)
        claims.append(replace(one, id=f"{number:02}-{one.id}"))
    return claims


@given(_CLAIMS, st.randoms(use_true_random=False))
@settings(max_examples=300, deadline=None)
def test_any_order_gives_the_same_events(rows, order: random.Random):
    claims = _told(rows)
    expected = merge(claims)
    order.shuffle(claims)
    assert merge(claims) == expected


@given(_CLAIMS)
@settings(max_examples=300, deadline=None)
def test_each_claim_is_in_one_event_and_no_article_twice(rows):
    claims = _told(rows)
    events = merge(claims)
    assert sorted(c.id for event in events for c in event.claims) == sorted(c.id for c in claims)
    for event in events:
        articles = [c.article for c in event.claims]
        assert len(articles) == len(set(articles))
        assert event.id in {c.id for c in event.claims}
        assert {actor.key for actor in event.participants} <= {actor.key for actor in PEOPLE.values()}


@given(_CLAIMS)
@settings(max_examples=300, deadline=None)
def test_claims_out_of_reach_do_not_matter(rows):
    """Merging the claims in reach of each other alone gives the same events."""
    claims = _told(rows)
    parts: list[list] = []
    for one in claims:
        joined = [part for part in parts if any(_in_reach(one, other) for other in part)]
        parts = [part for part in parts if part not in joined] + [
            [one, *(c for part in joined for c in part)]
        ]
    separately = [event for part in parts for event in merge(part)]
    assert sorted(separately, key=lambda event: event.id) == sorted(merge(claims), key=lambda event: event.id)


def _in_reach(one, other):
    (keys, first, last), (others, begin, end) = reach(one), reach(other)
    return bool(set(keys) & set(others)) and first <= end and begin <= last
