"""Whether a meeting was held, is under way, planned, proposed, called off or denied."""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import cast

from timeline.language import LanguageError, read_toml
from timeline.meetings.clauses import Clause
from timeline.meetings.frames import noun_frames
from timeline.meetings.grammar import grammar, patterns
from timeline.meetings.roles import Scene, TimeSlot
from timeline.meetings.triggers import Trigger
from timeline.model import STATUSES, Status

_RECENT = 2
"""Days for which what "has begun" is taken to go on."""

_PROCESSES = frozenset(["negotiation", "mediation"])
"""Kinds that take their time: who "verhandelt" without a date does so now."""

LASTING = frozenset(["beraten", "tagen"])
"""Frames of other kinds that go on for days all the same: "die bis Freitag tagen"."""

_WAY = 3
"""Words at most between "auf dem Weg" and where it leads."""

_PHRASE = 10
"""Words at most between a preposition and its noun."""

_TABLE = "languages/de/meetings/status.toml"


@dataclass(frozen=True, slots=True)
class Cue:
    """Words that give a status; ``yes`` and ``no`` are examples, run by the tests."""

    id: str
    status: Status
    find: re.Pattern[str]
    yes: tuple[str, ...]
    no: tuple[str, ...]


@lru_cache(maxsize=1)
def cues() -> tuple[Cue, ...]:
    """The cues in order of precedence.

    Raises:
        LanguageError: the table is wrong; the message names the rule.
    """
    found = []
    for rule in read_toml(_TABLE)["rule"]:
        where = f"{_TABLE}, rule {rule.get('id')!r}"
        if set(rule) != {"id", "status", "scope", "find", "yes", "no"}:
            raise LanguageError(f"{where}: wrong or missing keys")
        if rule["status"] not in STATUSES:
            raise LanguageError(f"{where}: unknown status {rule['status']!r}")
        try:
            pattern = re.compile(rule["find"], re.IGNORECASE)
        except re.error as error:
            raise LanguageError(f"{where}: {error}") from error
        found.append(Cue(rule["id"], rule["status"], pattern, tuple(rule["yes"]), tuple(rule["no"])))
    return tuple(found)


def cue_in(text: str, wanted: frozenset[str] | None = None) -> Cue | None:
    """The first cue that the text holds, of the wanted ids if given."""
    return next((c for c in cues() if (wanted is None or c.id in wanted) and c.find.search(text)), None)


def _parent_text(scene: Scene, clause: int) -> str:
    """The words of the clause that this one depends on, also without "dass": "..., er werde X treffen"."""
    own = scene.clauses[clause]
    if own.parent is None and clause and own.finite is not None:
        reported = scene.words.lower[own.finite] in grammar().reported
        return scene.text(clause - 1) if reported and scene.words.lower[own.tokens[0] - 1] == "," else ""
    return scene.text(own.parent) if own.parent is not None else ""


def by_date(time: TimeSlot | None, on: date | None) -> Status | None:
    """What the date alone says: a day after the reference date lies ahead, an open beginning is under way."""
    if time is None or on is None:
        return None
    timex = time.timex
    if timex.first is not None and timex.first > on:
        return "planned"
    if timex.last is not None and timex.last < on:
        return "held"
    if timex.edtf and timex.edtf.endswith("/.."):
        return "ongoing"
    return None


def awaited(time: TimeSlot, scene: Scene) -> bool:
    """Whether a date is one ahead whatever the tense: "setzte für Donnerstag ein Treffen an"."""
    lower = scene.words.lower
    first = time.first - (lower[time.first - 1] in grammar().determiners)  # "für den Herbst"
    before = lower[max(scene.start, first - 1) : time.first + 1]
    return "für" in before and (time.timex.rule == "weekday" or time.timex.basis == "tense")


