"""All texts of the interface, by language; the words of dates and meetings are in ``timeline.figures``."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from timeline.figures.naming import Language
from timeline.figures.wording import number
from timeline.language import LanguageError, read_toml


@lru_cache(maxsize=4)
def table(language: Language) -> dict[str, dict[str, str]]:
    """The texts of a language by section and name.

    Raises:
        LanguageError: the table is missing or malformed.
    """
    name = f"page/texts/{language}.toml"
    found = read_toml(name)
    for section, texts in found.items():
        if not isinstance(texts, dict) or not all(isinstance(text, str) for text in texts.values()):
            raise LanguageError(f"{name}: [{section}] must hold texts only")
    return found


def plain(text: str) -> str:
    """Words of an article or a file name without what Streamlit reads as Markdown in labels and captions."""
    return "".join(f"\\{char}" if char in "\\`*_[]<>$#:~|" else char for char in text)


@dataclass(frozen=True, slots=True)
class Texts:
    """The texts of one language: ``t("filter.from")``, ``t.count("unit.meetings", 3)``."""

    language: Language

    def __call__(self, name: str, /, **fields: Any) -> str:  # noqa: ANN401 - whatever has a text form
        """The text of that name, filled.

        Raises:
            LanguageError: there is no such text.
        """
        section, _, key = name.partition(".")
        try:
            text = table(self.language)[section][key]
        except KeyError as error:
            raise LanguageError(f"page/texts/{self.language}.toml: {name} is missing") from error
        return text.format(**fields) if fields else text

    def count(self, name: str, n: int) -> str:
        """The text for a number of things: ``<name>_one`` for 1, else ``<name>_many`` with separators."""
        return self(f"{name}_one") if n == 1 else self(f"{name}_many", n=number(n, self.language))
