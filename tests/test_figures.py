"""The figures: dates in words, where marks lie, what a reader can still tell from them."""

import json
import random
import re
from collections import Counter
from datetime import date, timedelta

import pytest

from timeline.edtf import Bounds
from timeline.figures.density import MOST_COLUMNS, density_figure
from timeline.figures.detail import MOST_MARKS, detail_figure
from timeline.figures.look import STYLES, locale_config
from timeline.figures.marks import Lane, choose_lanes, extent, lanes_of, place_marks, span_of
from timeline.figures.overview import histogram, overview_figure
from timeline.figures.wording import LANGUAGES, say_date, say_event, say_precision, say_when, words
from timeline.model import KINDS, STATUSES, Actor, Event

PUTIN = Actor("Q7747", "Wladimir Putin", "person", "RU")
WANG = Actor("Q701801", "Wang Yi", "person", "CN")
XI = Actor("Q15031", "Xi Jinping", "person", "CN")
USA = Actor("state:US", "USA", "state", "US")
IRAN = Actor("state:IR", "Iran", "state", "IR")


def event(
    id_="e1",
    when="2023-02-22",
    *,
    who=(PUTIN, WANG),
    kind="meeting",
    status="held",
    place="Moskau",
    disputed=(),
    checked=False,
):
    return Event(id_, kind, who, place, "RU", when, status, (), frozenset(disputed), checked=checked)


def many(count, seed=7):
    """Events of every kind of date, spread over six years."""
    draw = random.Random(seed)
    forms = (
        "{d}", "{m}", "{y}", "{y}-21", "{m}~", "{d}~", "{y}/..", "../{y}", "[{m}..{y}-12]", "{d}/{e}", None,
    )  # fmt: skip
    people = [Actor(f"name:{i}", f"Person {i}", "person", "DE") for i in range(40)]
    found = []
    for i in range(count):
        day = date(2019, 1, 1) + timedelta(days=draw.randrange(2000))
        form = draw.choice(forms)
        when = form and form.format(
            d=day, m=day.isoformat()[:7], y=day.year, e=day + timedelta(days=draw.randrange(1, 20))
        )
        found.append(
            event(
                f"e{i}",
                when,
                who=tuple(draw.sample(people, 2)),
                status=draw.choice(STATUSES),
                place=draw.choice(["Berlin", "Paris", None]),
            )
        )
    return found


@pytest.mark.parametrize(
    ("value", "german", "english"),
    [
        ("2023-02-22", "22. Februar 2023", "22 February 2023"),
        ("2022-09", "September 2022", "September 2022"),
        ("2022", "2022", "2022"),
        ("2023-21", "Frühjahr 2023", "spring 2023"),
        ("2023-24", "Winter 2023/24", "winter 2023/24"),
        ("1999-24", "Winter 1999/00", "winter 1999/00"),
        ("2023-33", "1. Quartal 2023", "Q1 2023"),
        ("2023-41", "2. Halbjahr 2023", "half 2 of 2023"),
        ("196X", "1960er Jahre", "1960s"),
        ("18XX", "19. Jahrhundert", "1800s"),
        ("2023-03-03~", "um den 3. März 2023", "around 3 March 2023"),
        ("2023~", "etwa 2023", "about 2023"),
        ("2019/..", "seit 2019", "since 2019"),
        ("../2020-06", "bis Juni 2020", "until June 2020"),
        ("[2023-03..2023-05]", "zwischen März und Mai 2023", "between March and May 2023"),
        ("[2015-07-06..2015-07-13]", "zwischen dem 6. und dem 13. Juli 2015", "between 6 and 13 July 2015"),
        ("[2023-01-02,2023-01-09]", "2. Januar 2023 oder 9. Januar 2023", "2 January 2023 or 9 January 2023"),
        ("2023-05-03/2023-05-05", "3. bis 5. Mai 2023", "3 to 5 May 2023"),
        ("2023-04-30/2023-05-02", "30. April bis 2. Mai 2023", "30 April to 2 May 2023"),
        (
            "2022-12-29/2023-01-02",
            "29. Dezember 2022 bis 2. Januar 2023",
            "29 December 2022 to 2 January 2023",
        ),
        ("2023-02-13/2023-02-19", "Woche vom 13. bis 19. Februar 2023", "week of 13 to 19 February 2023"),
        ("2023-03-01~/2023-03-10~", "Anfang März 2023", "early March 2023"),
        ("2023-02-21~/2023-02-28~", "Ende Februar 2023", "late February 2023"),
        ("2021-05~/2021-08~", "Mitte 2021", "mid-2021"),
        # Not what it seems: without the qualifier it is a span, and a span of ten days is no "Anfang".
        ("2023-03-01/2023-03-10", "1. bis 10. März 2023", "1 to 10 March 2023"),
        ("2023-02-14/2023-02-20", "14. bis 20. Februar 2023", "14 to 20 February 2023"),
        ("2023-02-30", "2023-02-30", "2023-02-30"),
        ("demnächst", "demnächst", "demnächst"),
        (None, "Datum unbekannt", "date unknown"),
    ],
)
def test_a_date_reads_as_people_write_it(value, german, english):
    assert say_date(value, "de") == german
    assert say_date(value, "en") == english


