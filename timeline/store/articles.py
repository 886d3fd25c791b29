"""Articles in the database: adding, replacing what was read, deleting, listing. Within a transaction."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from sqlalchemy import (
    Connection,
    FunctionElement,
    Row,
    Select,
    String,
    Table,
    delete,
    func,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy.ext.compiler import compiles

from timeline.merge import claims_from
from timeline.model import Article, Claim, Reading
from timeline.store.codec import (
    meeting_from,
    meeting_json,
    reference_from,
    reference_json,
    timex_from,
    timex_json,
)
from timeline.store.corrections import Corrections
from timeline.store.derive import change_of, chunks, write_keys
from timeline.store.errors import StoreError
from timeline.store.log import Work, corrections
from timeline.store.schema import ArticleTable, BandTable, ClaimTable, LogTable, SourceTable, core
from timeline.store.values import Added, ArticleCounts, ArticleRow, Move, Outcome, StoredArticle

_NO_TEXT = re.compile("[\x00\ud800-\udfff]")
_ARTICLES, _SOURCES, _CLAIMS = core(ArticleTable), core(SourceTable), core(ClaimTable)
_BANDS, _LOG = core(BandTable), core(LogTable)
_LONGEST_NAME = 500
"""Characters kept of the name of a source; longer ones are paths that nobody reads."""


@dataclass(frozen=True, slots=True)
class Incoming:
    """An article to add, what was read in it, and the keys under which near-duplicates find it."""

    article: Article
    reading: Reading
    bands: Sequence[str] = ()


def add(work: Work, incoming: Sequence[Incoming], *, sample: bool) -> list[Added]:
    """Adds articles with their claims; what one that is there already gets, :meth:`Store.add` tells.

    Raises:
        StoreError: one holds characters that are no text.
    """
    for each in incoming:
        _refuse_what_is_no_text(each.article)
    there = known(work.connection, [each.article.id for each in incoming])
    fresh: dict[str, Incoming] = {}
    for each in incoming:
        if each.article.id not in there:
            fresh.setdefault(each.article.id, each)
    counts = _insert(work, list(fresh.values()), sample=sample)
    return [
        Added(each.article.id, "added", counts[each.article.id])
        if fresh.get(each.article.id) is each
        else _add_again(work, each.article, each.reading)
        for each in incoming
    ]


def known(connection: Connection, article_ids: Sequence[str]) -> set[str]:
    """Which of the articles are stored, deleted or not."""
    found: set[str] = set()
    for part in chunks(article_ids):
        found.update(connection.execute(select(_ARTICLES.c.id).where(_ARTICLES.c.id.in_(part))).scalars())
    return found


def _insert(work: Work, fresh: Sequence[Incoming], *, sample: bool) -> dict[str, int]:
    """Writes articles that are new, each table at once; returns how many claims each has."""
    decided = work.corrections() if fresh else Corrections()
    rows: dict[Table, list[dict[str, Any]]] = {
        table: [] for table in (_ARTICLES, _SOURCES, _BANDS, _CLAIMS, _LOG)
    }
    claims: list[Claim] = []
    counts = {}
    for each in fresh:
        article, read = each.article, each.reading
        told = claims_from(article, read)
        claims += told
        counts[article.id] = len(told)
        rows[_ARTICLES].append(article_row(work, article, read, sample=sample))
        rows[_SOURCES].append(source_row(work, article.id, article))
        bands = dict.fromkeys(each.bands)
        rows[_BANDS] += [{"band": band, "article_id": article.id} for band in bands]
        rows[_CLAIMS] += [
            claim_row(claim, ordinal) | {"id": claim.id, "article_id": article.id}
            for ordinal, claim in enumerate(told)
        ]
        rows[_LOG].append({
            "at": work.now, "who": work.who, "action": "add", "target": article.id, "before": {},
            "after": {"name": article.source, "title": article.title},
        })  # fmt: skip
    for table, values in rows.items():
        if values:
            work.connection.execute(insert(table), values)
    write_keys(work.connection, [decided.claim(claim) for claim in claims])
    work.change.claims |= {claim.id for claim in claims}
    return counts


def article_row(work: Work, article: Article, read: Reading, *, sample: bool) -> dict[str, Any]:
    """The row of an article that is new."""
    return {
        "id": article.id, "source": article.source, "url": article.url, "title": article.title,
        "outlet": article.outlet, "sample": sample, "added_at": work.now, "added_by": work.who,
        **_text_columns(article, read), **_reading_columns(read, work.now),
    }  # fmt: skip


def claim_row(claim: Claim, ordinal: int) -> dict[str, Any]:
    """What a row of ``claims`` holds that reading the article again may change."""
    return {"ordinal": ordinal, "kept": False, "meeting": meeting_json(claim.meeting)}


def _add_again(work: Work, article: Article, read: Reading) -> Added:
    columns = (ArticleTable.given, ArticleTable.deleted_at, ArticleTable.reference)
    old = work.connection.execute(select(*columns).where(ArticleTable.id == article.id)).one()
    outcome: Outcome = "same"
    if old.given is None and old.reference["value"] is None and read.reference.value is not None:
        outcome = "updated"
        _update(work, article, read)
        write_claims(work, article, read)
    if old.deleted_at is not None:
        outcome = "restored"
        set_deleted(work, article.id, deleted_at=None)
        work.note("restore", article.id, {"deleted_at": old.deleted_at}, {})
    note_source(work, article.id, article)
    count = select(func.count()).where(ClaimTable.article_id == article.id)
    return Added(article.id, outcome, work.connection.execute(count).scalar_one())


def _update(work: Work, article: Article, read: Reading) -> None:
    told = {name: value for name in ("title", "outlet", "url") if (value := getattr(article, name))}
    values = {**told, **_text_columns(article, read), **_reading_columns(read, work.now)}
    work.connection.execute(update(ArticleTable).where(ArticleTable.id == article.id).values(**values))
    work.note("reread", article.id, {}, {"reference": reference_json(read.reference)})


def _text_columns(article: Article, read: Reading) -> dict[str, Any]:
    return {
        "text": article.text,
        "characters": len(article.text),
        "told": reference_json(article.reference),
        "given": read.reference.value if read.reference.basis == "given" else None,
    }


def _reading_columns(read: Reading, now: str) -> dict[str, Any]:
    return {
        "reference": reference_json(read.reference),
        "timexes": [timex_json(timex) for timex in read.timexes],
        "rules": _program_version(),
        "read_at": now,
    }


@lru_cache(maxsize=1)
def _program_version() -> str:
    """The version that is installed; "" where the program runs from a folder without being installed."""
    try:
        return version("diplomatic-timeline")
    except PackageNotFoundError:
        return ""


def _refuse_what_is_no_text(article: Article) -> None:
    for value in (article.text, article.title, article.outlet, article.url, article.source):
        if value and _NO_TEXT.search(value):
            raise StoreError("no_text")


def note_source(work: Work, article_id: str, article: Article) -> bool:
    """Notes under which name an article came in; whether that was new."""
    row = source_row(work, article_id, article)
    known = select(SourceTable.name).where(
        SourceTable.article_id == article_id, SourceTable.name == row["name"]
    )
    if work.connection.execute(known).first() is not None:
        return False
    work.connection.execute(insert(SourceTable), [row])
    if article.outlet:
        # The events that it tells of are reported by one outlet more.
        ids = select(ClaimTable.id).where(ClaimTable.article_id == article_id)
        work.change.join(change_of(work.connection, list(work.connection.execute(ids).scalars())))
    return True


def source_row(work: Work, article_id: str, article: Article) -> dict[str, Any]:
    """Under which name an article came in."""
    name = (article.source or article.url or "")[:_LONGEST_NAME]
    return {
        "article_id": article_id, "name": name, "outlet": article.outlet, "url": article.url,
        "added_at": work.now,
    }  # fmt: skip


def write_claims(work: Work, article: Article, read: Reading) -> None:
    """Replaces the claims of an article; those on which a correction rests stay, found again or not."""
    connection, decided = work.connection, work.corrections()
    old = claims_of(connection, article.id)
    work.change.join(change_of(connection, [claim.id for claim in old], told_anew=True))
    fresh = claims_from(article, read, old)
    told, anchors, existing = {c.id for c in fresh}, decided.anchors(), {c.id for c in old}
    gone = [claim.id for claim in old if claim.id not in told and claim.id not in anchors]
    kept = [claim for claim in old if claim.id not in told and claim.id in anchors]
    for part in chunks(gone):
        connection.execute(delete(ClaimTable).where(ClaimTable.id.in_(part)))
    for ordinal, claim in enumerate(fresh):
        values = claim_row(claim, ordinal)
        if claim.id in existing:
            connection.execute(update(ClaimTable).where(ClaimTable.id == claim.id).values(**values))
        else:
            connection.execute(insert(ClaimTable), [values | {"id": claim.id, "article_id": article.id}])
    for ordinal, claim in enumerate(kept, len(fresh)):
        late = update(ClaimTable).where(ClaimTable.id == claim.id).values(ordinal=ordinal, kept=True)
        connection.execute(late)
    write_keys(connection, [decided.claim(claim) for claim in (*fresh, *kept)])
    work.change.claims -= set(gone)
    work.change.claims |= {claim.id for claim in (*fresh, *kept)}


def replace_reading(work: Work, stored: StoredArticle, read: Reading, *, given: str | None) -> list[Move]:
    """Puts a new reading in the place of the old one; tells what changed."""
    article_id = stored.row.id
    before = claims_of(work.connection, article_id)
    values = _reading_columns(read, work.now)
    work.connection.execute(
        update(ArticleTable).where(ArticleTable.id == article_id).values(given=given, **values)
    )
    write_claims(work, stored.article, read)
    return moves(before, claims_of(work.connection, article_id))


def delete_or_restore(work: Work, article_id: str, *, action: str) -> None:
    """Deletes (``delete``) or brings back (``restore``); nothing where it is so already.

    Raises:
        StoreError: there is no such article.
    """
    statement = select(ArticleTable.deleted_at).where(ArticleTable.id == article_id)
    old = work.connection.execute(statement).one_or_none()
    if old is None:
        raise StoreError("no_article", id=article_id)
    stamp = work.now if action == "delete" else None
    if (old.deleted_at is None) != (stamp is None):
        set_deleted(work, article_id, deleted_at=stamp)
        work.note(action, article_id, {"deleted_at": old.deleted_at}, {"deleted_at": stamp})


def set_deleted(work: Work, article_id: str, *, deleted_at: str | None) -> None:
    """Marks an article as deleted or not; its claims go or come with it."""
    work.connection.execute(
        update(ArticleTable).where(ArticleTable.id == article_id).values(deleted_at=deleted_at)
    )
    ids = work.connection.execute(select(ClaimTable.id).where(ClaimTable.article_id == article_id)).scalars()
    work.change.join(change_of(work.connection, list(ids)))


def samples(connection: Connection) -> list[str]:
    """The ids of the articles that came with the program and are not deleted."""
    statement = select(ArticleTable.id).where(ArticleTable.sample, ArticleTable.deleted_at.is_(None))
    return list(connection.execute(statement.order_by(ArticleTable.id)).scalars())


def add_source(work: Work, article_id: str, article: Article) -> Added:
    """Notes that ``article`` is a reprint of a stored one.

    Raises:
        StoreError: there is no such article.
    """
    _refuse_what_is_no_text(article)
    told = need(work.connection, article_id)
    if note_source(work, article_id, article):
        work.note("source", article_id, {}, {"name": article.source, "outlet": article.outlet})
    return Added(article_id, "reprint", len(told.claims))


# Reading


def sharing(connection: Connection, bands: Sequence[str]) -> list[tuple[str, str, str | None]]:
    """Id, text and publication date of the articles that share a key with ``bands``, no deleted ones."""
    if not bands:
        return []
    statement = (
        select(ArticleTable.id, ArticleTable.text, ArticleTable.reference)
        .where(ArticleTable.deleted_at.is_(None))
        .where(ArticleTable.id.in_(select(BandTable.article_id).where(BandTable.band.in_(bands))))
        .order_by(ArticleTable.added_at, ArticleTable.id)
    )
    return [(row.id, row.text, row.reference["value"]) for row in connection.execute(statement)]


def source_added(connection: Connection, name: str) -> str | None:
    """When an article last came in from a file or from within it: a line, a row, an entry of an archive."""
    column = SourceTable.name
    name = name[:_LONGEST_NAME]
    within = (column.startswith(f"{name}{mark}", autoescape=True) for mark in (", ", "/", "@"))
    statement = select(func.max(SourceTable.added_at)).where(or_(column == name, *within))
    return connection.execute(statement).scalar_one()


class _Published(FunctionElement[str]):
    """The publication date in a column of JSON, written as in the index on articles without one.

    SQLAlchemy would write the name of the field as a parameter, for which no database uses an index.
    """

    type = String()
    inherit_cache = True
    name = "published"


@compiles(_Published, "sqlite")
def _published_in_sqlite(element: Any, compiler: Any, **how: Any) -> str:  # noqa: ANN401  SQLAlchemy's protocol
    return f"json_extract({compiler.process(element.clauses, **how)}, '$.value')"


@compiles(_Published, "postgresql")
def _published_in_postgresql(element: Any, compiler: Any, **how: Any) -> str:  # noqa: ANN401  SQLAlchemy's protocol
    return f"({compiler.process(element.clauses, **how)} ->> 'value')"


_UNDATED = _Published(ArticleTable.reference).is_(None)


def counts(connection: Connection) -> ArticleCounts:
    """How many articles there are."""
    there = select(func.count()).select_from(ArticleTable).where(ArticleTable.deleted_at.is_(None))
    shipped = there.where(ArticleTable.sample.is_(True))
    return ArticleCounts(connection.execute(there).scalar_one(), connection.execute(shipped).scalar_one())


def rows(
    connection: Connection, *, text: str, deleted: bool, undated: bool, limit: int | None, offset: int
) -> list[ArticleRow]:
    """Articles without their texts, the newest first."""
    order = (ArticleTable.added_at.desc(), ArticleTable.id)
    statement = select(ArticleTable.id).order_by(*order)
    if not deleted:
        statement = statement.where(ArticleTable.deleted_at.is_(None))
    if undated:
        statement = statement.where(_UNDATED)
    for word in text.split():
        columns = (ArticleTable.title, ArticleTable.outlet, ArticleTable.source, ArticleTable.text)
        statement = statement.where(or_(*(c.icontains(word, autoescape=True) for c in columns)))
    # The ids first: counting the meetings is for the rows that are shown alone.
    return _rows_of(connection, statement.limit(limit).offset(offset), order)


def deleted_rows(connection: Connection, *, limit: int | None) -> list[ArticleRow]:
    """The deleted articles, the one that went last first."""
    order = (ArticleTable.deleted_at.desc(), ArticleTable.id)
    statement = select(ArticleTable.id).where(ArticleTable.deleted_at.is_not(None)).order_by(*order)
    return _rows_of(connection, statement.limit(limit), order)


def _rows_of(connection: Connection, ids: Select[Any], order: Sequence[Any]) -> list[ArticleRow]:
    shown = ids.subquery()
    whole = _row_statement().join(shown, shown.c.id == ArticleTable.id).order_by(*order)
    found = connection.execute(whole).all()
    sources = _sources(connection, [row.id for row in found])
    return [_row(row, sources.get(row.id, ())) for row in found]


def stored(connection: Connection, article_id: str) -> StoredArticle | None:
    """An article with its text and what was read in it, deleted or not."""
    row = connection.execute(_row_statement().where(ArticleTable.id == article_id)).one_or_none()
    if row is None:
        return None
    columns = (ArticleTable.text, ArticleTable.told, ArticleTable.timexes)
    body = connection.execute(select(*columns).where(ArticleTable.id == article_id)).one()
    told = _row(row, _sources(connection, [article_id]).get(article_id, ()))
    decided: Corrections = corrections(connection)
    claims = tuple(decided.claim(claim) for claim in claims_of(connection, article_id))
    article = Article(
        told.id, body.text, reference_from(body.told), told.title, told.outlet, told.url, row.source
    )
    timexes = tuple(timex_from(timex) for timex in body.timexes)
    read = Reading(told.reference, timexes, tuple(claim.meeting for claim in claims))
    return StoredArticle(told, article, read, claims)


def need(connection: Connection, article_id: str) -> StoredArticle:
    """As :func:`stored`.

    Raises:
        StoreError: there is no such article.
    """
    found = stored(connection, article_id)
    if found is None:
        raise StoreError("no_article", id=article_id)
    return found


def claims_of(connection: Connection, article_id: str) -> list[Claim]:
    """The claims of an article in their order, as told, deleted or not."""
    statement = (
        select(ClaimTable.id, ClaimTable.meeting, ArticleTable.reference, ArticleTable.outlet)
        .join(ArticleTable, ArticleTable.id == ClaimTable.article_id)
        .where(ClaimTable.article_id == article_id)
        .order_by(ClaimTable.ordinal, ClaimTable.id)
    )
    found = []
    for row in connection.execute(statement):
        reference = reference_from(row.reference)
        meeting = meeting_from(row.meeting)
        found.append(Claim(row.id, article_id, reference.value, reference, meeting, row.outlet))
    return found


def moves(before: Sequence[Claim], after: Sequence[Claim]) -> list[Move]:
    """What differs between two readings of an article, in the order of the second; vanished ones last."""
    old = {claim.id: claim for claim in before}
    told = {claim.id for claim in after}
    changed = [
        Move(old.get(claim.id), claim)
        for claim in after
        if claim.id not in old or old[claim.id].meeting != claim.meeting
    ]
    return changed + [Move(claim, None) for claim in before if claim.id not in told]


def _row_statement() -> Any:  # noqa: ANN401  a Select of many columns
    meetings = (
        select(func.count())
        .where(ClaimTable.article_id == ArticleTable.id, ClaimTable.event_id.is_not(None))
        .scalar_subquery()
    )
    return select(
        ArticleTable.id, ArticleTable.title, ArticleTable.outlet, ArticleTable.url, ArticleTable.source,
        ArticleTable.characters, ArticleTable.reference, ArticleTable.given, ArticleTable.sample,
        ArticleTable.added_at, ArticleTable.added_by, ArticleTable.read_at, ArticleTable.deleted_at,
        ArticleTable.rules, meetings.label("meetings"),
    )  # fmt: skip


def _row(row: Row[Any], sources: tuple[str, ...]) -> ArticleRow:
    return ArticleRow(
        id=row.id, title=row.title, outlet=row.outlet, url=row.url, sources=sources,
        characters=row.characters, reference=reference_from(row.reference), given=row.given,
        meetings=row.meetings, sample=row.sample, added_at=row.added_at, added_by=row.added_by,
        read_at=row.read_at, deleted_at=row.deleted_at, rules=row.rules,
    )  # fmt: skip


def _sources(connection: Connection, article_ids: Sequence[str]) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for part in chunks(article_ids):
        statement = (
            select(SourceTable.article_id, SourceTable.name)
            .where(SourceTable.article_id.in_(part))
            .order_by(SourceTable.added_at, SourceTable.name)
        )
        for article_id, name in connection.execute(statement):
            found[article_id] = (*found.get(article_id, ()), name)
    return found
