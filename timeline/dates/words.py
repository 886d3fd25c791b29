"""Word classes: which spellings belong to a class and what each contributes to a value.

The table is ``words.toml``. A spelling in lower case also matches with a capital and in capitals
("gestern", "Gestern", "GESTERN"); one with a capital, a noun, only as written and in capitals. ``~``
stands for the endings of the adjective (-e, -en, -er, -es, -em). Every class maps a payload to spellings.
"""

from dataclasses import dataclass

from timeline.language import LanguageError, read_toml

Payload = str | tuple[str, ...]
"""What a word contributes to a value; several parts where the table separates them by blanks."""

_ENDINGS = ("e", "en", "er", "es", "em")


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """All word classes of a language.

    ``words`` maps each spelling that may occur to its classes with their payloads. ``weak`` classes and
    all literals cannot carry an expression alone: a place with none but weak words is never looked into.
    ``contexts`` are lists of neighbours that rules name, ``patterns`` parts that rules share, ``suffixes``
    the ends of compounds.
    """

    words: dict[str, dict[str, Payload]]
    classes: frozenset[str]
    weak: frozenset[str]
    contexts: dict[str, frozenset[str]]
    patterns: dict[str, str]
    suffixes: dict[str, tuple[str, Payload]]
    not_compounds: frozenset[str]


def spellings(entry: str) -> list[str]:
    """The forms behind one entry of the table: ``letzt~`` is "letzte", "letzten" and so on."""
    if entry.endswith("~"):
        return [entry[:-1] + ending for ending in _ENDINGS]
    return [entry]


def written(form: str) -> list[str]:
    """How a form may be written: as it is, in capitals, and capitalised if it is not a noun.

    >>> written("gestern")
    ['gestern', 'Gestern', 'GESTERN']
    >>> written("Mai")
    ['Mai', 'MAI']
    """
    upper = form.upper()
    forms = [form] if form[0].isupper() or not form[0].isalpha() else [form, form[0].upper() + form[1:]]
    if len(form) > 2 and upper not in forms:
        forms.append(upper)
    return forms


def payload_of(text: str) -> Payload:
    """A payload as written in the table."""
    parts = tuple(text.split(" "))
    return parts if len(parts) > 1 else text


def _numbers(ones: dict[str, str], tens: dict[str, str]) -> dict[str, str]:
    """Number words from 21 to 999 as the language composes them, by spelling.

    Source: Duden, Die Grammatik, 9th ed., "Kardinalzahlen": ones before tens, joined by "und".
    """
    below = dict(ones)
    for ten, ten_value in tens.items():
        below[ten] = ten_value
        for one, one_value in ones.items():
            if int(one_value) < 10:
                stem = "ein" if one_value == "1" else one
                below[f"{stem}und{ten}"] = str(int(ten_value) + int(one_value))
    result = dict(below)
    hundreds = {"hundert": 100} | {
        ("ein" if v == "1" else one) + "hundert": 100 * int(v) for one, v in ones.items() if int(v) < 10
    }
    for hundred, base in hundreds.items():
        result[hundred] = str(base)
        if base <= 200:
            for word, value in below.items():
                result[hundred + word] = str(base + int(value))
    return result


def _ordinals(numbers: dict[str, str], irregular: dict[str, str]) -> dict[str, str]:
    """Stems of the ordinals 1 to 99 ("dritt", "einundzwanzigst") with their number."""
    by_value: dict[str, str] = {}
    for word, value in numbers.items():
        if int(value) < 100:
            by_value.setdefault(value, word + ("t" if int(value) < 20 else "st"))
    by_value |= irregular
    return {stem: value for value, stem in by_value.items()}


def load_vocabulary(name: str) -> Vocabulary:
    """Reads and checks the table of word classes.

    Raises:
        LanguageError: a section is missing or unknown, or a spelling stands twice in one class.
    """
    table = read_toml(name)
    words: dict[str, dict[str, Payload]] = {}
    classes: set[str] = set()

    def add(cls: str, form: str, payload: Payload, *, check: bool = True) -> None:
        classes.add(cls)
        for variant in written(form):
            known = words.setdefault(variant, {})
            if check and cls in known and known[cls] != payload:
                raise LanguageError(f"{name}: {form!r} stands twice in class {cls}")
            known.setdefault(cls, payload)

    try:
        for cls, entries in table["class"].items():
            for payload, line in entries.items():
                for entry in line.split():
                    for form in spellings(entry):
                        add(cls, form, payload_of(payload))
        ones = {word: n for n, line in table["numbers"]["ones"].items() for word in line.split()}
        tens = {word: n for n, line in table["numbers"]["tens"].items() for word in line.split()}
        numbers = _numbers(ones, tens)
        for word, value in numbers.items():
            add("NUM", word, value)
        for stem, value in _ordinals(numbers, table["numbers"]["ordinals"]).items():
            for form in spellings(stem + "~"):
                add("ORD", form, value)
                if int(value) <= 31:
                    add("DAYORD", form, f"{int(value):02d}")
                if int(value) <= 21:
                    add("CENTORD", form, f"{int(value) - 1:02d}")
        for cls, recipe in table["compound"].items():
            firsts, seconds = _members(words, recipe["first"]), _members(words, recipe["second"])
            for first, first_payload in firsts:
                for second, second_payload in seconds:
                    joined = first + second.lower()
                    add(cls, joined, (str(first_payload), str(second_payload)), check=False)
        contexts = {
            key: frozenset(v for entry in line.split() for form in spellings(entry) for v in written(form))
            for key, line in table["context"].items()
        }
        suffixes = {
            form: (cls, payload_of(payload))
            for cls, entries in table["suffix"].items()
            for payload, line in entries.items()
            for form in line.split()
        }
        classes |= set(table["suffix"])
        return Vocabulary(
            words=words,
            classes=frozenset(classes | set(table["shapes"])),
            weak=frozenset(table["weak"]),
            contexts=contexts,
            patterns=dict(table["pattern"]),
            suffixes=suffixes,
            not_compounds=frozenset(table["not_compounds"].split()),
        )
    except (KeyError, AttributeError, TypeError) as error:
        raise LanguageError(f"{name}: malformed section: {error!r}") from error


def _members(words: dict[str, dict[str, Payload]], cls: str) -> list[tuple[str, Payload]]:
    """Spellings of a class as the table gives them, without the variants in capitals."""
    return [(w, c[cls]) for w, c in words.items() if cls in c and not (len(w) > 2 and w.isupper())]
