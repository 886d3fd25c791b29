"""The closed word classes of German that clause analysis and roles go by, read from ``grammar.toml``."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from functools import lru_cache
from typing import Any

from timeline.language import LanguageError, read_toml

_PATTERNS = "languages/de/meetings/patterns.toml"
_TABLE = "languages/de/meetings/grammar.toml"


@dataclass(frozen=True, slots=True)
class Grammar:
    """Word classes; every word is in lower case. What each is for is said in the table itself.

    A class is a set of words. One whose name ends in ``_ends`` or ``_starts`` holds ends or beginnings of
    words: a tuple in the order of the table, as str.endswith and str.startswith take it. A table, such as
    ``contracted``, tells for each word what it stands under there: "im" is "in", "drei" is "3".

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
    past_modal: frozenset[str]
    causative: frozenset[str]
    replacing: frozenset[str]
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
    outside: frozenset[str]
    saying: frozenset[str]
    reported: frozenset[str]
    led: frozenset[str]
    stringing: frozenset[str]
    venues: frozenset[str]
    troops: frozenset[str]
    aside: frozenset[str]
    units: frozenset[str]
    topic_ends: tuple[str, ...]
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
    genitive_articles: frozenset[str]
    as_guest: frozenset[str]
    present_at: frozenset[str]
    leading: frozenset[str]
    headed: frozenset[str]
    underway: frozenset[str]
    building_ends: tuple[str, ...]
    vicinity: frozenset[str]
    former: frozenset[str]
    focus: frozenset[str]
    matters: frozenset[str]
    datives: frozenset[str]
    phases: frozenset[str]
    coming: frozenset[str]
    arrived: frozenset[str]
    host: frozenset[str]
    joints: frozenset[str]
    listing: frozenset[str]
    before_also: frozenset[str]
    after_particle: frozenset[str]
    where: frozenset[str]
    where_or_whither: frozenset[str]
    stops: frozenset[str]
    spatial: frozenset[str]
    at_building: frozenset[str]
    origins: frozenset[str]
    over_or_ahead: frozenset[str]
    occasions: frozenset[str]
    part_of: frozenset[str]
    aims: frozenset[str]
    objects: frozenset[str]
    engaging: frozenset[str]
    taken_up: frozenset[str]
    agents: frozenset[str]
    for_genitive: frozenset[str]
    whose: frozenset[str]
    before_talk: frozenset[str]
    met: frozenset[str]
    beside: frozenset[str]
    of_party: frozenset[str]
    nominatives: frozenset[str]
    indefinite: frozenset[str]
    of_unknown: frozenset[str]
    before_determiner: frozenset[str]
    among: frozenset[str]
    pointing: frozenset[str]
    reciprocal: frozenset[str]
    mutual: frozenset[str]
    likening: frozenset[str]
    amid_possession: frozenset[str]
    apposed: frozenset[str]
    up_to: frozenset[str]
    before_times: frozenset[str]
    never: frozenset[str]
    later: frozenset[str]
    same_time: frozenset[str]
    hypothetical: frozenset[str]
    instead: frozenset[str]
    opens_condition: frozenset[str]
    was: frozenset[str]
    was_to: frozenset[str]
    wanted: frozenset[str]
    holding: frozenset[str]
    takes_part: frozenset[str]
    visiting: frozenset[str]
    inviting: frozenset[str]
    adjective_ends: tuple[str, ...]
    participle_ends: tuple[str, ...]
    present_participle_ends: tuple[str, ...]
    preterite_ends: tuple[str, ...]
    superlative_ends: tuple[str, ...]
    no_superlative_ends: tuple[str, ...]
    present_ends: tuple[str, ...]
    finite_ends: tuple[str, ...]
    participle_starts: tuple[str, ...]
    adjective_starts: tuple[str, ...]
    passive_starts: tuple[str, ...]
    genitive_ends: tuple[str, ...]
    office_ends: tuple[str, ...]
    group_ends: tuple[str, ...]
    officials_ends: tuple[str, ...]
    speaker_ends: tuple[str, ...]
    council_ends: tuple[str, ...]
    armed_ends: tuple[str, ...]
    talk_ends: tuple[str, ...]
    meal_ends: tuple[str, ...]
    journey_ends: tuple[str, ...]
    treaty_ends: tuple[str, ...]
    locality_ends: tuple[str, ...]
    division_ends: tuple[str, ...]
    indefinite_starts: tuple[str, ...]
    return_starts: tuple[str, ...]
    contracted: Mapping[str, str]
    numbers: Mapping[str, str]
    reported_tense: Mapping[str, str]
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


def _words(name: str, words: object) -> list[str]:
    """The words of one class in their order.

    Raises:
        LanguageError: there is none, or one is in upper case.
    """
    if not isinstance(words, str) or not words.split() or words != words.lower():
        raise LanguageError(f"{_TABLE}, {name}: not a list of lower-case words")
    return words.split()


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
    classes: dict[str, Any] = {}
    for name, value in table.items():
        if isinstance(value, dict):
            classes[name] = {w: key for key, those in value.items() for w in _words(f"{name}.{key}", those)}
        elif name.endswith(("_ends", "_starts")):
            classes[name] = tuple(_words(name, value))
        else:
            classes[name] = frozenset(_words(name, value))
    return Grammar(**classes)