@pytest.mark.parametrize(
    ("value", "sentence", "precision"),
    [
        ("2023-02-22", "am 22. Februar 2023", "auf den Tag genau"),
        ("2022-09", "im September 2022", "auf den Monat genau"),
        ("2023-22", "im Sommer 2023", "auf die Jahreszeit genau"),
        ("2022", "2022", "auf das Jahr genau"),
        ("196X", "in den 1960er Jahren", "auf das Jahrzehnt genau"),
        ("2023-02-13/2023-02-19", "in der Woche vom 13. bis 19. Februar 2023", "auf die Woche genau"),
        ("2023-05-03/2023-05-05", "vom 3. bis 5. Mai 2023", "Zeitraum"),
        ("2022-09/2023-02", "von September 2022 bis Februar 2023", "Zeitraum"),
        ("2019/..", "seit 2019", "Ende offen"),
        ("2023-03-03~", "um den 3. März 2023", "ungefähr"),
        ("[2023-03..2023-05]", "zwischen März und Mai 2023", "irgendwann in dieser Zeit"),
        (None, "an einem nicht genannten Tag", "ohne Datum"),
    ],
)
def test_a_date_fits_into_a_sentence_with_its_precision(value, sentence, precision):
    assert say_when(value) == sentence
    assert say_precision(value) == precision


@pytest.mark.parametrize(
    ("made", "sentence"),
    [
        (event(), "Am 22. Februar 2023 (auf den Tag genau) traf Wladimir Putin in Moskau Wang Yi."),
        (
            event(who=(USA, IRAN), place="Schweiz"),
            "Am 22. Februar 2023 (auf den Tag genau) trafen sich in der Schweiz die USA und der Iran.",
        ),
        (
            event(who=(PUTIN, USA), kind="call", place=None),
            "Am 22. Februar 2023 (auf den Tag genau) telefonierte Wladimir Putin mit den USA.",
        ),
        (
            event(who=(XI, PUTIN), status="planned", kind="visit", when="[2023-03..2023-05]"),
            "Zwischen März und Mai 2023 (irgendwann in dieser Zeit) soll ein Besuch mit Xi Jinping und "
            "Wladimir Putin in Moskau stattfinden.",
        ),
        (
            event(when=None, status="denied", place=None),
            "Bestritten wird, dass an einem nicht genannten Tag ein Treffen mit Wladimir Putin und Wang Yi "
            "stattfindet oder stattfand.",
        ),
        (event(who=(), place=None, when="2022"), "2022 (auf das Jahr genau) fand ein Treffen statt."),
        (
            event(disputed=["place"]),
            "Am 22. Februar 2023 (auf den Tag genau) traf Wladimir Putin in Moskau Wang Yi. "
            "Die Quellen widersprechen sich.",
        ),
    ],
)
def test_a_meeting_reads_as_a_sentence(made, sentence):
    assert say_event(made) == sentence


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_and_status_has_words(language, status, kind):
    for who in ((), (PUTIN,), (PUTIN, WANG), (PUTIN, WANG, USA)):
        sentence = say_event(event(who=who, kind=kind, status=status), language)
        assert sentence.endswith(".")
        assert "{" not in sentence


def test_both_languages_have_the_same_words():
    def keys(table, prefix=""):
        for key, value in table.items():
            if isinstance(value, dict) and key not in ("names", "dictionary"):
                yield from keys(value, f"{prefix}{key}.")
            else:
                yield f"{prefix}{key}"

    assert set(keys(words("de"))) == set(keys(words("en")))


@pytest.mark.parametrize(
    ("value", "first", "last", "shape"),
    [
        ("2023-02-22", date(2023, 2, 22), date(2023, 2, 22), "glyph"),
        ("2023-02", date(2023, 2, 1), date(2023, 2, 28), "bar"),
        ("2019/..", date(2019, 1, 1), None, "bar"),
        ("[2023-03..2023-05]", date(2023, 3, 1), date(2023, 5, 31), "set"),
    ],
)
def test_a_span_covers_every_day_that_is_possible(value, first, last, shape):
    span = span_of(value)
    assert (span.first, span.last, span.shape) == (first, last, shape)


