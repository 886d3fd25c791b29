"""What the words of a date say, before anything is known of when they were written."""

from typing import Literal, NamedTuple

from timeline.model import TimexType

Unit = Literal[
    "minute", "hour", "day", "week", "weekend", "month", "quarter", "half", "year", "decade", "century",
    "millennium",
]  # fmt: skip
"""What ``Expression.shift`` counts."""

Anchor = Literal["reference", "previous"]
"""Counted from the reference date ("gestern") or from the date told before ("am Tag darauf")."""

Part = Literal["START", "MID", "END"]
"""A third of the span, as TimeML's ``mod``."""

Trait = Literal[
    "near", "nowadays", "bygone", "by-tense", "carried", "compared", "open", "school", "standalone",
    "two-years",
]  # fmt: skip
"""What resolution must know of a rule beyond its value.

``near``: names a day near the reference; in an article with such days "heute" is the day and not nowadays.
``nowadays``: means the present in an article without such days. ``bygone``: there means the past or the
future behind "von" ("die Welt von gestern"). ``carried``: takes the year or day told before.
``compared``: where the month or year of its sentence is compared with it, counted from that.
``standalone``: counted from the reference where nothing was told before. ``two-years``: runs into the next
year ("1998/99"). ``school``: that year begins in August. ``open``: no date is meant, the value stays as it
is ("an einem Sonntag"). ``by-tense``: the future, or the past where the clause is past ("eines Tages").
"""

Bound = Literal["since", "until", "before", "after"]
"""An open end that the preposition in front gives ("seit 2019", "bis Ende März")."""


class Expression(NamedTuple):
    """A date expression as written; ``start`` inclusive, ``end`` exclusive, in characters.

    ``value`` is TIMEX3 with ``X`` for what the words leave open: ``XXXX-02-22`` ("22. Februar"),
    ``XXXX-09`` ("letzten September", ``shift`` -1), ``XXXX-WXX-3`` ("Mittwoch"), ``XXXX-XX-XX``
    ("gestern", ``unit`` day, ``shift`` -1), ``2019``, ``P3D``, ``PAST_REF``.

    ``shift`` counts in ``unit`` from ``anchor``; with a ``unit`` of None it counts occurrences of what
    ``value`` names (0 "diesen", -1 "letzten", +1 "kommenden"). None: the words do not say; then the tense
    decides. ``span`` is True where the words cover everything from the anchor to the shift ("in den
    vergangenen zehn Jahren"). ``weekday`` is 1 (Monday) to 7 where one is told beside a day of the month.
    ``part`` is the third of the span that is meant, ``bound`` an open end. ``feast`` says how a movable
    holiday is found (see :func:`timeline.dates.days.feast`). ``rule`` is the rule's id, ``traits`` what
    resolution must know of it.
    """

    start: int
    end: int
    text: str
    type: TimexType
    value: str
    rule: str
    unit: Unit | None = None
    shift: int | None = None
    anchor: Anchor = "reference"
    span: bool = False
    weekday: int | None = None
    part: Part | None = None
    bound: Bound | None = None
    feast: str | None = None
    traits: frozenset[Trait] = frozenset()
