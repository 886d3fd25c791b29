"""Cuts a text into tokens with their word classes, and looks twice only where a date may stand.

A text is cut at blanks, but only around the pieces that are strong ("Montag", "2019", "Uhr"): they alone
make their neighbourhood worth a walk through the automaton. All words that can make a piece strong are looked
for at once (Aho and Corasick, 1975: time linear in the text whatever is looked for), so an ordinary word is
never touched unless it stands beside such a piece.
"""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple

from ahocorasick_rs import AhoCorasick, Implementation

from timeline.dates.automaton import Automaton
from timeline.dates.words import Payload, Vocabulary, written

Token = tuple[int, int, int, dict[str, Payload]]
"""Start and end in characters, signature (0: no class), payload by class."""

_Entry = tuple[int, bool, dict[str, Payload]]
"""Signature of a word, whether it is strong, payload by class."""

_TOKEN = re.compile(
    r"\d{4}-\d\d-\d\d(?![\d-])|\d+(?:[.,:]\d+)*|[^\W\d_]+|[^\w\s]|_|\n[^\S\n]*\n\s*",
    re.UNICODE,
)
_ORDINAL_DAY = re.compile(r"\d{1,2}\.")
_AROUND = ',.;:!?"“”„»«()[]'
_SURROGATE = re.compile("[\ud800-\udfff]")
_CARRYING = re.compile(r"(?<!\d)(?:\d{4}(?!\d)|\d{1,2}\.\d{1,2}\.|\d{1,2}:\d\d(?!\d))|^\d{1,2}\.$")
"""Numbers that can carry an expression: a year, a day and month, "20:15", a day with its full stop."""
_DIGITS = [f"1{n}" for n in range(10)] + ["20", "21"] + [f"{n}{sign}" for n in range(10) for sign in ".:"]
"""What every number has that can carry an expression: how a year from 1000 to 2199 begins, or a sign."""
_BETWEEN = re.compile(r"[.,:]")
_LONGEST_NUMBER = 12
_LONGEST_KEPT = 64
_MOST_KEPT = 1 << 17
_STRETCH = 1 << 18
"""Characters that are searched for strong words at a time, to the next blank; this bounds the memory."""
_CONTEXT_LEFT = 10
_LATE_YEAR = 35
"""Below, two digits behind an apostrophe are of this century ("Sommer ’06", but "’45")."""
_OLD_YEAR = 45
"""From here on two digits behind a month or a season are a year ("Herbst 89"), if nothing is counted."""


class Piece(NamedTuple):
    """What stands between two blanks; ``strong`` if it can carry an expression."""

    strong: bool
    tokens: tuple[Token, ...]


def _clock(hour: str, minute: str) -> dict[str, Payload]:
    if int(hour) > 24 or len(minute) != 2 or int(minute) >= 60:
        return {}
    classes: dict[str, Payload] = {"CLOCK": f"{int(hour):02d}:{minute}"}
    if 1 <= int(hour) <= 11:
        classes["CLOCKPM"] = f"{int(hour) + 12}:{minute}"
    return classes


def _expand_year(two: str) -> str:
    """A year of two digits: 00 to 49 is this century, else the last one.

    POSIX strptime cuts at 69, but news writes more of '50 to '69 than of the 2050s.
    """
    return ("20" if int(two) < 50 else "19") + two


