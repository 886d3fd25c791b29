"""Spelling variants of names that come from another script.

German newspapers write Russian, Ukrainian, Belarusian, Arabic and Persian names by Duden's transcription
(Lawrow, Schoigu), but agencies' English forms (Lavrov, Shoigu) and mixtures occur. The rules go from the
German form to the English one; the tables hold the German form.
"""

import re
from difflib import SequenceMatcher
from functools import lru_cache

_SLAVIC_SIDES = frozenset({"RU", "UA", "BY", "BG", "MK", "KZ", "KG", "TJ", "UZ", "TM", "AM", "GE", "AZ"})
_ARABIC_SIDES = frozenset(
    {
        "SA",
        "AE",
        "QA",
        "KW",
        "OM",
        "BH",
        "YE",
        "EG",
        "IQ",
        "SY",
        "LB",
        "JO",
        "PS",
        "LY",
        "TN",
        "DZ",
        "MA",
        "SD",
        "IR",
    }
)
_SLAVIC = (("schtsch", "shch"), ("tsch", "ch"), ("sch", "sh"), ("ch", "kh"), ("w", "v"), ("j", "y"))
_SLAVIC_ENDINGS = (
    ("skyj", ("skij", "ski", "sky", "skyy", "skiy")),
    ("ij", ("i", "y")),
    ("ej", ("ei", "ey")),
    ("ow", ("ov",)),
)
_ARABIC = (("dsch", "j"), ("tsch", "ch"), ("sch", "sh"), ("ch", "kh"), ("j", "y"))


@lru_cache(maxsize=4)
def _pattern(rules: tuple[tuple[str, str], ...]) -> re.Pattern[str]:
    return re.compile("|".join(old for old, _ in rules), re.IGNORECASE)


def _apply(name: str, rules: tuple[tuple[str, str], ...]) -> str:
    """The name with the rules applied from left to right, the first that fits; a capital stays one."""
    new = dict(rules)

    def written(match: re.Match[str]) -> str:
        found = match[0]
        return new[found.lower()].capitalize() if found[0].isupper() else new[found.lower()]

    return _pattern(rules).sub(written, name)


def name_variants(surname: str, side: str | None) -> tuple[str, ...]:
    """Spellings under which a surname may be met, itself first.

    >>> name_variants("Schoigu", "RU")
    ('Schoigu', 'Shoigu')
    >>> name_variants("al-Dschubeir", "SA")
    ('al-Dschubeir', 'al-Jubeir', 'Dschubeir', 'Jubeir', 'el-Dschubeir', 'el-Jubeir')
    """
    found = [surname]
    if side in _SLAVIC_SIDES:
        found += [
            surname.removesuffix(old) + new
            for old, news in _SLAVIC_ENDINGS
            if surname.endswith(old)
            for new in news
        ]
        found += [_apply(form, _SLAVIC) for form in tuple(found)]
    elif side in _ARABIC_SIDES:
        found.append(_apply(surname, _ARABIC))
        if surname.startswith("al-"):
            found += [form[3:] for form in tuple(found)]
            found += [f"el-{form[3:]}" for form in found[:2]]
    return tuple(dict.fromkeys(found))


_SHORT = frozenset(
    frozenset(pair.split("/"))
    for pair in (
        "Bill/William", "Joe/Joseph", "Jim/James", "Tony/Anthony", "Mike/Michael", "Bob/Robert",
        "Dick/Richard", "Jack/John", "Ted/Edward", "Chuck/Charles", "Joschka/Joseph", "Bibi/Benjamin",
        "Pepe/Jose", "Lula/Luiz", "Liz/Elizabeth", "Tom/Thomas", "Jerry/Gerald", "Dave/David", "Ash/Ashton",
    )
)  # fmt: skip
"""Short forms of given names under which politicians are known."""

_SOUND = tuple(
    rule.partition(">")[::2]
    for rule in (
        "dsch>j", "tsch>c", "sch>s", "sh>s", "kh>h", "ch>h", "ck>k", "ph>f", "ou>u", "w>v", "y>i", "j>i",
        "c>k", "z>s",
    )
)  # fmt: skip
"""Letters that German and English transcriptions write differently, in order of application."""


@lru_cache(maxsize=4096)
def sound(name: str) -> str:
    """A rough key of how a folded name sounds, the same for German and English transcriptions."""
    low = name.lower()
    for old, new in _SOUND:
        low = low.replace(old, new)
    return "".join(a for a, b in zip(low, " " + low, strict=False) if a != b)


def same_given_name(a: str, b: str) -> bool:
    """Whether two given names (folded) may be one: the same, an initial, a nickname, another spelling.

    >>> same_given_name("Mohamed", "Mohammed"), same_given_name("Bill", "William")
    (True, True)
    >>> same_given_name("Jeb", "George")
    False
    """
    if a == b or (len(a) == 1 and b.startswith(a)) or frozenset((a, b)) in _SHORT:
        return True
    if len(a) < 3 or len(b) < 3:
        return False
    x, y = sound(a), sound(b)
    return x == y or (x[0] == y[0] and SequenceMatcher(None, x, y).ratio() >= 0.75)