def is_aim(trigger: Trigger, scene: Scene) -> bool:
    """Whether "auf" puts the noun ahead as what is wished for or agreed: "drängt auf ein Treffen".

    Where something happens stands in the dative ("auf dem Gipfel"), save behind "bestehen auf".
    """
    lower = scene.words.lower
    before = range(trigger.token - 1, max(scene.start, trigger.token - _PHRASE) - 1, -1)
    on = next((i for i in before if lower[i] == "auf"), None)
    if on is None:
        return False
    located = lower[on + 1] in grammar().datives
    return not located or patterns()["insists"].search(scene.text(trigger.clause)) is not None


def _came_next(time: TimeSlot | None, above: int | None, scene: Scene, on: date | None) -> bool:
    """Whether the weekday followed upon what was done: "flog am Sonntag hin, um am Montag X zu treffen"."""
    if time is None or time.timex.rule != "weekday" or time.timex.first is None or on is None:
        return False
    last_week = time.timex.first - timedelta(days=7)
    done = (x.timex.first for x in scene.times if x.clause == above and x.timex.first is not None)
    return any(day <= last_week <= on for day in done)


def _falls_through(trigger: Trigger, scene: Scene) -> bool:
    """Whether the relative clause at the end calls it off: "ein Treffen angesetzt, das nun entfällt"."""
    if trigger.clause + 1 >= len(scene.clauses):
        return False
    behind = scene.clauses[trigger.clause + 1]
    lead = scene.words.lower[behind.tokens[0]]
    whole = behind.kind == "relative" and lead in grammar().nominatives and len(behind.tokens) <= _PHRASE
    return whole and cue_in(scene.text(trigger.clause + 1), frozenset(["cancelled"])) is not None


def on_the_way(trigger: Trigger, scene: Scene) -> bool:
    """Whether somebody is only under way to it: "auf dem Weg zum Gipfel machte er in X Station"."""
    before = scene.words.lower[max(scene.start, trigger.token - _WAY) : trigger.token]
    return "weg" in before and bool(grammar().aims & set(before))


def is_long_after(trigger: Trigger, scene: Scene) -> bool:
    """Whether a span of time tells how long it is over: "ein Jahr nach seinem Besuch will er ..."."""
    lower = scene.words.lower
    before = range(trigger.token - 1, max(scene.start, trigger.token - _PHRASE), -1)
    after = next((i for i in before if lower[i] == "nach"), scene.start)
    return after > scene.start and lower[after - 1] in grammar().units


def is_next(time: TimeSlot, on: date | None) -> bool:
    """Whether a weekday beside a verb in the present was taken for the last: its tense was not understood."""
    first = time.timex.first
    unsure = time.timex.rule == "weekday" and time.timex.basis == "reference"
    return unsure and on is not None and first is not None and first < on


def _settled(time: TimeSlot) -> bool:
    """Whether a date lies where it does whatever the tense of the verb beside it."""
    return time.timex.basis != "tense"


def _in_past_clause(time: TimeSlot | None, scene: Scene) -> bool:
    """Whether a weekday stands in a past clause whose bracket is longer than the tense of dates looks."""
    if time is None or time.timex.rule != "weekday":
        return False
    clause = scene.clauses[time.clause]
    if clause.tense != "past" or clause.finite is None:
        return False
    between = scene.words.lower[min(time.first, clause.finite) : max(time.first, clause.finite)]
    return not {";", ":", "–"} & set(between)


def was_wanted(clause: Clause, scene: Scene) -> bool:
    """Whether it was only wanted or due: "hatte X treffen wollen", "hätte X treffen sollen"."""
    lower, words = scene.words.lower, grammar()
    if clause.finite is None or lower[clause.finite] not in words.have:
        return False
    sharing = (c for c in scene.clauses if c.finite == clause.finite)  # "hätte landen und X treffen sollen"
    return any(lower[i] in words.wanted for c in sharing for i in c.tokens)


def _in_doubt(scene: Scene, clause: int) -> bool:
    """Whether the clause only asks: "Ob sich X und Y im Mai sehen, ist offen"."""
    return scene.words.lower[scene.clauses[clause].tokens[0]] == "ob"