def number_classes(number: str) -> dict[str, Payload]:
    """Classes of a number by its shape.

    >>> number_classes("24.2.22")
    {'DATE': ('2022', '02', '24')}
    """
    if len(number) > _LONGEST_NUMBER or not number.isascii():
        return {}
    if number.isdigit():
        value, length = int(number), len(number)
        classes: dict[str, Payload] = {"NUM": str(value)} if length <= 9 else {}
        if value >= 1 and length <= 4:
            classes["YEARBC"] = f"{value:04d}"
        if length <= 2:
            if 1 <= value <= 31:
                classes["DAY"] = f"{value:02d}"
            if 1 <= value <= 21:
                classes["CENT"] = f"{value - 1:02d}"
            if 1 <= value <= 53:
                classes["WEEKNUM"] = f"{value:02d}"
            if 1 <= value <= 4:
                classes["QNUM"] = str(value)
                classes[f"ADV{value}"] = ""
            if 1 <= value <= 2:
                classes["HALFNUM"] = str(value)
            if 1 <= value <= 12:
                classes["MON"] = f"{value:02d}"
            if 1 <= value <= 11:
                classes["HOURPM"] = str(value + 12)
            if value <= 24:
                classes["HOUR"] = f"{value:02d}"
            if length == 2:
                classes["YEAR2"] = _expand_year(number)
                classes["YEARCUT"] = ("20" if value < _LATE_YEAR else "19") + number
                if value >= _OLD_YEAR:
                    classes["YEAR2OLD"] = "19" + number
                if value < 60:
                    classes["MIN"] = number
                if value % 10 == 0:
                    classes["TEN"] = number[0]
        elif length == 3 and number[0] != "0":
            classes["YEAR3"] = "0" + number
        elif length == 4 and "1000" <= number <= "2199":
            classes["YEAR"] = number
            if number[3] == "0":
                classes["TENYEAR"] = number
        if value == 1:
            classes["ONE"] = "1"
        return classes
    if "-" in number:
        year, month, day = number.split("-")
        return {"DATE": (year, month, day)} if _is_day(month, day) else {}
    parts = _BETWEEN.split(number)
    signs = {c for c in number if not c.isdigit()}
    if len(parts) == 2:
        a, b = parts
        if signs == {","}:
            return {"NUM": f"{int(a)}.{b}"} if len(a) <= 6 and len(b) <= 3 else {}
        classes = {}
        if len(a) <= 2 and len(b) <= 2:
            classes = _clock(a, b)
            if signs == {":"} and len(b) == 2 and int(b) < 60:
                both = (str(int(a)), str(int(b)))  # hours and minutes, or minutes and seconds
                return (
                    {**classes, "CLOCKC": classes["CLOCK"], "TWOPART": both} if classes else {"TWOPART": both}
                )
            if signs == {"."} and _is_day(b, a):
                classes["DM"] = (f"{int(b):02d}", f"{int(a):02d}")
        elif signs == {"."} and len(b) == 3 and len(a) <= 3:
            classes = {"NUM": str(int(a + b))}
        return classes
    if len(parts) == 3:
        a, b, c = parts
        if signs == {"."} and len(a) <= 2 and len(b) <= 2 and _is_day(b, a):
            if len(c) == 4 and "1000" <= c <= "2199":
                return {"DATE": (c, f"{int(b):02d}", f"{int(a):02d}")}
            if len(c) == 2:
                return {"DATE": (_expand_year(c), f"{int(b):02d}", f"{int(a):02d}")}
        if signs == {"."} and len(b) == len(c) == 3 and len(a) <= 3:
            return {"NUM": a + b + c}
        if len(c) == 2 and len(b) == 2 and len(a) <= 2 and signs == {":"} and int(c) < 60:
            return _clock(a, b)
    return {}


def _is_day(month: str, day: str) -> bool:
    return 1 <= int(month) <= 12 and 1 <= int(day) <= 31


