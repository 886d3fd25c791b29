r"""Rules as data: patterns over word classes, and what each says.

A pattern is a row of elements separated by blanks: ``MONTH`` is a word class, ``MABBR:MONTH`` a class whose
payload is called MONTH in the templates, ``$month`` a pattern named in the table of word classes, ``bis`` a
literal word or sign, ``bis|und`` one of several, ``X?`` optional, ``( a b | c )`` a choice, ``( a b )?`` an
optional group. ``<`` and ``>`` mark the expression where the pattern also needs words around it. A pattern
has no repetition, so it stands for finitely many rows of classes, and these are compiled.
``traits`` are what resolution must know of a rule (:data:`timeline.dates.expression.Trait`).
"""

from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from typing import Any, Literal, get_args

from timeline.dates.expression import Anchor, Bound, Part, Trait, Unit
from timeline.dates.words import Vocabulary
from timeline.language import LanguageError, read_toml
from timeline.model import TimexType

Row = tuple[str, ...]

_FIELDS = {"id", "pattern", "type", "value", "unit", "shift", "anchor", "span", "weekday", "part", "bound",
           "feast", "traits", "not_after", "not_before", "at", "yes", "no", "source", "guard"}  # fmt: skip
_REQUIRED = {"id", "pattern", "type", "value", "yes", "no", "source"}
_CHOICES: dict[str, tuple[str, ...]] = {
    "type": (*get_args(TimexType), "NONE"),
    "anchor": get_args(Anchor),
    "bound": get_args(Bound),
    "part": get_args(Part),
    "unit": get_args(Unit),
    "at": ("sentence-start",),
    "guard": (
        "year",
        "year-alone",
        "before-verb",
        "before-participle",
        "no-name",
        "no-noun",
        "no-quantity",
    ),
}
_MAX_ROWS = 4096
_MAX_LENGTH = 24


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of a table. Templates take the payloads of the pattern's slots in braces.

    A rule of type NONE takes its words away from all others ("24 Jahre alt" is an age).

    ``order`` breaks ties between rules that match the same words: the first in the files wins.
    """

    id: str
    order: int
    type: TimexType | Literal["NONE"]
    value: str
    unit: str | None
    shift: str | None
    anchor: Anchor
    span: bool
    weekday: str | None
    part: str | None
    bound: Bound | None
    feast: str | None
    traits: frozenset[Trait]
    not_after: frozenset[str]
    not_before: frozenset[str]
    at: str | None
    guard: str | None
    near: frozenset[str]
    before_day: frozenset[str]
    first_names: frozenset[str]
    surnames: frozenset[str]
    name_ends: tuple[str, ...]
    yes: dict[str, str]
    no: tuple[str, ...]
    file: str


@dataclass(frozen=True, slots=True)
class Sequence:
    """One row of classes that a rule accepts: ``first`` to ``last`` (exclusive) is the expression."""

    rule: Rule
    row: Row
    slots: tuple[tuple[str, int], ...]
    first: int
    last: int


def expand(pattern: str) -> list[tuple[str, ...]]:
    """All rows of elements that a pattern stands for.

    >>> expand("am? ( A | B C )")
    [('am', 'A'), ('am', 'B', 'C'), ('A',), ('B', 'C')]
    """
    rows, rest = _choice(pattern.split())
    if rest:
        raise ValueError("a closing bracket too many")
    return rows


def _unfold(pattern: str, named: dict[str, str]) -> str:
    items = [_unfold(named[item[1:]], named) if item[0] == "$" else item for item in pattern.split()]
    return " ".join(items)


def _choice(items: list[str]) -> tuple[list[Row], list[str]]:
    rows: list[Row] = []
    parts: list[list[Row]] = []
    while items and items[0] not in (")", ")?"):
        item, *items = items
        if item == "|":
            rows += _joined(parts)
            parts = []
        elif item == "(":
            inner, items = _choice(items)
            if not items:
                raise ValueError("a bracket is not closed")
            closing, *items = items
            parts.append([*inner, ()] if closing == ")?" else inner)
        elif "|" in item:
            parts.append([(choice,) for choice in item.split("|")])
        elif item.endswith("?") and len(item) > 1:
            parts.append([(item[:-1],), ()])
        else:
            parts.append([(item,)])
    return rows + _joined(parts), items


def _joined(parts: list[list[Row]]) -> list[Row]:
    return [sum(choice, ()) for choice in product(*parts)]


@lru_cache(maxsize=4096)
def is_class(element: str) -> bool:
    """Whether an element of a pattern names a word class rather than a literal word."""
    return len(element) > 1 and element.partition(":")[0].isupper()


def _sequence(rule: Rule, elements: Row) -> Sequence:
    row: list[str] = []
    slots: dict[str, int] = {}
    first, last = 0, None
    for element in elements:
        if element == "<":
            first = len(row)
        elif element == ">":
            last = len(row)
        elif is_class(element):
            name, _, alias = element.partition(":")
            slots[alias or name] = len(row)
            row.append(name)
        else:
            row.append("=" + element)
    return Sequence(rule, tuple(row), tuple(slots.items()), first, len(row) if last is None else last)


def _rule(
    entry: dict[str, Any], order: int, file: str, vocabulary: Vocabulary
) -> tuple[Rule, list[Sequence]]:
    where = f"{file}, rule {entry.get('id', f'number {order}')}"
    if unknown := set(entry) - _FIELDS:
        raise LanguageError(f"{where}: unknown field {sorted(unknown)}")
    if missing := {key for key in _REQUIRED if not entry.get(key)}:
        raise LanguageError(f"{where}: missing {sorted(missing)}")
    for key, allowed in _CHOICES.items():
        value = entry.get(key)
        if value is not None and "{" not in value and value not in allowed:
            raise LanguageError(f"{where}: {key} {value!r} is none of {', '.join(allowed)}")
    if wrong := set(entry.get("traits", ())) - set(get_args(Trait)):
        raise LanguageError(f"{where}: traits {sorted(wrong)} are none of {', '.join(get_args(Trait))}")
    contexts: dict[str, frozenset[str]] = {}
    for key in ("not_after", "not_before"):
        words: set[str] = set()
        for item in entry.get(key, []):
            if item.isupper() and len(item) > 1:
                if item not in vocabulary.contexts:
                    raise LanguageError(f"{where}: unknown context {item}")
                words |= vocabulary.contexts[item]
            else:
                words.add(item)
        contexts[key] = frozenset(words)
    rule = Rule(
        id=entry["id"],
        order=order,
        type=entry["type"],
        value=entry["value"],
        unit=entry.get("unit"),
        shift=None if entry.get("shift") is None else str(entry["shift"]),
        anchor=entry.get("anchor", "reference"),
        span=entry.get("span", False),
        weekday=entry.get("weekday"),
        part=entry.get("part"),
        bound=entry.get("bound"),
        feast=entry.get("feast"),
        traits=frozenset(entry.get("traits", ())),
        not_after=contexts["not_after"],
        not_before=contexts["not_before"],
        at=entry.get("at"),
        guard=entry.get("guard"),
        near=vocabulary.contexts["YEAR_AFTER"],
        before_day=vocabulary.contexts["BEFORE_DAY"],
        first_names=vocabulary.contexts["FIRST_NAMES"],
        surnames=vocabulary.contexts["SURNAMES"],
        name_ends=tuple(sorted(vocabulary.contexts["NAME_ENDS"])),
        yes=dict(entry["yes"]),
        no=tuple(entry["no"]),
        file=file,
    )
    try:
        sequences = [_sequence(rule, e) for e in expand(_unfold(entry["pattern"], vocabulary.patterns))]
    except (ValueError, KeyError) as error:
        raise LanguageError(f"{where}: {error}") from error
    if len(sequences) > _MAX_ROWS:
        raise LanguageError(f"{where}: the pattern stands for more than {_MAX_ROWS} rows")
    templates = (rule.value, rule.shift, rule.unit, rule.weekday, rule.part, rule.feast)
    slots = {name for template in templates if template for name in _names(template)}
    for sequence in sequences:
        for element in sequence.row:
            if element[0] != "=" and element not in vocabulary.classes:
                raise LanguageError(f"{where}: unknown class {element}")
        if not 0 <= sequence.first < sequence.last <= len(sequence.row) <= _MAX_LENGTH:
            raise LanguageError(f"{where}: the expression is empty or the pattern too long")
        if all(element[0] == "=" or element in vocabulary.weak for element in sequence.row):
            raise LanguageError(f"{where}: nothing but weak words in {' '.join(sequence.row)}")
        for name in slots.difference([name for name, _ in sequence.slots]):
            raise LanguageError(f"{where}: {{{name}}} is not in {' '.join(sequence.row)}")
    return rule, sequences


def _names(template: str) -> list[str]:
    return [piece.partition("}")[0].partition("[")[0] for piece in template.split("{")[1:]]


def load_rules(names: list[str], vocabulary: Vocabulary) -> tuple[list[Rule], list[Sequence]]:
    """Reads and checks the tables of rules, in this order of precedence.

    Raises:
        LanguageError: a table is malformed; the message names its file and rule.
    """
    rules: list[Rule] = []
    sequences: list[Sequence] = []
    ids: set[str] = set()
    for name in names:
        for entry in read_toml(name).get("rule", []):
            rule, rows = _rule(entry, len(rules), name, vocabulary)
            if rule.id in ids:
                raise LanguageError(f"{name}, rule {rule.id}: the id is used twice")
            ids.add(rule.id)
            rules.append(rule)
            sequences += rows
    return rules, sequences
