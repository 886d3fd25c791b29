"""Queries: to and from an address, and the same answer in Python as in SQL."""

from collections import Counter
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.diplomacy import article, meeting, reading
from timeline.figures.actors import career_of, partner_counts
from timeline.figures.marks import LANE_KINDS, extent, lanes_of, sort_day, span_of
from timeline.model import KINDS, STATUSES
from timeline.query import MODES, PARAMETERS, Query
from timeline.store import Store

_WORDS = st.lists(st.text(st.characters(codec="utf-8"), min_size=1, max_size=8), unique=True, max_size=3).map(
    tuple
)
QUERIES = st.builds(
    Query,
    actors=_WORDS,
    actors_mode=st.sampled_from(MODES),
    countries=_WORDS,
    countries_mode=st.sampled_from(MODES),
    kinds=st.lists(st.sampled_from(KINDS), unique=True, max_size=3).map(tuple),
    statuses=st.lists(st.sampled_from(STATUSES), unique=True, max_size=3).map(tuple),
    places=_WORDS,
    outlets=_WORDS,
    articles=_WORDS,
    text=st.text(st.characters(codec="utf-8"), max_size=20).map(str.strip),
    first=st.none() | st.dates(),
    last=st.none() | st.dates(),
    checked=st.none() | st.booleans(),
    disputed=st.none() | st.booleans(),
    undated=st.none() | st.booleans(),
)


@given(QUERIES)
@settings(max_examples=200, deadline=None)
def test_round_trip_through_an_address(query):
    params = query.to_params()
    assert set(params) <= set(PARAMETERS)
    assert Query.from_params(params) == query


def test_an_empty_query_has_no_parameters():
    assert Query().to_params() == {}
    assert Query.from_params({}) == Query()


BROKEN = [
    {"von": ["gestern"]},
    {"bis": ["2023-02-30"]},
    {"art": ["tanz"]},
    {"status": ["", "vielleicht"]},
    {"modus": ["manche"]},
    {"geprueft": ["kann sein"]},
    {"utm_source": ["x"]},
    {"akteur": []},
]


@pytest.mark.parametrize("params", BROKEN, ids=[next(iter(params)) for params in BROKEN])
def test_broken_parameters_are_ignored(params):
    assert Query.from_params(params) == Query()


def test_a_good_part_of_a_broken_address_counts():
    assert Query.from_params({"von": "2023-02-22", "bis": "x"}) == Query(first=date(2023, 2, 22))


ARTICLES = [
    ("a", "Tagblatt", meeting("Putin, Xi", "2022-09-15", "Samarkand")),
    ("b", "Abendzeitung", meeting("Putin, Xi", "2022-09", "Usbekistan")),
    ("c", "Tagblatt", meeting("Scholz, Macron", "2024-05-28", "Meseberg", "visit", "planned")),
    ("d", None, meeting("Scholz, Macron, Tusk", "2024-03-15", "Berlin", "summit")),
    ("e", None, meeting("Scholz, Putin", "2022-12-02", None, "call")),
    ("f", "100%_Blatt", meeting("Frankreich, Ukraine", None, "Paris", "meeting", "proposed")),
    ("g", None, meeting("Baerbock, Wang", "2023-04-13/2023-04-15", "Peking", "visit")),
    ("h", None, meeting("Russland, Ukraine", "2022-02-28/..", "Minsk", "negotiation", "ongoing")),
    ("i", None, meeting("NATO", "2022", "Elmau", "summit")),
    ("j", None, meeting("Scholz, Macron", "2024-05-28", "Berlin", "visit", "planned")),
]

