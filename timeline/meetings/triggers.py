"""Finds the words of a sentence that tell a meeting: verbs in the right form, nouns, with their frames."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from timeline.meetings.clauses import Clause, is_noun
from timeline.meetings.frames import Form, Frame, marks, noun_frames, verb_frames
from timeline.meetings.grammar import grammar
from timeline.meetings.roles import Scene
from timeline.meetings.sides import compound_place

Mood = Literal["held", "planned", "proposed", "present", "none"]


@dataclass(frozen=True, slots=True)
class Trigger:
    """A word that tells a meeting. ``mood`` is what the verb's form says of its time; nouns have "none"."""

    frame: Frame
    token: int
    clause: int
    mood: Mood
    passive: bool = False


def _separated(clause: Clause, verb: int, scene: Scene) -> str | None:
    """The separated particle behind a finite verb: the clause's last word, or one before "und" or a comma."""
    lower, particles, behind = scene.words.lower, grammar().particles, grammar().after_particle
    tokens = [i for i in clause.tokens if i > verb]
    for n, i in enumerate(tokens):
        if lower[i] not in particles:
            continue
        after = tokens[n + 1] if n + 1 < len(tokens) else None
        # a preposition has its noun behind it, a particle the end of its stretch
        if after is None or after != i + 1 or not lower[after][0].isalnum() or lower[after] in behind:
            return lower[i]
    return None


def _in_perfect(i: int, clause: Clause, scene: Scene) -> bool:
    """Whether the infinitive is done in the perfect of another verb.

    As in "hat den Botschafter zitieren lassen", "haben sich einigen können".
    """
    lower, words = scene.words.lower, grammar()
    finite = lower[clause.finite] if clause.finite is not None else ""
    return finite in words.have and bool(set(lower[i + 1 : i + 2]) & words.replacing)


def _mood(form: Form, clause: Clause, scene: Scene) -> Mood:
    if form == "past":
        return "held"
    if form == "present":
        return "present"
    verb = scene.words.lower[clause.finite] if clause.finite is not None else ""
    words = grammar()
    if form == "infinitive" and (verb in words.past_modal or verb in words.causative):
        return "held" if verb in words.past or verb in words.past_modal else "present"
    if form == "participle":
        if clause.finite is None and clause.kind == "main":
            return "held"  # a headline: "Merkel in Athen eingetroffen"
        if clause.tense in ("past", "pluperfect") or verb in words.have or verb in words.be:
            return "held"
        if verb in words.passive:
            return "held" if verb.startswith("wurd") else "planned" if clause.tense == "future" else "present"
        return "held" if clause.tense == "modal" else "none"
    if form == "infinitive" and verb in words.have:
        return "held"
    if verb in words.future and form == "infinitive":
        return "planned"
    if clause.tense == "conditional" and verb not in ("sollte", "sollten"):
        return "proposed"
    if clause.tense in ("modal", "future", "conditional"):
        return "planned"
    return "none"


def _verb_form(frame: Frame, form: Form, i: int, clause: Clause, scene: Scene) -> Form | None:
    """The form in which the token can be the frame's verb here, None if it cannot."""
    lower, words = scene.words.lower, grammar()
    word = lower[i]
    finite_form = form in ("present", "past")
    verb = lower[clause.finite] if clause.finite is not None else ""
    modal = verb in words.with_infinitive or verb in words.past_modal or verb in words.causative
    if finite_form and not (i == clause.finite or (clause.finite is None and clause.kind != "infinitive")):
        return None
    if not finite_form and i == clause.finite:
        return None
    if form == "infinitive" and not (
        modal
        or clause.kind == "infinitive"
        or clause.finite is None
        or lower[i - 1] == "zu"
        or _in_perfect(i, clause, scene)
    ):
        return None
    if form == "participle" and clause.finite is not None and not (modal or verb in words.with_participle):
        return None
    if form == "participle" and verb in words.modal and "haben" not in {lower[t] for t in clause.tokens}:
        return None
    if finite_form:
        part = _separated(clause, i, scene)
        joined = any(word.startswith(p) for p in frame.particle)
        if frame.particle and word not in frame.bare_forms and not joined:
            return form if part in frame.particle else None
        if part is not None and not frame.particle and part not in ("wieder", "weiter"):
            return None
    return form