def _is_headline(scene: Scene) -> bool:
    """Whether the sentence has no full stop, as headlines have none."""
    last = next((w for w in reversed(scene.words.lower[scene.start : scene.end]) if w.strip()), "")
    return last not in (".", "!", "?", "“", '"')


def _broken_off(around: str, text: str) -> bool:
    """Whether a round came about and ended without result: that is held (event table, section 2)."""
    return bool(patterns()["started"].search(around) or patterns()["without_result"].search(text))


def _negates(trigger: Trigger, scene: Scene) -> bool:
    """Whether the clause denies the verb itself, not only how, when, where or about what it was."""
    clause, lower, words = scene.clauses[trigger.clause], scene.words.lower, grammar()
    if not clause.negated:
        return False
    for i in clause.tokens:
        if lower[i] in words.never:
            return True
        if lower[i] == "nicht" and _of_the_verb(i, scene):
            return True
        if lower[i].startswith("kein") and lower[i] in words.negations and _nobody(i, scene):
            return True
    return False


def _of_the_verb(negation: int, scene: Scene) -> bool:
    """Whether "nicht" denies the verb: before it, before its goal or its party, not before another phrase.

    "reist nicht nach Rom", "spricht nicht mit X"; but "sprach nicht über Rom", "kam nicht mit leeren Händen".
    """
    lower, words = scene.words.lower, grammar()
    after = lower[negation + 1 : min(negation + 5, scene.end)]
    if not after:
        return True
    if after[0] in words.focus or ("mal" in after and after[0] in words.before_times):
        return False
    if "sondern" in lower[negation : scene.end]:
        contrast = lower.index("sondern", negation) + 1
        following = lower[contrast : contrast + 2]
        if set(following) & words.prepositions or any(p.first == contrast for p in scene.places):
            return False  # "nicht in Rom, sondern in Minsk"; but not "nicht nach Rom, sondern schickt ..."
    if after[0] not in words.of_party:
        return after[0] not in words.matters
    end = min(negation + 7, scene.end)
    end = next((i for i in range(negation + 2, end) if lower[i] in words.prepositions), end)
    phrase = range(negation + 1, end)
    return any(x.first in phrase for x in scene.spans())


def _nobody(negation: int, scene: Scene) -> bool:
    """Whether "kein" denies a party or the talk itself: "traf keinen Minister", not "keine zwei Stunden"."""
    for i in range(negation + 1, min(negation + 5, scene.end)):
        if scene.words.raw[i][0].isupper():
            party = (
                any(s.first <= i < s.last for s in scene.slots) or scene.words.lower[i] in grammar().official
            )
            # A frame that needs more words, as "zwei Stunden bei", does not make its noun a talk.
            return party or any(frame.with_ is None for frame in noun_frames(scene.words.lower[i]))
    return False


