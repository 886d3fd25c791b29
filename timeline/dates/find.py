"""Text to date expressions: what the words alone say."""

import calendar
import re
from collections.abc import Callable, Mapping
from functools import lru_cache, partial
from itertools import pairwise
from typing import Final, cast

from timeline.dates.automaton import Automaton, State
from timeline.dates.expression import Anchor, Bound, Expression, Part, Trait, Unit
from timeline.dates.rules import Rule, Sequence, load_rules
from timeline.dates.scan import Pieces, Token, duration, word_after, word_before
from timeline.dates.tense import mark
from timeline.dates.words import Payload, load_vocabulary
from timeline.model import TimexType

_FOLDER = "languages/de/dates/"
RULE_FILES = ("days", "periods", "clock", "vague", "durations", "sets", "feasts")
"""Tables of rules in order of precedence between rules that match the same words."""

_NOTHING = "NONE"
_YEAR_AND = re.compile(r"\b[12]\d{3}(?: (?:und|bis|oder) | ?[-–/] ?)$")
_DESIGNATION = re.compile(r" [A-Z]{1,3}\d|/\d+/[A-Z]")
"""What follows the year in the name of a small planet or a directive: "2014 MU69", "2012/34/EU"."""
_UNIT = re.compile(r"T?[A-SU-WYZ]+")
_UNITS = {
    unit: place
    for place, unit in enumerate(("ML", "CE", "DE", "Y", "Q", "M", "W", "WE", "D", "TH", "TM", "TS"))
}
_MOST_REMEMBERED = 1 << 14
_SHORTEST_NAME = 3
_QUOTES = frozenset("\"„“”»«›‹‚‘’'")
_expression = partial(tuple.__new__, Expression)
"""Makes an expression of all its fields in half the time of a call with them."""
_SENTENCE_ENDS = frozenset('.!?:;"„“”»«›‹(–-')


class Tagger:
    """The tables of one language, compiled."""

    def __init__(self) -> None:
        vocabulary = load_vocabulary(_FOLDER + "words.toml")
        self.rules, sequences = load_rules([f"{_FOLDER}{n}.toml" for n in RULE_FILES], vocabulary)
        self.vocabulary = vocabulary
        self.automaton = Automaton(sequences)
        elements = frozenset(element for sequence in sequences for element in sequence.row)
        self.pieces = Pieces(vocabulary, self.automaton, elements)
        self._remembered: dict[tuple[int, tuple[Payload, ...]], _Said | None] = {}

    def find(self, text: str) -> list[Expression]:
        """All expressions of a text, sorted, not overlapping."""
        found: list[Expression] = []
        for run, count in self.pieces.runs(text):
            self._walk(text, run, count, found)
        return found

    def _walk(self, text: str, run: list[Token], count: int, found: list[Expression]) -> None:
        """The expressions that begin among the first ``count`` tokens."""
        i = 0
        free = found[-1].end if found else 0
        first_steps = self.automaton.start.steps
        while i < count:
            if first_steps.get(run[i][2], self) is None:  # no rule begins with such a token
                i += 1
                continue
            best = self._longest(text, run, i, free)
            if best is None:
                i += 1
                continue
            expression, first = best
            if first > i:  # words in front were needed: a longer match may begin at the expression itself
                other = self._longest(text, run, first, free)
                if other is not None and other[0].end > expression.end:
                    expression = other[0]
            if expression.value != _NOTHING:
                found.append(expression)
            free = expression.end
            i += 1
            while i < count and run[i][0] < free:
                i += 1

    def _longest(self, text: str, run: list[Token], at: int, free: int) -> tuple[Expression, int] | None:
        """The longest match that begins with token ``at``, and the token where its expression begins."""
        step = self.automaton.step
        state: State | None = self.automaton.start
        accepted: list[tuple[Sequence, ...]] = []
        for k in range(at, len(run)):
            signature = run[k][2]
            if not signature:
                break
            steps = state.steps  # type: ignore[union-attr]
            state = steps[signature] if signature in steps else step(state, signature)  # type: ignore[arg-type]
            if state is None:
                break
            if state.accepts:
                accepted.append(state.accepts)
        while accepted:
            for sequence in accepted.pop():
                start = run[at + sequence.first][0]
                end = run[at + sequence.last - 1][1]
                if start < free or not _fits(sequence.rule, text, start, end):
                    continue
                said = self._said(sequence, run, at)
                if said is not None:
                    return _expression((start, end, text[start:end], *said)), at + sequence.first
        return None

    def _said(self, sequence: Sequence, run: list[Token], at: int) -> "_Said | None":
        """What the words of a match say; remembered, as news says the same again and again."""
        row = sequence.row
        payloads = tuple([run[at + position][3][row[position]] for _, position in sequence.slots])
        key = id(sequence), payloads
        try:
            return self._remembered[key]
        except KeyError:
            if len(self._remembered) >= _MOST_REMEMBERED:
                self._remembered.clear()
            said = self._remembered[key] = _said(sequence, payloads)
            return said


