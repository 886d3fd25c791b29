"""Names of states, places, bodies and persons in the language of the interface.

The event table is German; what is stored, searched and corrected stays so. Only what is shown is turned
into English, where a table knows a name that differs; any other name is shown as it is.
"""

from functools import lru_cache
from typing import Literal

from timeline.language import read_tsv

Language = Literal["de", "en"]


@lru_cache(maxsize=1)
def _states() -> dict[str, tuple[str, str]]:
    """German and English name by ISO 3166-1 alpha-2 code; of several English ones the first is the usual."""
    return {
        row["code"]: (row["name"], row["english"].partition("|")[0])
        for row in read_tsv("knowledge/states.tsv")
    }


@lru_cache(maxsize=1)
def _english() -> dict[str, str]:
    named = {german: english for german, english in _states().values() if english}
    return named | {row["german"]: row["english"] for row in read_tsv("figures/words/names_en.tsv")}


def say_name(name: str, language: Language) -> str:
    """A name of the event table as the language writes it; the name itself where nothing else is known."""
    return _english().get(name, name) if language == "en" else name


def country_names(language: Language) -> dict[str, str]:
    """The usual name of every country by its ISO 3166-1 alpha-2 code."""
    return {code: say_name(german, language) for code, (german, _) in _states().items()}


def country_name(code: str, language: Language) -> str:
    """The usual name of a country; the code itself where the table has none."""
    return say_name(_states()[code][0], language) if code in _states() else code
