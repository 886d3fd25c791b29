"""Adding articles: the form, the progress while they are read, and what became of each."""

import html
from collections.abc import Sequence
from datetime import date
from typing import cast

import streamlit as st

from timeline.articles import ENDINGS
from timeline.articles.litter import is_litter, pages_of
from timeline.articles.setting import may_fetch
from timeline.figures.wording import number
from timeline.page.reading import Columns, Given, Job, Result, pasted
from timeline.page.session import Page
from timeline.page.texts import plain

EARLIEST = date(1800, 1, 1)
"""The first day of publication that can be chosen."""
_POLL = 0.8
"""Seconds between two looks at an upload that is being read."""
_SHOWN = 5
"""Refused files whose reasons are shown at once."""


def job() -> Job | None:
    """The upload of this session that is being read or whose results are still shown."""
    return cast(Job | None, st.session_state.get("_job"))


def begin(new: Job) -> None:
    """Starts to read and remembers the job in this session."""
    st.session_state["_job"] = new.start()


def show_form(page: Page) -> None:
    """Files, a folder or a pasted text, and the day on which they appeared."""
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
    addresses = ""
    if may_fetch():
        addresses = files_tab.text_area(
            t("articles.addresses"),
            key="addresses",
            placeholder=t("articles.addresses_placeholder"),
            help=t("articles.addresses_help"),
            height=68,
        )
    published_at, read_at = st.columns([2, 1], vertical_alignment="bottom")
    published = published_at.date_input(
        t("articles.published"),
        value=None,
        min_value=EARLIEST,
        max_value=page.today,
        key="published",
        format="DD.MM.YYYY" if page.language == "de" else "YYYY-MM-DD",
        help=t("articles.published_help"),
    )
    pages = pages_of(upload.name for upload in uploads or ())
    files: list[Given] = [
        (upload.name, upload.getvalue()) for upload in uploads or () if not is_litter(upload.name, pages)
    ]
    if text and text.strip():
        files += pasted(text)
    files += [(line.strip(), None) for line in (addresses or "").splitlines() if line.strip()]
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


def _begin_reading(page: Page, files: list[Given], published: date | None) -> None:
    state = st.session_state
    day = published.isoformat() if published else None
    begin(Job(page.store, files, day, page.who, known=state.get("_columns", {})))
    # A new key empties the uploader: the files would else sit in memory and be read again.
    state["_upload_round"] = state.get("_upload_round", 0) + 1
    state["paste"] = state["addresses"] = ""
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
        # Tables with the same columns are asked about once.
        alike: dict[Columns, list[Given]] = {}
        for name, data, columns in current.unmapped:
            alike.setdefault(columns, []).append((name, data))
        for i, (columns, files) in enumerate(alike.items()):
            _name_columns(page, i, files, columns)
        if len(fine) <= 3:
            _result_lines(page, fine)
        else:
            with st.expander(t("articles.fine", n=number(len(fine), page.language)), key="results_fine"):
                _result_lines(page, fine)


def _name_columns(page: Page, number_: int, files: list[Given], columns: Columns) -> None:
    """Asks which column of tables is what, reads them again with the answer, and keeps it for the session."""
    t = page.t
    names = plain(", ".join(name for name, _ in files[:3]) + (", …" if len(files) > 3 else ""))
    with st.container(horizontal=True, vertical_alignment="bottom", key=f"columns_{number_}"):
        chosen = {
            "text": st.selectbox(t("articles.column_text", name=names), columns, key=f"column_text_{number_}")
        }
        for part in ("published", "title", "outlet", "url"):
            label, key = t(f"articles.column_{part}"), f"column_{part}_{number_}"
            column = st.selectbox(label, columns, index=None, key=key, placeholder=t("field.unknown"))
            if column:
                chosen[part] = column

        def again() -> None:
            st.session_state["_columns"] = {**st.session_state.get("_columns", {}), columns: chosen}
            begin(Job(page.store, files, None, page.who, columns=chosen))

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