class Pieces(dict[str, Piece | None]):
    """Pieces already classified; classifies any other on demand and remembers a bounded number.

    None is a piece without any class.
    """

    def __init__(self, vocabulary: Vocabulary, automaton: Automaton, elements: frozenset[str]) -> None:
        super().__init__()
        self._vocabulary = vocabulary
        self._automaton = automaton
        self._elements = elements
        self._carrying = frozenset(e for e in elements if e[0] != "=" and e not in vocabulary.weak)
        self._kinds: dict[frozenset[str], tuple[int, bool]] = {}
        self._known: dict[str, _Entry] = {}
        self._numbers: dict[str, _Entry] = {}
        literals: dict[str, dict[str, Payload]] = {}
        for element in elements:
            if element[0] == "=":
                for form in written(element[1:]):
                    literals.setdefault(form, {})[element] = ""
        for form, classes in vocabulary.words.items():
            literals[form] = {**classes, **literals.get(form, {})}
        for form, all_classes in literals.items():
            self._known[form] = self._entry(all_classes)
        self._glued = frozenset(vocabulary.contexts["GLUED"])
        self._ends = tuple(vocabulary.suffixes)
        strong = [
            "0" + word if word in self._glued else word  # "1990ern"
            for word, entry in self._known.items()
            if entry[1]
        ]
        self._candidates = _Candidates(strong, self._ends)

    def _entry(self, classes: dict[str, Payload]) -> _Entry:
        names = frozenset(classes)
        kind = self._kinds.get(names)
        if kind is None:
            used = names & self._elements
            kind = self._kinds[names] = self._automaton.signature(used), not self._carrying.isdisjoint(used)
        return (*kind, classes)

    def _word(self, word: str) -> _Entry:
        known = self._known.get(word)
        if known is not None:
            return known
        if word[0].isdigit():
            return self._number(word)
        if word[0] == "\n":
            return 0, False, {}
        if word[:2].isupper() and not word.isupper():
            return self._known.get(word.capitalize(), (0, False, {}))
        found = self._compound(word)
        return self._entry({found[0]: found[1]}) if found else (0, False, {})

    def _number(self, number: str) -> _Entry:
        known = self._numbers.get(number)
        if known is None:
            if len(self._numbers) >= _MOST_KEPT:
                self._numbers.clear()
            classes = number_classes(number)
            known = self._numbers[number] = self._entry(classes) if classes else (0, False, classes)
        return known

    def _compound(self, word: str) -> tuple[str, Payload] | None:
        """Class and payload of a compound noun by its end ("Sonnentage")."""
        if word[0].isupper() and word.endswith(self._ends) and word not in self._vocabulary.not_compounds:
            return next(found for end, found in self._vocabulary.suffixes.items() if word.endswith(end))
        return None

    def _ordinary(self, word: str) -> bool:
        """Whether a part of a compound with hyphens is a word of letters without a class."""
        return (
            word.isalpha()
            and word not in self._known
            and (word.isupper() or not word[:2].isupper())
            and self._compound(word) is None
        )

    def classify(self, piece: str) -> Piece | None:
        """The tokens of a piece; None if none of them has a class."""
        if not piece:
            return Piece(strong=False, tokens=())
        if piece.isalpha() or (piece.isascii() and piece.isdigit()):  # one token, as most are
            signature, strong, payloads = self._word(piece)
            return Piece(strong, ((0, len(piece), signature, payloads),)) if signature else None
        tokens: list[Token] = []
        strong = some = False
        end = -1
        last = ""
        for match in _TOKEN.finditer(piece):
            word = match[0]
            signature, carries, payloads = self._word(word)
            start = match.start()
            if start == end and word[0].isalnum() and last[-1].isalnum():
                # letters and digits without a gap: "1990er" is two tokens, "A380" is none
                if word[0].isdigit() or word not in self._glued:
                    signature, carries = 0, False
                    if tokens:
                        tokens[-1] = (*tokens[-1][:2], 0, {})
                elif not tokens:
                    signature, carries = 0, False
            end, last = match.end(), word
            tokens.append((start, end, signature, payloads))
            if signature:
                some = some or word[0].isalnum()
                strong = strong or carries
        if _ORDINAL_DAY.fullmatch(piece) and "DAY" in tokens[0][3]:  # "5." may be a day: "am 5. kam er"
            _, strong, payloads = entry = self._entry({**tokens[0][3], "DAYDOT": tokens[0][3]["DAY"]})
            tokens[0] = (*tokens[0][:2], entry[0], payloads)
        return Piece(strong, tuple(tokens)) if some or (len(tokens) == 1 and tokens[0][2]) else None

    def __missing__(self, piece: str) -> Piece | None:
        word = piece.strip(_AROUND)
        if word.isalpha():  # most new pieces are ordinary words, so these are sorted out first
            dull = word not in self._known and (
                word[0].islower() or not (word[:2].isupper() or word.endswith(self._ends))
            )
        else:
            dull = "-" in word and all(map(self._ordinary, word.split("-")))
        result = None if dull else self.classify(piece)
        if len(piece) <= _LONGEST_KEPT:
            if len(self) >= _MOST_KEPT:
                self.clear()
            self[piece] = result
        return result

    def runs(self, text: str) -> list[tuple[list[Token], int]]:
        """Rows of neighbouring tokens that may hold an expression, in order, with offsets in ``text``.

        With each stands how many of its tokens come before the end of its last strong piece: behind, no
        expression begins.
        """
        runs: list[tuple[list[Token], int]] = []
        size = len(text)
        done = 0  # all pieces in front are in runs or end one
        for low, high in self._candidates.pieces(text):
            if low < done:
                continue
            info = self[text[low:high]]
            if info is None or not info[0]:
                continue
            row = self._neighbours_before(text, low, done)
            row.append((low, info))
            base = high + 1
            while base <= size:
                stop = text.find(" ", base)
                if stop < 0:
                    stop = size
                info = self[text[base:stop]]
                if info is None:
                    break
                row.append((base, info))
                base = stop + 1
            done = base
            run: list[Token] = []
            last = 0
            for at, (strong, tokens) in row:
                for start, end, signature, payloads in tokens:
                    run.append((start + at, end + at, signature, payloads))
                if strong:
                    last = len(run)
            runs.append((run, last))
        return runs

    def _neighbours_before(self, text: str, low: int, done: int) -> list[tuple[int, Piece]]:
        """The pieces with a class between ``done`` and ``low``, each with where it begins, in order."""
        found: list[tuple[int, Piece]] = []
        while low > done and len(found) < _CONTEXT_LEFT:
            before = text.rfind(" ", done, low - 1) + 1 or done
            info = self[text[before : low - 1]]
            if info is None:
                break
            found.append((before, info))
            low = before
        found.reverse()
        return found


