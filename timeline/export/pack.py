"""The evidence pack: one HTML file with timeline, table, sentences, corrections and a manifest.

It works without a network and asks for nothing: no scripts (unless a figure is handed in that brings its
own), no fonts, no pictures from elsewhere, and a policy in the file that forbids the browser to fetch any.
Whatever comes from articles is escaped, so that it is text and nothing else.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from html import escape
from typing import Any

from timeline import edtf
from timeline.export.formats import KIND_WORDS, STATUS_WORDS, first_and_last
from timeline.model import STATUSES, Claim, Event, Field, Status
from timeline.query import Query
from timeline.store import Store

_FIELDS: dict[Field, str] = {
    "date": "Datum", "place": "Ort", "status": "Status", "participants": "Beteiligte", "kind": "Art",
}  # fmt: skip
_BASES = {
    "given": "angegeben", "metadata": "aus den Metadaten", "header": "aus dem Kopf",
    "dateline": "aus der Ortszeile", "text": "aus dem Text erschlossen", "unknown": "unbekannt",
}  # fmt: skip
# Fill and outline of each status, as on the page (timeline/figures/look.py); Okabe and Ito's colours, which
# people with colour vision deficiencies can tell apart.
_LOOKS: dict[Status, str] = {
    "held": 'fill="#0072B2" stroke="#0072B2"',
    "ongoing": 'fill="#0072B2" stroke="#0072B2"',
    "planned": 'fill="url(#planned)" stroke="#A86E00"',
    "proposed": 'fill="none" stroke="#A86E00" stroke-width="2" stroke-dasharray="2 2"',
    "cancelled": 'fill="url(#cancelled)" stroke="#767676"',
    "denied": 'fill="url(#denied)" stroke="#C25500"',
}
_PATTERNS = (
    '<defs><pattern id="planned" width="5" height="5" patternUnits="userSpaceOnUse">'
    '<path d="M0 5L5 0" stroke="#E69F00" stroke-width="2"/></pattern>'
    '<pattern id="cancelled" width="6" height="6" patternUnits="userSpaceOnUse">'
    '<path d="M0 0L6 6M0 6L6 0" stroke="#8A8A8A"/></pattern>'
    '<pattern id="denied" width="6" height="6" patternUnits="userSpaceOnUse">'
    '<path d="M0 0L6 6M0 6L6 0" stroke="#D55E00"/></pattern></defs>'
)
_STYLE = """
:root{color-scheme:light dark}
body{font:16px/1.5 system-ui,sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem}
table{border-collapse:collapse;width:100%}
th,td{text-align:left;vertical-align:top;padding:.3rem .6rem;border-bottom:1px solid #8886}
h2{margin-top:2.5rem}article{border-top:2px solid #8888;margin-top:1.5rem}
blockquote{margin:.5rem 0;padding:.3rem .8rem;border-left:.25rem solid #0072B2}
mark{background:#F0E442;color:#000}.disputed{color:#D55E00;font-weight:600}
small,.receipt{color:color-mix(in srgb,currentColor 75%,transparent)}code{word-break:break-all}
svg{width:100%;height:auto}svg text{font:12px system-ui,sans-serif;fill:currentColor}
"""
_LANES = 30
"""Actors with a lane of their own in the picture, the most frequent ones; the table has all."""


@dataclass(frozen=True, slots=True)
class Source:
    """An article in the manifest. ``id`` is the SHA-256 of its text with white space folded."""

    id: str
    title: str | None
    outlet: str | None
    url: str | None
    names: tuple[str, ...]
    published: str | None
    basis: str


def evidence_pack(
    events: Sequence[Event],
    *,
    sources: Sequence[Source],
    corrections: Sequence[Mapping[str, Any]] = (),
    settings: Mapping[str, str],
    title: str = "Belege",
    figure: str | None = None,
) -> bytes:
    """The pack as UTF-8 HTML; the same arguments give the same bytes.

    ``corrections`` are lines of the log as JSON values (id, at, who, action, target, before, after),
    ``settings`` whatever shall be told of how it was made: version, filter, time. ``figure`` is HTML that
    needs nothing from outside, such as Plotly's with the library inlined; without it a picture is drawn.
    """
    used = {claim.article for event in events for claim in event.claims}
    told = sorted((s for s in sources if s.id in used), key=lambda source: source.id)
    manifest = {
        "format": "diplomatic-timeline-evidence/1",
        "settings": dict(settings),
        "events": [event.id for event in events],
        "articles": [_source_json(source) for source in told],
        "corrections": [dict(entry) for entry in corrections],
    }
    script = "'unsafe-inline'" if figure else "'none'"
    policy = f"default-src 'none'; style-src 'unsafe-inline'; img-src data:; script-src {script}"
    known = {source.id: source for source in told}
    return "\n".join([
        "<!doctype html>",
        f'<html lang="de"><head><meta charset="utf-8"><title>{escape(title)}</title>',
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<style>{_STYLE}</style></head><body><main>",
        f"<h1>{escape(title)}</h1>",
        f"<p>{len(events)} Treffen aus {len(told)} Artikeln.</p>",
        _definitions(settings),
        "<h2>Zeitleiste</h2>",
        figure or _picture(events),
        "<h2>Tabelle</h2>",
        _table(events),
        "<h2>Belege</h2>",
        *(_details(event, known) for event in events),
        "<h2>Korrekturen</h2>",
        _corrections(corrections),
        "<h2>Verzeichnis der Artikel</h2>",
        _articles(told),
        f'<script type="application/json" id="manifest">{_json(manifest)}</script>',
        "</main></body></html>\n",
    ]).encode()  # fmt: skip


def pack_of_store(
    store: Store,
    query: Query,
    *,
    settings: Mapping[str, str],
    title: str = "Belege",
    figure: str | None = None,
) -> bytes:
    """The pack of the events that a query asks for, with their articles and the corrections to them.

    Raises:
        StoreError: the store cannot be read.
    """
    events = store.events(query)
    sources = [
        Source(row.id, row.title, row.outlet, row.url, row.sources, row.reference.value, row.reference.basis)
        for row in store.articles(deleted=True)
    ]
    concerned = {claim.id for event in events for claim in event.claims}
    concerned |= {actor.key for event in events for actor in event.participants}
    corrections = [
        {
            "id": entry.id, "at": entry.at, "who": entry.who, "action": entry.action, "target": entry.target,
            "before": dict(entry.before), "after": dict(entry.after),
        }
        for entry in reversed(store.log(limit=None))
        if entry.target in concerned
    ]  # fmt: skip
    return evidence_pack(
        events, sources=sources, corrections=corrections, settings=settings, title=title, figure=figure
    )


def _source_json(source: Source) -> dict[str, Any]:
    return {
        "sha256": source.id, "title": source.title, "outlet": source.outlet, "url": source.url,
        "names": list(source.names), "published": source.published, "basis": source.basis,
    }  # fmt: skip


def _json(value: object) -> str:
    """JSON that cannot end the element that it stands in (HTML, 4.12.1.3)."""
    return json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True).replace("<", "\\u003c")


def _definitions(pairs: Mapping[str, str]) -> str:
    rows = "".join(f"<tr><th>{escape(k)}</th><td>{escape(v)}</td></tr>" for k, v in pairs.items())
    return f"<table>{rows}</table>" if rows else ""


def _names(event: Event) -> str:
    return escape(", ".join(actor.name for actor in event.participants))


def _disputed(event: Event) -> str:
    if not event.disputed:
        return ""
    fields = ", ".join(_FIELDS[field] for field in sorted(event.disputed))
    return f' <span class="disputed">Quellen widersprechen sich: {fields}</span>'


def _table(events: Sequence[Event]) -> str:
    rows = [
        f'<tr><td><a href="#{escape(event.id)}">{escape(event.date or "undatiert")}</a></td>'
        f"<td>{KIND_WORDS[event.kind]}</td><td>{_names(event)}</td><td>{escape(event.place or '')}</td>"
        f"<td>{STATUS_WORDS[event.status]}</td><td>{event.sources}</td></tr>"
        for event in events
    ]
    heads = "".join(f"<th>{h}</th>" for h in ("Datum", "Art", "Beteiligte", "Ort", "Status", "Quellen"))
    return f"<table><thead><tr>{heads}</tr></thead><tbody>{''.join(rows)}</tbody></table>"


def _details(event: Event, sources: Mapping[str, Source]) -> str:
    place = f" in {escape(event.place)}" if event.place else ""
    history = "".join(
        f"<li>{escape(state.published or 'ohne Datum')}: {STATUS_WORDS[state.status]}"
        f"{', ' + escape(state.date) if state.date else ''}</li>"
        for state in event.history
    )
    edited = ", ".join(_FIELDS[field] for field in sorted(event.edited))
    return "".join([
        f'<article id="{escape(event.id)}"><h3>{KIND_WORDS[event.kind]}: {_names(event)}</h3>',
        f"<p>{escape(event.date or 'undatiert')}{place}, {STATUS_WORDS[event.status]}.{_disputed(event)}</p>",
        f"<p>Von Hand gesetzt: {edited}.</p>" if edited else "",
        "<p>Geprüft.</p>" if event.checked else "",
        f"<p>Verlauf:</p><ol>{history}</ol>" if len(event.history) > 1 else "",
        *(_claim(claim, sources.get(claim.article)) for claim in event.claims),
        "</article>",
    ])  # fmt: skip


def _claim(claim: Claim, source: Source | None) -> str:
    if source is None:
        return "<p>Von Hand eingetragen.</p>"
    meeting = claim.meeting
    quotes = "".join(
        f"<blockquote>{_marked(e.text, meeting.expression)} "
        f"<small>(Zeichen {e.start} bis {e.end})</small></blockquote>"
        for e in meeting.evidence
    )
    told = ", ".join(escape(part) for part in (source.title, source.outlet, claim.published) if part)
    basis = _BASES[claim.reference.basis]
    expression = f"„{escape(meeting.expression)}“" if meeting.expression else "aus dem Zusammenhang"
    rule = f", Regel {escape(meeting.timex.rule)}" if meeting.timex else ""
    receipt = (
        f'<p class="receipt">Zeitangabe: {expression} → {escape(meeting.date or "kein Datum")}{rule}; '
        f"Bezugsdatum {escape(claim.reference.value or 'unbekannt')} ({basis}); "
        f"Status {STATUS_WORDS[meeting.status]}; Regeln {escape(', '.join(meeting.rules) or '–')}</p>"
    )
    return f"<p>{told} <small><code>{escape(claim.article)}</code></small></p>{quotes}{receipt}"


def _marked(text: str, expression: str | None) -> str:
    if not expression or expression not in text:
        return escape(text)
    before, _, after = text.partition(expression)
    return f"{escape(before)}<mark>{escape(expression)}</mark>{escape(after)}"


def _corrections(entries: Sequence[Mapping[str, Any]]) -> str:
    if not entries:
        return "<p>Keine.</p>"
    columns = ("id", "at", "who", "action", "target", "before", "after")
    rows = "".join(
        "<tr>" + "".join(f"<td>{escape(_shown(entry.get(column)))}</td>" for column in columns) + "</tr>"
        for entry in entries
    )
    heads = "".join(
        f"<th>{h}</th>" for h in ("Nr.", "Wann (UTC)", "Wer", "Was", "Woran", "Vorher", "Nachher")
    )
    return f"<table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>"


def _shown(value: object) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, sort_keys=True)


def _articles(sources: Iterable[Source]) -> str:
    rows = "".join(
        f"<tr><td>{escape(s.title or '')}</td><td>{escape(s.outlet or '')}</td>"
        f"<td>{escape(s.published or 'unbekannt')} ({_BASES.get(s.basis, escape(s.basis))})</td>"
        f"<td>{escape(', '.join(s.names))}</td><td>{escape(s.url or '')}</td>"
        f"<td><code>{escape(s.id)}</code></td></tr>"
        for s in sources
    )
    heads = "".join(
        f"<th>{h}</th>" for h in ("Titel", "Medium", "Veröffentlicht", "Datei", "Adresse", "SHA-256")
    )
    return f"<table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>"


# The picture


def _picture(events: Sequence[Event]) -> str:
    """A timeline as SVG: one lane per actor, a bar over all days that an event may cover."""
    dated = [(event, *_shown_days(event)) for event in events if event.date]
    if not dated:
        return "<p>Keine datierten Treffen.</p>"
    low, high = min(first for _, first, _ in dated), max(last for _, _, last in dated)
    scale = 760 / max((high - low).days + 1, 1)
    counts: dict[str, int] = {}
    labels: dict[str, str] = {}
    for event, _, _ in dated:
        for actor in event.participants:
            counts[actor.key] = counts.get(actor.key, 0) + 1
            labels[actor.key] = actor.name
    lanes = sorted(counts, key=lambda key: (-counts[key], labels[key], key))[:_LANES]
    parts = []
    for number, key in enumerate(lanes):
        y = 20 + 24 * number
        parts.append(f'<text x="0" y="{y + 13}">{escape(labels[key][:28])}</text>')
        parts.append(f'<line x1="200" x2="960" y1="{y + 9}" y2="{y + 9}" stroke="#8886"/>')
        for event, first, last in dated:
            if any(actor.key == key for actor in event.participants):
                x = 200 + (first - low).days * scale
                width = max(((last - first).days + 1) * scale, 4)
                parts.append(_bar(event, x=x, y=y, width=width))
    bottom = 20 + 24 * len(lanes)
    for day in (low, high):
        x, anchor = (200, "start") if day == low else (960, "end")
        parts.append(f'<text x="{x}" y="{bottom + 16}" text-anchor="{anchor}">{day:%d.%m.%Y}</text>')
    label = "Zeitleiste; dieselben Treffen stehen in der Tabelle"
    shown: list[Status] = sorted({event.status for event, _, _ in dated}, key=STATUSES.index)
    for number, status in enumerate(shown):
        x = 130 * number
        parts.append(f'<rect x="{x}" y="{bottom + 28}" width="24" height="12" {_LOOKS[status]}/>')
        parts.append(f'<text x="{x + 30}" y="{bottom + 38}">{STATUS_WORDS[status]}</text>')
    size = f'viewBox="0 0 970 {bottom + 48}"'
    return f'<svg {size} role="img" aria-label="{label}">{_PATTERNS}{"".join(parts)}</svg>'


def _shown_days(event: Event) -> tuple[date, date]:
    first, last = first_and_last(event)
    end = last or first or date.min
    return first or end, end


def _bar(event: Event, *, x: float, y: int, width: float) -> str:
    vague = edtf.precision(event.date or "") not in ("day", "interval")
    style = _LOOKS[event.status] + (' fill-opacity="0.45"' if vague else "")
    tip = f"{event.date}: {', '.join(a.name for a in event.participants)}, {STATUS_WORDS[event.status]}"
    return (
        f'<a href="#{escape(event.id)}"><rect x="{x:.1f}" y="{y + 2}" width="{width:.1f}" height="14" rx="2" '
        f"{style}><title>{escape(tip)}</title></rect></a>"
    )
