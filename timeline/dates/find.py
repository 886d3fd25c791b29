"""Text to date expressions: what the words alone say."""

from functools import lru_cache

from timeline.dates.automaton import Automaton
from timeline.dates.expression import Expression
from timeline.dates.rules import Rule, Sequence, load_rules
from timeline.dates.scan import Pieces, Token, duration, word_after, word_before
from timeline.dates.words import load_vocabulary

_FOLDER = "languages/de/dates/"
RULE_FILES = ("days", "periods", "clock", "vague", "durations", "sets", "feasts")
"""Tables of rules in order of precedence between rules that match the same words."""

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

    def find(self, text: str) -> list[Expression]:
        """All expressions of a text, sorted, not overlapping."""
        found: list[Expression] = []
        for run in self.pieces.runs(text):
            self._walk(text, run, found)
        return found

    def _walk(self, text: str, run: list[Token], found: list[Expression]) -> None:
        automaton = self.automaton
        start_state = automaton.start
        start_steps = start_state.steps
        i, count = 0, len(run)
        free = found[-1].end if found else 0
        while i < count:
            signature = run[i][2]
            if not signature:
                i += 1
                continue
            state = (
                start_steps[signature] if signature in start_steps else automaton.step(start_state, signature)
            )
            k = i + 1
            accepted: list[tuple[Sequence, ...]] = []
            while state is not None:
                if state.accepts:
                    accepted.append(state.accepts)
                if k == count:
                    break
                signature = run[k][2]
                if not signature:
                    break
                steps = state.steps
                state = steps[signature] if signature in steps else automaton.step(state, signature)
                k += 1
            i += 1
            while accepted:
                expression = self._first(text, run, i - 1, accepted.pop(), free)
                if expression is not None:
                    found.append(expression)
                    free = expression.end
                    while i < count and run[i][0] < free:
                        i += 1
                    break

    def _first(
        self, text: str, run: list[Token], at: int, sequences: tuple[Sequence, ...], free: int
    ) -> Expression | None:
        for sequence in sequences:
            start = run[at + sequence.first][0]
            end = run[at + sequence.last - 1][1]
            if start < free or not _fits(sequence.rule, text, start, end):
                continue
            return _expression(sequence, text, run, at, start, end)
        return None


def _fits(rule: Rule, text: str, start: int, end: int) -> bool:
    """Whether the neighbours allow the rule here."""
    if rule.not_after and word_before(text, start) in rule.not_after:
        return False
    if rule.not_before and word_after(text, end) in rule.not_before:
        return False
    if rule.at == "sentence-start":
        before = word_before(text, start)
        if before and before not in _SENTENCE_ENDS and "\n" not in text[max(0, start - 2) : start]:
            return False
    return rule.guard is None or _is_year(text, start, end, rule.near)


def _is_year(text: str, start: int, end: int, near: frozenset[str]) -> bool:
    """Whether a bare number of four digits is a year and does not count something.

    From 1900 to 2050 nearly all are, but for round ones. Any other is one behind a word of ``near`` ("seit",
    "um") or a bracket, or where no noun in the plural follows and, if it is round, a name stands in front.
    """
    number = int(text[end - 4 : end])
    if 1900 < number < 2050 and number % 100:
        return True
    before = word_before(text, start)
    if before.lower() in near or before == "(":
        return True
    after = word_after(text, end)
    if after[:1].isupper() and after[-1] in "enrs":
        return False
    if number % 100 and 1500 < number < 2050:
        return True
    return before[:1].isupper() or not after[:1].isalnum() and before in ("", ",", ";")


def _fill(template: str, slots: dict[str, object]) -> str:
    return template.format_map(slots) if "{" in template else template


def _expression(sequence: Sequence, text: str, run: list[Token], at: int, start: int, end: int) -> Expression:
    rule = sequence.rule
    row = sequence.row
    slots = {name: run[at + position][3][row[position]] for name, position in sequence.slots}
    value = _fill(rule.value, slots)  # type: ignore[arg-type]
    if value[0] == "P" and value[-1] != "F":
        value = duration(value)
    return Expression(
        start,
        end,
        text[start:end],
        rule.type,
        value,
        rule.id,
        rule.unit and _fill(rule.unit, slots),  # type: ignore[arg-type]
        None if rule.shift is None else _count(_fill(rule.shift, slots)),  # type: ignore[arg-type]
        rule.anchor,
        rule.span,
        None if rule.weekday is None else int(_fill(rule.weekday, slots)),  # type: ignore[arg-type]
        rule.part and _fill(rule.part, slots),  # type: ignore[arg-type]
        rule.bound,  # type: ignore[arg-type]
        rule.feast and _fill(rule.feast, slots),
    )


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
