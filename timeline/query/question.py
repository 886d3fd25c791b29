"""A question in German as a :class:`Query`: "Treffen von Scholz mit Macron seit 2022, nur abgehaltene".

Names are read by :mod:`timeline.actors`, days by :mod:`timeline.dates`; the words for kinds, statuses and
the rest stand in ``languages/de/questions/words.toml``. "Treffen" and "Gespräch" set no kind, because
people say so of all of them.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from timeline.actors import Mention, find_mentions, find_places
from timeline.dates import find_dates
from timeline.language import LanguageError, read_toml
from timeline.model import Timex
from timeline.parse import parse
from timeline.query.query import MODES, Mode, Query

_TABLE = "languages/de/questions/words.toml"
_QUOTED = re.compile('[„“"»](?P<text>[^„“”"«»]{2,80})[“”"«]')
_TOPIC = re.compile(
    r"\b(?:über|wegen|zum Thema)\s+(?:(?:die|den|das|der|dem|des)\s+)?(?P<text>[A-ZÄÖÜ][\w-]+)"
)
_BEFORE_DAY = re.compile(
    r"\b(?P<word>seit|ab|von|nach|vor|bis|zwischen)\s+(?:(?:einschließlich|zum|zur|dem|der|den|Ende|Anfang)\s+)*$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Rule:
    """Words that set a filter; ``yes`` and ``no`` are questions in which they must and must not be found."""

    id: str
    find: re.Pattern[str]
    sets: dict[str, Any]
    yes: tuple[str, ...]
    no: tuple[str, ...]


@lru_cache(maxsize=1)
def rules() -> tuple[Rule, ...]:
    """The rules of the table of question words.

    Raises:
        LanguageError: a rule is malformed or sets what a query does not have; named with its id.
    """
    fields = set(Query.__dataclass_fields__) | {"mode"}
    found = []
    for row in read_toml(_TABLE)["rule"]:
        if set(row) != {"id", "find", "sets", "yes", "no"} or not (row["yes"] and row["no"]):
            raise LanguageError(f"{_TABLE}, {row.get('id')}: needs id, find, sets, yes and no, and no more")
        if not set(row["sets"]) <= fields:
            raise LanguageError(f"{_TABLE}, {row['id']}: sets what a query does not have")
        try:
            pattern = re.compile(rf"(?<![\w-])(?:{row['find']})(?![\w-])", re.IGNORECASE)
        except re.error as error:
            raise LanguageError(f"{_TABLE}, {row['id']}: {error}") from error
        found.append(Rule(row["id"], pattern, row["sets"], tuple(row["yes"]), tuple(row["no"])))
    return tuple(found)


def read_question(text: str, today: date) -> Query:
    """What the question asks for; see :func:`timeline.query.parse_question`."""
    topics = [*_QUOTED.finditer(text), *_TOPIC.finditer(text)]
    covered = [match.span("text") for match in topics]
    doc = parse(text)
    mentions = [
        m for m in find_mentions(doc, today) if m.form not in ("pronoun", "group") and _free(m, covered)
    ]
    places = [p.place for p in find_places(doc) if _free(p, covered)]
    query = Query(
        text=" ".join(match["text"] for match in topics),
        places=_once(p.name for p in places if p.name not in _states()),
        place_countries=_once(str(p.country) for p in places if p.name in _states()),
    )
    mode: Mode = "all"
    for rule in rules():
        if rule.find.search(text):
            mode, query = _applied(rule, query, mode)
    first, last = _days(text, today)
    query = replace(query, first=first, last=None if query.undated else last)
    return _with_parties(query, mentions, mode)


def _free(mention: Any, covered: Sequence[tuple[int, int]]) -> bool:  # noqa: ANN401  of actors or of places
    return not any(start <= mention.start < end for start, end in covered)


def _once(values: Iterator[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(values))


@lru_cache(maxsize=1)
def _states() -> frozenset[str]:
    from timeline.language import read_tsv

    return frozenset(row["name"] for row in read_tsv("knowledge/states.tsv"))


def _applied(rule: Rule, query: Query, mode: Mode) -> tuple[Mode, Query]:
    changes: dict[str, Any] = {}
    for name, value in rule.sets.items():
        if name == "mode":
            mode = next(known for known in MODES if known == value)
        elif isinstance(value, list):
            changes[name] = _once(iter((*getattr(query, name), *value)))
        else:
            changes[name] = value
    return mode, replace(query, **changes)


def _with_parties(query: Query, mentions: Sequence[Mention], mode: Mode) -> Query:
    """Persons and bodies are asked for by name, states by all who stand for them."""
    named = [actor for mention in mentions for actor in mention.actors]
    actors = _once(actor.key for actor in named if actor.type != "state")
    countries = _once(str(actor.country) for actor in named if actor.type == "state" and actor.country)
    # Where persons and states are named together, "nobody else" cannot be said of either list alone.
    if mode == "exactly" and actors and countries:
        mode = "all"
    return replace(
        query,
        actors=actors,
        actors_mode=mode if len(actors) > 1 else "any",
        countries=countries,
        countries_mode=mode if len(countries) > 1 else "any",
    )


def _days(text: str, today: date) -> tuple[date | None, date | None]:
    """First and last day that the question asks for, inclusive."""
    first: date | None = None
    last: date | None = None
    found = [timex for timex in find_dates(text, published=today.isoformat()) if timex.edtf]
    for number, timex in enumerate(found):
        before = _BEFORE_DAY.search(text[: timex.start])
        word = before["word"].lower() if before else ""
        begin: date | None = timex.first
        end: date | None = timex.last
        if number + 1 < len(found) and word in ("von", "zwischen", "ab", "seit"):
            begin, end = _of_the_year(timex, found[number + 1], today)
        if word == "nach" and end:
            begin = end + timedelta(1)
            end = None
        elif word == "vor" and begin:
            end = begin - timedelta(1)
            begin = None
        elif word in ("seit", "ab"):
            end = None
        elif word == "bis":
            begin = first
        if number == 0:
            first, last = begin, end
        else:
            first = min(first, begin) if first and begin else None
            last = max(last, end) if last and end else end
    return first, last


def _of_the_year(timex: Timex, following: Timex, today: date) -> tuple[date | None, date | None]:
    """The days of the first end of a range; it takes the year of the second if it has none of its own."""
    if following.last and timex.first and timex.first > following.last:
        again = find_dates(f"{timex.text} {following.last.year}", published=today.isoformat())
        if again and again[0].first:
            return again[0].first, again[0].last
    return timex.first, timex.last
