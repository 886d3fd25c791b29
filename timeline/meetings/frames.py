"""The triggers of meetings and what they govern, read from ``languages/de/meetings/<kind>.toml``.

A frame names a verb with its forms or a noun as a pattern, and says how the parties stand by it:

* ``parties``: ``subject``, ``object``, a preposition (``mit``), ``genitive`` ("das Treffen der Minister"),
  ``possessive`` ("Putins Besuch"), ``compound`` ("Merkel-Besuch"), ``apposition``, ``subject-attending``
  (the subject only if the clause says that it takes part).
* ``destination``: prepositions before the place that is travelled to; "in" and "nach" if not given.
* ``needs``: what must be there besides (see :data:`NEEDS`); without it, two sides.
* ``particle``: the separated part of a verb, one of the words; ``bare_forms`` do without it.
* ``with``, ``without``: patterns that the clause must or must not contain.
* ``marks``: a pattern of the words that tell the meeting where the verb is one of every day ("war zu Gast");
  a sentence without such a word is not looked at for this frame.
* ``body``: the international body that such a conference is held by where none is named.
* ``sides``: the states that always sit in such a round ("Sechs-Parteien-Gespräche").
* ``status``: ``arrival``, ``expected``, ``proposed``, ``planned`` or ``cancelled`` where the verb itself
  says so.

``yes`` and ``no`` are sentences that do and do not yield a meeting by this frame; the tests run them.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal, cast

from timeline.language import LanguageError, Pattern, read_toml
from timeline.meetings.grammar import grammar
from timeline.model import KINDS, Kind

_FOLDER = "languages/de/meetings"
NEEDS = (
    "mit", "mit-or-body", "zwischen", "destination", "journey", "two-or-journey", "summit", "conference",
    "body", "ministerial-body", "round", "stay", "person", "together", "parliament", "agreement",
    "counterpart", "persons", "signing", "predicate", "stations",
)  # fmt: skip
Form = Literal["present", "past", "infinitive", "participle"]
_FORMS: tuple[Form, ...] = ("present", "past", "infinitive", "participle")
_KEYS = frozenset([
    "id", "kind", "verb", "noun", "parties", "destination", "needs", "particle", "bare_forms", "with",
    "without", "visit_with", "marks", "status", "body", "sides", "yes", "no",
])  # fmt: skip


@dataclass(frozen=True, slots=True)
class Frame:
    """A trigger with its government; see the module's text for the fields."""

    id: str
    kind: Kind
    verb: tuple[tuple[Form, frozenset[str]], ...]
    noun: Pattern | None
    parties: frozenset[str]
    destination: frozenset[str]
    needs: str | None
    particle: frozenset[str]
    bare_forms: frozenset[str]
    with_: Pattern | None
    without: Pattern | None
    visit_with: Pattern | None
    marks: Pattern | None
    status: str | None
    body: str | None
    sides: tuple[str, ...]
    yes: tuple[str, ...]
    no: tuple[str, ...]


def _words(value: str) -> frozenset[str]:
    return frozenset(value.split("|")) if value else frozenset()


