"""The articles page: add, see what became of each file, date, search, delete, read again."""

import html
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import cast

import streamlit as st

from timeline import pipeline
from timeline.articles import ENDINGS
from timeline.figures.wording import number, say_date, say_participants_of, say_status
from timeline.model import Claim
from timeline.page import session, tables
from timeline.page.evidence import highlights_of, whole_article
from timeline.page.reading import Job, Result, pasted
from timeline.page.session import Page
from timeline.page.texts import plain
from timeline.query import Query
from timeline.store import ArticleRow, Move, StoredArticle

_EARLIEST = date(1800, 1, 1)
_POLL = 0.8
"""Seconds between two looks at an upload that is being read."""
_LISTED = 500
"""Articles in the table; the search finds the others."""
_ASKED = 5
"""Undated articles whose date is asked for at a time."""
_SHOWN = 5
"""Refused files whose reasons are shown at once."""


def show(page: Page) -> None:
    """The whole page."""
    t = page.t
    st.subheader(t("articles.heading"))
    with st.container(key="add_articles"):
        _add(page)
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
    _foot(page, rows)


# --- adding ------------------------------------------------------------------------------------------


def job() -> Job | None:
    """The upload of this session that is being read or whose results are still shown."""
    return cast(Job | None, st.session_state.get("_job"))


def begin(new: Job) -> None:
    """Starts to read and remembers the job in this session."""
    st.session_state["_job"] = new.start()


def _add(page: Page) -> None:
    t = page.t
    files_tab, paste_tab = st.columns(2, gap="medium")
    with files_tab:
        folder = st.toggle(t("articles.folder"), key="folder")
        uploads = st.file_uploader(
            t("articles.upload"),
            type=None if folder else list(ENDINGS),
            accept_multiple_files="directory" if folder else True,
            key=f"upload_{st.session_state.get('_upload_round', 0)}_{folder}",
            help=t("articles.upload_help"),
        )
    with paste_tab:
        text = st.text_area(
            t("articles.paste"), key="paste", placeholder=t("articles.paste_placeholder"), height=140
        )
    published_at, read_at = st.columns([2, 1], vertical_alignment="bottom")
    published = published_at.date_input(
        t("articles.published"),
        value=None,
        min_value=_EARLIEST,
        max_value=page.today,
        key="published",
        format="DD.MM.YYYY" if page.language == "de" else "YYYY-MM-DD",
        help=t("articles.published_help"),
    )
    files = [(upload.name, upload.getvalue()) for upload in uploads or ()]
    if text and text.strip():
        files += pasted(text)
    running = (running_job := job()) is not None and running_job.running
    label = (
        t("articles.read_files", n=number(len(files), page.language))
        if len(files) > 1
        else t("articles.read")
    )
    read_at.button(
        label,
        key="read",
        type="primary",
        icon=":material/play_arrow:",
        width="stretch",
        disabled=not files or running,
        on_click=_begin_reading,
        args=(page, files, published if isinstance(published, date) else None),
    )


def _begin_reading(page: Page, files: list[tuple[str, bytes]], published: date | None) -> None:
    begin(Job(page.store, files, published.isoformat() if published else None, page.who))
    state = st.session_state
    # A new key empties the uploader: the files would else sit in memory and be read again.
    state["_upload_round"] = state.get("_upload_round", 0) + 1
    state["paste"] = ""
    state["published"] = None


def show_progress(page: Page) -> None:
    """How far an upload is; drawn on every page, so that reading holds nobody up."""
    current = job()
    if current is None:
        return
    if current.running:
        st.session_state["_seen_revision"] = page.store.revision()
        st.fragment(_progress, run_every=_POLL)(page)
    elif current.sample and all(result.read for result in current.results):
        # The samples speak for themselves; the line above the timeline names them.
        st.session_state["_job"] = None
    else:
        _results(page, current)