def _fits(rule: Rule, text: str, start: int, end: int) -> bool:
    """Whether the neighbours allow the rule here."""
    if rule.not_after:
        before = word_before(text, start)
        if before in rule.not_after:
            return False
        if before == "." and word_before(text, text.rfind(".", 0, start)) in rule.not_after:
            return False  # "Nr. 1998"
    if rule.not_before and word_after(text, end) in rule.not_before:
        return False
    if rule.at == "sentence-start":
        before = word_before(text, start)
        if before and before not in _SENTENCE_ENDS and "\n" not in text[max(0, start - 2) : start]:
            return False
    if rule.guard == "year":
        return _is_year(rule, text, start, end)
    if rule.guard in _YEAR_GUARDS:
        return int(text[end - 4 : end]) in _PLAIN_YEARS and _YEAR_GUARDS[rule.guard](word_after(text, end))
    if rule.guard == "no-noun":
        return not _has_noun(text, end)
    if rule.guard == "no-quantity":
        return not word_after(text, end)[:1].isupper()
    return rule.guard is None or not _is_name(rule, text, start, end)


def _is_name(rule: Rule, text: str, start: int, end: int) -> bool:
    """Whether "Sonntag" or "August" is part of a person's name.

    A surname follows a capitalised word that does not begin its sentence ("Jutta Sonntag", but not "Am
    Sonntag"); at the start of one the first name shows by its end ("Brigitte Mai"). A first name stands
    between a small word or nothing and a capitalised one ("August Macke").
    """
    word, before = text[start:end], word_before(text, start)
    if start and text[start - 1] in _QUOTES and text[end : end + 1] in _QUOTES and end < len(text):
        return True  # a title: the play „Sonntag“
    if not before[:1].isalpha() or text[start - 1 : start] != " ":
        return word in rule.first_names and text[end : end + 1] == " " and text[end + 1 : end + 2].isupper()
    if word not in rule.surnames or before in rule.before_day or before[0].islower() or before.isupper():
        return False
    further = word_before(text, start - len(before) - 1)
    if not further or further in _SENTENCE_ENDS - {"-"}:
        return len(before) > _SHORTEST_NAME and before.endswith(rule.name_ends)
    return further.isalnum() or further in ",-"


def _has_noun(text: str, end: int) -> bool:
    """Whether an ordinal seems to belong to a noun: "am 5. Platz", "am 5. großen Fest", "am 5. und 6. Tag".

    Only a word in small letters right behind says that it does not, unless it ends as an adjective would.
    """
    after = word_after(text, end)
    if not after.islower() or text[end : end + 1] != " ":
        return True
    if after.endswith("en"):
        return mark(after) not in ("past", "have", "future", "present")
    return after in ("und", "oder", "bis", "sowie", "bzw", "beziehungsweise")


def _is_year(rule: Rule, text: str, start: int, end: int) -> bool:
    """Whether a bare number of four digits is a year and does not count something.

    From 1900 to 2050 nearly all are, but for round ones. Any other is one behind a word of ``rule.near``
    ("seit", "um") or a bracket, or where no noun in the plural follows and, if it is round, a name stands
    in front.
    """
    number = int(text[end - 4 : end])
    before = word_before(text, start)
    if before.isupper() and word_before(text, text.rfind(before, 0, start)) in rule.not_after:
        return False  # "Flug LH 2019"
    if _DESIGNATION.match(text, end):
        return False
    if 1900 < number < 2050 and number % 100:
        return True
    if before.lower() in rule.near or before == "(" or _YEAR_AND.search(text, max(0, start - 12), start):
        return True
    after = word_after(text, end)
    if after[:1].isupper() and after[-1] in "enrs":
        return False
    if before in _SENTENCE_ENDS and after and mark(after) in ("past", "have") and not after.endswith("en"):
        return True  # "1800 hieß das Haus anders"
    if number % 100 and 1500 < number < 2050:
        return True
    return before[:1].isupper() or (not after[:1].isalnum() and before in ("", ",", ";"))