@pytest.mark.parametrize("value", [None, "", "bald", "2023-13"])
def test_what_is_no_date_has_no_span(value):
    assert span_of(value) is None


@pytest.mark.parametrize(
    ("value", "ends"),
    [("2023-03~", (True, True)), ("2019~/2020", (True, False)), ("2019/2020?", (False, True)),
     ("2019/2020", (False, False))],
)  # fmt: skip
def test_only_approximate_ends_fade(value, ends):
    span = span_of(value)
    assert (span.fade_first, span.fade_last) == ends


@pytest.mark.parametrize("kind", ["actor", "country", "pair", "place"])
def test_no_event_is_without_a_lane(kind):
    assert lanes_of(event(who=(), place=None), kind)
    for made in many(60):
        assert lanes_of(made, kind)


@pytest.mark.parametrize("kind", ["actor", "country", "pair", "place"])
def test_no_mark_covers_another(kind):
    events = many(300)
    frame = Bounds(date(2019, 1, 1), date(2025, 1, 1))
    lanes, assigned = choose_lanes(events, kind, most=10)
    packed, marks = place_marks(events, lanes, assigned, frame)
    rows = {lane.key: lane.rows for lane in packed}
    seen = {}
    for mark in marks:
        assert mark.row < rows[mark.lane]
        for other in seen.setdefault((mark.lane, mark.row), []):
            assert mark.first > other.last or other.first > mark.last
        seen[mark.lane, mark.row].append(mark)


def test_every_dated_event_is_drawn_and_every_other_one_listed():
    events = many(300)
    drawn = detail_figure(events, most_lanes=5)
    on_chart = {
        id_
        for trace in drawn.figure.data
        for (id_,) in (trace.customdata if trace.customdata is not None else ())
    }
    assert on_chart | {e.id for e in drawn.undated} == {e.id for e in events}
    assert drawn.outside == 0


def test_nothing_has_no_width():
    drawn = detail_figure(many(200))
    for trace in drawn.figure.data:
        if trace.type == "bar":
            assert all(width > 0 for width in trace.x)


def test_a_status_keeps_its_colour_whatever_is_filtered():
    events = many(200)

    def colours(subset):
        figure = detail_figure(subset).figure
        return {
            trace.name: (trace.marker.line.color, trace.marker.pattern.shape)
            for trace in figure.data
            if trace.type == "bar"
        }

    everything = colours(events)
    for status in STATUSES:
        alone = colours([e for e in events if e.status == status])
        assert alone[status] == everything[status]
    assert len(set(everything.values())) == len(STATUSES) - 1, "ongoing shares its colour with held"


def _light(colour):
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.parametrize(("theme", "page"), [("light", "#FFFFFF"), ("dark", "#14171C")])
def test_marks_stand_out_from_the_page(status, theme, page):
    high, low = sorted((_light(STYLES[status].line(theme)), _light(page)), reverse=True)
    assert (high + 0.05) / (low + 0.05) >= 3


def test_words_of_an_article_are_never_markup():
    evil = Actor("name:x", "<a href='http://x'>Mallory</a>", "person")
    figure = detail_figure([event(who=(evil, WANG), place="<b>Rom</b>")]).figure
    for trace in figure.data:
        for text in () if trace.hovertext is None else trace.hovertext:
            assert "<a" not in text
            assert "<b>" not in text
    assert "<a" not in "".join(figure.layout.yaxis.ticktext)


def test_beyond_three_thousand_marks_the_lanes_are_columns():
    drawn = detail_figure(many(MOST_MARKS))
    assert drawn.aggregated
    assert sum(len(trace.x) for trace in drawn.figure.data) <= MOST_COLUMNS
    told = [text for trace in drawn.figure.data for text in trace.hovertext]
    assert all(re.search(r": [\d.]+ Treffen, davon ", text) for text in told)


def test_columns_count_every_cell_once_and_lead_to_their_days():
    lanes = [Lane("a", "Anna", 7), Lane("b", "<b>Bert", 2)]
    cells = [
        ("a", date(2023, 1, 1), "held", 3),
        ("a", date(2023, 1, 1), "planned", 1),
        ("a", date(2022, 5, 1), "held", 2),
        ("b", date(2023, 2, 1), "planned", 2),
        ("c", date(2023, 2, 1), "held", 9),
        ("a", date(2024, 2, 1), "held", 9),
    ]
    figure = density_figure(lanes, cells, Bounds(date(2023, 1, 1), date(2023, 12, 31)))
    held, planned = figure.data
    # What began before the frame stands in its first month.
    assert list(held.hovertext) == ["Anna, Januar 2023: 6 Treffen, davon 5 stattgefunden, 1 geplant"]
    assert held.customdata.tolist() == [["a", "2023-01-01", "2023-01-31"]]
    assert [both[0] for both in planned.customdata] == ["a", "b"]
    assert "&lt;b&gt;Bert" in planned.hovertext[1]
    # Columns of one lane stand on each other.
    assert planned.base[0] == pytest.approx(held.base[0] + held.y[0])