def verb_status(trigger: Trigger, scene: Scene, time: TimeSlot | None, on: date | None) -> tuple[Status, str]:
    """The status of a meeting told by a verb, and the id of the rule that says so."""
    clause, words = scene.clauses[trigger.clause], grammar()
    text = scene.text(trigger.clause)
    above = _parent_text(scene, trigger.clause)
    dated = by_date(time, on)
    cancelled = cue_in(text, frozenset(["cancelled"])) if trigger.frame.particle != {"ab"} else None
    if cancelled and trigger.mood != "held":
        return "cancelled", "status:cancelled"
    said = {scene.words.lower[i] for i in clause.tokens}
    negated = _negates(trigger, scene)
    refused = above if not said & words.was_to else f"{above} {text}"
    if negated and trigger.mood != "held" and patterns()["at_first"].search(refused):
        return "held", "status:at-first"
    if negated and patterns()["as_planned"].search(text):
        return "cancelled", "status:cancelled"
    if negated and trigger.frame.needs == "agreement" and trigger.mood == "held":
        return "held", "status:past"  # they met, though they did not agree
    if negated or (clause.kind not in ("infinitive", "relative") and patterns()["denies"].search(above)):
        return "denied", "status:negated"
    if was_wanted(clause, scene):
        return "cancelled", "status:unreal"
    if trigger.frame.status in ("proposed", "planned", "cancelled"):
        return cast("Status", trigger.frame.status), "status:frame"
    if trigger.frame.status == "expected" and trigger.mood == "held":
        return "planned", "status:frame"  # "wurde am Abend in Rom erwartet"
    if clause.kind == "infinitive":
        done = scene.clauses[clause.parent or 0].tense in ("past", "pluperfect")
        if done and "um" in text.lower().split()[:2]:
            ahead = dated == "planned" and not _came_next(time, clause.parent, scene, on)
            return ("planned" if ahead else "held"), "status:purpose-past"
        cue = cue_in(above)
        if cue is not None and cue.status in ("cancelled", "denied", "proposed", "planned"):
            return cue.status, f"status:{cue.id}"
        return ("held" if dated == "held" else "planned"), "status:infinitive"
    if trigger.frame.status == "arrival" and trigger.mood in ("held", "present"):
        if said & words.was and not said & {"bereits", "schon"}:
            return "held", "status:past"  # pluperfect: something else has happened since
        stays = scene.words.lower[trigger.token] in words.stays
        if trigger.mood == "present" and dated != "planned" and stays:
            return "ongoing", "status:stays"
        recent = (
            time is None or time.timex.first is None or on is None or 0 <= (on - time.timex.first).days <= 3
        )
        if dated == "planned":
            return "planned", "status:date"
        return ("ongoing" if recent else "held"), "status:arrival"
    if trigger.mood == "held":
        if trigger.frame.kind == "summons" and time is not None and awaited(time, scene):
            return "planned", "status:date"  # "hat den Botschafter für Freitag einbestellt"
        return "held", "status:past"
    if _in_doubt(scene, trigger.clause) and dated != "held":
        return "proposed", "status:whether"
    if trigger.mood == "proposed":
        return "proposed", "status:conditional"
    if trigger.mood == "planned":
        if patterns()["maybe"].search(text) or patterns()["willed"].search(text):
            return "proposed", "status:proposed"
        if said & words.was_to:
            meant = time is not None and patterns()["was_meant"].search(text)
            return ("cancelled", "status:was-meant") if meant else ("planned", "status:was-to")
        return "planned", "status:modal"
    if trigger.mood == "present":
        cue = cue_in(text, frozenset(["ongoing", "planned"]))
        if cue is not None:
            return cue.status, f"status:{cue.id}"
        if patterns()["maybe"].search(text) and dated != "held":
            return "proposed", "status:proposed"
        if time is not None and is_next(time, on):
            return "planned", "status:present"
        if dated is not None:
            return dated, "status:date"
        if time is None and scene.number == 0 and _is_headline(scene):
            return "held", "status:headline"
        lasts = trigger.frame.kind in _PROCESSES or trigger.frame.id in LASTING
        lasts = lasts or (trigger.frame.kind == "visit" and "bis" in said)
        if time is None and lasts and not said & words.later:
            return "ongoing", "status:process"
        return "planned", "status:present"
    return (dated or "held"), "status:date"


@dataclass(frozen=True, slots=True)
class _Noun:
    """A noun that tells a meeting, behind ``prep`` (empty: subject or object), with what stands around it.

    ``dated`` is what its date alone says, ``text`` its clause, ``around`` the words up to it.
    """

    trigger: Trigger
    scene: Scene
    prep: str
    time: TimeSlot | None
    on: date | None
    clause: Clause
    text: str
    around: str
    dated: Status | None

    @property
    def over(self) -> bool:
        """Whether the clause tells something past."""
        return self.clause.tense in ("past", "pluperfect")

    def says(self, pattern: str) -> bool:
        """Whether the clause has the pattern of that name."""
        return patterns()[pattern].search(self.text) is not None


