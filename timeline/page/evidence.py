"""One meeting: what every source says, how it was dated, how it changed, where sources disagree.

Words of articles are escaped before they become HTML: markup in them is shown, never obeyed.
"""

import html
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import streamlit as st

from timeline.edtf import EdtfError, bounds
from timeline.figures.alternatives import other_choice
from timeline.figures.legend import status_glyph
from timeline.figures.naming import say_name
from timeline.figures.wording import (
    join_words,
    say_date,
    say_event,
    say_kind,
    say_participants,
    say_participants_of,
    say_precision,
    say_status,
)
from timeline.model import Claim, Event, Field
from timeline.page import session
from timeline.page.session import Page
from timeline.page.texts import Texts, plain

_AROUND = 220
"""Characters of context shown before and after the sentences, to the next word."""


@dataclass(frozen=True, slots=True)
class Highlight:
    """A stretch of a text to be marked; ``name`` is the CSS class."""

    start: int
    end: int
    name: str


def marked(text: str, highlights: Sequence[Highlight], *, start: int = 0, end: int | None = None) -> str:
    """A stretch of a text as safe HTML with its highlights; where two overlap, both classes apply."""
    stop = len(text) if end is None else min(end, len(text))
    cuts = {start, stop}
    for highlight in highlights:
        cuts |= {cut for cut in (highlight.start, highlight.end) if start < cut < stop}
    parts: list[str] = []
    ordered = sorted(cuts)
    for left, right in pairwise(ordered):
        classes = " ".join(h.name for h in highlights if h.start <= left and right <= h.end)
        piece = html.escape(text[left:right]).replace("\n", "<br>")
        parts.append(f'<mark class="{classes}">{piece}</mark>' if classes else piece)
    return "".join(parts)


def whole_article(text: str, highlights: Sequence[Highlight], label: str) -> str:
    """An article with its highlights, in a frame that scrolls and that the keyboard can reach."""
    return (
        f'<div class="article" lang="de" tabindex="0" role="region" aria-label="{html.escape(label)}">'
        f"{marked(text, highlights)}</div>"
    )


def highlights_of(claim: Claim) -> list[Highlight]:
    """The sentences of a claim and the expression that dates it."""
    found = [Highlight(e.start, e.end, "sentence") for e in claim.meeting.evidence]
    timex = claim.meeting.timex
    if timex is not None:
        found.append(Highlight(timex.start, timex.end, "date"))
    return found


def in_context(text: str, claim: Claim) -> str:
    """The best sentence of a claim in its article, with a little around it, as safe HTML."""
    if not claim.meeting.evidence:
        return ""
    best = claim.meeting.evidence[0]
    start, end = max(0, best.start - _AROUND), min(len(text), best.end + _AROUND)
    if start:
        start = text.find(" ", start, best.start) + 1 or best.start
    if end < len(text):
        end = text.rfind(" ", best.end, end)
        end = best.end if end < 0 else end
    head = "… " if start else ""
    tail = " …" if end < len(text) else ""
    return head + marked(text, highlights_of(claim), start=start, end=end) + tail


def receipt(claim: Claim, t: Texts) -> list[str]:
    """How a claim was dated, as plain lines: what was read, what it was counted from, what came out."""
    meeting, language = claim.meeting, t.language
    value = say_date(meeting.date, language)
    known = claim.reference.value
    reference = (
        t("evidence.reference_known", date=say_date(known, language))
        if known
        else t("evidence.reference_unknown")
    )
    timex = meeting.timex
    expression = meeting.expression or (timex.text if timex else None)
    if meeting.date is None and expression is None:
        return [t("evidence.receipt_none")]
    if expression is None:
        week = known is not None and _is_week_before(meeting.date, known)
        if week:
            return [t("evidence.receipt_week"), value]
        return [t("evidence.receipt_context", value=value)]
    basis = timex.basis if timex else None
    if basis == "explicit":
        lines = [t("evidence.receipt_text", expression=expression, value=value)]
    else:
        lines = [t("evidence.receipt_line", expression=expression, reference=reference, value=value)]
    if basis is not None:
        lines.append(t(f"evidence.basis_{basis}"))
    # Only of a date that is this expression's alone; a claim's may be narrowed by others.
    other = other_choice(timex, claim.reference) if timex and timex.edtf == meeting.date else None
    if other is not None:
        lines.append(t("evidence.receipt_other", value=say_date(other, language)))
    return lines


