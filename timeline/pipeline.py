"""Joins the steps: an article becomes its dates and its meetings; a stored article is read again.

Every step is imported when it is first needed, so that ``dates`` starts without spaCy and the store.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import TYPE_CHECKING

from timeline import edtf
from timeline.model import Article, Reading, ReferenceDate, Timex

if TYPE_CHECKING:
    from timeline.dates import Expression
    from timeline.store import Added, Move, Store, StoredArticle


_REPRINTED_WITHIN = 7
"""Days within which newspapers take over an agency's text."""


def reference_in_force(
    article: Article, published: str | None = None, *, expressions: Sequence[Expression] | None = None
) -> ReferenceDate:
    """The date from which the article's relative dates are counted: ``published`` if given, else found.

    ``expressions`` are the date expressions of its text, where the caller has them already.

    Raises:
        ValueError: ``published`` is not a day, month or year in EDTF (``YYYY-MM-DD``, ``YYYY-MM``, ``YYYY``).
    """
    if published is not None:
        if not edtf.is_valid(published) or edtf.precision(published) not in ("day", "month", "year"):
            raise ValueError(f"not a publication date (YYYY-MM-DD, YYYY-MM or YYYY): {published!r}")
        return ReferenceDate(published, "given")
    from timeline.reference import reference_date

    return reference_date(article, expressions)


def read_dates(article: Article, published: str | None = None) -> tuple[ReferenceDate, tuple[Timex, ...]]:
    """The reference date in force and the resolved dates of the article, in order of the text.

    Raises:
        ValueError: as :func:`reference_in_force`.
    """
    from timeline.dates import find_expressions, resolve

    expressions = find_expressions(article.text)
    reference = reference_in_force(article, published, expressions=expressions)
    return reference, tuple(resolve(article.text, expressions, reference))


def read(article: Article, published: str | None = None) -> Reading:
    """All that is read in one article: reference date, dates, meetings.

    ``published`` (EDTF day, month or year) overrides what the article itself tells.

    Raises:
        ValueError: as :func:`reference_in_force`.
    """
    from timeline.meetings import find_in_text

    reference, timexes = read_dates(article, published)
    meetings = find_in_text(article.text, timexes, reference, office_day(reference))
    return Reading(reference, timexes, tuple(meetings))


def explain(article: Article, published: str | None = None) -> str:
    """For each meeting of the article its sentences, marked, and the reasons why it is a row.

    Raises:
        ValueError: as :func:`reference_in_force`.
    """
    from timeline.meetings import explain as explained
    from timeline.meetings import find_meetings
    from timeline.parse import parse

    reference, timexes = read_dates(article, published)
    doc, on = parse(article.text), office_day(reference)
    return explained(doc, find_meetings(doc, timexes, reference, on), timexes, on)


def office_day(reference: ReferenceDate) -> date | None:
    """The day on which offices named without a holder are looked up; None where it could be another term.

    A month is taken at its first day; a year is too wide, as governments change within it.
    """
    if reference.value is None:
        return None
    span = edtf.bounds(reference.value)
    return span.first if (span.days or 366) <= 31 else None


def add(
    store: Store,
    article: Article,
    published: str | None = None,
    *,
    if_undated: str | None = None,
    sample: bool = False,
    who: str | None = None,
) -> Added:
    """Reads the article and stores it with its meetings in one transaction; the same again changes nothing.

    An article that differs from a stored one by small edits alone, and appeared in the same days, is noted
    as a reprint of that and not read again. ``published`` stands above what the article tells of its day;
    ``if_undated`` counts only where neither it nor the article tells one. ``sample`` marks an article that
    comes with the program.

    Raises:
        ValueError: as :func:`reference_in_force`.
        StoreError: the store cannot be written.
    """
    from timeline.articles.duplicates import bands, is_same_article, signature

    reading = read(article, published)
    if reading.reference.value is None and if_undated is not None:
        reading = read(article, if_undated)
    keys = bands(signature(article.text))
    for article_id, text, appeared in store.sharing(keys):
        if article_id == article.id:
            break
        if _same_days(reading.reference.value, appeared) and is_same_article(article.text, text):
            return store.add_source(article_id, article, who=who)
    return store.add(article, reading, who=who, sample=sample, bands=keys)


def _same_days(one: str | None, other: str | None) -> bool:
    """Whether two articles may have appeared within a week: else "gestern" means another day in each."""
    if one is None or other is None:
        return True
    a, b = edtf.bounds(one), edtf.bounds(other)
    if a.first is None or a.last is None or b.first is None or b.last is None:
        return True
    return (a.first - b.last).days <= _REPRINTED_WITHIN and (b.first - a.last).days <= _REPRINTED_WITHIN


def preview_published(store: Store, article_id: str, value: str | None) -> list[Move]:
    """Which meetings of a stored article would change if it had been published on ``value``.

    ``value`` None takes back what was set: the article's own date counts again. Nothing is written.

    Raises:
        ValueError: ``value`` is not a publication date.
        StoreError: there is no such article.
    """
    return store.preview(article_id, read(store.need_article(article_id).article, value))


def set_published(store: Store, article_id: str, value: str | None, *, who: str | None = None) -> list[Move]:
    """Sets the publication date of a stored article, reads it again and merges again; tells what moved.

    Raises:
        ValueError: ``value`` is not a publication date.
        StoreError: there is no such article, or the store cannot be written.
    """
    reading = read(store.need_article(article_id).article, value)
    return store.replace_reading(article_id, reading, given=value, action="published", who=who)


def reread(store: Store, article_ids: Iterable[str], *, who: str | None = None) -> list[Move]:
    """Reads stored articles again with the rules of today; corrections and set dates stay in force.

    Raises:
        StoreError: there is no such article, or the store cannot be written.
    """
    moves: list[Move] = []
    for article_id in article_ids:
        stored: StoredArticle = store.need_article(article_id)
        reading = read(stored.article, stored.row.given)
        moves += store.replace_reading(article_id, reading, given=stored.row.given, action="reread", who=who)
    return moves


def undo(store: Store, entry_id: int, *, who: str | None = None) -> None:
    """Takes back one line of the log, whatever it was; the taking back is a line of its own.

    A publication date is taken back by reading the article again, all else by the store alone.

    Raises:
        StoreError: there is no such line, or it is already undone.
    """
    entry = store.entry(entry_id)
    if entry.action != "published":
        store.undo(entry_id, who=who)
        return
    before = entry.before.get("given") if isinstance(entry.before, dict) else None
    reading = read(store.need_article(entry.target).article, before)
    store.replace_reading(entry.target, reading, given=before, action="published", who=who, undoes=entry_id)