def noun_status(
    trigger: Trigger, scene: Scene, prep: str, time: TimeSlot | None, on: date | None
) -> tuple[Status, str]:
    """The status of a meeting told by a noun that stands behind ``prep`` (empty: subject or object)."""
    clause = scene.clauses[trigger.clause]
    dated = by_date(time, on)
    if time is not None and awaited(time, scene) and dated != "planned":
        dated = None  # its year or week is open
    before = (i for i in clause.tokens if trigger.token - 6 <= i <= trigger.token and i != clause.finite)
    around = " ".join(scene.words.raw[i] for i in before)
    noun = _Noun(trigger, scene, prep, time, on, clause, scene.text(trigger.clause), around, dated)
    told = _as_aim(noun)
    if told is None and prep in grammar().adjunct:
        return _as_adjunct(noun)
    return told or _by_words(noun) or _by_tense(noun)


def _as_aim(noun: _Noun) -> tuple[Status, str] | None:
    """What "auf" or "in" before the noun says of its coming about."""
    time, dated = noun.time, noun.dated
    if noun.prep == "auf" and cue_in(noun.text, frozenset(["cancelled"])) is not None:
        return "cancelled", "status:cancelled"
    behind = time is not None and noun.trigger.token < time.first and not _settled(time)
    if noun.prep == "auf" and (dated != "held" or behind) and is_aim(noun.trigger, noun.scene):
        if noun.says("wishes"):
            return "proposed", "status:proposed"
        if noun.says("settles"):
            return "planned", "status:planned"
    if dated != "held" and on_the_way(noun.trigger, noun.scene):
        return "planned", "status:purpose"
    if noun.prep == "in" and dated is None and noun.clause.tense == "present" and noun.says("engaged"):
        return "ongoing", "status:ongoing"
    return None


def _as_adjunct(noun: _Noun) -> tuple[Status, str]:
    """The status of what something else is told beside: "nach dem Treffen sagte er"."""
    prep, dated, clause = noun.prep, noun.dated, noun.clause
    near = cue_in(noun.around)
    planned = near is not None and near.status == "planned"
    ahead = clause.tense in ("modal", "future")
    if near is not None and near.id == "cancelled":
        return near.status, f"status:{near.id}"
    long_after = dated != "planned" and is_long_after(noun.trigger, noun.scene)
    if prep == "nach" and (long_after or (dated == "planned" and noun.over)):
        return "held", "status:after"
    if prep == "nach" and noun.over and patterns()["had_plan"].search(noun.around) is None:
        return "held", "status:after"  # "das kündigten sie nach einem Gespräch an"
    if prep == "vor":
        if planned:
            return "planned", "status:planned"
        return ("held" if dated == "held" else "planned"), "status:before"
    gone = prep == "bei" and dated != "planned" and noun.over
    if planned and dated != "held" and not gone:
        return "planned", "status:planned"
    if prep == "nach" and dated != "planned" and not ahead:
        return "held", "status:after"
    if ahead and dated != "held":
        return "planned", "status:modal"
    if clause.tense == "conditional" and dated != "held":
        return "planned", "status:conditional"
    if clause.kind == "infinitive" and dated != "held":
        parent = noun.scene.clauses[clause.parent] if clause.parent is not None else clause
        above = _parent_text(noun.scene, noun.trigger.clause)
        cue = cue_in(above, frozenset(["planned", "proposed"]))
        if cue is not None or parent.tense in ("modal", "future"):
            return "planned", "status:infinitive"
    if dated == "planned" and _in_past_clause(noun.time, noun.scene):
        return "held", "status:past"
    if dated is not None:
        return dated, "status:date"
    said = {noun.scene.words.lower[i] for i in clause.tokens}
    if clause.tense == "present" and said & grammar().takes_part:
        return "planned", "status:present"  # "An dem Gipfel nimmt er teil"
    return "held", "status:past" if noun.over else "status:adjunct"


