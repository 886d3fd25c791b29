"""What the store answers with, beside the values of :mod:`timeline.model`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal, NamedTuple

from timeline.model import Actor, Article, Claim, Reading, ReferenceDate, Status

Outcome = Literal["added", "same", "updated", "restored", "reprint"]
"""What adding did: a new article; it was there; it was there, and what it tells of itself is now better
known; it was deleted and is back; an article that differs a little was there and has one source more."""


Role = Literal["reader", "editor"]
"""What a member may do in a project: look, filter and export; or also add, correct and delete."""
FIRST_PROJECT = "main"
"""The id of the project that is there from the start."""


@dataclass(frozen=True, slots=True)
class Project:
    """A set of articles with its members. The first one, ``main``, has no name of its own."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Grant:
    """One line about who gave whom which role in which project; without a role it took one away."""

    at: str
    by: str | None
    project: str
    member: str
    role: Role | None


@dataclass(frozen=True, slots=True)
class Added:
    """The result of adding an article: its id, what happened, and how many meetings it tells."""

    article_id: str
    outcome: Outcome
    claims: int

    @property
    def new(self) -> bool:
        """Whether the article was not there before."""
        return self.outcome == "added"


@dataclass(frozen=True, slots=True)
class ArticleRow:
    """An article without its text. ``reference`` is in force; ``given`` what a person set; times are UTC.

    ``sources`` are the names under which it came in, the first one first. ``rules`` is the version of the
    program that read it last.
    """

    id: str
    title: str | None
    outlet: str | None
    url: str | None
    sources: tuple[str, ...]
    characters: int
    reference: ReferenceDate
    given: str | None
    meetings: int
    sample: bool
    added_at: str
    added_by: str | None
    read_at: str
    deleted_at: str | None
    rules: str


@dataclass(frozen=True, slots=True)
class ArticleCounts:
    """How many articles are there, deleted ones left out: all, and those that came with the program."""

    all: int
    samples: int


@dataclass(frozen=True, slots=True)
class StoredArticle:
    """An article as stored, with what was read in it."""

    row: ArticleRow
    article: Article
    reading: Reading
    claims: tuple[Claim, ...]


@dataclass(frozen=True, slots=True)
class Move:
    """How one meeting of an article changes when it is read anew; None where it appears or vanishes."""

    before: Claim | None
    after: Claim | None


@dataclass(frozen=True, slots=True)
class Count:
    """One value of a filter, how it is shown, and how many events have it."""

    value: str
    label: str
    count: int


FacetName = Literal["actors", "countries", "kinds", "statuses", "places", "outlets"]
"""The filters whose values are counted."""


class Cell(NamedTuple):
    """How many events of one lane and status begin in one month, which is named by its first day."""

    lane: str
    month: date
    status: Status
    number: int


@dataclass(frozen=True, slots=True)
class Tally:
    """What the events tell of one actor, in numbers.

    ``held`` counts those that took place or go on, ``announced`` those that any source announced. ``first``
    and ``last`` are the dates (EDTF) of the earliest and the latest, by first possible day; None where no
    date is known.
    """

    actor: Actor
    meetings: int
    held: int
    announced: int
    first: str | None
    last: str | None


@dataclass(frozen=True, slots=True)
class Facets:
    """The values of each filter among the events of a query, the most frequent first."""

    actors: tuple[Count, ...]
    countries: tuple[Count, ...]
    kinds: tuple[Count, ...]
    statuses: tuple[Count, ...]
    places: tuple[Count, ...]
    outlets: tuple[Count, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the log. ``before`` and ``after`` are what the change replaced and set, as JSON values.

    ``undoes`` is the line that this one takes back; ``undone_by`` the line that took this one back.
    """

    id: int
    at: str
    who: str | None
    action: str
    target: str
    before: Mapping[str, Any] = field(default_factory=dict)
    after: Mapping[str, Any] = field(default_factory=dict)
    undoes: int | None = None
    undone_by: int | None = None
