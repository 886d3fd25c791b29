"""The closed word classes of German that clause analysis and roles go by, read from ``grammar.toml``."""

from dataclasses import dataclass, fields
from functools import lru_cache

from timeline.language import LanguageError, read_toml

_TABLE = "languages/de/meetings/grammar.toml"


@dataclass(frozen=True, slots=True)
class Grammar:
    """Word classes; every word is in lower case. What each is for is said in the table itself."""

    prepositions: frozenset[str]
    determiners: frozenset[str]
    subordinators: frozenset[str]
    relatives: frozenset[str]
    coordinators: frozenset[str]
    modal: frozenset[str]
    conditional: frozenset[str]
    future: frozenset[str]
    have: frozenset[str]
    be: frozenset[str]
    passive: frozenset[str]
    pluperfect: frozenset[str]
    past: frozenset[str]
    present: frozenset[str]
    not_finite: frozenset[str]
    official: frozenset[str]
    adverbs_bare: frozenset[str]
    particles: frozenset[str]
    topics: frozenset[str]
    remote: frozenset[str]
    again: frozenset[str]
    habitual: frozenset[str]


@lru_cache(maxsize=1)
def grammar() -> Grammar:
    """The word classes.

    Raises:
        LanguageError: a class is missing, unknown, empty or has a word in upper case.
    """
    table = read_toml(_TABLE)
    names = {field.name for field in fields(Grammar)}
    if names != set(table):
        raise LanguageError(f"{_TABLE}: missing or unknown word classes: {sorted(names ^ set(table))}")
    for name, words in table.items():
        if not isinstance(words, str) or not words.split() or words != words.lower():
            raise LanguageError(f"{_TABLE}, {name}: not a list of lower-case words")
    return Grammar(**{name: frozenset(words.split()) for name, words in table.items()})