def _frame(rule: dict[str, Any], where: str) -> Frame:
    unknown = set(rule) - _KEYS
    if unknown:
        raise LanguageError(f"{where}: unknown keys {sorted(unknown)}")
    if ("verb" in rule) == ("noun" in rule):
        raise LanguageError(f"{where}: needs either verb or noun")
    if not rule.get("yes") or not rule.get("no"):
        raise LanguageError(f"{where}: needs examples, both yes and no")
    if rule.get("kind") not in KINDS:
        raise LanguageError(f"{where}: unknown kind {rule.get('kind')!r}")
    if rule.get("needs") not in (None, *NEEDS):
        raise LanguageError(f"{where}: unknown need {rule['needs']!r}")
    if set(rule.get("verb", ())) - set(_FORMS):
        raise LanguageError(f"{where}: unknown verb forms {sorted(set(rule['verb']) - set(_FORMS))}")

    def pattern(key: str) -> Pattern | None:
        return Pattern(rule[key], f"{where}, {key}", re.IGNORECASE) if rule.get(key) else None

    return Frame(
        id=rule["id"],
        kind=cast("Kind", rule["kind"]),
        verb=tuple((form, _words(rule["verb"][form])) for form in _FORMS if form in rule.get("verb", {})),
        noun=pattern("noun"),
        parties=frozenset(rule.get("parties", ())),
        destination=frozenset(rule.get("destination", grammar().stops)),
        needs=rule.get("needs"),
        particle=_words(rule.get("particle", "")),
        bare_forms=_words(rule.get("bare_forms", "")),
        with_=pattern("with"),
        without=pattern("without"),
        visit_with=pattern("visit_with"),
        marks=pattern("marks"),
        status=rule.get("status"),
        body=rule.get("body"),
        sides=tuple(rule.get("sides", "").split()),
        yes=tuple(rule["yes"]),
        no=tuple(rule["no"]),
    )


@lru_cache(maxsize=1)
def frames() -> tuple[Frame, ...]:
    """All frames, in the precedence of their kinds.

    Raises:
        LanguageError: a table is wrong; the message names file and frame.
    """
    found = []
    seen: set[str] = set()
    for kind in KINDS:
        name = f"{_FOLDER}/{kind}.toml"
        for rule in read_toml(name)["frame"]:
            where = f"{name}, frame {rule.get('id')!r}"
            if not rule.get("id") or rule["id"] in seen:
                raise LanguageError(f"{where}: missing or repeated id")
            seen.add(rule["id"])
            found.append(_frame(rule, where))
    return tuple(found)


@lru_cache(maxsize=1)
def _verb_index() -> dict[str, tuple[tuple[Frame, Form], ...]]:
    index: dict[str, list[tuple[Frame, Form]]] = {}
    for frame in frames():
        for form, words in frame.verb:
            for word in words:
                index.setdefault(word, []).append((frame, form))
    return {word: tuple(entries) for word, entries in index.items()}


@lru_cache(maxsize=1)
def finite_forms() -> frozenset[str]:
    """The past forms of all verbs in the frames, so that clause analysis knows them.

    Weak forms that may be adjectives too ("das erwartete Treffen") are left to its own rule.
    """
    starts, ends = grammar().adjective_starts, grammar().preterite_ends
    return frozenset(
        w
        for frame in frames()
        for form, words in frame.verb
        if form == "past"
        for w in words
        if not (w.startswith(starts) and w.endswith(ends))
    )


def verb_frames(word: str) -> tuple[tuple[Frame, Form], ...]:
    """The verb frames that the lower-case word may be a form of."""
    return _verb_index().get(word, ())


@lru_cache(maxsize=1)
def _marks() -> re.Pattern[str]:
    return re.compile("|".join(f.marks.pattern for f in frames() if f.marks is not None))


@lru_cache(maxsize=1)
def _nouns() -> re.Pattern[str]:
    """All nouns in one pattern: most words are none, and one look is cheaper than one for each frame."""
    return re.compile("|".join(f.noun.pattern for f in frames() if f.noun is not None))


def marks(word: str) -> bool:
    """Whether the lower-case word tells a meeting by itself where the verb is one of every day ("Gast")."""
    return _marks().fullmatch(word) is not None


@lru_cache(maxsize=16384)
def noun_frames(word: str) -> tuple[Frame, ...]:
    """The noun frames that the word, lower-case, matches: as a whole, or behind its last hyphen."""
    tail = word.rsplit("-", 1)[-1]
    if _nouns().fullmatch(word) is None and (tail == word or _nouns().fullmatch(tail) is None):
        return ()
    found = [f for f in frames() if f.noun is not None and f.noun.fullmatch(word)]
    if tail != word:
        found += [f for f in frames() if f.noun is not None and f.noun.fullmatch(tail) and f not in found]
    return tuple(found)