def _by_words(noun: _Noun) -> tuple[Status, str] | None:
    """What the words around the noun say: asked, wished, planned, called off, denied."""
    clause, time, dated, trigger = noun.clause, noun.time, noun.dated, noun.trigger
    if _verb(noun) in grammar().was_to and time is not None and noun.says("was_meant"):
        return "cancelled", "status:was-meant"
    if _in_doubt(noun.scene, trigger.clause) and dated != "held" and not noun.over:
        return "proposed", "status:whether"
    if dated != "held" and clause.tense in ("modal", "conditional") and noun.says("willed"):
        return "proposed", "status:proposed"
    if _falls_through(trigger, noun.scene):
        return "cancelled", "status:cancelled"
    above = _parent_text(noun.scene, trigger.clause) if clause.kind == "infinitive" else ""
    cue = cue_in(noun.text) or cue_in(above)
    if cue is None:
        return None
    had_plan = patterns()["had_plan"].search(noun.around) is not None
    came_about = noun.over and dated != "planned" and noun.says("took_place")
    if came_about and (cue.status == "planned" or (cue.status == "cancelled" and not clause.negated)):
        return "held", "status:past"  # "Das mehrfach verschobene Treffen fand am Montag statt"
    if cue.status == "planned" and noun.says("was_planned"):
        return "planned", "status:was-to"
    if cue.status in ("planned", "proposed") and dated == "held" and time is not None:
        open_ = clause.kind == "infinitive" and not _settled(time)  # "ihn zum Gipfel im Juni einzuladen"
        if not open_ and (clause.finite is None or clause.finite > max(time.last, trigger.token)):
            return "held", "status:date"  # "die im Januar erzielte Einigung könnte ..."
    if had_plan and time is not None and noun.says("made_up") and patterns()["was_meant"].search(noun.around):
        return "cancelled", "status:was-meant"  # "Der ursprünglich für März geplante Besuch soll ..."
    if cue.status == "denied" and had_plan:
        return "cancelled", "status:cancelled"
    if cue.status == "cancelled" and _broken_off(noun.around, noun.text):
        return "held", "status:broken-off"
    if noun.over and dated == "held" and cue.status == "planned":
        return None
    if noun.over and dated == "held" and cue.status == "proposed" and "forder" in noun.text:
        return "held", "status:date"
    return cue.status, f"status:{cue.id}"


def _verb(noun: _Noun) -> str:
    """The finite verb of the noun's clause, empty where there is none."""
    return noun.scene.words.lower[noun.clause.finite] if noun.clause.finite is not None else ""


def _by_tense(noun: _Noun) -> tuple[Status, str]:
    """What the date and the tense of the clause say."""
    clause, time, dated, on = noun.clause, noun.time, noun.dated, noun.on
    first = time.timex.first if time is not None else None
    recent = on is not None and first is not None and 0 <= (on - first).days <= _RECENT
    if recent and noun.prep == "" and clause.tense == "past" and noun.says("begun"):
        return "ongoing", "status:begins"
    if dated == "planned" and _in_past_clause(time, noun.scene):
        return "held", "status:past"
    if dated is not None:
        return dated, "status:date"
    ahead = noun.trigger.frame.needs == "predicate" or noun.says("not_yet")
    if clause.tense == "present" and time is None and ahead:
        return "planned", "status:present"
    if clause.tense == "present" and first in (on, None) and noun.says("begins"):
        return "ongoing", "status:begins"
    if _verb(noun) in ("wollte", "wollten") or (_verb(noun) in grammar().was_to and time is not None):
        return "planned", "status:was-to"
    if clause.tense in ("modal", "future"):
        return "planned", "status:modal"
    if clause.tense == "conditional":
        return "proposed", "status:conditional"
    if noun.prep == "zu" and clause.tense == "present":
        return "planned", "status:purpose"
    return "held", "status:past"
