"""The articles page: date, search, read, delete, read again; adding is :mod:`timeline.page.adding`."""

import html
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import streamlit as st

from timeline import pipeline
from timeline.figures.wording import number, say_date, say_participants_of, say_status
from timeline.model import Claim
from timeline.page import session, tables
from timeline.page.adding import EARLIEST, show_form
from timeline.page.evidence import highlights_of, whole_article
from timeline.page.session import Page
from timeline.page.texts import plain
from timeline.query import Query
from timeline.store import ArticleRow, Move, StoredArticle

_LISTED = 500
"""Articles in the table; the search finds the others."""
_ASKED = 5
"""Undated articles whose date is asked for at a time."""


def show(page: Page) -> None:
    """The whole page."""
    t = page.t
    st.subheader(t("articles.heading"))
    if page.editor:
        with st.container(key="add_articles"):
            show_form(page)
        _undated(page)
    text = st.sidebar.text_input(
        t("articles.search"), key="article_search", placeholder=t("articles.search_placeholder")
    )
    rows = page.store.articles(text=text.strip(), limit=_LISTED)
    if len(rows) == _LISTED:
        st.caption(t("articles.listed", n=number(_LISTED, page.language)))
    if not rows and not text.strip():
        st.info(t("empty.text"), icon=":material/info:")
    elif not rows:
        st.info(t("articles.none"), icon=":material/search_off:")
    opened = session.shown("article")
    stored = page.store.article(opened) if opened else None
    if stored is None or stored.row.deleted_at is not None:
        _table(page, rows)
        if rows:
            st.caption(t("articles.choose"))
    else:
        left, right = st.columns([3, 4], gap="medium")
        with left:
            _table(page, rows)
        with right:
            _article(page, stored)
    if page.editor:
        _foot(page, rows)


def _undated(page: Page) -> None:
    """Asks for the publication date of articles that do not tell it; never guesses the day of upload."""
    t = page.t
    rows = page.store.articles(undated=True, limit=_ASKED)
    if not rows:
        return
    with st.container(border=True, key="undated_articles"):
        st.write(t("articles.undated"))
        for row in rows:
            name, day = st.columns([3, 2], vertical_alignment="center")
            why = html.escape(" · ".join(row.reference.evidence[:2]))
            title = html.escape(row.title or (row.sources or ("",))[0])
            name.html(f'<b>{title}</b><div class="muted small">{why}</div>')

            def take(article: str = row.id) -> None:
                value = st.session_state[f"date_{article}"]
                if value is not None:
                    pipeline.set_published(page.store, article, value.isoformat(), who=page.who)

            day.date_input(
                t("articles.new_date"),
                value=None,
                min_value=EARLIEST,
                max_value=page.today,
                key=f"date_{row.id}",
                label_visibility="collapsed",
                format="DD.MM.YYYY" if page.language == "de" else "YYYY-MM-DD",
                on_change=take,
            )


# --- one article -------------------------------------------------------------------------------------


def _table(page: Page, rows: Sequence[ArticleRow]) -> None:
    if not rows:
        return
    t, language = page.t, page.language
    tables.choose(
        {
            t("articles.published_column"): [
                say_date(row.reference.value, language) if row.reference.value else t("field.unknown")
                for row in rows
            ],
            t("articles.title"): [row.title or t("articles.untitled") for row in rows],
            t("articles.meetings"): [row.meetings for row in rows],
            t("articles.outlet"): [
                row.outlet or (t("articles.sample") if row.sample else "") for row in rows
            ],
            t("articles.basis"): [t(f"basis.{row.reference.basis}") for row in rows],
        },
        [row.id for row in rows],
        lambda article: session.show("article", article),
        key="articles_table",
        alt=t("articles.table_alt"),
        chosen=session.shown("article"),
    )


def _article(page: Page, stored: StoredArticle) -> None:
    t, row = page.t, stored.row
    with st.container(border=True, key="article"):
        with st.container(
            horizontal=True, vertical_alignment="center", horizontal_alignment="distribute", gap="small"
        ):
            st.html(f"<b>{html.escape(row.title or t('articles.untitled'))}</b>", width="content")
            st.button(
                "",
                key="article_close",
                icon=":material/close:",
                type="tertiary",
                help=t("articles.close"),
                on_click=session.show,
                args=("article", None),
            )
        known = row.reference.value
        published = (
            t("evidence.published", date=say_date(known, page.language))
            if known
            else t("evidence.published_unknown")
        )
        st.caption(f"{published} ({t(f'basis.{row.reference.basis}')})")
        if row.reference.evidence:
            st.caption(plain(f"{t('articles.evidence')}: {' · '.join(row.reference.evidence)}"))
        with st.container(horizontal=True, gap="small"):
            if st.button(t("articles.show_meetings"), key="article_timeline", icon=":material/timeline:"):
                session.set_query(Query(articles=(row.id,)))
                st.session_state["_goto"] = "timeline"
                st.rerun()
            if page.editor:
                _article_changes(page, row)
        if page.editor:
            with st.expander(t("articles.change_date"), key="change_date"):
                _change_date(page, stored)
        highlights = [mark for claim in stored.claims for mark in highlights_of(claim)]
        st.html(whole_article(stored.article.text, highlights, row.title or t("articles.untitled")))
        st.caption(f"{t('articles.hash')}: `{row.id}`")


