"""What a text itself tells of its publication day: header lines and datelines.

The rules are in ``languages/de/reference/headers.toml``. Their slots stand for bounded patterns, every
rule is matched only at the start of a line, and only lines of at most ``_LINE`` characters near the top or
the end are looked at, so the time is bounded whatever the text.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from timeline.language import LanguageError, Pattern, read_toml
from timeline.model import ReferenceDate
from timeline.reference.complete import complete_date

_TABLE = "languages/de/reference/headers.toml"
_LINE = 160
"""A header line is short; a longer one is a paragraph."""
_TOP, _BOTTOM = 12, 4
"""So many lines that are not blank are looked at from the top and from the end."""
_FOOT = 1500
"""So many characters at the end may hold the foot and a box behind it."""
_SENTENCE_ENDS = frozenset('.!?“"…«‘')
_UNKNOWN = ReferenceDate(None, "unknown", ())


@dataclass(frozen=True, slots=True)
class Dateline:
    """Day and month of a dateline such as "BERLIN, 22. Februar (dpa) –"; ``year`` is None where not told."""

    day: int
    month: int
    year: int | None
    quote: str


@dataclass(frozen=True, slots=True)
class _Rule:
    id: str
    rank: int
    place: str
    find: Pattern


@dataclass(frozen=True, slots=True)
class _Rules:
    lines: tuple[_Rule, ...]
    feet: tuple[_Rule, ...]
    datelines: tuple[_Rule, ...]
    months: dict[str, int]


@lru_cache(maxsize=1)
def _rules() -> _Rules:
    table = read_toml(_TABLE)
    months = {form: number for number, forms in enumerate(table["months"], 1) for form in forms}
    slots = _slots(table)
    lines = tuple(sorted((_rule(row, slots) for row in table["line"]), key=lambda rule: rule.rank))
    feet = tuple(_rule(row, slots) for row in table["foot"])
    return _Rules(lines, feet, tuple(_rule(row, slots) for row in table["dateline"]), months)


def _slots(table: dict[str, Any]) -> dict[str, str]:
    def either(forms: list[list[str]]) -> str:
        words = sorted((form for row in forms for form in row), key=len, reverse=True)
        return "(?i:" + "|".join(words) + ")"

    month, weekday = either(table["months"]), either(table["weekdays"])
    daymonth = rf"\d{{1,2}}\.\s?(?:{month}\.?|\d{{1,2}}\.)"
    written = (
        rf"(?:{weekday}\.?,?\s(?:den\s|dem\s)?)?"
        rf"(?:{daymonth}\s?(?:\d{{4}}|\d\d)(?!\d)"
        rf"|\d{{4}}-\d\d-\d\d(?:T[\d:.+Z-]{{4,30}})?|\d{{1,2}}/\d{{1,2}}/\d{{4}}"
        rf"|\d{{1,2}}\s{month}\.?,?\s\d{{4}}|{month}\.?\s\d{{1,2}}(?:st|nd|rd|th)?,?\s\d{{4}})"
    )
    clock = r"\d{1,2}(?:[.:]\d\d(?::\d\d)?)?\s?(?:Uhr|h|am|pm|AM|PM|a\.m\.|p\.m\.)?"
    zone = r"(?:\s?\(?(?:MEZ|MESZ|CET|CEST|UTC|GMT|Ortszeit)\)?)?"
    again = r"(?i:zuletzt |letzte |last )?(?i:aktualisiert|aktualisierung|update|updated|stand)"
    update = rf"\s*[|,;•·–-]?\s*\(?{again}\b.{{0,60}}"
    outlet = r"\s*[|·•–]\s*(?P<outlet>[^\W\d][^.!?|·•]{1,48})"
    word = r"[A-ZÄÖÜ][\w.’'-]{1,25}"
    not_place = "|".join(table["not_places"])
    return {
        "date": f"(?P<date>{written})",
        "tail": rf"(?:,?\s*[|,•·–-]?\s*(?:um\s|at\s|,\s)?{clock}{zone})?(?:{update}|{outlet})?\s*\W{{0,3}}",
        "daymonth": rf"(?:{weekday}\.?,?\s)?(?P<daymonth>{daymonth}(?:\s?(?:\d{{4}}|\d\d)(?![\d.]))?)",
        "place": rf"(?!(?:{not_place})\b){word}(?:[ /]{word}|\s?/\s?{word}| a\. ?[A-Z]\w*| am {word}){{0,3}}",
        "agency": r"[\w.+/ -]{2,30}",
        "agency2": r"(?:dpa|AFP|Reuters|APA|sda|KNA|epd|TASS|Xinhua|AP|IPS|dts)",
    }


def _rule(row: dict[str, Any], slots: dict[str, str]) -> _Rule:
    name = row.get("id", "?")
    missing = {"id", "find", "yes", "no", "source"} - row.keys()
    if missing:
        raise LanguageError(f"{_TABLE}: rule {name}: missing {', '.join(sorted(missing))}")
    find = row["find"]
    for slot, pattern in slots.items():
        find = find.replace("{" + slot + "}", pattern)
    return _Rule(name, row.get("rank", 0), row.get("place", ""), Pattern(find, f"{_TABLE}: rule {name}"))


def told_date(text: str) -> ReferenceDate:
    """The complete date that a header line, a dateline or the foot of ``text`` tells, else unknown.

    A header line outweighs a dateline, and that a foot; among header lines the order of rank counts, then
    the first.
    """
    header = _header(text)
    if header is not None:
        return header
    line = dateline(text)
    if line is not None and line.year is not None:
        day = complete_date(f"{line.day}.{line.month}.{line.year}")
        if day is not None:
            return ReferenceDate(day.isoformat(), "dateline", (f"„{line.quote}“",))
    return _foot(text) or _UNKNOWN


def _foot(text: str) -> ReferenceDate | None:
    """The date in brackets with which an article ends; a box or table may follow."""
    tail = text[-_FOOT:].rstrip()
    at = tail.rfind("(", max(0, len(tail) - _LINE))
    for rule in _rules().feet:
        if rule.place == "anywhere":
            matches = list(rule.find.compiled.finditer(tail))
            match = matches[-1] if matches else None
        elif at < 0 or (rule.place == "sentence" and tail[:at].rstrip()[-1:] not in _SENTENCE_ENDS):
            continue  # what stands in brackets in a list of further articles dates those
        else:
            match = rule.find.fullmatch(tail[at:])
        day = complete_date(match["date"]) if match else None
        if match is not None and day is not None:
            return ReferenceDate(day.isoformat(), "header", (f"„{match[0].strip()}“",))
    return None


def _near_edges(text: str) -> list[str]:
    """Lines near the top and the end, stripped; nothing is read in between."""
    top, bottom = text[:4000].split("\n"), text[-1500:].split("\n")
    first = [line.strip() for line in top if line.strip()][:_TOP]
    last = [line.strip() for line in bottom[1:] if line.strip()][-_BOTTOM:] if len(text) > 4000 else []
    if not last:
        lines = [line.strip() for line in top if line.strip()]
        last = lines[_TOP:][-_BOTTOM:]
    return first + last


def _header(text: str) -> ReferenceDate | None:
    lines = [line for line in _near_edges(text) if len(line) <= _LINE and any(map(str.isdigit, line))]
    # One line alone is a sentence to be read, not a header above something.
    if not lines or "\n" not in text.strip():
        return None
    refused = set()
    for rule in _rules().lines:
        for line in lines:
            match = None if line in refused else rule.find.fullmatch(line)
            if match:
                day = complete_date(match["date"])
                if day is not None:
                    return ReferenceDate(day.isoformat(), "header", (f"„{line}“",))
                refused.add(line)  # a weaker rule must not find a date in it after all
    return None


def told_outlet(text: str) -> str | None:
    """The outlet behind the date of a header line ("Stand: 22.02.2023 · Beispielbote"), or None."""
    for rule in _rules().lines:
        for line in _near_edges(text)[:_TOP]:
            match = rule.find.fullmatch(line) if len(line) <= _LINE else None
            if match and "outlet" in rule.find.compiled.groupindex and match["outlet"]:
                return match["outlet"].strip()
    return None


def dateline(text: str) -> Dateline | None:
    """The dateline at the start of one of the first lines, with or without its year; else None."""
    rules = _rules()
    for line in text[:3000].split("\n", 8)[:8]:
        start = line[:120].lstrip()
        if not any(char.isdecimal() for char in start[:80]):
            continue
        for rule in rules.datelines:
            match = rule.find.compiled.match(start)
            if match:
                found = _day_month(match["daymonth"], match[0].strip(), rules.months)
                if found is not None:
                    return found
    return None


_NUMERIC = re.compile(r"(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4}|\d\d)?")
_NAMED = re.compile(r"(\d{1,2})\.\s?([^\W\d_]+)\.?\s?(\d{4}|\d\d)?")


def _day_month(written: str, quote: str, months: dict[str, int]) -> Dateline | None:
    match = _NUMERIC.fullmatch(written) or _NAMED.fullmatch(written)
    if match is None:
        return None
    month = months.get(match[2].lower()) or (int(match[2]) if match[2].isdecimal() else 0)
    day, year = int(match[1]), match[3]
    if not (1 <= month <= 12 and 1 <= day <= 31):
        return None
    # A dateline shortens the year to two digits only for years that a reader remembers: 1970 to 2069.
    full = (
        None
        if year is None
        else int(year)
        if len(year) == 4
        else (1900 if int(year) >= 70 else 2000) + int(year)
    )
    return Dateline(day, month, full, quote)
