"""Spelling variants of names that come from another script.

German newspapers write Russian, Ukrainian, Belarusian, Arabic and Persian names by Duden's transcription
(Lawrow, Schoigu), but agencies' English forms (Lavrov, Shoigu) and mixtures occur. The rules go from the
German form to the English one and stand in ``words.toml``; the tables of names hold the German form.
"""

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache

from timeline.actors.words import tables


@dataclass(frozen=True, slots=True)
class Transcription:
    """How the names of some states, written in German, are written in English.

    ``letters`` are replaced from left to right by the first that fits (``one_of`` finds it), ``endings``
    before them by each of those given. The first of the ``articles`` may be missing or be another.
    """

    letters: dict[str, str]
    one_of: re.Pattern[str]
    endings: tuple[tuple[str, tuple[str, ...]], ...]
    articles: tuple[str, ...]

    def english(self, name: str) -> str:
        """The name with its letters replaced; a capital stays one."""

        def written(match: re.Match[str]) -> str:
            found = match[0]
            new = self.letters[found.lower()]
            return new.capitalize() if found[0].isupper() else new

        return self.one_of.sub(written, name)


def _changes(rules: list[str]) -> list[tuple[str, str]]:
    """What "sch>sh" puts for what."""
    return [(old, new) for old, _, new in (rule.partition(">") for rule in rules)]


@lru_cache(maxsize=1)
def _transcriptions() -> dict[str | None, Transcription]:
    """The rules for the names of a side."""
    found: dict[str | None, Transcription] = {}
    for row in tables()["transcription"].values():
        letters = dict(_changes(row["letters"]))
        endings = tuple((old, tuple(new.split())) for old, new in _changes(row["endings"]))
        one_of = re.compile("|".join(letters), re.IGNORECASE)
        rules = Transcription(letters, one_of, endings, tuple(row["articles"]))
        found |= dict.fromkeys(row["sides"].split(), rules)
    return found


def name_variants(surname: str, side: str | None) -> tuple[str, ...]:
    """Spellings under which a surname may be met, itself first.

    >>> name_variants("Schoigu", "RU")
    ('Schoigu', 'Shoigu')
    >>> name_variants("al-Dschubeir", "SA")
    ('al-Dschubeir', 'al-Jubeir', 'Dschubeir', 'Jubeir', 'el-Dschubeir', 'el-Jubeir')
    """
    rules = _transcriptions().get(side)
    if rules is None:
        return (surname,)
    found = [surname]
    for old, news in rules.endings:
        if surname.endswith(old):
            found += [surname.removesuffix(old) + new for new in news]
    found += [rules.english(form) for form in tuple(found)]
    if rules.articles and surname.startswith(rules.articles[0]):
        bare = [form.removeprefix(rules.articles[0]) for form in found]
        found += bare
        found += [other + form for other in rules.articles[1:] for form in bare]
    return tuple(dict.fromkeys(found))


@lru_cache(maxsize=1)
def _short_names() -> frozenset[frozenset[str]]:
    """Short forms of given names, each with the whole one."""
    return frozenset(frozenset(pair) for pair in tables()["short_names"].items())


@lru_cache(maxsize=1)
def _sounds() -> list[tuple[str, str]]:
    """Letters that German and English transcriptions write differently, in order of application."""
    return _changes(tables()["sounds"])


@lru_cache(maxsize=4096)
def sound(name: str) -> str:
    """A rough key of how a folded name sounds, the same for German and English transcriptions."""
    low = name.lower()
    for old, new in _sounds():
        low = low.replace(old, new)
    return "".join(a for a, b in zip(low, " " + low, strict=False) if a != b)


def same_given_name(a: str, b: str) -> bool:
    """Whether two given names (folded) may be one: the same, an initial, a nickname, another spelling.

    >>> same_given_name("Mohamed", "Mohammed"), same_given_name("Bill", "William")
    (True, True)
    >>> same_given_name("Jeb", "George")
    False
    """
    if a == b or (len(a) == 1 and b.startswith(a)) or frozenset((a, b)) in _short_names():
        return True
    if len(a) < 3 or len(b) < 3:
        return False
    x, y = sound(a), sound(b)
    return x == y or (x[0] == y[0] and SequenceMatcher(None, x, y).ratio() >= 0.75)
