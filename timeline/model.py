"""The values that travel between the steps. Nothing here computes, reads or writes.

All are frozen. Character offsets count the code points of ``Article.text``, start inclusive, end
exclusive. Days are calendar days without a time zone. Dates that may be imprecise are EDTF strings
(see :mod:`timeline.edtf`), so that a month can never be mistaken for its first day.
"""

from dataclasses import dataclass
from datetime import date
from typing import Literal, NamedTuple

TimexType = Literal["DATE", "TIME", "DURATION", "SET"]
"""TIMEX3 types (TimeML 1.2.1)."""

Basis = Literal["explicit", "reference", "tense", "previous"]
"""On what a resolved date rests: its own words; the reference date; the reference date and the tense of
the clause; a date told earlier in the article."""

ReferenceBasis = Literal["given", "metadata", "header", "dateline", "text", "unknown"]
"""Where the reference date comes from: told by the caller or user; the file's metadata; a line above the
text; the dateline; worked out from the text; not known."""

ActorType = Literal["person", "state", "organisation"]
Kind = Literal["visit", "meeting", "call", "summit", "negotiation", "mediation", "summons"]
Status = Literal["held", "ongoing", "planned", "proposed", "cancelled", "denied"]

KINDS: tuple[Kind, ...] = (
    "call", "summons", "summit", "mediation", "negotiation", "visit", "meeting",
)  # fmt: skip
"""In order of precedence where several fit (event table, section 2)."""

STATUSES: tuple[Status, ...] = ("held", "ongoing", "planned", "proposed", "cancelled", "denied")


@dataclass(frozen=True, slots=True)
class ReferenceDate:
    """The day, month or year from which relative dates are counted (TimeML's document creation time).

    ``value`` is EDTF of day, month or year precision, or None where it is not known. ``evidence`` lists
    what it rests on, each a short quotation of the article or a field of its metadata.
    """

    value: str | None
    basis: ReferenceBasis
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Article:
    """A text as a reader sees it. ``text`` is NFC and final: every offset counts its characters.

    ``id`` is the SHA-256 of the text with white space folded, in hexadecimal. ``source`` is the name of
    the file or entry it came from; ``outlet`` the newspaper or agency. ``reference`` is what the file
    itself tells of the publication date; it may be unknown.
    """

    id: str
    text: str
    reference: ReferenceDate
    title: str | None = None
    outlet: str | None = None
    url: str | None = None
    source: str | None = None


class Timex(NamedTuple):
    """A resolved time expression.

    ``value`` is TIMEX3 (``2022-09``, ``P3D``, ``XXXX-WXX-1``, ``PAST_REF``); ``edtf`` the same as EDTF, or
    None where EDTF cannot say it (durations, sets, references). ``first`` and ``last`` are the inclusive
    days it may cover, None where open or unknown. ``rule`` is the id of the rule that read it.
    """

    start: int
    end: int
    text: str
    type: TimexType
    value: str
    edtf: str | None
    rule: str
    basis: Basis
    first: date | None = None
    last: date | None = None


@dataclass(frozen=True, slots=True)
class Actor:
    """A party to a meeting.

    ``key`` is stable: ``Q7747`` (Wikidata), ``state:RU``, ``org:NATO``, or ``name:...`` for a person who is
    not in the knowledge base. ``country`` is the ISO 3166-1 alpha-2 code of the side that he stands for,
    None where there is none.
    """

    key: str
    name: str
    type: ActorType
    country: str | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """A place as the event table writes it: city, else country, else region; ``country`` is ISO 3166-1."""

    name: str
    country: str | None = None


@dataclass(frozen=True, slots=True)
class Evidence:
    """A sentence of the article that carries the meeting."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Meeting:
    """One encounter as one article tells it: a row of the event table.

    ``date`` is EDTF or None. ``expression`` is the verbatim date expression, None where only the context
    dates the row; ``timex`` is the resolved expression behind ``date`` if there is one. ``evidence`` has
    the best sentence first. ``rules`` are the ids of the rules that made the row.
    """

    kind: Kind
    participants: tuple[Actor, ...]
    place: str | None
    country: str | None
    expression: str | None
    date: str | None
    status: Status
    evidence: tuple[Evidence, ...]
    rules: tuple[str, ...] = ()
    timex: Timex | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """All that was read in one article: the reference date in force, its dates, its meetings."""

    reference: ReferenceDate
    timexes: tuple[Timex, ...]
    meetings: tuple[Meeting, ...]


Field = Literal["date", "place", "status", "participants", "kind"]
"""What sources can disagree about."""


@dataclass(frozen=True, slots=True)
class Claim:
    """One meeting as told by one article, with what is needed to show and weigh it.

    ``id`` is stable over re-reading as long as the article tells the same meeting. ``published`` is the
    article's publication date (EDTF) or None; ``reference`` is what its relative dates were counted from.
    ``outlet`` is the newspaper or agency. ``article`` is "" for a meeting that a person added by hand.
    """

    id: str
    article: str
    published: str | None
    reference: ReferenceDate
    meeting: Meeting
    outlet: str | None = None


@dataclass(frozen=True, slots=True)
class State:
    """One step in the history of an event: what an article said of it, and when the article appeared."""

    status: Status
    date: str | None
    published: str | None
    claim: str


@dataclass(frozen=True, slots=True)
class Event:
    """A real-world meeting: claims about the same encounter, merged, nothing averaged.

    The fields up to ``status`` are the version in force (the newest state, the most precise date that the
    others do not contradict); every other version stays in ``claims``. ``disputed`` names the fields in
    which sources contradict each other. ``history`` is in order of publication. ``checked`` is True when a
    person has confirmed or corrected the event; ``edited`` names the fields that a person has set.
    ``outlets`` are those of the claims and of their reprints, sorted; ``sources`` is how many articles tell
    of it. Where a list of events is read without its claims, ``claims`` is empty and the rest is filled.
    """

    id: str
    kind: Kind
    participants: tuple[Actor, ...]
    place: str | None
    country: str | None
    date: str | None
    status: Status
    claims: tuple[Claim, ...]
    disputed: frozenset[Field] = frozenset()
    history: tuple[State, ...] = ()
    checked: bool = False
    outlets: tuple[str, ...] = ()
    edited: frozenset[Field] = frozenset()
    sources: int = 0