def _let_happen(form: Form, clause: Clause, scene: Scene) -> bool:
    """Whether the subject has it done to himself: "ließ sich von X empfangen", as good as a passive."""
    verb = scene.words.lower[clause.finite] if clause.finite is not None else ""
    return (
        form == "infinitive"
        and verb in grammar().causative
        and "sich" in {scene.words.lower[i] for i in clause.tokens}
    )


def _is_done_to(frame: Frame, i: int, clause: int, scene: Scene) -> bool:
    """Whether the infinitive is a participle after all.

    Somebody does it ("wird am Montag von X empfangen"), or nobody but the subject is told ("wird in Wien
    empfangen").
    """
    lower = scene.words.lower
    finite = scene.clauses[clause].finite
    alike = any(form == "participle" and lower[i] in words for form, words in frame.verb)
    if finite is None or not alike or lower[finite] not in grammar().future:
        return False
    bare = [s for s in scene.slots if s.clause == clause and not s.prep and s.head is None]
    alone = "object" in frame.parties and len(bare) == 1 and len(bare[0].mention.actors) == 1
    return alone or any(s.clause == clause and s.prep == "von" for s in scene.slots)


def _fits(frame: Frame, text: str) -> bool:
    if frame.with_ is not None and not frame.with_.search(text):
        return False
    return frame.without is None or not frame.without.search(text)


@lru_cache(maxsize=65536)
def is_trigger(word: str) -> bool:
    """Whether the word, as written, could tell a meeting: a form of a frame's verb, its mark, or a noun."""
    lower = word.lower()
    if word[:1].islower():
        return any(frame.marks is None for frame, _ in verb_frames(word)) or marks(word)
    opening = any(form == "participle" and frame.marks is None for frame, form in verb_frames(lower))
    return opening or bool(noun_frames(lower)) or compound_place(lower) is not None or marks(lower)


@lru_cache(maxsize=65536)
def is_session(word: str, *, alone: bool = False) -> bool:
    """Whether the word tells a summit, a round or a call whose parties other sentences may name.

    With ``alone``, whether it tells by itself which body meets ("Weltfrauenkonferenz").
    """
    return word[:1].isupper() and any(
        f.kind in ("summit", "negotiation", "call") and (f.body is not None or not alone)
        for f in noun_frames(word.lower())
    )


def triggers(scene: Scene) -> list[Trigger]:
    """The triggers of a sentence in the order of its words."""
    found: list[Trigger] = []
    lower, raw = scene.words.lower, scene.words.raw
    names = {i for s in scene.slots for i in range(s.first, s.last)}
    for number, clause in enumerate(scene.clauses):
        text: str | None = None
        for i in clause.tokens:
            word = lower[i]
            if is_noun(raw[i]) or "-" in word:
                session = i in names and not _is_compound(scene, i)
                journey = "" if compound_place(word) is None else "reise" if "reise" in word else "besuch"
                for frame in noun_frames(journey or word):
                    if session and frame.kind != "summit":
                        continue  # a name, unless that of a body in session ("UN-Vollversammlung")
                    text = scene.text(number) if text is None else text
                    if _fits(frame, text):
                        found.append(Trigger(frame, i, number, "none"))
            if raw[i][0].islower() or i == scene.start:
                seen: set[str] = set()
                for frame, form in verb_frames(word):
                    if frame.id in seen or _verb_form(frame, form, i, clause, scene) is None:
                        continue
                    text = scene.text(number) if text is None else text
                    if _fits(frame, text):
                        seen.add(frame.id)
                        passive = (
                            form == "participle"
                            and clause.finite is not None
                            and lower[clause.finite] in grammar().passive
                        )
                        passive = passive or "worden" in text or _let_happen(form, clause, scene)
                        passive = passive or (form == "infinitive" and _is_done_to(frame, i, number, scene))
                        found.append(Trigger(frame, i, number, _mood(form, clause, scene), passive))
    return found


def _is_compound(scene: Scene, token: int) -> bool:
    """Whether a name is only the left part of the token, as in "Merkel-Besuch"."""
    begin = scene.words.offsets[token]
    end = begin + len(scene.words.raw[token])
    covering = [s for s in scene.slots if s.first <= token < s.last]
    return all(s.mention.end < end for s in covering if s.first == token)