def _is_week_before(value: str | None, reference: str) -> bool:
    """Whether the value is the set of seven days that ends on the reference day."""
    if value is None or not value.startswith("["):
        return False
    try:
        return bounds(value).days == 7 and bounds(value).last == bounds(reference).last
    except EdtfError:
        return False


def footnote(claim: Claim, title: str | None, url: str | None, t: Texts) -> str:
    """The source as one would cite it."""
    parts = [claim.outlet, f"„{title}“" if title else None, say_date(claim.published, t.language), url]
    return ", ".join(part for part in parts if part) + "."


def show(page: Page, event_id: str) -> None:
    """The panel of one meeting, beside the chart."""
    t = page.t
    with st.container(key="evidence", border=True):
        with st.container(
            horizontal=True, vertical_alignment="center", horizontal_alignment="distribute", gap="small"
        ):
            st.markdown(f"**{t('evidence.heading')}**", width="content")
            st.button(
                "",
                key="evidence_close",
                icon=":material/close:",
                help=t("evidence.close"),
                type="tertiary",
                on_click=session.show,
                args=("event", None),
            )
        event = page.store.event(event_id)
        if event is None:
            st.info(t("evidence.gone"))
            return
        _head(page, event)
        _actions(page, event)
        sources(page, event)
        _neighbours(page, event)


def sources(page: Page, event: Event) -> None:
    """What every source says: where they disagree first, then each in its article, then the history."""
    if event.disputed:
        _disputes(page, event)
    st.markdown(f"**{page.t('evidence.sources')}**")
    for i, claim in enumerate(event.claims):
        _claim(page, claim, i)
    if len(event.history) > 1:
        _history(page, event)


def _head(page: Page, event: Event) -> None:
    language = page.language
    place = f" · {html.escape(say_name(event.place, language))}" if event.place else ""
    st.html(
        f'<div class="event-head"><div class="event-date">{html.escape(say_date(event.date, language))}'
        f'<span class="muted"> · {html.escape(say_precision(event.date, language))}</span></div>'
        f'<div class="event-who">{html.escape(say_participants(event, language))}</div>'
        f'<div class="muted">{status_glyph(event.status, page.theme)}'
        f"{html.escape(say_status(event.status, language))} · {html.escape(say_kind(event.kind, language))}"
        f"{place}</div></div>"
    )
    if event.edited:
        names = join_words([page.t(f"field.{name}") for name in sorted(event.edited)], language)
        st.caption(page.t("evidence.edited", fields=names))


def _actions(page: Page, event: Event) -> None:
    t = page.t
    with st.container(horizontal=True, gap="small"):
        if page.editor:
            st.button(
                t("evidence.unconfirm") if event.checked else t("evidence.confirm"),
                key="confirm",
                icon=":material/undo:" if event.checked else ":material/check:",
                on_click=_check,
                args=(page, event.id, not event.checked),
            )
            if st.button(t("evidence.correct"), key="correct", icon=":material/edit:"):
                st.session_state["_goto"] = "curate"
                st.rerun()
        if event.checked:
            st.badge(t("evidence.confirmed"), icon=":material/check:", color="green")


def _check(page: Page, event_id: str, checked: bool) -> None:  # noqa: FBT001 - a callback's argument
    page.store.check(event_id, who=page.who, checked=checked)