def _progress(page: Page) -> None:
    current = job()
    if current is None or not current.running:
        st.rerun(scope="app")
        return
    t, total = page.t, len(current.files)
    with st.container(key="progress", border=True):
        done, stop = st.columns([5, 1], vertical_alignment="center")
        text = t("articles.reading", done=current.done, all=total)
        if current.now:
            text += " · " + plain(t("articles.reading_now", name=current.now))
        done.progress(current.done / total if total else 1.0, text=text)
        stop.button(
            t("articles.stop"), key="stop", icon=":material/stop:", on_click=current.stop, width="stretch"
        )
        _result_lines(page, current.results[-4:])
    if page.store.revision() != st.session_state.get("_seen_revision") and current.done % 4 == 0:
        st.rerun(scope="app")


def _results(page: Page, current: Job) -> None:
    t = page.t
    with st.container(key="results", border=True):
        failed = sum(not result.read for result in current.results)
        head, close = st.columns([5, 1], vertical_alignment="center")
        if current.stopped:
            head.write(t("articles.stopped", done=current.done, all=len(current.files)))
        else:
            head.write(t("articles.finished", done=len(current.results) - failed, failed=failed))
        close.button(
            t("articles.dismiss"),
            key="dismiss",
            type="tertiary",
            on_click=lambda: st.session_state.update(_job=None),
        )
        # What needs the reader comes first; of a large upload the rest is folded away.
        troubled = [result for result in current.results if not result.read]
        fine = [result for result in current.results if result.read]
        _result_lines(page, troubled[:_SHOWN])
        if troubled[_SHOWN:]:
            with st.expander(
                t("articles.failed", n=number(len(troubled), page.language)), key="results_failed"
            ):
                _result_lines(page, troubled[_SHOWN:])
        for i, (name, data, columns) in enumerate(current.unmapped):
            _name_columns(page, i, name, data, columns)
        if len(fine) <= 3:
            _result_lines(page, fine)
        else:
            with st.expander(t("articles.fine", n=number(len(fine), page.language)), key="results_fine"):
                _result_lines(page, fine)


def _name_columns(page: Page, number_: int, name: str, data: bytes, columns: Sequence[str]) -> None:
    """Asks which column of a table is the text, and reads the table again with the answer."""
    t = page.t
    with st.container(horizontal=True, vertical_alignment="bottom", key=f"columns_{number_}"):
        text = st.selectbox(
            t("articles.column_text", name=plain(name)), columns, key=f"column_text_{number_}"
        )
        day = st.selectbox(
            t("articles.column_published"),
            columns,
            index=None,
            key=f"column_published_{number_}",
            placeholder=t("field.unknown"),
        )

        def again() -> None:
            chosen = {"text": text} | ({"published": day} if day else {})
            begin(Job(page.store, [(name, data)], None, page.who, columns=chosen))

        st.button(t("articles.read"), key=f"column_read_{number_}", on_click=again)


def _result_lines(page: Page, results: Sequence[Result]) -> None:
    lines = ""
    for result in results:
        sign, name = ("ok", "✓") if result.read else ("bad", "✗")
        title = html.escape(result.title or result.name)
        lines += (
            f'<div class="result {sign}"><span class="sign">{name}</span> '
            f"<b>{title}</b>: {html.escape(result_words(page, result))}</div>"
        )
    if lines:
        st.html(lines)


def result_words(page: Page, result: Result) -> str:
    """What became of one article, in words."""
    t = page.t
    if result.error is not None:
        return t(f"reason.{result.error.code}", **result.error.params)
    if result.failure is not None:
        return t("articles.outcome_failed", reason=result.failure)
    return t(f"articles.outcome_{result.outcome}", meetings=t.count("unit.meetings", result.meetings))


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
                min_value=_EARLIEST,
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
        with st.expander(t("articles.change_date"), key="change_date"):
            _change_date(page, stored)
        highlights = [mark for claim in stored.claims for mark in highlights_of(claim)]
        st.html(whole_article(stored.article.text, highlights, row.title or t("articles.untitled")))
        st.caption(f"{t('articles.hash')}: `{row.id}`")


def _change_date(page: Page, stored: StoredArticle) -> None:
    """Another publication date, with a preview of what moves before anything is changed."""
    t, row = page.t, stored.row
    value = st.date_input(
        t("articles.new_date"),
        value=None,
        min_value=_EARLIEST,
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
    every = page.store.articles(deleted=True, limit=_LISTED)
    gone = [row for row in every if row.deleted_at is not None]
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