def test_columns_get_broader_until_they_are_few_enough():
    lanes = [Lane(str(i), str(i), 1) for i in range(30)]
    months = [date(2000 + i // 12, i % 12 + 1, 1) for i in range(240)]
    cells = [(lane.key, month, "held", 1) for lane in lanes for month in months]
    figure = density_figure(lanes, cells, Bounds(date(2000, 1, 1), date(2019, 12, 31)))
    assert len(figure.data[0].x) == 30 * 80
    assert list(figure.data[0].customdata[0]) == ["0", "2000-01-01", "2000-03-31"]
    assert "1. Quartal 2000: 3 Treffen" in figure.data[0].hovertext[0]


def test_the_chosen_range_is_what_is_shown():
    events = [event("a", "2020-05-01"), event("b", "2023-05-01"), event("c", "2019/..")]
    drawn = detail_figure(events, first=date(2023, 1, 1), last=date(2023, 12, 31))
    assert drawn.outside == 1
    assert drawn.figure.layout.xaxis.range == ("2023-01-01T00:00:00", "2024-01-01T00:00:00")


def test_today_and_the_day_of_publication_are_lines():
    figure = detail_figure([event()], today=date(2023, 2, 23), references=[date(2023, 2, 22)]).figure
    assert [note.text for note in figure.layout.annotations] == ["heute", "erschienen"]
    far = detail_figure([event()], today=date(2031, 1, 1)).figure
    assert not far.layout.annotations


def test_publication_lines_side_by_side_are_named_once():
    days = [date(2023, 2, 22), date(2023, 2, 20), date(2023, 2, 24)]
    figure = detail_figure([event(when="2022-01-10"), event("b")], references=days).figure
    assert [note.text for note in figure.layout.annotations] == ["erschienen"]
    assert sum(shape.line.dash == "dot" for shape in figure.layout.shapes) == 3


def test_an_empty_timeline_is_still_a_picture():
    drawn = detail_figure([])
    assert drawn.marks == 0
    assert json.loads(drawn.figure.to_json())["layout"]["xaxis"]["type"] == "date"


def test_the_extent_takes_the_known_ends():
    assert extent([event(when="2019/.."), event(when=None), event(when="2023-02")]) == Bounds(
        date(2019, 1, 1), date(2023, 2, 28)
    )
    assert extent([event(when=None)]) is None


def test_the_overview_counts_every_event_once():
    events = many(400)
    counted = histogram(events)
    exact = sum(sum(tally.values()) for tally in counted.exact.values())
    total = exact + sum(counted.coarse.values()) + counted.undated
    assert total == pytest.approx(len(events))
    assert Counter(s for tally in counted.exact.values() for s in tally.elements())["held"] > 0


def test_a_month_counts_in_its_month_and_a_year_in_none_alone():
    counted = histogram([event("a", "2023-02"), event("b", "2023")])
    assert counted.exact == {date(2023, 2, 1): Counter(held=1)}
    assert counted.coarse[date(2023, 2, 1)] == pytest.approx(1 / 12)


def test_a_long_span_is_counted_by_year():
    counted = histogram([event("a", "1963-01-22"), event("b", "2023-02-22")])
    assert counted.by_year
    assert set(counted.exact) == {date(1963, 1, 1), date(2023, 1, 1)}


def test_dragging_over_the_overview_chooses_a_range():
    figure = overview_figure([event()], chosen=Bounds(date(2023, 1, 1), None))
    assert (figure.layout.dragmode, figure.layout.selectdirection) == ("select", "h")
    assert figure.layout.shapes[0].x0 == "2023-01-01"


def test_the_axis_speaks_german_without_the_network():
    config = locale_config("de")
    assert config["locales"]["de"]["format"]["shortMonths"][2] == "Mär"
    assert detail_figure([event()]).figure.layout.xaxis.hoverformat == "%d.%m.%Y"


def test_a_filtered_actor_comes_first():
    events = many(100)
    lanes, _ = choose_lanes(events, "actor", most=3, first=["name:39"])
    assert lanes[0].key == "name:39"
    assert isinstance(lanes[0], Lane)