CASES = [
    (Query(), 8),
    (Query(actors=("Q7747",)), 2),
    (Query(actors=("Q7747", "Q61053")), 4),
    (Query(actors=("Q61053", "Q3052772"), actors_mode="all"), 2),
    (Query(actors=("Q61053", "Q3052772"), actors_mode="exactly"), 1),
    (Query(countries=("CN",)), 2),
    (Query(countries=("FR", "UA"), countries_mode="exactly"), 1),
    (Query(countries=("DE", "FR"), countries_mode="all"), 2),
    (Query(countries=("DE",), countries_mode="exactly"), 0),
    (Query(kinds=("visit", "call")), 3),
    (Query(statuses=("planned",)), 1),
    (Query(places=("Samarkand",)), 1),
    (Query(outlets=("Tagblatt",)), 2),
    (Query(outlets=("Abendzeitung", "Tagblatt")), 2),
    (Query(articles=(article("c").id,)), 1),
    (Query(text="samarkand"), 1),
    (Query(text="PUTIN xi"), 1),
    (Query(text="putin macron"), 0),
    (Query(text="100%_blatt"), 1),
    (Query(text="1%B"), 3),
    (Query(text="1%Q"), 0),
    (Query(text="amarkand"), 0),
    (Query(text="samar"), 1),
    (Query(first=date(2024, 1, 1)), 3),
    (Query(last=date(2022, 2, 28)), 2),
    (Query(first=date(2022, 9, 15), last=date(2022, 9, 15)), 3),
    (Query(first=date(2023, 4, 15), last=date(2023, 4, 20)), 2),
    (Query(undated=True), 1),
    (Query(undated=False), 7),
    (Query(undated=True, first=date(2000, 1, 1)), 0),
    (Query(checked=False), 8),
    (Query(disputed=True), 1),
]


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def filled(request, tmp_path_factory):
    """A store with all :data:`ARTICLES`; the tests only read it."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path_factory.mktemp('query') / 'timeline.db'}"
    else:
        url = request.getfixturevalue("postgres_database_of_module")
    with Store.open(url) as store:
        readings = [
            (article(name, outlet=outlet), reading(told, published="2024-05-20"))
            for name, outlet, told in ARTICLES
        ]
        store.add_all(readings)
        yield store


@pytest.mark.parametrize(("query", "count"), CASES, ids=[str(q.to_params())[:60] for q, _ in CASES])
def test_sql_and_python_answer_the_same(filled, query, count):
    everything = filled.events()
    found = filled.events(query)
    assert found == [event for event in everything if query.matches(event)]
    assert len(found) == filled.count(query) == count
    assert [event.id for event in filled.events(query, with_claims=False)] == [event.id for event in found]


_KNOWN = {
    "actors": ["Q7747", "Q61053", "Q3052772", "state:UA", "org:NATO", "x"],
    "countries": ["DE", "FR", "RU", "UA", "CN"],
    "places": ["Berlin", "Meseberg", "Samarkand"],
    "outlets": ["Tagblatt", "Abendzeitung"],
}
_LIKELY = st.builds(
    Query,
    actors_mode=st.sampled_from(MODES),
    countries_mode=st.sampled_from(MODES),
    kinds=st.lists(st.sampled_from(KINDS), unique=True, max_size=2).map(tuple),
    statuses=st.lists(st.sampled_from(STATUSES), unique=True, max_size=2).map(tuple),
    text=st.sampled_from(["", "", "scholz", "ü", "%", "_", "\\", "visit", "trifft", "Scholz' (M*", "ц"]),
    first=st.none() | st.dates(date(2021, 1, 1), date(2025, 1, 1)),
    last=st.none() | st.dates(date(2021, 1, 1), date(2025, 1, 1)),
    checked=st.none() | st.booleans(),
    disputed=st.none() | st.booleans(),
    undated=st.none() | st.booleans(),
    **{name: st.lists(st.sampled_from(v), unique=True, max_size=3).map(tuple) for name, v in _KNOWN.items()},
)


@given(query=_LIKELY)
@settings(max_examples=150, deadline=None)
def test_sql_and_python_answer_the_same_for_any_query(filled, query):
    everything = filled.events()
    found = [event for event in everything if query.matches(event)]
    assert filled.events(query) == found
    assert filled.events(query, limit=3, offset=1) == found[1:4]
    newest = filled.events(query, newest_first=True)
    assert filled.events(query, limit=2, offset=2, newest_first=True) == newest[2:4]


def _month(event):
    span = span_of(event.date)
    day = span and (span.first or span.last)
    return day and day.replace(day=1)


@given(query=_LIKELY, kind=st.sampled_from(LANE_KINDS), most=st.integers(0, 6))
@settings(max_examples=150, deadline=None)
def test_the_database_counts_as_one_would_by_hand(filled, query, kind, most):
    events = filled.events(query)
    dated = [event for event in events if _month(event)]
    assert filled.count(query) == len(events)
    assert filled.ids(query) == [event.id for event in events]
    assert Counter({(m, s): n for m, s, n in filled.months(query)}) == Counter(
        (_month(event), event.status) for event in dated
    )
    assert filled.span(query) == extent(events)
    told = filled.lanes(kind, query)
    assert {count.value: count.count for count in told} == Counter(
        key for event in events for key, _ in lanes_of(event, kind) if key
    )
    keys = [count.value for count in told[:most]]
    by_hand = Counter()
    for event in dated:
        own = [key for key, _ in lanes_of(event, kind)]
        nowhere = own == [""] and kind in ("place", "country")
        for key in [key for key in own if key in keys] or ["" if nowhere else "*"]:
            by_hand[key, _month(event), event.status] += 1
    assert Counter({cell[:3]: cell.number for cell in filled.cells(kind, keys, query)}) == by_hand


@given(query=_LIKELY)
@settings(max_examples=100, deadline=None)
def test_the_database_tells_of_actors_what_their_events_tell(filled, query):
    events = filled.events(query)
    pairs = filled.pairs(query)
    for tally in filled.tallies(query):
        career = career_of(tally.actor.key, events)
        assert (tally.meetings, tally.held, tally.announced) == (
            len(career.events),
            career.held,
            career.announced,
        )
        assert partner_counts(pairs).get(tally.actor.key, {}) == career.partners
        in_time = sorted((e for e in career.events if _month(e)), key=lambda e: (sort_day(e), e.date))
        ends = [event.date for event in (in_time[:1] + in_time[-1:])]
        assert [tally.first, tally.last] == (ends or [None, None])
    assert {tally.actor.key for tally in filled.tallies(query)} == {
        actor.key for event in events for actor in event.participants
    }


def test_neighbours_share_an_actor_and_are_the_nearest(filled):
    for event in filled.events():
        keys = {actor.key for actor in event.participants}
        related = [
            other
            for other in filled.events(with_claims=False)
            if other.id != event.id and _month(other) and keys & {actor.key for actor in other.participants}
        ]
        related.sort(key=lambda other: (sort_day(other), other.date, other.id))
        before = [other for other in related if sort_day(other) <= sort_day(event)][::-1]
        after = [other for other in related if sort_day(other) > sort_day(event)]
        expected = (before[:2], after[:2]) if _month(event) else ([], [])
        assert filled.neighbours(event, most=2) == expected


def test_facets_count_the_events_of_the_query(filled):
    facets = filled.facets(Query(actors=("Q61053",)))
    assert [(count.label, count.count) for count in facets.actors] == [
        ("Olaf Scholz", 3), ("Emmanuel Macron", 2), ("Donald Tusk", 1), ("Wladimir Putin", 1),
    ]  # fmt: skip
    assert {(count.value, count.count) for count in facets.kinds} == {
        ("visit", 1),
        ("summit", 1),
        ("call", 1),
    }
    assert [(count.value, count.count) for count in facets.outlets] == [("Tagblatt", 1)]


def test_months_and_pairs(filled):
    assert (date(2022, 9, 1), "held", 1) in filled.months()
    assert sum(count for _, _, count in filled.months()) == filled.count(Query(undated=False))
    one, other, count = filled.pairs()[0]
    names = {filled.actor(key).name for key in (one, other)}
    assert (names, count) == ({"Olaf Scholz", "Emmanuel Macron"}, 2)
    assert one < other


def test_pages_of_events(filled):
    everything = filled.events()
    assert filled.events(limit=3, offset=2) == everything[2:5]
    newest = filled.events(newest_first=True, limit=1)
    assert newest[0].date == "2024-05-28"