def _is_finite(word: str) -> bool:
    """Whether the word is a finite verb in the singular, as a year in front of it needs: "1994 reiste er"."""
    return word.islower() and not word.endswith("en") and mark(word) in ("past", "have", "future", "present")


def _is_attribute(word: str) -> bool:
    """Whether the word is an inflected participle: "begonnene", "gegründeten"."""
    stem = word.removesuffix("s").removesuffix("r").removesuffix("n").removesuffix("m").removesuffix("e")
    return word.islower() and stem != word and mark(stem) in ("participle", "either", "both", "past")


_YEAR_GUARDS: dict[str, Callable[[str], bool]] = {
    "before-verb": _is_finite,
    "before-participle": _is_attribute,
    "year-alone": lambda word: not word[:1].isupper(),
}
"""What must follow a number that is read as a year although the word in front mostly tells a count."""

_PLAIN_YEARS: Final = frozenset(number for number in range(1901, 2050) if number % 100)


def _fill(template: str, slots: Mapping[str, Payload]) -> str:
    return template.format_map(slots) if "{" in template else template


_Said = tuple[
    TimexType, str, str, Unit | None, int | None, Anchor, bool, int | None, Part | None, Bound | None,
    str | None, frozenset[Trait],
]  # fmt: skip
"""The fields of :class:`Expression` from ``type`` on."""


def _said(sequence: Sequence, payloads: tuple[Payload, ...]) -> _Said | None:
    """What the words of a match say; None if they name a day that the calendar does not have."""
    rule = sequence.rule
    slots = dict(zip((name for name, _ in sequence.slots), payloads, strict=True))
    value = _fill(rule.value, slots)
    if value[0] == "P" and value[-1] != "F":
        if not _falls(value):
            return None  # "eine Sekunde 30 Stunden"
        value = duration(value)
    elif not _exists(value):
        return None
    return (
        cast("TimexType", rule.type),
        value,
        rule.id,
        cast("Unit | None", rule.unit and _fill(rule.unit, slots)),
        None if rule.shift is None else _count(_fill(rule.shift, slots)),
        rule.anchor,
        rule.span,
        None if rule.weekday is None else int(_fill(rule.weekday, slots)),
        cast("Part | None", rule.part and _fill(rule.part, slots)),
        rule.bound,
        rule.feast and _fill(rule.feast, slots),
        rule.traits,
    )


def _falls(value: str) -> bool:
    """Whether each unit of a duration as the rules write it is smaller than the one in front."""
    units = [_UNITS.get(unit, 0) for unit in _UNIT.findall(value, 1)]
    return all(first < second for first, second in pairwise(units))


def _exists(value: str) -> bool:
    """Whether the calendar has the day, if ``value`` names one; 29 February may be of any leap year."""
    month, day = value[5:7], value[8:10]
    if not (month.isdigit() and day.isdigit() and value[7] == "-"):
        return True
    year = int(value[:4]) if value[:4].isdigit() else 2000
    return 1 <= int(day) <= calendar.monthrange(year, int(month))[1]


def _count(shift: str) -> int | None:
    """A shift as a whole number; None for a fraction or an unknown number."""
    sign, star, number = shift.partition("*")
    try:
        return int(sign) * int(number) if star else int(shift)
    except ValueError:
        return None


@lru_cache(maxsize=1)
def tagger() -> Tagger:
    """The compiled German tables, read once.

    Raises:
        timeline.language.LanguageError: a table is malformed.
    """
    return Tagger()


def find_expressions(text: str) -> list[Expression]:
    """Date expressions of a German text, sorted by place, not overlapping, not yet resolved."""
    return tagger().find(text)
