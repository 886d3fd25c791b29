"""Who takes part: the names that fill the roles of a trigger, by clause, preposition, genitive and order."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from timeline.actors import Mention
from timeline.meetings.clauses import Clause, is_adjective, is_noun, is_participle
from timeline.meetings.frames import noun_frames
from timeline.meetings.grammar import grammar, patterns
from timeline.meetings.roles import POSSESSIVE, Scene, Slot
from timeline.meetings.sides import Sides, capital_of, city_of
from timeline.meetings.triggers import Trigger
from timeline.model import Actor, Place

_LASTING = re.compile(r"(?:täg|stünd|minüt|wöch|monat|jähr)ig")
"""In a length of time that is an attribute: "nach mehrstündigen Beratungen"."""

_BRACKET = 8
"""Words at most between an article and its noun: "die mit Spannung erwartete Begegnung"."""

_FAR = 1000
"""Sentences: told so far before that it counts for nothing."""


@dataclass(slots=True)
class Memory:
    """What was told last, and in which sentence: whom the text is about, where, who travelled, who met."""

    subjects: tuple[Actor, ...] = ()
    scene: int = -1
    place: Place | None = None
    where: int = -_FAR
    guests: tuple[Actor, ...] = ()
    journey: int = -_FAR
    met: tuple[Actor, ...] = ()
    meeting: int = -_FAR


class Parties:
    """Finds the parties to a trigger. ``memory`` is what the sentences before have told."""

    def __init__(self, who: Sides) -> None:
        self._who = who
        self._on = who.on
        self._memory = Memory()
        self._hits: list[Trigger] = []
        self._grammar = grammar()

    def _bare(self, scene: Scene, clause: int) -> list[Slot]:
        """Subjects and objects of a clause."""
        lower = scene.words.lower
        return [
            s
            for s in scene.slots
            if s.clause == clause
            and s.prep == ""
            and s.head is None
            and (s.np == scene.start or lower[s.np - 1] != "so")
            and not self._modifier(s, scene)
            and not self._owns_noun(s, scene)
            and not self._is_speaker(s, scene)
        ]

    def _is_speaker(self, slot: Slot, scene: Scene) -> bool:
        """Whether the name is that of somebody's speaker, who tells of a meeting and has none."""
        before = scene.words.lower[slot.first - 1] if slot.first > scene.start else ""
        return before.endswith(self._grammar.speaker_ends)

    def _owns_noun(self, slot: Slot, scene: Scene) -> bool:
        """Whether a person's name stands in the genitive of the noun behind it: "Obamas Rückzug"."""
        raw, actor = scene.words.raw, slot.mention.actors[0]
        word = raw[slot.last - 1]
        after = raw[slot.last] if slot.last < scene.end else ""
        return (
            actor.type == "person"
            and slot.mention.form == "name"
            and word.endswith(self._grammar.genitive_ends)
            and word not in actor.name.split()
            and (is_noun(after) or is_adjective(after, self._grammar))
            and not self._taken(slot.last, scene)
        )

    def _modifier(self, slot: Slot, scene: Scene) -> bool:
        """Whether the name only begins a compound that tells a meeting: "EU" in "EU-Gipfel"."""
        last = slot.last - 1
        if scene.words.lower[last].endswith("-runde"):
            return False  # "die G-8-Runde": those who sit in it
        end = scene.words.offsets[last] + len(scene.words.raw[last].rstrip("s"))
        return slot.mention.end < end and bool(noun_frames(scene.words.lower[last]))

    def _subjects(self, scene: Scene, clause: int) -> list[Slot]:
        """The subjects of a clause, or of the one it leans on ("..., um X zu treffen")."""
        found = self._bare(scene, clause)
        current = scene.clauses[clause]
        if found:
            return [*self._elided(scene, clause), *found]
        if current.kind == "relative":
            antecedent = self._antecedent(scene, clause)
            if antecedent is not None:
                return self._group_of(antecedent, scene)
        if current.kind == "infinitive" and current.parent is not None:
            above = self._subjects(scene, current.parent)
            return self._addressed(above, scene, clause) or above
        if scene.words.lower[current.tokens[0]] in self._grammar.coordinators:
            return self._subject_before(scene, clause)
        return self._subject_before(scene, clause) if self._strung(scene, clause) else []

    def _addressed(self, above: list[Slot], scene: Scene, clause: int) -> list[Slot]:
        """Those who are to meet each other: "X forderte A und B auf, sich zu treffen"; X is none of them."""
        current = scene.clauses[clause]
        words = {scene.words.lower[i] for i in current.tokens}
        groups = self._groups(above, scene)
        several = len(groups) > 1 and len(self._who.all(self._actors(groups[-1]))) > 1
        parent = scene.text(current.parent) if current.parent is not None else ""
        urged = several and words & self._grammar.reciprocal and patterns()["urges"].search(parent)
        return groups[-1] if urged else []

    def _elided(self, scene: Scene, clause: int) -> list[Slot]:
        """The subject that a coordinated clause leaves out: "A reiste ab und traf B"."""
        current = scene.clauses[clause]
        opens = scene.words.lower[current.tokens[0]] == "und" and len(current.tokens) > 1
        if self._strung(scene, clause):
            return self._subject_before(scene, clause)
        if opens and (current.finite == current.tokens[1] or current.finite not in current.tokens):
            return self._subject_before(scene, clause)
        return []

    def _strung(self, scene: Scene, clause: int) -> bool:
        """Whether a verb behind a comma shares the subject: "A flog ab, wurde von B empfangen und ..."."""
        current = scene.clauses[clause]
        if clause == 0 or current.kind != "main" or current.finite != current.tokens[0]:
            return False
        before, after = scene.clauses[clause - 1], scene.clauses[clause + 1 : clause + 2]
        goes_on = bool(after) and scene.words.lower[after[0].tokens[0]] == "und" and after[0].kind == "main"
        return before.kind == "main" and before.finite is not None and goes_on

    def _subject_before(self, scene: Scene, clause: int) -> list[Slot]:
        """The first names of the main clause before, which a coordinated one shares."""
        before = [n for n in range(clause) if scene.clauses[n].kind == scene.clauses[clause].kind == "main"]
        groups = self._groups(self._bare(scene, before[-1]), scene) if before else []
        return groups[0] if groups else []

    def _antecedent(self, scene: Scene, clause: int) -> Slot | None:
        """The name right before a relative clause."""
        first = scene.clauses[clause].tokens[0]
        return next((s for s in reversed(scene.slots) if first - 3 <= s.last <= first), None)

    def _group_of(self, slot: Slot, scene: Scene) -> list[Slot]:
        """The slot with those that are coordinated with it: "A und B, die sich getroffen hatten"."""
        mates = [
            s for s in scene.slots if s.clause == slot.clause and s.prep == slot.prep and s.head == slot.head
        ]
        return next(group for group in self._groups(mates, scene) if slot in group)

    def _capitals(self, scene: Scene, clause: int) -> list[Slot]:
        """Capitals that act for their states without preposition: "hat Paris den Botschafter einbestellt"."""
        taken = {s.first for s in scene.slots}
        found = []
        for p in scene.places:
            actor = capital_of(p.mention.place)
            if (
                actor is not None
                and p.mention.rule != "place.dateline"
                and p.clause == clause
                and p.prep == ""
                and p.head is None
                and p.first not in taken
            ):
                mention = Mention(
                    p.mention.start, p.mention.end, (actor,), "metonym", "metonym.capital", side=actor.country
                )
                found.append(Slot(mention, p.first, p.last, p.np, "", None, clause))
        return found

    def _verb_parties(self, trigger: Trigger, scene: Scene) -> tuple[list[Slot], list[Slot]]:
        """Subjects with objects, and the parties behind prepositions."""
        frame, clause = trigger.frame, trigger.clause
        bare = self._subjects(scene, clause)
        if scene.clauses[clause].kind == "relative":
            first = scene.clauses[clause].tokens[0]
            antecedent = self._antecedent(scene, clause)
            if (
                antecedent is not None
                and antecedent not in bare
                and scene.words.lower[first] not in self._grammar.prepositions
            ):
                bare = [*self._group_of(antecedent, scene), *bare]
        if scene.clauses[clause].kind == "infinitive" and self._bare(scene, clause):
            parent = scene.clauses[clause].parent
            if parent is not None:
                bare = [*self._subjects(scene, parent)[:1], *bare]
        if frame.kind in ("negotiation", "summons", "call"):
            bare = [*bare, *self._capitals(scene, clause)]
        wanted = set(frame.parties)
        if not trigger.passive:
            wanted.discard("von")
        else:
            wanted.add("von")
        behind = [
            s
            for s in scene.slots
            if s.clause == clause
            and s.prep in wanted
            and s.prep
            and (s.head is None or s.prep != "von" or trigger.passive)
            and (frame.needs == "signing" or not self._topical(scene.words.lower[max(scene.start, s.np - 1)]))
        ]
        if scene.clauses[clause].kind == "relative":
            first = scene.clauses[clause].tokens[0]
            antecedent = self._antecedent(scene, clause)
            if antecedent is not None and scene.words.lower[first] in wanted:
                behind.append(antecedent)
        return bare, behind

    def _noun_parties(self, trigger: Trigger, scene: Scene) -> list[Slot]:
        """The parties that stand with the noun itself."""
        frame, t = trigger.frame, trigger.token
        clause = scene.clauses[trigger.clause]
        verb = scene.words.lower[clause.finite] if clause.finite is not None else ""
        passive = verb in self._grammar.passive and clause.finite is not None and clause.finite < t
        found = []
        for s in scene.slots:
            if passive and s.prep == "von" and s.first > t and clause.tense != "future":
                continue  # "vorbereitet wurde die Reise von X": the agent, not the guest
            if s.first <= t < s.last:
                if "compound" in frame.parties:
                    found.append(s)
            elif s.mention.rule == "state.pair" and s.last == t:
                found.append(s)
            elif (s.head == t or (s.prep == "durch" and s.first > t)) and (
                not s.prep or s.prep in self._grammar.for_genitive
            ):
                if (s.prep == "" and "genitive" in frame.parties) or s.prep in frame.parties:
                    found.append(s)
            elif (
                (
                    s.clause == trigger.clause
                    and s.prep
                    and s.prep in frame.parties
                    and s.prep != "von"
                    and s.head is None
                    and self._reaches(s, t, scene)
                )
                or (s.last <= t and "possessive" in frame.parties and self._possessor(s, t, scene))
                or self._disputed(s, trigger, scene)
                or self._said_of(s, trigger, scene)
                or ("genitive" in frame.parties and self._behind_council(s, t, scene))
                or (
                    "apposition" in frame.parties
                    and s.prep == ""
                    and s.first > t
                    and s.clause == trigger.clause
                )
            ):
                found.append(s)
        return found

    def _behind_council(self, slot: Slot, t: int, scene: Scene) -> bool:
        """Whether it is in the genitive of those who meet: "Sitzung des Rats der Afrikanischen Union"."""
        h, lower = slot.head, scene.words.lower
        return (
            h is not None
            and t < h <= t + 6
            and slot.clause == scene.clause_of[t]
            and lower[h].endswith(self._grammar.council_ends)
            and scene.clauses[slot.clause].finite not in range(t, h)
        )

    def _disputed(self, slot: Slot, trigger: Trigger, scene: Scene) -> bool:
        """Whether the parties go with the matter: "Verhandlungen über das Abkommen zwischen A und B"."""
        between = range(trigger.token + 1, slot.np)
        finite = scene.clauses[trigger.clause].finite
        return (
            trigger.frame.kind == "negotiation"
            and slot.prep == "zwischen"
            and slot.clause == trigger.clause
            and slot.first > trigger.token
            and finite not in between
            and len(between) <= 10
        )

    def _said_of(self, slot: Slot, trigger: Trigger, scene: Scene) -> bool:
        """Whether it says whose visit it is: "Für den Präsidenten ist es der erste Besuch in Rom"."""
        finite, lower = scene.clauses[trigger.clause].finite, scene.words.lower
        return (
            trigger.frame.kind == "visit"
            and slot.prep == "für"
            and slot.clause == trigger.clause
            and finite is not None
            and lower[finite] in self._grammar.be
            and lower[finite + 1] in self._grammar.pointing
        )

    def _reaches(self, slot: Slot, t: int, scene: Scene) -> bool:
        """Whether a preposition's name belongs to the noun: behind it, with no verb between."""
        clause = scene.clauses[scene.clause_of[t]]
        before = slot.np - 1
        if (
            before > scene.start
            and before != t
            and is_noun(scene.words.raw[before])
            and not self._taken(before, scene)
        ) and (slot.np < t or self._topical(scene.words.lower[before])):
            return False  # "die Einigung mit X", "der Streit mit X"
        if slot.np > t:
            between = range(t + 2 if self._holds_light(t, clause, scene) else t + 1, slot.np)
            if any(h.token in between and h.frame.noun is not None for h in self._hits):
                return False  # "ein Gespräch mit X und ein Empfang bei Y"
            return (clause.finite is None or clause.finite not in between) and len(between) <= 14
        # "kam mit X zu einem Gespräch zusammen": before it, within the same half of the clause
        near = t - slot.last <= (20 if slot.prep == "zwischen" else 8)
        return near and slot.prep in self._grammar.before_talk

    def _holds_light(self, t: int, clause: Clause, scene: Scene) -> bool:
        """Whether the verb behind the noun only says that it was held: "Ein Treffen hatte er mit X"."""
        lower, words = scene.words.lower, self._grammar
        light = clause.finite == t + 1 and (lower[t + 1] in words.have or lower[t + 1] in words.holding)
        last = [lower[i] for i in clause.tokens if lower[i].isalpha()][-1]
        return light and not is_participle(last)

    def _taken(self, token: int, scene: Scene) -> bool:
        """Whether the token belongs to a name, place or date."""
        return any(x.first <= token < x.last for x in scene.spans())

    def _possessor(self, slot: Slot, t: int, scene: Scene) -> bool:
        """Whether the name owns the noun: "Xis (erster) Besuch", "sein Besuch"."""
        raw, lower, words = scene.words.raw, scene.words.lower, self._grammar
        word = raw[slot.last - 1]
        if not (word.endswith(words.genitive_ends) or POSSESSIVE.fullmatch(word)):
            return False
        timed = {i for x in scene.times for i in range(x.first, x.last)}
        return t - slot.last <= 6 and all(
            i in timed
            or (lower[i].endswith(words.adjective_ends) and raw[i][0].islower())
            or lower[i].rstrip(".").isdigit()
            or lower[i] in words.amid_possession
            for i in range(slot.last, t)
        )

    def _actors(self, slots: Sequence[Slot]) -> tuple[Actor, ...]:
        return tuple(actor for s in slots for actor in s.mention.actors)

    def _topical(self, word: str) -> bool:
        """Whether a noun names what is talked about, alone or as the end of a compound ("Atomabkommen")."""
        return word in self._grammar.topics or word.endswith(self._grammar.topic_ends)

    def _groups(self, slots: Sequence[Slot], scene: Scene) -> list[list[Slot]]:
        """Slots of one clause by coordination: "A und B" is one group."""
        groups: list[list[Slot]] = []
        for s in sorted(slots, key=lambda s: s.first):
            last = groups[-1][-1] if groups else None
            joined = (
                last is not None
                and last.clause == s.clause
                and any(
                    scene.words.lower[i] in self._grammar.listing
                    for i in range(last.last, max(last.last, s.np) + 1)
                    if i < s.first
                )
                and not any(i in self._finites(scene) for i in range(last.last, s.first))
            )
            beside = last is not None and s.first <= last.last and self._same_side(s, last)
            if joined or beside:
                groups[-1].append(s)
            else:
                groups.append([s])
        return groups

    def _same_side(self, a: Slot, b: Slot) -> bool:
        return self._who.all(a.mention.actors) == self._who.all(b.mention.actors)

    def _finites(self, scene: Scene) -> set[int]:
        return {c.finite for c in scene.clauses if c.finite is not None}

    def _owned(self, trigger: Trigger, scene: Scene) -> bool:
        """Whether the subjects are the parties: "ihr Treffen", "ein gemeinsames Gespräch"."""
        lower = scene.words.lower
        before = [lower[i] for i in range(max(scene.start, trigger.token - 4), trigger.token)]
        return any(POSSESSIVE.fullmatch(w) or w.startswith("gemeinsame") for w in before)

    def _fallback(self, scene: Scene, trigger: Trigger, told: tuple[Actor, ...]) -> tuple[Actor, ...]:
        """The other party where the clause names one: who speaks, else whom the text is about."""
        speakers = [
            s
            for s in scene.slots
            if s.clause != trigger.clause
            and s.prep == ""
            and s.head is None
            and scene.clauses[s.clause].kind == "main"
            and not self._is_speaker(s, scene)
        ]
        recent = self._memory.subjects if scene.number - self._memory.scene <= 1 else ()
        # "A trifft B, mit C ist ein Gespräch geplant": A, who is told first
        speaking = [s for s in speakers if s.clause == speakers[-1].clause] if speakers else []
        first = self._groups(speaking, scene)[0] if speaking else []
        found = self._actors(first[:1]) or (
            recent if self._may_lean(trigger) and self._comes_about(trigger, scene) else ()
        )
        known = {self._who.of(a) for a in found}
        people = (
            tuple(a for a in self._memory.subjects if self._who.of(a) in known and a.type == "person")
            or found
        )
        known_people = [a for a in people if self._who.of(a) != a.key]
        others = tuple(a for a in known_people if self._who.of(a) not in self._who.all(told))
        return others or (self._guest_of(told, scene) if self._comes_about(trigger, scene) else ())

    def _guest_of(self, told: tuple[Actor, ...], scene: Scene) -> tuple[Actor, ...]:
        """Whom the side just met: "A empfing B. Geplant ist auch ein Treffen mit C", who is of A's side."""
        sides = self._who.all(self._memory.met)
        if scene.number - self._memory.meeting > 1 or len(sides) != 2 or not self._who.all(told) < sides:
            return ()
        return tuple(a for a in self._memory.met if self._who.of(a) not in self._who.all(told))

    def _may_lean(self, trigger: Trigger) -> bool:
        """Whether whom the sentence before is about may be a party: to a talk or "Gipfel mit X"."""
        return trigger.frame.kind == "meeting" or trigger.frame.id == "gipfel-mit"

    def _comes_about(self, trigger: Trigger, scene: Scene) -> bool:
        """Whether the noun is subject or object, or stands in "es kommt zu einem Treffen"."""
        prep, clause = self._prep(trigger, scene), scene.clauses[trigger.clause]
        said = {scene.words.lower[i] for i in clause.tokens}
        return not prep or (prep == "zu" and "es" in said and bool(said & self._grammar.coming))

    def _definite(self, trigger: Trigger, scene: Scene) -> bool:
        """Whether it points back: "das Treffen", "die in Wien erzielte Einigung"."""
        lower, words = scene.words.lower, self._grammar
        if self._bracketed(trigger, scene):
            return True
        for i in range(trigger.token - 1, max(scene.start, trigger.token - 9) - 1, -1):
            if lower[i] in words.definite or POSSESSIVE.fullmatch(lower[i]):
                return True
            if lower[i] in words.indefinite:
                return False
            inside = any(x.first <= i < x.last for x in scene.spans() if not isinstance(x, Slot))
            if not (inside or lower[i] in ("in", "am") or lower[i].endswith(words.adjective_ends)):
                return False
        return trigger.token == scene.start

    def _bracketed(self, trigger: Trigger, scene: Scene) -> bool:
        """Whether an article that opens the sentence is its own: "Die mit Spannung erwartete Begegnung"."""
        lower, first, t = scene.words.lower, scene.start, trigger.token
        if not 3 < t - first <= _BRACKET or scene.clause_of.get(first) != trigger.clause:
            return False
        words = self._grammar
        opens = lower[first] in words.definite and lower[first + 1] in words.prepositions
        return opens and any(is_participle(lower[t - 1].removesuffix(end)) for end in words.adjective_ends)

    def _prep(self, trigger: Trigger, scene: Scene) -> str:
        """The preposition before the noun phrase of a trigger."""
        lower, words = scene.words.lower, self._grammar
        owned = {
            i for s in scene.slots if self._possessor(s, trigger.token, scene) for i in range(s.first, s.last)
        }
        timed = {i for x in scene.times if not _LASTING.search(x.timex.text) for i in range(x.first, x.last)}
        for i in range(trigger.token - 1, max(scene.start, trigger.token - 10) - 1, -1):
            word = lower[i]
            if i in owned or i in timed or (i + 1 in timed and word in words.prepositions):
                continue
            if word in words.prepositions:
                if word == "von" and i > scene.start + 1 and lower[i - 1] == "rande":
                    return "rande"
                return words.contracted.get(word, word)
            of = word in ("des", "der") or POSSESSIVE.fullmatch(word) is not None
            if of and i > scene.start and lower[i - 1] in ("rande", "rand"):
                return "rande"
            if of and i > scene.start and lower[i - 1] in words.phases:
                return "bei"
            if word in ("des", "der") and i > scene.start and lower[i - 1] == "vorfeld":
                return "vor"
            if (
                word in words.determiners
                or (word.endswith((*words.adjective_ends, "et")) and scene.words.raw[i][0].islower())
                or city_of(scene.words.raw[i]) is not None
                or word.rstrip(".").isdigit()
            ):
                continue
            return ""
        return ""

    def _foreign_genitive(self, trigger: Trigger, scene: Scene) -> bool:
        """Whether somebody unknown stands in the noun's genitive: "die Reise des Gastes"."""
        t, lower, raw = trigger.token, scene.words.lower, scene.words.raw
        if t + 2 >= scene.end or lower[t + 1] not in self._grammar.of_unknown:
            return False
        if self._grammar.troops & set(lower[t + 2 : t + 4]):
            return False  # a minister's visit to the own troops (event table, section 1)
        return not any(x.first <= i < x.last for x in scene.spans() for i in range(t + 2, t + 5)) and any(
            raw[i][0].isupper() for i in range(t + 2, min(t + 4, scene.end))
        )

    def _turns(self, behind: Sequence[Slot], scene: Scene) -> list[list[Slot]]:
        """Two talks: "mit X und anschließend mit Y", "mit X sowie mit Y", "in A mit X und in B mit Y"."""
        turns: list[list[Slot]] = [[]]
        said = scene.text(behind[0].clause).lower() if behind else ""
        each = patterns()["one_by_one"].search(said) is not None
        for slot in behind:
            before = turns[-1][-1] if turns[-1] else None
            if before is not None and before.clause == slot.clause:
                between = range(before.last, slot.first)
                apart = any(scene.words.lower[i] in self._grammar.afterwards for i in between)
                moved = any(p.first in between and p.prep == "in" for p in scene.places)
                joints = set(scene.words.lower[before.last : slot.first])
                again = scene.words.lower[slot.np] == "mit" and joints & {"und", "sowie"}
                if apart or each or again or (moved and joints & self._grammar.listing):
                    turns.append([])
            turns[-1].append(slot)
        return turns
