"""The tense of the clause around an expression, from its finite verbs; no model.

German puts the finite verb second or last, and a clause ends at a comma or a stop. So the verbs between
those bounds decide, first in the expression's own clause, then in the whole sentence.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Any, Literal

from timeline.language import LanguageError, read_toml

Tense = Literal["past", "present", "future", "unknown"]

_FILE = "languages/de/dates/tense.toml"
_WORD = re.compile(r"[^\W\d_]+")
_STOP = re.compile(r"[.!?;:\n„“»«](?=[\s\"»«“”)]|$)")
_LAST_STOP = re.compile(r".*" + _STOP.pattern, re.DOTALL)
_ASIDE = re.compile(r" – [a-zäöü][^–]{3,120} –(?= )")
_DATES_JOINED = re.compile(r" und (?:(?:am|im|zum|dem|den|vom|in|bis) )*")
_REACH = 300
_OF = (" von ", " vom ")
"""In front of the date of a thing, which the verb does not tell: "die Entscheidung vom Mai aufzuheben"."""
_ATTRIBUTE_LENGTH = 80
"""Characters in front of a date and behind it in which the words of its attribute are looked for."""
_ABBREVIATION = 6
"""Characters of the longest abbreviation, with a blank or a bracket in front."""
_OPENING_WORDS = 6
_WORD_BEHIND = re.compile(r" ([^\W\d_]+)")
_INFLECTED = re.compile(r"([a-zäöüß]{4,})(?:e[nrsm]?) (?=(?:[a-zäöüß]+e[nrsm]? )*[A-ZÄÖÜ])")
"""A participle in front of its noun, with its stem."""
_ALSO_NOUNS = ("present", "past")
"""Verbs in the plural that are nouns with a capital: "ihr Treffen", "zwei Sprachen"."""
_PERFECT = ("participle", "either", "both")


@dataclass(frozen=True, slots=True)
class _Table:
    """``tense.toml``: what each verb marks, and the words that tell a verb from its neighbours."""

    verbs: dict[str, str]
    persons: dict[str, str]
    introduce: frozenset[str]
    report: frozenset[str]
    as_told: frozenset[str]
    subordinate: frozenset[str]
    set_in: frozenset[str]
    determiners: frozenset[str]
    opening: frozenset[str]
    fillers: frozenset[str]
    planned: frozenset[str]
    agreed: frozenset[str]
    came_about: frozenset[str]
    moved: tuple[str, ...]
    t_always: tuple[str, ...]
    t_verbs: frozenset[str]
    t_ends: tuple[str, ...]
    prefixes: tuple[str, ...]
    separable: tuple[str, ...]
    separated: re.Pattern[str]
    separable_zu: tuple[str, ...]
    adjectives: tuple[str, ...]
    abbreviations: frozenset[str]
    saying: frozenset[str]
    conditions: frozenset[str]
    negations: frozenset[str]
    wanted: frozenset[str]
    plural_pronouns: frozenset[str]
    articles: frozenset[str]


_SETS = (
    "introduce", "report", "as_told", "subordinate", "determiners", "opening", "fillers", "planned", "agreed",
    "came_about", "t_verbs", "abbreviations", "saying", "conditions", "negations", "wanted",
    "plural_pronouns", "articles",
)  # fmt: skip
"""Sections of ``neighbours`` that are sets of words."""


@lru_cache(maxsize=1)
def _table() -> _Table:
    table = read_toml(_FILE)
    verbs: dict[str, str] = {}
    try:
        for mark_, line in table["verbs"].items():
            for word in line.split():
                if verbs.setdefault(word, mark_) != mark_:
                    raise LanguageError(f"{_FILE}: {word!r} stands in {verbs[word]} and in {mark_}")
        neighbours = table["neighbours"]
        words = {name: neighbours[name].split() for name in neighbours if name != "persons"}
        separable = sorted(words["separable"], key=len, reverse=True)
        persons = neighbours["persons"].items()
        made: dict[str, Any] = {
            "verbs": verbs,
            "persons": {form: end for word, end in persons for form in (word, word.capitalize())},
            "set_in": frozenset(words["subordinate"] + words["relative"]),
            "t_always": tuple(words["t_ends"]),
            "t_ends": tuple(words["t_ends"] + words["t_verbs"]),
            "separable": tuple(separable),
            "separated": re.compile("|".join(separable)),
            "separable_zu": tuple(prefix + "zu" for prefix in separable),
        }
        made |= {name: tuple(words[name]) for name in ("moved", "prefixes", "adjectives")}
        made |= {name: frozenset(words[name]) for name in _SETS}
        return _Table(**made)
    except (KeyError, AttributeError) as error:
        raise LanguageError(f"{_FILE}: malformed section: {error!r}") from error


@lru_cache(maxsize=1 << 15)
def mark(word: str) -> str | None:
    """What a word says of the tense.

    One of "past", "future", "present", "have" (an auxiliary), "participle", "either" a present or a
    participle ("verkauft"), "both" a preterite or a participle ("beschlossen"), or None.

    >>> mark("erklärte"), mark("wird"), mark("gewählt"), mark("heute"), mark("Treffen")
    ('past', 'future', 'participle', None, None)
    """
    lower = word.lower()
    table = _table()
    known = table.verbs.get(lower)
    if known is not None:
        noun = known in _ALSO_NOUNS and word[0].isupper() and lower.endswith("en")  # "bei ihrem Treffen"
        return None if known == "none" or noun else known
    if word[0].isupper() and not word.isupper():
        return None
    prefixed = lower.startswith(table.prefixes)
    last = lower[-1]
    separated = table.separated.match(lower)
    if last not in "tne" and not prefixed and separated is None:
        return None
    if len(lower) > 5 and lower.endswith(("te", "ten")) and not lower.startswith("ge"):
        return "present" if is_stem_in_t(lower) else "past"
    if prefixed:
        stem = lower.removeprefix(next(p for p in table.prefixes if lower.startswith(p)))
        if table.verbs.get(stem) == "past":
            return "both" if stem.endswith("en") else "past"  # "besprach"; "ergriffen" may be a participle
    core = lower if separated is None else lower[separated.end() :]
    known = table.verbs.get(core) if separated is not None else None
    if known in ("past", "present"):
        return known  # "ausgeht" is no participle, and "ausging" is past
    if core.startswith("ge") and len(lower) > 5 and lower.endswith(("t", "en")):
        return None if lower.endswith(table.adjectives) else "participle"
    if last == "t" and len(lower) > 3:
        either = prefixed or core.startswith(table.prefixes) or lower.endswith("iert")
        return "either" if either else "present"
    return None


@lru_cache(maxsize=1 << 12)
def is_stem_in_t(word: str) -> bool:
    """Whether a form in -ten is an infinitive or present, as its stem ends in -t: "begleiten", "achten".

    No participle is ("festgehalten").

    >>> is_stem_in_t("begleiten"), is_stem_in_t("erreichten"), is_stem_in_t("beachten")
    (True, False, True)
    """
    table = _table()
    if not word.endswith(table.t_ends):
        return False
    cores = [word.removeprefix(p) for p in ("", *table.prefixes, *table.separable) if word.startswith(p)]
    if any(core.startswith("ge") and core not in table.t_verbs for core in cores):
        return False
    return word.endswith(table.t_always) or not table.t_verbs.isdisjoint(cores)


def _stop_before(text: str, at: int) -> int:
    low = max(0, at - _REACH)
    stop = _LAST_STOP.match(text, low, at)
    while stop is not None:
        dot = stop.end() - 1
        if text[dot] != "." or dot == low or not _is_inside(text, dot):
            return stop.end()
        stop = _LAST_STOP.match(text, low, dot)
    return low


def _stop_after(text: str, at: int) -> int:
    high = min(len(text), at + _REACH)
    for match in _STOP.finditer(text, at, high):
        if match[0] != "." or match.start() == at or not _is_inside(text, match.start()):
            return match.start()
    return high


def _is_inside(text: str, dot: int) -> bool:
    """Whether a dot ends no sentence: behind a number ("am 3. Mai"), an initial or an abbreviation.

    Or before a small letter.
    """
    last, before = text[dot - 1], text[dot - 2 : dot - 1]
    low = max(0, dot - _ABBREVIATION)
    if text[text.rfind(" ", low, dot) + 1 or low : dot].lstrip("(") in _table().abbreviations:
        return True
    return last.isdigit() or (last.isupper() and not before.isalnum()) or text[dot + 2 : dot + 3].islower()


def _verdict(marks: set[str]) -> Tense:
    """The tense that the verbs of a clause make together."""
    if "past" in marks:
        return "past"
    if "have" in marks and not marks.isdisjoint(_PERFECT):
        return "past"
    if "future" in marks:
        return "future"
    if "both" in marks:
        return "past"
    if "present" in marks or "have" in marks or "either" in marks:
        return "present"
    return "unknown"


def _marks(part: str) -> set[str]:
    words = _WORD.findall(part)
    table = _table()
    persons = table.persons
    found = {mark_ for mark_ in map(mark, words) if mark_ is not None}
    if "past" in found and not _is_past(words):
        found.discard("past")
    if words and words[-1] == "sein" and len(words) > 1 and words[-2].endswith(table.moved):
        found.add("have")
    if found == {"participle"}:
        return {"present"} if any(map(_is_of_plural, pairwise(words))) else found
    if persons.keys().isdisjoint(words):
        return found
    for first, second in pairwise(words):
        ending = persons.get(first) or persons.get(second)
        verb = second if first in persons else first
        if ending is not None and verb.endswith(ending) and mark(verb) is None and verb.islower():
            found.add("present")
    return found


def _is_of_plural(pair: tuple[str, str]) -> bool:
    """Whether a form that may be a participle is the verb of "wir" or "sie" beside it: "genießen sie"."""
    return any(
        pronoun.lower() in _table().plural_pronouns
        and verb.islower()
        and verb.endswith("en")
        and mark(verb) == "participle"
        for pronoun, verb in (pair, pair[::-1])
    )


def _is_past(words: list[str]) -> bool:
    """Whether one of the words in -te is a verb and no adjective, as "vereinbarte" is behind an article."""
    table = _table()
    before = ""
    for word in words:
        if mark(word) == "past" and (
            before.lower() not in table.introduce or word in table.verbs or _is_plural_verb(before, word)
        ):
            return True
        before = word
    return False


def _is_plural_verb(before: str, word: str) -> bool:
    """Whether a form in -ten behind "das" is a verb, as no adjective has that ending there.

    "Das vereinbarten die Minister am Montag", but "das vereinbarte Treffen" (Duden: Die Grammatik, 2016,
    on the weak inflection of adjectives).
    """
    return word.endswith("ten") and before.lower() == "das"


def _without_asides(sentence: str, start: int, end: int) -> str:
    """The sentence with blanks for what stands between dashes ("– so sagte er –"), but for the span."""
    for match in _ASIDE.finditer(sentence):
        if match.end() <= start or match.start() >= end:
            sentence = sentence[: match.start()] + " " * len(match[0]) + sentence[match.end() :]
    return sentence


def _bounds(text: str, start: int, end: int) -> tuple[str, int, tuple[int, int], tuple[int, int]]:
    """The text without asides, the start of the span in it, the bounds of its sentence and of its clause."""
    low, high = _stop_before(text, start), _stop_after(text, end)
    if " – " in text[low:high]:
        text, start, end = _without_asides(text[low:high], start - low, end - low), start - low, end - low
        low, high = 0, len(text)
    left = text.rfind(", ", low, start)
    right = _comma_after(text, end, high)
    return text, start, (low, high), (left + 1 if left >= 0 else low, right if right >= 0 else high)


def attribute_tense(text: str, start: int, end: int) -> Tense | Literal["planned"] | None:
    """What the participle says in whose attribute ``text[start:end]`` stands, None outside of one.

    "Ein am Freitag übermittelter Brief" is of the past, "das am Dienstag auslaufende Programm" lies ahead,
    and "der für Montag geplante Besuch" was planned, for a day ahead or past.
    """
    preposition = _opening(text, start)
    if preposition is None:
        return None
    table = _table()
    at, limit = end, end + _ATTRIBUTE_LENGTH
    while (word := _WORD_BEHIND.match(text, at, limit)) is not None:
        at = word.end()
        inflected = _INFLECTED.match(text, word.start(1), limit)
        if inflected is None:
            continue
        stem = inflected[1]
        if stem in table.planned or (stem in table.agreed and preposition in ("für", "auf")):
            return "planned"
        if stem.endswith("end"):
            return "future"
        if mark(stem) in _PERFECT:
            return "past"
    return None


def _opening(text: str, start: int) -> str | None:
    """The preposition in front, if a determiner before it opens an attribute: "das am", "ein bereits im"."""
    table = _table()
    words = text[max(0, start - _ATTRIBUTE_LENGTH) : start].rsplit(None, _OPENING_WORDS)
    if words and words[-1] in table.articles:
        words.pop()
    preposition = words.pop().lower() if words else ""
    if preposition not in table.opening:
        return None
    while words and words[-1] in table.fillers:
        words.pop()
    return preposition if words and words[-1].lstrip('„"(').lower() in table.determiners else None


def is_narrated(text: str, start: int, end: int) -> bool:
    """Whether the clause that holds ``text[start:end]`` has a preterite or pluperfect: its day lies back."""
    text, _, _, (low, high) = _bounds(text, start, end)
    return "past" in _marks(text[low:high])


def clause_tense(text: str, start: int, end: int) -> Tense:
    """The tense of the clause that holds ``text[start:end]`` alone; "unknown" without a finite verb."""
    length = end - start
    text, start, (low, high), (clause_start, clause_end) = _bounds(text, start, end)
    end = start + length
    clause = text[clause_start:clause_end]
    joint = -1, -1
    if " und " in clause:
        joint = _joint_before(text, clause_start, start), text.find(" und ", end, clause_end)
    if joint != (-1, -1):
        part = _marks(text[max(joint[0], clause_start) : joint[1] if joint[1] >= 0 else clause_end])
        if part & {
            "past",
            "both",
            "future",
            "present",
        }:  # "trafen sich am Montag und reden am Freitag weiter"
            return _verdict(part)
    if _ends_in_infinitive(clause):
        begin = _infinitive_from(text, clause_start, start)
        if begin > clause_start or not _marks(clause[: clause.rstrip().rfind(" ")]):
            came_about = not _table().came_about.isdisjoint(_WORD.findall(text, low, begin))
            return "unknown" if came_about or text.endswith(_OF, low, start) else "present"
    marks = _marks(clause)
    if marks <= {"either", "participle"} and _is_past_without_verb(
        clause, marks, whole=(clause_start, clause_end) == (low, high)
    ):
        return "past"
    if marks == {"have"} and _is_closed(text, clause_end, high):
        return "past"
    verdict = _verdict(marks)
    if verdict == "past" and "past" not in marks and _opens_with(clause, _table().conditions):
        return "present"  # "wenn er im Juli ankommen wird", "sobald er im Juli angekommen ist"
    if verdict == "future" and _is_refused(clause):
        return "past"
    return verdict


def _is_refused(clause: str) -> bool:
    """Whether somebody did not want to: "wollte sich am Dienstag nicht äußern"."""
    words = set(_WORD.findall(clause))
    return not words.isdisjoint(_table().wanted) and not words.isdisjoint(_table().negations)


def is_said(text: str, start: int, end: int) -> bool:
    """Whether the clause that holds the span tells in the present what was said: "sagt er am Samstag"."""
    text, _, _, (low, high) = _bounds(text, start, end)
    return not _table().saying.isdisjoint(_WORD.findall(text, low, high))


def _opens_with(clause: str, words: frozenset[str]) -> bool:
    first = _WORD.search(clause)
    return first is not None and first[0].lower() in words


def _joint_before(text: str, low: int, start: int) -> int:
    """The last "und" in front that joins clauses and no dates ("am 24. und 26. Juni"); -1 without one."""
    joint = text.rfind(" und ", low, start)
    while joint >= 0 and _DATES_JOINED.fullmatch(text, joint, start) and _may_be_date(text, low, joint):
        joint = text.rfind(" und ", low, joint)
    return joint


def _may_be_date(text: str, low: int, end: int) -> bool:
    """Whether what ends here is a number or a name, as dates are, and no verb."""
    return text[end - 1] in ".0123456789" or text[text.rfind(" ", low, end) + 1].isupper()


def _comma_after(text: str, start: int, end: int) -> int:
    """The first comma that may end a clause, -1 without one; "0,7" has none."""
    comma = text.find(",", start, end)
    while comma >= 0 and text[comma + 1 : comma + 2].isdigit():
        comma = text.find(",", comma + 1, end)
    return comma


def _is_closed(text: str, comma: int, end: int) -> bool:
    """Whether a participle behind what was set in closes a perfect: "ist er, der wartete, gestiegen".

    A clause that was set in has its own verb first ("der Kopf, der die Lage, wie man sagt, beherrscht").
    """
    table = _table()
    within = False
    while 0 <= comma < end:
        following = _comma_after(text, comma + 1, end)
        part = text[comma + 1 : following if following >= 0 else end]
        words = _WORD.findall(part)
        comma = following
        if not words or words[0].lower() in table.as_told:
            continue
        closes = mark(words[-1]) in _PERFECT
        if words[0].lower() in table.set_in:
            within = True
        if within:
            within = not (closes or _marks(part))
        elif closes:
            return _marks(part) <= set(_PERFECT)
    return False


def _ends_in_infinitive(clause: str) -> bool:
    """Whether a clause ends in an infinitive with "zu": "am Montag zu kommen", "am Montag anzutreten"."""
    words = clause.rsplit(None, 2)
    if len(words) < 2 or not words[-1].endswith("n") or not words[-1].islower():
        return False
    return words[-2] == "zu" or words[-1].startswith(_table().separable_zu)


def _infinitive_from(text: str, low: int, start: int) -> int:
    """Where an infinitive that holds ``start`` begins: behind the participle that closes the clause in front.

    No comma need stand there (official rules of spelling, § 75 of 2006): "hat angekündigt im Mai anzutreten".
    """
    begin = low
    for match in _WORD.finditer(text, low, start):
        if mark(match[0]) == "participle" and not match[0].endswith("e"):
            begin = match.end()
    return begin


def _is_past_without_verb(clause: str, marks: set[str], *, whole: bool) -> bool:
    """Whether a clause tells who said something, or is a headline that ends in a participle.

    ``whole`` if the clause is its sentence.
    """
    words = _WORD.findall(clause)
    if not words:
        return False
    first = words[0].lower()
    if first in _table().as_told:
        return mark(words[-1]) in _PERFECT
    if not marks:
        return not whole and first in _table().report
    return whole and marks == {"either"} and mark(words[-1]) == "either" and first not in _table().subordinate


def tense_at(text: str, start: int, end: int) -> Tense:
    """The tense of the clause that holds ``text[start:end]``, or of its sentence if that has no verb."""
    verdict = clause_tense(text, start, end)
    if verdict != "unknown":
        return verdict
    return _verdict(_marks(text[_stop_before(text, start) : _stop_after(text, end)]))
