"""Questions in German and the queries that they mean, asked on 23 November 2026."""

from datetime import date

import pytest

from timeline.query import Query, parse_question
from timeline.query.question import rules

TODAY = date(2026, 11, 23)
SCHOLZ, MACRON, PUTIN, TRUMP, MERKEL, XI = "Q61053", "Q3052772", "Q7747", "Q22686", "Q567", "Q15031"

YEAR_2023 = {"first": date(2023, 1, 1), "last": date(2023, 12, 31)}


def day(text: str) -> date:
    return date.fromisoformat(text)


ROWS = [
    ("Treffen von Scholz mit Macron seit 2022, nur abgehaltene",
     Query(actors=(SCHOLZ, MACRON), actors_mode="all", statuses=("held",), first=day("2022-01-01"))),
    ("Telefonate zwischen Putin und Trump im letzten Jahr",
     Query(actors=(PUTIN, TRUMP), actors_mode="all", kinds=("call",),
           first=day("2025-01-01"), last=day("2025-12-31"))),
    ("geplante Besuche von Xi in Moskau nach dem 1. März 2023",
     Query(actors=(XI,), kinds=("visit",), statuses=("planned",), places=("Moskau",),
           first=day("2023-03-02"))),
    ("Welche Gipfel fanden 2023 in China statt?",
     Query(kinds=("summit",), statuses=("held",), place_countries=("CN",), **YEAR_2023)),
    ("Besuche in Berlin zwischen 2020 und 2022",
     Query(kinds=("visit",), places=("Berlin",), first=day("2020-01-01"), last=day("2022-12-31"))),
    ("Russland und China vor 2014",
     Query(countries=("RU", "CN"), countries_mode="all", last=day("2013-12-31"))),
    ("Treffen von Merkel oder Scholz mit Putin",
     Query(actors=(MERKEL, SCHOLZ, PUTIN), actors_mode="any")),
    ("bilaterale Treffen von Scholz und Macron", Query(actors=(SCHOLZ, MACRON), actors_mode="exactly")),
    ("Verhandlungen USA Iran 2015",
     Query(countries=("US", "IR"), countries_mode="all", kinds=("negotiation",),
           first=day("2015-01-01"), last=day("2015-12-31"))),
    ("von Januar bis März 2022", Query(first=day("2022-01-01"), last=day("2022-03-31"))),
    ("Treffen der EU bis Mai 2021", Query(actors=("org:EU",), last=day("2021-05-31"))),
    ("seit gestern", Query(first=day("2026-11-22"))),
    ("Gespräche von Scholz über die Ukraine", Query(actors=(SCHOLZ,), text="Ukraine")),
    ("Treffen mit „Getreide“ im Satz", Query(text="Getreide")),
    ("deutsch-französische Treffen 2024",
     Query(countries=("DE", "FR"), countries_mode="all", first=day("2024-01-01"), last=day("2024-12-31"))),
    ("abgesagte oder verschobene Gipfel", Query(kinds=("summit",), statuses=("cancelled",))),
    ("noch nicht geprüfte Treffen", Query(checked=False)),
    ("Treffen ohne Datum", Query(undated=True)),
    ("", Query()),
    ("Guten Tag!", Query()),
]  # fmt: skip


@pytest.mark.parametrize(("question", "query"), ROWS, ids=[row[0][:40] for row in ROWS])
def test_question(question, query):
    assert parse_question(question, TODAY) == query


EXAMPLES = [(rule, text, True) for rule in rules() for text in rule.yes]
EXAMPLES += [(rule, text, False) for rule in rules() for text in rule.no]


@pytest.mark.parametrize(("rule", "text", "found"), EXAMPLES, ids=[f"{r.id}: {t}" for r, t, _ in EXAMPLES])
def test_example_of_a_rule(rule, text, found):
    assert bool(rule.find.search(text)) == found