def _article_changes(page: Page, row: ArticleRow) -> None:
    """Reading an article again, and deleting it."""
    t = page.t
    st.button(
        t("articles.reread"),
        key="reread",
        icon=":material/refresh:",
        on_click=_reread,
        args=(page, [row.id]),
    )
    st.button(
        t("articles.delete"),
        key="delete",
        icon=":material/delete:",
        on_click=_delete,
        args=(page, row),
    )


def _change_date(page: Page, stored: StoredArticle) -> None:
    """Another publication date, with a preview of what moves before anything is changed."""
    t, row = page.t, stored.row
    value = st.date_input(
        t("articles.new_date"),
        value=None,
        min_value=EARLIEST,
        key=f"new_date_{row.id}",
        format="DD.MM.YYYY" if page.language == "de" else "YYYY-MM-DD",
    )
    if isinstance(value, date):
        moves = [
            move for move in pipeline.preview_published(page.store, row.id, value.isoformat()) if _moved(move)
        ]
        st.write(t.count("articles.preview_count", len(moves)) if moves else t("articles.preview_none"))
        _moves(page, moves)
        st.button(
            t("articles.set_date"),
            key="set_date",
            type="primary",
            on_click=_set_date,
            args=(page, row.id, value.isoformat()),
        )
    if row.given is not None:
        st.button(t("articles.forget_date"), key="forget_date", on_click=_set_date, args=(page, row.id, None))


def _moved(move: Move) -> bool:
    if move.before is None or move.after is None:
        return True
    return move.before.meeting.date != move.after.meeting.date or (
        move.before.meeting.status != move.after.meeting.status
    )


def _moves(page: Page, moves: Sequence[Move]) -> None:
    t = page.t

    def words(claim: Claim | None, missing: str) -> str:
        if claim is None:
            return missing
        meeting = claim.meeting
        return f"{say_date(meeting.date, page.language)}, {say_status(meeting.status, page.language)}"

    rows = ""
    for move in moves:
        claim = move.after or move.before
        who = say_participants_of(claim.meeting.participants, page.language) if claim else ""
        before = words(move.before, t("articles.appears"))
        after = words(move.after, t("articles.vanishes"))
        rows += (
            f"<tr><th>{html.escape(who)}</th><td>{html.escape(before)}</td><td>→</td>"
            f"<td>{html.escape(after)}</td></tr>"
        )
    if rows:
        st.html(f'<table class="disputes">{rows}</table>')


def _set_date(page: Page, article: str, value: str | None) -> None:
    moves = pipeline.set_published(page.store, article, value, who=page.who)
    st.toast(page.t("articles.date_set", n=page.t.count("articles.preview_count", sum(map(_moved, moves)))))


def _reread(page: Page, articles: Sequence[str]) -> None:
    moves = pipeline.reread(page.store, articles, who=page.who)
    st.toast(
        page.t("articles.reread_done", n=page.t.count("articles.preview_count", sum(map(_moved, moves))))
    )


def _delete(page: Page, row: ArticleRow) -> None:
    page.store.delete_article(row.id, who=page.who)
    query = session.query()
    session.set_query(replace(query, articles=tuple(id_ for id_ in query.articles if id_ != row.id)))
    session.show("article", None)
    st.session_state["_deleted"] = row.id


def _foot(page: Page, rows: Sequence[ArticleRow]) -> None:
    t = page.t
    last = st.session_state.get("_deleted")
    gone = page.store.deleted_articles(limit=_LISTED)
    if last is not None and (row := next((row for row in gone if row.id == last), None)):
        with st.container(horizontal=True, vertical_alignment="center", key="deleted"):
            st.write(t("articles.deleted", title=plain(row.title or t("articles.untitled"))))
            st.button(
                t("articles.undo"),
                key="undelete",
                icon=":material/undo:",
                on_click=_restore,
                args=(page, row.id),
            )
    if gone:
        with st.expander(f"{t('articles.trash')} ({number(len(gone), page.language)})", key="trash"):
            for row in gone[:50]:
                name, action = st.columns([4, 1], vertical_alignment="center")
                name.html(html.escape(row.title or (row.sources or ("",))[0]))
                action.button(
                    t("articles.restore"), key=f"restore_{row.id}", on_click=_restore, args=(page, row.id)
                )
    if rows:
        st.button(
            t("articles.reread_all"),
            key="reread_all",
            type="tertiary",
            icon=":material/refresh:",
            on_click=_reread,
            args=(page, [row.id for row in rows]),
        )


def _restore(page: Page, article: str) -> None:
    page.store.restore_article(article, who=page.who)
    st.session_state["_deleted"] = None
