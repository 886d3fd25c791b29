"""Dates and meetings in words, German and English, with their precision audible.

The words stand in ``words/<language>.toml``; only the choice among them is made here. Names and dates come
out as plain text: who shows them as HTML must escape them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from timeline.edtf import EdtfError, bounds, is_approximate, precision
from timeline.figures.naming import Language, say_name
from timeline.language import LanguageError, read_toml
from timeline.model import Actor, Event, Kind, Status

LANGUAGES: tuple[Language, ...] = ("de", "en")

_SECTIONS = ("dates", "precision", "statuses", "kinds", "sentences", "names", "chart", "plotly")


@lru_cache(maxsize=len(LANGUAGES))
def words(language: Language) -> dict[str, Any]:
    """The table of words of a language.

    Raises:
        LanguageError: the table is missing, malformed, or lacks a section.
    """
    name = f"figures/words/{language}.toml"
    table = read_toml(name)
    for section in _SECTIONS:
        if section not in table:
            raise LanguageError(f"{name}: section [{section}] is missing")
    return table


def number(value: int, language: Language) -> str:
    """A count with the thousands separator of the language."""
    return f"{value:,}".replace(",", words(language)["plotly"]["thousands"])


@dataclass(frozen=True, slots=True)
class _Atom:
    """One EDTF value without interval or set, split for wording."""

    kind: str
    year: int
    month: int = 0
    day: int = 0
    division: int = 0


def _atom(value: str) -> _Atom:
    plain = value.strip().rstrip("~?%").partition("T")[0]
    kind = precision(plain)
    if kind == "century":
        return _Atom(kind, int(plain[:2]) * 100)
    if kind == "decade":
        return _Atom(kind, int(plain[:3]) * 10)
    parts = [int(part) for part in plain.split("-")]
    if kind == "day":
        return _Atom(kind, *parts)
    if kind == "month":
        return _Atom(kind, *parts)
    if kind == "year":
        return _Atom(kind, parts[0])
    return _Atom(kind, parts[0], division=parts[1])


def _say_atom(atom: _Atom, language: Language, *, form: str = "") -> str:
    """``form`` may be ``_in_year`` or ``_in_month``: what the other end of a span says is left out."""
    table = words(language)["dates"]
    if atom.kind in ("day", "month"):
        month = table["months"][atom.month - 1]
        return str(table[atom.kind + form]).format(day=atom.day, month=month, year=atom.year)
    if atom.kind == "season":
        following = f"{(atom.year + 1) % 100:02}"
        return str(table["seasons"][str(atom.division)]).format(year=atom.year, next=following)
    if atom.kind == "quarter":
        return str(table["quarter"]).format(ordinal=atom.division - 32, year=atom.year)
    if atom.kind == "half":
        name, base = ("half", 39) if atom.division >= 40 else ("third", 36)
        return str(table[name]).format(ordinal=atom.division - base, year=atom.year)
    return str(table[atom.kind]).format(year=atom.year, ordinal=atom.year // 100 + 1)


def _pair(first: _Atom, last: _Atom, language: Language) -> tuple[str, str]:
    """Both ends in words, the first shortened by what the second repeats ("3. bis 5. Mai 2023")."""
    form = ""
    if first.kind == last.kind and first.year == last.year and first.kind in ("day", "month"):
        same_month = first.kind == "day" and first.month == last.month
        form = "_in_month" if same_month else "_in_year"
    return _say_atom(first, language, form=form), _say_atom(last, language)


def _part(first: _Atom, last: _Atom, language: Language) -> str | None:
    """Beginning, middle or end of a month or year, as the gold table writes them ("Anfang März 2023")."""
    table = words(language)["dates"]
    if (first.year, first.kind) != (last.year, last.kind):
        return None
    if first.kind == "day" and first.month == last.month:
        index = {(1, 10): 0, (11, 20): 1}.get((first.day, last.day))
        if first.day == 21 and last.day >= 28:
            index = 2
        of = _say_atom(_Atom("month", first.year, first.month), language)
    elif first.kind == "month":
        index = {(1, 4): 0, (5, 8): 1, (9, 12): 2}.get((first.month, last.month))
        of = str(first.year)
    else:
        return None
    return None if index is None else str(table["parts"][index]).format(of=of)


def _interval(value: str, language: Language) -> tuple[str, str]:
    """Words for ``A/B`` and the kind of adverbial they take."""
    table = words(language)["dates"]
    start, _, end = value.partition("/")
    if end in ("", ".."):
        text = str(table["since"]).format(first=_about(start, language, day="about"))
        return text, "other"
    if start in ("", ".."):
        return str(table["until"]).format(last=_about(end, language, day="about")), "other"
    first, last = _atom(start), _atom(end)
    approximate = is_approximate(value)
    if approximate and (part := _part(first, last, language)):
        return part, "other"
    left, right = _pair(first, last, language)
    if precision(value) == "week" and not approximate:
        return str(table["week"]).format(first=left, last=right), "week"
    text = str(table["span"]).format(first=left, last=right)
    if approximate:
        return str(table["about"]).format(date=text), "other"
    return text, "span_days" if first.kind == "day" else "span"


def _set(value: str, language: Language) -> str:
    table = words(language)["dates"]
    inner = value[1:-1]
    if ".." not in inner:
        members = [_atom(part) for part in inner.split(",")]
        return str(table["or"]).join(_say_atom(member, language) for member in members)
    start, _, end = inner.partition("..")
    if not start or not end:
        return _interval(f"{start}/{end}", language)[0]
    first, last = _atom(start), _atom(end)
    left, right = _pair(first, last, language)
    days = first.kind == "day"
    return str(table["between_days" if days else "between"]).format(first=left, last=right)


def _about(value: str, language: Language, *, day: str = "about_day") -> str:
    table = words(language)["dates"]
    atom = _atom(value)
    text = _say_atom(atom, language)
    if not is_approximate(value):
        return text
    return str(table[day if atom.kind == "day" else "about"]).format(date=text)


def say_date(value: str | None, language: Language = "de") -> str:
    """An EDTF value as people write it: ``2022-09`` is "September 2022", ``2019/..`` "seit 2019".

    A value that EDTF does not know is given back as it is, so that nothing is hidden.
    """
    if value is None:
        return str(words(language)["dates"]["unknown"])
    try:
        bounds(value)
        if value[0] in "[{":
            return _set(value, language)
        if "/" in value:
            return _interval(value, language)[0]
        return _about(value, language)
    except (EdtfError, KeyError, ValueError):
        return value


def say_when(value: str | None, language: Language = "de") -> str:
    """The date as an adverbial in the middle of a sentence: "am 22. Februar 2023", "im September 2022"."""
    adverb = words(language)["dates"]["adverb"]
    text = say_date(value, language)
    if value is None:
        return str(adverb["unknown"])
    try:
        if value[0] in "[{":
            return text
        if "/" in value:
            return str(adverb[_interval(value, language)[1]]).format(date=text)
        if is_approximate(value):
            return text
        atom = _atom(value)
        return str(adverb[atom.kind]).format(date=text, year=atom.year)
    except (EdtfError, KeyError, ValueError):
        return text


def say_precision(value: str | None, language: Language = "de") -> str:
    """How exactly a value is known, in words: "auf den Tag genau"."""
    table = words(language)["precision"]
    if value is None:
        return str(table["unknown"])
    try:
        kind = precision(value)
        span = bounds(value)
    except EdtfError:
        return str(table["unknown"])
    if is_approximate(value):
        return str(table["approximate"])
    if span.last is None:
        return str(table["open"])
    if span.first is None:
        return str(table["open_start"])
    return str(table[kind])


def say_status(status: Status, language: Language = "de") -> str:
    """The status in one word."""
    return str(words(language)["statuses"][status])


def say_kind(kind: Kind, language: Language = "de") -> str:
    """The kind of meeting in one word."""
    return str(words(language)["kinds"][kind])


def say_day(day: date, language: Language = "de") -> str:
    """A calendar day in words."""
    return say_date(day.isoformat(), language)


def join_words(parts: list[str], language: Language = "de") -> str:
    """A list as in a sentence: "A, B und C"."""
    if len(parts) < 2:
        return "".join(parts)
    return ", ".join(parts[:-1]) + str(words(language)["dates"]["and"]) + parts[-1]


def _name(actor: Actor, case: str, language: Language) -> str:
    forms = words(language)["names"].get(actor.name)
    return str(forms[case]) if forms else say_name(actor.name, language)


def say_place(place: str | None, language: Language = "de") -> str:
    """The place as an adverbial, "in Moskau", "in den USA"; empty where it is not known."""
    if not place:
        return ""
    forms = words(language)["names"].get(place)
    if forms:
        return str(forms["in"])
    return str(words(language)["sentences"]["parts"]["place"]).format(place=say_name(place, language)).strip()


def say_participants_of(actors: Sequence[Actor], language: Language = "de") -> str:
    """Actors by name, "Wladimir Putin und Wang Yi"."""
    return join_words([say_name(actor.name, language) for actor in actors], language)


def say_participants(event: Event, language: Language = "de") -> str:
    """The parties to an event by name."""
    return say_participants_of(event.participants, language)


def say_sources(event: Event, language: Language = "de") -> str:
    """The number of sources as a short sentence, "2 Quellen."."""
    parts = words(language)["sentences"]["parts"]
    count = event.sources
    return str(
        parts["sources_one"] if count == 1 else parts["sources_many"].format(n=number(count, language))
    )


def say_event(event: Event, language: Language = "de") -> str:
    """The meeting as one sentence, with the precision of its date and the number of its sources.

    "Am 22. Februar 2023 (auf den Tag genau) traf Wladimir Putin in Moskau Wang Yi. 2 Quellen."
    """
    table = words(language)["sentences"]
    when = say_when(event.date, language)
    if event.date is not None:
        when = f"{when} ({say_precision(event.date, language)})"
    actors = event.participants
    place = say_place(event.place, language)
    fields = {
        "when": when,
        "place": f" {place}" if place else "",
        "all": join_words([_name(a, "nom", language) for a in actors], language),
        "all_dat": join_words([_name(a, "dat", language) for a in actors], language),
    }
    if actors:
        fields |= {
            "a": _name(actors[0], "nom", language),
            "a_dat": _name(actors[0], "dat", language),
            "a_plain": say_name(actors[0].name, language),
        }
    if len(actors) > 1:
        fields |= {"b_acc": _name(actors[1], "acc", language), "b_dat": _name(actors[1], "dat", language)}
    if event.status == "held" and actors:
        form = {1: "one", 2: "two"}.get(len(actors), "many")
        if form == "two" and actors[0].name in words(language)["names"]:
            # "traf die USA" would need the number of the name; the plural form needs none.
            form = "many"
        sentence = table["held"][event.kind][form].format(**fields)
    else:
        with_whom = table["parts"]["with"].format(**fields) if actors else ""
        sentence = table["other"][event.status].format(
            **fields, event=table["nouns"][event.kind], **{"with": with_whom}
        )
    parts = [sentence[0].upper() + sentence[1:] + "."]
    if event.sources:
        parts.append(say_sources(event, language))
    if event.disputed:
        parts.append(str(table["parts"]["disputed"]))
    return " ".join(parts)
