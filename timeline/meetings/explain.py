"""Why a row stands in the event table: its sentences with actors, dates, places and triggers marked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import TYPE_CHECKING

from timeline.actors import find_mentions, find_places
from timeline.meetings.frames import Frame, frames
from timeline.model import Evidence, Meeting, Timex

if TYPE_CHECKING:
    from spacy.tokens import Doc

_REASONS = {
    "status:past": "a past tense: held",
    "status:after": "told as over ('nach ...'): held",
    "status:date": "the date against the reference date",
    "status:modal": "a modal verb or future: planned",
    "status:conditional": "a conditional: proposed",
    "status:negated": "negated or denied",
    "status:arrival": "an arrival of these days: under way",
    "status:stays": "a stay in the present: under way",
    "status:infinitive": "an infinitive that the main verb puts ahead",
    "status:purpose": "the purpose of a journey",
    "status:purpose-past": "the purpose of something done",
    "status:frame": "the verb itself",
    "status:adjunct": "told beside something else",
    "status:before": "told as ahead ('vor ...')",
    "status:present": "a present tense",
    "status:was-to": "'sollte' or 'wollte': planned, unless it was called off",
    "status:was-meant": "'eigentlich' or 'ursprünglich' was to be: called off",
    "status:at-first": "only at first refused: it came about",
    "status:process": "a talk that takes its time, in the present: under way",
    "status:broken-off": "begun and ended without result: held",
    "status:unreal": "'hätte ... sollen': it did not come about",
    "status:begins": "it begins on the reference date: under way",
    "status:headline": "a headline's present: held, unless the text says otherwise",
    "status:of-visit": "the visit that it belongs to was called off",
    "status:cancelled": "words of calling off or putting off",
    "status:denied": "words of denying",
    "status:proposed": "words of proposing, asking or offering",
    "status:planned": "words of planning",
    "status:accepted": "an invitation that was accepted: planned",
    "status:whether": "only asked ('ob ...'): proposed",
    "status:ongoing": "words of going on",
    "date:news": "no date in the text: the week up to the reference date",
    "date:inherited": "the date of the visit or summit that it belongs to",
    "date:reference": "under way, start unknown: the reference date",
    "date:alongside": "the day of another encounter of the same person, told close to it",
    "date:talks": "the dates of the talks that it consists of",
    "date:beside": "a day of the past week in the sentence before, of the same person",
    "date:same": "the date of the encounter told just before",
    "date:there": "the day of the sentence before, to which 'dort' points back",
    "implied-since": "'the first since ...' tells of an earlier one",
    "put-off": "'auf ... verschoben': planned at the new date",
    "spare-party": "a party that only the rest of the article tells",
    "next-session": "a further round or summit of the parties told before",
    "led-by": "'unter Leitung von ...': a third party leads",
    "margin": "'am Rande' of what was told before",
    "mediator": "a talk of the one who mediates",
    "received": "who receives a guest of another state at home is visited",
    "mediates": "who mediates in the talks told before",
    "return-visit": "a visit of the one who was the host before",
    "anew": "'ein Treffen' ahead, of those told before",
    "by-phone": "told beside a call of the same person, without a place",
    "at-one-place": "persons of two sides act together at one place",
    "abroad": "what a politician does in a town of another state",
    "headline": "a line without a verb: a guest beside his host or a place abroad",
    "session": "a body's ministers or leaders act in a town, or decide on a day",
    "attendants": "the sentences after say who takes part",
    "attends": "who took part in the summit told before",
    "named-after": "the next sentence names the persons of the same states",
    "host": "who is called the host of what was told before",
    "heading": "the date in the heading above",
    "remark": "'Es war der erste Besuch ...' says more of what was told before",
    "likened": "a comparison ('wie schon ...') tells of another's",
}


def _spans(
    doc: Doc, meeting: Meeting, timexes: Iterable[Timex], on: date | None
) -> list[tuple[int, int, str]]:
    """What to mark, as characters of the text with a label; the longer of two overlapping spans wins."""
    own = [f for f in frames() if f"frame:{f.id}" in meeting.rules]
    spans = [(m.start, m.end, "=" + ", ".join(a.name for a in m.actors)) for m in find_mentions(doc, on)]
    spans += [(t.start, t.end, f"={t.edtf or t.value}") for t in timexes]
    spans += [(p.start, p.end, "@" + p.place.name) for p in find_places(doc)]
    spans += [(t.idx, t.idx + len(t), "!" + f.id) for t in doc for f in own if _is_form(f, t.lower_)]
    chosen: list[tuple[int, int, str]] = []
    for span in sorted(spans, key=lambda s: (s[0] - s[1], s[0])):
        if all(span[1] <= start or end <= span[0] for start, end, _ in chosen):
            chosen.append(span)
    return sorted(chosen)


def _is_form(frame: Frame, word: str) -> bool:
    if frame.noun is not None:
        return bool(frame.noun.fullmatch(word) or frame.noun.fullmatch(word.rsplit("-", 1)[-1]))
    return any(word in words for _, words in frame.verb)


def _marked(evidence: Evidence, spans: Sequence[tuple[int, int, str]]) -> str:
    text, at = "", evidence.start
    offset = evidence.start
    for start, end, label in spans:
        if evidence.start <= start and end <= evidence.end:
            text += evidence.text[at - offset : start - offset]
            text += f"[{evidence.text[start - offset : end - offset]} {label}]"
            at = end
    return text + evidence.text[at - offset :]


def _heading(number: int, meeting: Meeting) -> str:
    parties = ", ".join(f"{a.name} ({a.country or '-'})" for a in meeting.participants)
    where = f"{meeting.place} ({meeting.country or '-'})" if meeting.place else "no place told"
    told = f' "{meeting.expression}"' if meeting.expression else ""
    when = meeting.date or "no date told"
    return f"{number}. {meeting.kind}, {meeting.status}: {parties}; {where}; {when}{told}"


def explain(doc: Doc, meetings: Sequence[Meeting], timexes: Sequence[Timex], on: date | None) -> str:
    """For each row a heading, its sentences with marks, and a line per reason; plain text.

    Marks: ``[words =Name]`` an actor or a date with its value, ``[words @Place]`` a place, ``[word !frame]``
    the trigger. ``on`` is the day that office-holders were looked up for.
    """
    blocks = []
    for number, meeting in enumerate(meetings, 1):
        spans = _spans(doc, meeting, timexes, on)
        lines = [_heading(number, meeting)]
        lines += [f"   > {_marked(evidence, spans)}" for evidence in meeting.evidence]
        lines += [f"   - {rule}: {_reason(rule)}" for rule in meeting.rules]
        blocks.append("\n".join(lines))
    return "\n\n".join(blocks) if blocks else "No meeting found."


def _reason(rule: str) -> str:
    if rule.startswith("frame:"):
        frame = next(f for f in frames() if f.id == rule.removeprefix("frame:"))
        return f"the {'noun' if frame.noun else 'verb'} of a {frame.kind}"
    return _REASONS[rule]
