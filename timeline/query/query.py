"""Which events to show: a frozen value that travels in the page's address and selects events.

Every filter that is empty lets all through; filters of different fields must all hold. The store answers
the same question in SQL; a test compares both.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal, get_args

from timeline import edtf
from timeline.model import KINDS, STATUSES, Event, Kind, Status
from timeline.query.words import found_in, index_words, search_words

Mode = Literal["any", "all", "exactly"]
"""How several actors or countries combine: one of them takes part; all do; all do and nobody else."""

LaneKind = Literal["actor", "country", "pair", "place"]
"""By what the lanes of a timeline are cut."""

_MODE_WORDS: dict[Mode, str] = {"any": "eine", "all": "alle", "exactly": "genau"}
_YES, _NO = "ja", "nein"

_LISTS = {
    "actors": "akteur", "countries": "land", "kinds": "art", "statuses": "status", "places": "ort",
    "place_countries": "ortsland", "outlets": "quelle", "articles": "artikel",
}  # fmt: skip
_MODES = {"actors_mode": "modus", "countries_mode": "landmodus"}
_DAYS = {"first": "von", "last": "bis"}
_FLAGS = {"checked": "geprueft", "disputed": "strittig", "undated": "ohnedatum"}
PARAMETERS: tuple[str, ...] = (
    *_LISTS.values(), *_MODES.values(), "text", *_DAYS.values(), *_FLAGS.values(),
)  # fmt: skip
"""The names that a query uses in an address; others there are left alone."""


@dataclass(frozen=True, slots=True)
class Query:
    """What is asked for.

    ``actors`` are keys, ``countries`` ISO 3166-1 codes of the parties' sides, ``place_countries`` those of
    the place.

    ``first`` and ``last`` are inclusive days: an event is shown if it may lie between them, and an undated
    one is not shown once either is set. ``undated`` True asks for events without a date alone, False for
    dated ones. ``text`` is words that must all occur in names, place, outlets or evidence: in any case
    and accent, as the beginning of a word or in another form of it (:mod:`timeline.query.words`).
    ``articles`` are ids.
    """

    actors: tuple[str, ...] = ()
    actors_mode: Mode = "any"
    countries: tuple[str, ...] = ()
    countries_mode: Mode = "any"
    kinds: tuple[Kind, ...] = ()
    statuses: tuple[Status, ...] = ()
    places: tuple[str, ...] = ()
    place_countries: tuple[str, ...] = ()
    outlets: tuple[str, ...] = ()
    articles: tuple[str, ...] = ()
    text: str = ""
    first: date | None = None
    last: date | None = None
    checked: bool | None = None
    disputed: bool | None = None
    undated: bool | None = None

    def to_params(self) -> dict[str, list[str]]:
        """The query as parameters of an address; what is not asked is left out.

        >>> Query(actors=("Q7747",), first=date(2022, 1, 1)).to_params()
        {'akteur': ['Q7747'], 'von': ['2022-01-01']}
        """
        params: dict[str, list[str]] = {}
        for name, parameter in _LISTS.items():
            if values := getattr(self, name):
                params[parameter] = list(values)
        for name, parameter in _MODES.items():
            if (mode := getattr(self, name)) != "any":
                params[parameter] = [_MODE_WORDS[mode]]
        if self.text:
            params["text"] = [self.text]
        for name, parameter in _DAYS.items():
            if day := getattr(self, name):
                params[parameter] = [day.isoformat()]
        for name, parameter in _FLAGS.items():
            if (flag := getattr(self, name)) is not None:
                params[parameter] = [_YES if flag else _NO]
        return params

    @classmethod
    def from_params(cls, params: Mapping[str, Sequence[str] | str]) -> "Query":
        """The query that the parameters of an address ask; unknown names and broken values are ignored.

        An address is typed, cut and mailed by people: a bad part must not cost the good ones.
        """
        told = {name: [value] if isinstance(value, str) else list(value) for name, value in params.items()}

        def one(parameter: str) -> str:
            return (told.get(parameter) or [""])[-1]

        fields: dict[str, Any] = {
            name: tuple(dict.fromkeys(value for value in told.get(parameter, []) if value))
            for name, parameter in _LISTS.items()
        }
        fields["kinds"] = tuple(kind for kind in fields["kinds"] if kind in KINDS)
        fields["statuses"] = tuple(status for status in fields["statuses"] if status in STATUSES)
        words = {word: mode for mode, word in _MODE_WORDS.items()}
        for name, parameter in _MODES.items():
            fields[name] = words.get(one(parameter), "any")
        fields["text"] = one("text").strip()
        for name, parameter in _DAYS.items():
            try:
                fields[name] = date.fromisoformat(one(parameter))
            except ValueError:
                fields[name] = None
        for name, parameter in _FLAGS.items():
            fields[name] = {_YES: True, _NO: False}.get(one(parameter))
        return cls(**fields)

    def matches(self, event: Event) -> bool:
        """Whether the event is asked for. ``text`` and ``articles`` need an event read with its claims."""
        return (
            _present(self.actors, self.actors_mode, [actor.key for actor in event.participants])
            and _present(self.countries, self.countries_mode, [actor.country for actor in event.participants])
            and (not self.kinds or event.kind in self.kinds)
            and (not self.statuses or event.status in self.statuses)
            and (not self.places or event.place in self.places)
            and (not self.place_countries or event.country in self.place_countries)
            and (not self.outlets or not set(self.outlets).isdisjoint(event.outlets))
            and (not self.articles or any(claim.article in self.articles for claim in event.claims))
            and (self.checked is None or event.checked == self.checked)
            and (self.disputed is None or bool(event.disputed) == self.disputed)
            and self._dates_match(event.date)
            and (not self.text or _words_match(self.text, event))
        )

    def _dates_match(self, value: str | None) -> bool:
        if value is None:
            return self.undated is not False and self.first is None and self.last is None
        if self.undated:
            return False
        return edtf.bounds(value).overlaps(edtf.Bounds(self.first, self.last))


def _present(wanted: Sequence[str], mode: Mode, found: Iterable[str | None]) -> bool:
    """Whether those who take part are those that are asked for."""
    if not wanted:
        return True
    there, asked = set(found), set(wanted)
    if mode == "any":
        return not asked.isdisjoint(there)
    return asked <= there and (mode == "all" or there <= asked)


def _words_match(text: str, event: Event) -> bool:
    return found_in(frozenset(search_text(event).split()), search_words(text))


def search_text(event: Event) -> str:
    """What a text search looks in: the words of names, place, outlets and evidence of all sources, sorted."""
    parts = [actor.name for actor in event.participants]
    parts += [event.place or "", *event.outlets]
    for claim in event.claims:
        parts += [actor.name for actor in claim.meeting.participants]
        parts += [evidence.text for evidence in claim.meeting.evidence]
    return " ".join(sorted(index_words("\n".join(dict.fromkeys(part for part in parts if part)))))


MODES: tuple[Mode, ...] = get_args(Mode)
"""The modes in the order in which a page offers them."""