def _claim(page: Page, claim: Claim, number: int) -> None:
    t = page.t
    stored = page.store.article(claim.article) if claim.article else None
    if stored is None:
        st.caption(t("evidence.by_hand"))
        for evidence in claim.meeting.evidence:
            st.html(f'<blockquote class="quote">{html.escape(evidence.text)}</blockquote>')
        return
    article = stored.article
    published = (
        t("evidence.published", date=say_date(claim.published, page.language))
        if claim.published
        else t("evidence.published_unknown")
    )
    source = html.escape(claim.outlet or article.outlet or article.source or "")
    title = html.escape(article.title or t("articles.untitled"))
    st.html(
        f'<div class="source"><b>{title}</b><br><span class="muted">{source}'
        f"{' · ' if source else ''}{html.escape(published)}</span></div>"
        f'<blockquote class="quote" lang="de">{in_context(article.text, claim)}</blockquote>'
    )
    lines = receipt(claim, t)
    body = f'<div class="receipt-line">{html.escape(lines[0])}</div>'
    body += "".join(f'<div class="muted">{html.escape(line)}</div>' for line in lines[1:])
    timex = claim.meeting.timex
    machine = [f"{t('evidence.machine')}: <code>{html.escape(claim.meeting.date or '–')}</code>"]
    if timex is not None:
        machine.append(f"{t('evidence.rule')}: <code>{html.escape(timex.rule)}</code>")
    st.html(
        f'<div class="receipt"><div class="muted">{t("evidence.receipt")}</div>{body}'
        f'<div class="muted small">{" · ".join(machine)}</div></div>'
    )
    with st.expander(t("evidence.whole"), key=f"whole_{number}"):
        st.html(whole_article(article.text, highlights_of(claim), t("evidence.whole")))
        reference = stored.row.reference
        st.caption(f"{published} ({t(f'basis.{reference.basis}')})")
        st.caption(t("evidence.footnote"))
        st.code(footnote(claim, article.title, article.url, t), language=None, wrap_lines=True)


def field_words(claim: Claim, name: Field, t: Texts) -> str:
    """What one source says of one field, in words."""
    meeting = claim.meeting
    if name == "date":
        return say_date(meeting.date, t.language)
    if name == "status":
        return say_status(meeting.status, t.language)
    if name == "kind":
        return say_kind(meeting.kind, t.language)
    if name == "place":
        return say_name(meeting.place, t.language) if meeting.place else t("field.unknown")
    return say_participants_of(meeting.participants, t.language)


def _disputes(page: Page, event: Event) -> None:
    t = page.t
    st.markdown(f"**{t('evidence.disputes')}**")
    fields = sorted(event.disputed)
    head = "".join(f"<th>{html.escape(t(f'field.{name}'))}</th>" for name in fields)
    rows = ""
    for claim in event.claims:
        published = say_date(claim.published, page.language) if claim.published else None
        who = ", ".join(part for part in (claim.outlet, published) if part)
        cells = "".join(f"<td>{html.escape(field_words(claim, name, t))}</td>" for name in fields)
        rows += f"<tr><th>{html.escape(who)}</th>{cells}</tr>"
    st.html(f'<table class="disputes"><thead><tr><th></th>{head}</tr></thead><tbody>{rows}</tbody></table>')


def _history(page: Page, event: Event) -> None:
    t = page.t
    st.markdown(f"**{t('evidence.history')}**")
    items = ""
    for state in event.history:
        told = t("evidence.published_unknown")
        if state.published:
            told = t("evidence.published", date=say_date(state.published, page.language))
        status = html.escape(say_status(state.status, page.language))
        items += (
            f"<li>{status_glyph(state.status, page.theme)}<b>{status}</b> "
            f"({html.escape(say_date(state.date, page.language))})<br>"
            f'<span class="muted">{html.escape(told)}</span></li>'
        )
    st.html(f'<ul class="history">{items}</ul>')


def _neighbours(page: Page, event: Event) -> None:
    t = page.t
    before, after = page.store.neighbours(event)
    if not before and not after:
        return
    st.markdown(f"**{t('evidence.neighbours')}**")
    with st.container(gap="xxsmall", key="neighbours"):
        for word, found in (("before", before), ("after", after)):
            for i, other in enumerate(found):
                st.button(
                    f"{t(f'evidence.{word}')}: {say_date(other.date, page.language)}, "
                    f"{plain(say_participants(other, page.language))}",
                    key=f"{word}_{i}",
                    type="tertiary",
                    help=plain(say_event(other, page.language)),
                    on_click=session.show,
                    args=("event", other.id),
                )