class _Candidates:
    """Finds the pieces that may be strong: with a strong word, a compound of one, or digits of a date."""

    def __init__(self, words: Iterable[str], ends: Iterable[str]) -> None:
        words = [*words]
        words += {word[:2].upper() + word[2:] for word in words if word.istitle()}  # "MOntag"
        words_and_ends = [*words, *ends]
        self._ends_from, self._digits_from = len(words), len(words_and_ends)
        matcher = AhoCorasick([*words_and_ends, *_DIGITS], implementation=Implementation.DFA)
        self._find = matcher.find_matches_as_indexes

    def pieces(self, text: str) -> Iterator[tuple[int, int]]:
        """Start and end of the pieces, each once, in order."""
        given = numbers = 0  # the ends of the last piece given, and of the last that is a mere number
        for which, start, end in self._hits(text):
            if start < given or (which >= self._digits_from and start < numbers):
                continue
            if (
                which < self._digits_from
            ):  # letters of another word, as "Mai" in "Maier"? "SONNTAGmorgen" is strong
                behind = text[end : end + 1]
                if behind.isalpha():
                    if not behind.islower() or not text[start : start + 2].isupper():
                        continue
                elif which < self._ends_from and text[start - 1 : start].isalpha():
                    continue
            low = text.rfind(" ", given, start) + 1 or given
            high = text.find(" ", end)
            if high < 0:
                high = len(text)
            if which >= self._digits_from and not _CARRYING.search(text[low:high]):
                numbers = high
                continue
            given = high
            yield low, high

    def _hits(self, text: str) -> Iterable[tuple[int, int, int]]:
        """The number of the word, start and end of all that is found, by end."""
        return self._found(text) if len(text) <= _STRETCH else self._by_stretches(text)

    def _by_stretches(self, text: str) -> Iterator[tuple[int, int, int]]:
        start = 0
        while start < len(text):
            stop = text.find(" ", start + _STRETCH)
            part = text[start:] if stop < 0 else text[start:stop]
            for which, low, high in self._found(part):
                yield which, low + start, high + start
            start += len(part)

    def _found(self, text: str) -> list[tuple[int, int, int]]:
        try:
            return self._find(text, overlapping=True)
        except UnicodeEncodeError:  # a lone surrogate is a letter of no word
            return self._find(_SURROGATE.sub("\ufffd", text), overlapping=True)


_NEXT = re.compile(r"\s{0,3}([^\W\d_]+|\d+|[^\w\s]|_)")
_BEFORE = 40


def word_after(text: str, end: int) -> str:
    """The word or sign that follows, "" at the end of the text; a hyphen only if nothing is between."""
    match = _NEXT.match(text, end, end + _BEFORE)
    if match is None:
        return ""
    return "–" if match[1] == "-" and match.start(1) > end else match[1]


def word_before(text: str, start: int) -> str:
    """The word or sign in front, "" at the start of the text."""
    window = text[max(0, start - _BEFORE) : start].rstrip()
    if not window:
        return ""
    low = len(window) - 1
    if not window[low].isalnum():
        return window[low]
    word = window[window.rfind(" ") + 1 :]
    if word.isalnum():
        return word
    while low > 0 and window[low - 1].isalnum():
        low -= 1
    return window[low:]


_AMOUNT = re.compile(r"([\d.]+|X)(T?[A-Z]{1,2})")
_HALVES = {"CE": "50Y", "DE": "5Y", "Y": "6M", "D": "T12H", "TH": "T30M", "TM": "T30S"}


@lru_cache(maxsize=4096)
def duration(value: str) -> str:
    """A duration in the order that ISO 8601 wants: the time part once, behind a ``T``.

    >>> duration("P3TH"), duration("P2TH30TM"), duration("P0.5Y")
    ('PT3H', 'PT2H30M', 'P6M')
    """
    days, hours = "", ""
    if value.startswith("PT") and "T" not in value[2:]:
        return value
    for number, unit in _AMOUNT.findall(value, 1):
        if number == "0.5" and unit in _HALVES:
            half = _HALVES[unit]
            if half[0] == "T":
                hours += half[1:]
            else:
                days += half
        elif unit[0] == "T" and len(unit) > 1:
            hours += number + unit[1:]
        else:
            days += number + unit
    return "P" + days + ("T" + hours if hours else "")
