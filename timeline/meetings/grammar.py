"""The closed word classes of German that clause analysis and roles go by, read from ``grammar.toml``."""

import re
from dataclasses import dataclass, field, fields
from functools import lru_cache

from timeline.language import LanguageError, read_toml

_PATTERNS = "languages/de/meetings/patterns.toml"
_TABLE = "languages/de/meetings/grammar.toml"


@dataclass(frozen=True, slots=True)
class Grammar:
    """Word classes; every word is in lower case. What each is for is said in the table itself.

    The last four join others: ``with_participle`` and ``with_infinitive`` are the auxiliaries that go with
    either, ``of_noun_phrase`` what opens a noun phrase, ``no_verb`` what is no full verb.
    """

    prepositions: frozenset[str]
    determiners: frozenset[str]
    subordinators: frozenset[str]
    relatives: frozenset[str]
    coordinators: frozenset[str]
    modal: frozenset[str]
    conditional: frozenset[str]
    future: frozenset[str]
    past_modal: frozenset[str]
    causative: frozenset[str]
    replacing: frozenset[str]
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
    outside: frozenset[str]
    aside: frozenset[str]
    led: frozenset[str]
    stringing: frozenset[str]
    venues: frozenset[str]
    troops: frozenset[str]
    reported: frozenset[str]
    saying: frozenset[str]
    units: frozenset[str]
    topic_ends: frozenset[str]
    definite: frozenset[str]
    following: frozenset[str]
    afterwards: frozenset[str]
    separately: frozenset[str]
    attending: frozenset[str]
    adjunct: frozenset[str]
    stays: frozenset[str]
    negations: frozenset[str]
    ambiguous: frozenset[str]
    localities: frozenset[str]
    buildings: frozenset[str]
    vicinity: frozenset[str]
    former: frozenset[str]
    focus: frozenset[str]
    matters: frozenset[str]
    genitive_articles: frozenset[str]
    as_guest: frozenset[str]
    underway: frozenset[str]
    leading: frozenset[str]
    headed: frozenset[str]
    present_at: frozenset[str]
    datives: frozenset[str]
    phases: frozenset[str]
    coming: frozenset[str]
    arrived: frozenset[str]
    host: frozenset[str]
    with_participle: frozenset[str] = field(init=False)
    with_infinitive: frozenset[str] = field(init=False)
    of_noun_phrase: frozenset[str] = field(init=False)
    no_verb: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        joined = {
            "with_participle": self.have | self.be | self.passive,
            "with_infinitive": self.modal | self.future | self.conditional,
            "of_noun_phrase": self.determiners | self.prepositions,
            "no_verb": self.not_finite
            | self.prepositions
            | self.determiners
            | self.adverbs_bare
            | self.subordinators,
        }
        for name, words in joined.items():
            object.__setattr__(self, name, words)


@lru_cache(maxsize=1)
def patterns() -> dict[str, re.Pattern[str]]:
    """The patterns of ``patterns.toml`` by name.

    Raises:
        LanguageError: a pattern is no regular expression, or fails one of its examples.
    """
    found = {}
    for name, rule in read_toml(_PATTERNS).items():
        where = f"{_PATTERNS}, {name}"
        if set(rule) != {"find", "yes", "no"}:
            raise LanguageError(f"{where}: needs find, yes and no")
        try:
            found[name] = re.compile(rule["find"], re.IGNORECASE)
        except re.error as error:
            raise LanguageError(f"{where}: {error}") from error
        for text, wanted in [(x, True) for x in rule["yes"]] + [(x, False) for x in rule["no"]]:
            if (found[name].search(text) is not None) != wanted:
                raise LanguageError(f"{where}: wrong about {text!r}")
    return found


@lru_cache(maxsize=1)
def grammar() -> Grammar:
    """The word classes.

    Raises:
        LanguageError: a class is missing, unknown, empty or has a word in upper case.
    """
    table = read_toml(_TABLE)
    names = {one.name for one in fields(Grammar) if one.init}
    if names != set(table):
        raise LanguageError(f"{_TABLE}: missing or unknown word classes: {sorted(names ^ set(table))}")
    for name, words in table.items():
        if not isinstance(words, str) or not words.split() or words != words.lower():
            raise LanguageError(f"{_TABLE}, {name}: not a list of lower-case words")
    return Grammar(**{name: frozenset(words.split()) for name, words in table.items()})
