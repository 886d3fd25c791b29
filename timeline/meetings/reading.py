"""Reads one sentence: from its triggers, names, places and dates to candidate encounters."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from timeline.meetings.clauses import Clause, is_noun, is_participle
from timeline.meetings.frames import Frame
from timeline.meetings.grammar import grammar
from timeline.meetings.roles import POSSESSIVE, PlaceSlot, Scene, Slot, TimeSlot
from timeline.meetings.sides import Sides, compound_place, host_state, is_body
from timeline.meetings.status import noun_status, verb_status
from timeline.meetings.triggers import Trigger, triggers
from timeline.model import Actor, Kind, Place, Status

_OUTSIDE = frozenset(
    [
        "angesichts",
        "wegen",
        "vor",
        "trotz",
        "über",
        "für",
        "um",
        "seit",
        "hinsichtlich",
        "von",
        "ohne",
        "gegen",
    ]
)
_UNITS = frozenset("tag tage tagen woche wochen monat monate monaten jahr jahre jahren stunden".split())
_NUMBERS = dict(
    zip(
        "ein einen zwei drei vier fünf sechs sieben acht neun zehn".split(),
        (1, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10),
        strict=True,
    )
)
_YEAR = re.compile(r"(\d{4}(?:-\d\d)?)(?:/\.\.)?")
_TOPICAL = ("abkommen", "vertrag", "konflikt", "krieg", "krise", "streit", "beziehungen", "politik", "programm", "lage", "frage")
_TAKES_PART = re.compile(
    r"\b(?:teil\w*|stattf\w+|statt|beginn\w*|begann|zusammen\w*|treffen|tagt|tagen|tagte|geplant|fortgesetzt|endet|endete)\b", re.IGNORECASE
)
_DEFINITE = frozenset("das dem des der die den beim zum vom im zur dieses diesem dieser diese".split())
_FOLLOWING = frozenset("danach anschließend daraufhin später dabei".split())
_AFTERWARDS = frozenset("anschließend danach später darauf daraufhin zuvor dann hernach".split())
_ATTENDING = frozenset(["rande", "bei", "auf", "zu", "an", "in", "während", "nach", "von"])
_ROUND = re.compile(
    r"(?x)\b(?:beg[aio]nn|wieder\s?auf|aufgenommen|aufnehm|aufnahm|eröffn|fortgesetz|fortsetz|setzt|abgebroch|brach|unterbroch|scheiter|gescheitert|angebot|anbiet|bot\b|biet"
    r"|runde|vertagt|beendet|endet|stock|einzuleiten|einleiten|einleit|aufzunehm|beginn|start|gestartet|auftakt|bereit|forder|vorgeschlag|schlug|schläg|treffen|laufen|lief"
    r"|finden|fand|stattf|führ|geführt|empf|empfohl|einig|geeinigt|abschlie|abgeschloss|verhandlungen\ in\b|zweitägig|mehrtägig|tagelang|jährig|monatelang|durchbruch|ergebnislos)",
    re.IGNORECASE,
)
_LEADERS = re.compile(
    r"minister|chefs|präsidenten|spitzen|führung|staats- und|oberhäupter|vertreter", re.IGNORECASE
)
_MINISTERS = re.compile(
    r"minister|staats- und regierungschef|staatschef|präsident|sicherheitsrat|vollversammlung|generalversammlung|generaldebatte|gipfel|sondersitzung|krisensitzung|dringlichkeitssitzung|friedens- und",
    re.IGNORECASE,
)


@dataclass(slots=True)
class Candidate:
    """An encounter as one trigger tells it; the encounters of an article are made of these.

    ``anaphoric`` is True where the words only point back ("das Treffen") and name no party of their own.
    ``said`` are the characters (end exclusive) of the expression behind ``date``. ``follows`` is True for "danach", "anschließend": on the day of what was told before. ``guessed`` are parties that only the speaker or the sentence before suggests. ``shift`` counts the days from the date told to the encounter's own ("drei Tage nach dem Treffen").
    ``again`` marks a further encounter of the same parties, ``remote`` one that lies far back.
    """

    kind: Kind
    actors: tuple[Actor, ...]
    place: Place | None
    time: TimeSlot | None
    status: Status
    scene: int
    clause: int
    token: int
    rules: list[str] = field(default_factory=list)
    anaphoric: bool = False
    again: bool = False
    remote: bool = False
    date: str | None = None
    prep: str = ""
    shift: int = 0
    guessed: tuple[Actor, ...] = ()
    follows: bool = False
    said: tuple[int, int] | None = None


def country_of(place: Place | None) -> str | None:
    """The country of a place, None where either is unknown."""
    return place.country if place is not None else None


@dataclass(slots=True)
class Memory:
    """What was told last: whom the text is about, and where."""

    subjects: tuple[Actor, ...] = ()
    scene: int = -1
    place: Place | None = None


class Reader:
    """Reads the sentences of one article in order; ``who`` tells the sides of its actors."""

    def __init__(self, who: Sides, fled: frozenset[str] = frozenset()) -> None:
        self._on = who.on
        self._who = who
        self._fled = fled
        self._memory = Memory()
        self._grammar = grammar()
        self._hits: list[Trigger] = []

    def read(self, scene: Scene) -> list[Candidate]:
        """The candidates of a sentence in the order of their triggers."""
        found = []
        hits = self._hits = triggers(scene)
        self._scene = scene
        for trigger in hits:
            if self._grammar.habitual & {scene.words.lower[i] for i in scene.clauses[trigger.clause].tokens}:
                continue
            if self._hypothetical(trigger, scene):
                continue
            if trigger.frame.verb:
                found.extend(self._verb(trigger, scene))
            elif not any(c.token == trigger.token and not c.anaphoric for c in found):
                candidate = self._noun(trigger, scene, hits)
                if candidate is not None:
                    found = [c for c in found if c.token != trigger.token]
                    found.append(candidate)
        self._remember(scene)
        told = self._combined(found)
        return [*told, *(c for f in told for c in (*self._likened(f, scene), *self._implied(f, scene)))]

    def _implied(self, told: Candidate, scene: Scene) -> list[Candidate]:
        """ "der erste Besuch seit 2019" tells of one in 2019 (event table, section 2)."""
        if (
            told.anaphoric
            or len(told.actors) < 2
            or told.token not in {h.token for h in self._hits if h.frame.noun}
        ):
            return []
        lower = scene.words.lower
        clause = scene.clauses[told.clause].tokens
        year = next((x for x in scene.times if x.clause == told.clause and self._since(x, scene)), None)
        first = any(
            lower[i].startswith("erste")
            and (0 < told.token - i <= 3 or i > told.token and lower[i - 1] in ("der", "das", "die"))
            for i in clause
        )
        if (
            year is None
            or not any(ch.isdigit() for ch in year.timex.text)
            or "eines" in lower[told.token + 1 : told.token + 2]
        ):
            return []
        if not first or not _YEAR.fullmatch(year.timex.edtf or ""):
            return []
        actors = told.actors
        if told.kind == "visit" and told.place is not None:
            state = host_state(told.place.country)
            actors = (told.actors[0], state) if state is not None else told.actors
        place = told.place
        return [
            replace(
                told,
                actors=actors,
                place=place,
                time=year,
                status="held",
                again=True,
                rules=["implied-since", *told.rules[:1]],
            )
        ]

    def _hypothetical(self, trigger: Trigger, scene: Scene) -> bool:
        """ "Sollte er je nach X reisen", "falls er X trifft": no plan is told (event table, section 1)."""
        clause = scene.clauses[trigger.clause]
        first = scene.words.lower[clause.tokens[0]]
        if first in ("falls", "sofern") or (first == "wenn" and clause.tense != "past"):
            return True
        return clause.kind == "main" and first in ("sollte", "sollten", "würde", "würden", "wäre", "hätte")

    def _likened(self, told: Candidate, scene: Scene) -> list[Candidate]:
        """ "wie schon seinerzeit X": another's visit to the same host, at another time."""
        others = [s for s in scene.slots if s.clause == told.clause and s.prep == "wie"]
        if told.kind != "visit" or told.anaphoric or not others:
            return []
        guest = self._who.of(told.actors[0])
        hosts = tuple(a for a in told.actors if self._who.of(a) != guest)
        state = host_state(told.place.country) if told.place else None
        actors = self._who.fold((*self._actors(others), *((state,) if state else hosts)))
        if len(self._who.all(actors)) < 2:
            return []
        return [
            replace(
                told,
                actors=actors,
                time=None,
                status="held",
                remote=True,
                again=True,
                rules=["likened", *told.rules[:1]],
            )
        ]

    def _combined(self, found: list[Candidate]) -> list[Candidate]:
        """One candidate for what one clause tells in two words: "reist zum Gipfel", "kam zu Gesprächen mit X"."""
        kept: list[Candidate] = []
        for candidate in found:
            pair = next((p for k in kept if (p := self._journey_and_purpose(k, candidate)) is not None), None)
            if pair is None:
                kept.append(candidate)
                continue
            journey, purpose = pair
            first = journey if journey in kept else purpose
            if purpose.kind in ("summit", "negotiation", "mediation"):
                people = tuple(a for a in journey.actors if a.type == "person")
                purpose.actors = self._who.fold((*people, *purpose.actors))
                purpose.place, purpose.time = journey.place or purpose.place, purpose.time or journey.time
                purpose.status = (
                    "planned" if journey.status == "ongoing" and purpose.time is None else journey.status
                )
                purpose.anaphoric = False
                purpose.rules.extend(journey.rules)
                kept[kept.index(first)] = purpose
            else:
                journey.actors = self._who.fold((*journey.actors, *purpose.actors))
                journey.place = journey.place or purpose.place
                journey.rules.extend(purpose.rules)
                kept[kept.index(first)] = journey
        return kept

    def _journey_and_purpose(self, a: Candidate, b: Candidate) -> tuple[Candidate, Candidate] | None:
        """Which of two candidates of one clause is the journey, and which what it is made for ("zu", "für")."""
        if a.clause != b.clause or "visit" not in (a.kind, b.kind):
            return None
        if a.kind == b.kind:
            journey, purpose = (b, a) if a.prep == "zu" else (a, b)
            return (journey, purpose) if purpose.prep == "zu" and journey.prep == "" else None
        journey, purpose = (a, b) if a.kind == "visit" else (b, a)
        if journey.anaphoric or purpose.prep not in ("zu", "für") or journey.prep not in ("", "zu"):
            return None
        return journey, purpose

    # --- parties -------------------------------------------------------------------------------

    def _bare(self, scene: Scene, clause: int) -> list[Slot]:
        """Subjects and objects of a clause."""
        lower = scene.words.lower
        return [
            s for s in scene.slots
            if s.clause == clause and s.prep == "" and s.head is None and (s.np == scene.start or lower[s.np - 1] != "so")
        ]

    def _subjects(self, scene: Scene, clause: int) -> list[Slot]:
        """The subjects of a clause, or of the one it leans on ("..., um X zu treffen"; "... und reiste ab")."""
        found = self._bare(scene, clause)
        current = scene.clauses[clause]
        if found:
            return [*self._elided(scene, clause), *found]
        if current.kind == "relative":
            antecedent = self._antecedent(scene, clause)
            if antecedent is not None:
                return self._group_of(antecedent, scene)
        if current.kind == "infinitive" and current.parent is not None:
            return self._subjects(scene, current.parent)
        if scene.words.lower[current.tokens[0]] in ("und", "sowie", "aber", "oder"):
            return self._subject_before(scene, clause)
        return []

    def _elided(self, scene: Scene, clause: int) -> list[Slot]:
        """The subject that a coordinated clause leaves out: "A reiste ab und traf B", "A hatte X besucht und B getroffen"."""
        current = scene.clauses[clause]
        opens = scene.words.lower[current.tokens[0]] == "und" and len(current.tokens) > 1
        if opens and (current.finite == current.tokens[1] or current.finite not in current.tokens):
            return self._subject_before(scene, clause)
        return []

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
            and not self._topical(scene.words.lower[max(scene.start, s.np - 1)])
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
        found = []
        for s in scene.slots:
            if s.first <= t < s.last:
                if "compound" in frame.parties:
                    found.append(s)
            elif (s.head == t or s.prep == "durch" and s.first > t) and s.prep in ("", "von", "zwischen", "durch"):
                if s.prep == "" and "genitive" in frame.parties or s.prep in frame.parties:
                    found.append(s)
            elif (
                s.clause == trigger.clause
                and s.prep
                and s.prep in frame.parties
                and s.prep != "von"
                and s.head is None
                and self._reaches(s, t, scene)
            ):
                found.append(s)
            elif s.last <= t and "possessive" in frame.parties and self._possessor(s, t, scene):
                found.append(s)
            elif (
                "apposition" in frame.parties and s.prep == "" and s.first > t and s.clause == trigger.clause
            ):
                found.append(s)
        return found

    def _reaches(self, slot: Slot, t: int, scene: Scene) -> bool:
        """Whether a preposition's name belongs to the noun: behind it with no verb or other trigger between."""
        clause = scene.clauses[scene.clause_of[t]]
        before = slot.np - 1
        if (
            before > scene.start
            and before != t
            and is_noun(scene.words.raw[before])
            and not self._taken(before, scene)
        ):
            if slot.np < t or self._topical(scene.words.lower[before]):
                return False  # "die Einigung mit X", "der Streit mit X"
        if slot.np > t:
            between = range(t + 1, slot.np)
            return (clause.finite is None or clause.finite not in between) and len(between) <= 14
        # "kam mit X zu einem Gespräch zusammen": before it, within the same half of the clause
        return slot.prep in ("mit", "für") and t - slot.last <= 8

    def _taken(self, token: int, scene: Scene) -> bool:
        """Whether the token belongs to a name, place or date."""
        return any(x.first <= token < x.last for x in (*scene.slots, *scene.places, *scene.times))

    def _possessor(self, slot: Slot, t: int, scene: Scene) -> bool:
        """Whether the name owns the noun: "Xis (erster) Besuch", "sein Besuch"."""
        raw, lower = scene.words.raw, scene.words.lower
        word = raw[slot.last - 1]
        if not (word.endswith(("s", "’", "'", "ʼ")) or POSSESSIVE.fullmatch(word)):
            return False
        timed = {i for x in scene.times for i in range(x.first, x.last)}
        return t - slot.last <= 6 and all(
            i in timed
            or lower[i].endswith(("e", "en", "er", "em", "es"))
            and raw[i][0].islower()
            or lower[i].rstrip(".").isdigit()
            or lower[i] in ("für", "am", "im", "mit", "-")
            for i in range(slot.last, t)
        )

    def _actors(self, slots: Sequence[Slot]) -> tuple[Actor, ...]:
        return tuple(actor for s in slots for actor in s.mention.actors)

    # --- places and dates ------------------------------------------------------------------------

    def _located(self, place: PlaceSlot, scene: Scene, trigger: Trigger) -> bool:
        """Whether "in X" tells where something happens, not what a noun before it is about."""
        before = place.np - 1
        if place.prep not in ("in", "auf", "bei", "nach", "an", "aus") or before < scene.start:
            return place.prep in ("in", "auf", "nach")
        named = any(s.first <= before < s.last for s in scene.slots)
        if not named and scene.words.lower[before] in ("und", "oder", ","):
            earlier = next((p for p in scene.places if p.last == before and p.clause == place.clause), None)
            if earlier is not None and earlier.prep == place.prep:
                return self._located(earlier, scene, trigger)
        return place.prep in ("in", "auf", "nach") and (named or not self._topical(scene.words.lower[before]))

    def _place(self, trigger: Trigger, scene: Scene) -> Place | None:
        """Where a meeting takes place: the nearest "in ..." of the clause that belongs to no topic."""
        places = [p for p in scene.places if p.clause == trigger.clause and self._located(p, scene, trigger)]
        places = [p for p in places if p.prep != "nach"]
        attached = [p for p in places if p.first > trigger.token]
        chosen = min(attached or places, key=lambda p: abs(p.first - trigger.token), default=None)
        if chosen is None:
            clause = scene.clauses[trigger.clause]
            if clause.kind == "infinitive" and clause.parent is not None:
                around = [
                    p
                    for p in scene.places
                    if p.clause == clause.parent and p.prep in ("in",) and self._located(p, scene, trigger)
                ]
                chosen = around[-1] if around else None
            if chosen is None and "dort" in {scene.words.lower[i] for i in clause.tokens}:
                return self._memory.place
        return self._finest(chosen, places) if chosen else None

    def _topical(self, word: str) -> bool:
        """Whether a noun names what is talked about, alone or as the end of a compound ("Atomabkommen")."""
        return word in self._grammar.topics or word.endswith(_TOPICAL)

    def _finest(self, chosen: PlaceSlot, places: Sequence[PlaceSlot]) -> Place:
        """The city where city and country stand side by side ("in Genf in der Schweiz")."""
        place = chosen.mention.place
        state = host_state(place.country)
        if state is not None and state.name == place.name:
            beside = [p for p in self._scene.places if 0 < p.first - chosen.last <= 4]
            for other in (*places, *beside):
                finer = other.mention.place
                if finer.country == place.country and finer.name != place.name:
                    return finer
        return place

    def _destination(self, trigger: Trigger, scene: Scene) -> Place | None:
        """Where a visit goes to."""
        frame, t = trigger.frame, trigger.token
        own = [p for p in scene.places if p.clause == trigger.clause]
        inside = [p for p in own if p.first <= t < p.last]
        whole = compound_place(scene.words.lower[t])
        if whole is not None:
            return whole
        if inside:
            return inside[0].mention.place
        reached = [p for p in own if p.prep in frame.destination and self._located(p, scene, trigger)]
        if frame.noun is not None:
            near = [p for p in reached if p.first > t and not self._verb_between(t, p.np, scene)]
            genitive = [p for p in own if p.head == t and p.prep in ("", "von")]
            visited = (
                near or [p for p in genitive if not any(s.first == p.first for s in scene.slots)] or reached
            )
        elif frame.id == "besuchen":
            visited = [p for p in own if p.prep == "" and p.head is None] or reached
        else:
            visited = [p for p in reached if p.prep == "nach"] or reached
        chosen = min(visited, key=lambda p: abs(p.first - t), default=None)
        return self._finest(chosen, visited) if chosen else None

    def _verb_between(self, a: int, b: int, scene: Scene) -> bool:
        finite = scene.clauses[scene.clause_of[a]].finite
        return finite is not None and a < finite < b

    def _time(self, trigger: Trigger, scene: Scene) -> TimeSlot | None:
        """The date that stands nearest to the trigger in its clause; finer dates first."""
        usable = [
            x
            for x in scene.times
            if (x.timex.edtf is not None or x.timex.value == "PRESENT_REF")
            and not self._since(x, scene)
            and not self._until(x, scene)
            and not self._belongs(x, trigger, scene)
        ]
        own = [x for x in usable if x.clause == trigger.clause]
        if not own and scene.clauses[trigger.clause].kind == "infinitive":
            parent = scene.clauses[trigger.clause].parent
            own = (
                [x for x in usable if x.clause == parent and not trigger.frame.verb]
                if parent is not None
                else []
            )
        if not own:
            return None
        t = trigger.token

        def distance(x: TimeSlot) -> tuple[bool, int]:
            return (x.timex.edtf is None, x.first - t if x.first > t else t - x.last + 1)

        return min(own, key=distance)

    def _belongs(self, time: TimeSlot, trigger: Trigger, scene: Scene) -> bool:
        """Whether the date stands with another noun that tells a meeting, or with the verb across from the noun."""
        finite = scene.clauses[trigger.clause].finite
        if trigger.frame.noun is not None:
            prep = self._prep(trigger, scene)
            across = finite is not None and (trigger.token < finite) != (time.first < finite)
            return across and prep in _OUTSIDE
        for other in self._hits:
            if other.frame.noun is None or other.clause != trigger.clause or other.token > time.first:
                continue
            between = range(other.token + 1, time.first)
            if (
                len(between) <= 8
                and finite not in between
                and self._prep(other, scene) in ("bei", "nach", "vor", "während")
            ):
                return other.token > trigger.token or trigger.token not in between
        return False

    def _since(self, slot: TimeSlot, scene: Scene) -> bool:
        """ "seit 2019" dates a state of affairs (event table, section 2), but "seit Samstag" a process."""
        lower = scene.words.lower
        word = (
            lower[slot.first]
            if lower[slot.first] in ("seit", "ab")
            else lower[slot.first - 1]
            if slot.first
            else ""
        )
        value = slot.timex.edtf or ""
        begin = max(scene.start, slot.first - 8)
        if (
            word != "seit"
            and "seit" in lower[begin : slot.first]
            and not any(h.token in range(begin, slot.first) for h in self._hits)
        ):
            return True  # "seit Beginn des Kriegs vor einem Jahr"
        return word == "seit" and len(value.removesuffix("/..").rstrip("~")) <= 7

    def _until(self, slot: TimeSlot, scene: Scene) -> bool:
        lower = scene.words.lower
        return lower[slot.first] == "bis" or (slot.first > scene.start and lower[slot.first - 1] == "bis")

    # --- candidates --------------------------------------------------------------------------------

    def _verb(self, trigger: Trigger, scene: Scene) -> list[Candidate]:
        """A verb's encounter; several where the parties are met one after the other."""
        bare, behind = self._verb_parties(trigger, scene)
        turns = self._turns(behind, scene) if trigger.frame.kind == "meeting" else [behind]
        found = [self._verb_once(trigger, scene, bare, turn, turned=len(turns) > 1) for turn in turns]
        return [candidate for candidate in found if candidate is not None]

    def _turns(self, behind: Sequence[Slot], scene: Scene) -> list[list[Slot]]:
        """ "mit X und anschließend mit Y", "in A mit X und in B mit Y" are two talks."""
        turns: list[list[Slot]] = [[]]
        for slot in behind:
            before = turns[-1][-1] if turns[-1] else None
            if before is not None and before.clause == slot.clause:
                between = range(before.last, slot.first)
                apart = any(scene.words.lower[i] in _AFTERWARDS for i in between)
                moved = any(p.first in between and p.prep == "in" for p in scene.places)
                if apart or (moved and "und" in scene.words.lower[before.last : slot.first]):
                    turns.append([])
            turns[-1].append(slot)
        return turns

    def _turn_of(
        self, behind: Sequence[Slot], scene: Scene, place: Place | None, time: TimeSlot | None
    ) -> tuple[Place | None, TimeSlot | None]:  # fmt: skip
        """Place and date of one of several talks: those told last before its party."""
        first, clause = behind[0].first, behind[0].clause
        places = [p for p in scene.places if p.clause == clause and p.prep == "in" and p.first < first]
        times = [
            x for x in scene.times if x.clause == clause and x.first < first and x.timex.edtf is not None
        ]
        return (places[-1].mention.place if places else place, times[-1] if times else time)

    def _verb_once(
        self, trigger: Trigger, scene: Scene, bare: list[Slot], behind: list[Slot], *, turned: bool
    ) -> Candidate | None:  # fmt: skip
        frame = trigger.frame
        if (
            "object" in frame.parties
            and frame.kind != "visit"
            and not behind
            and not self._reciprocal(trigger, scene, bare)
        ):
            return None
        if frame.needs == "mit-or-body" and not behind and len(self._groups(bare, scene)) > 1:
            return None
        if (
            frame.needs == "mit"
            and not any(s.prep == "mit" for s in behind)
            and not self._meets_group(bare)
            and not self._mutual(trigger, scene)
        ):
            return None
        time = self._time(trigger, scene)
        status, why = verb_status(trigger, scene, time, self._on)
        place = self._place(trigger, scene)
        if turned:
            place, time = self._turn_of(behind, scene, place, time)
        kind = frame.kind
        actors = self._actors([*bare, *behind])
        text = scene.text(trigger.clause)
        if frame.visit_with is not None and frame.visit_with.search(text):
            kind = "visit"
        if frame.kind == "visit" and frame.id != "willkommen-heißen":
            return self._visit(trigger, scene, bare, behind, time, status, why)
        if kind == "meeting" and len(self._who.all(actors)) == 1:
            kind = "summit"
        if not self._meets(frame, actors, scene, trigger, time, place):
            if not self._convenes([*bare, *behind], scene, trigger):
                return None
            kind = "summit"
        return self._make(trigger, scene, kind, actors, place, time, status, why)

    def _convenes(self, slots: Sequence[Slot], scene: Scene, trigger: Trigger) -> bool:
        """Whether a body's ministers or leaders meet among themselves: that is a summit of the body."""
        actors = self._actors(slots)
        if (
            len(self._who.all(actors)) != 1
            or not all(is_body(a) for a in actors)
            or trigger.frame.kind != "meeting"
        ):
            return False
        spoken = " ".join(
            scene.words.raw[i] for s in slots for i in range(max(scene.start, s.np - 3), s.last)
        )
        return bool(_LEADERS.search(spoken))

    def _reciprocal(self, trigger: Trigger, scene: Scene, bare: Sequence[Slot]) -> bool:
        """Whether subject and object are both there, or the one subject of several meets itself ("sich")."""
        words = {scene.words.lower[i] for i in scene.clauses[trigger.clause].tokens}
        if words & {"sich", "einander", "miteinander", "uns"}:
            return True
        return len(self._groups(bare, scene)) > 1

    def _groups(self, slots: Sequence[Slot], scene: Scene) -> list[list[Slot]]:
        """Slots of one clause by coordination: "A und B" is one group."""
        groups: list[list[Slot]] = []
        for s in sorted(slots, key=lambda s: s.first):
            last = groups[-1][-1] if groups else None
            joined = (
                last is not None
                and last.clause == s.clause
                and any(
                    scene.words.lower[i] in (",", "und", "sowie", "/")
                    for i in range(last.last, max(last.last, s.np) + 1)
                    if i < s.first
                )
                and not any(i in self._finites(scene) for i in range(last.last, s.first))
            )
            beside = last is not None and s.first <= last.last
            if joined or (beside and self._who.all(s.mention.actors) == self._who.all(last.mention.actors)):
                groups[-1].append(s)
            else:
                groups.append([s])
        return groups

    def _finites(self, scene: Scene) -> set[int]:
        return {c.finite for c in scene.clauses if c.finite is not None}

    def _meets_group(self, slots: Sequence[Slot]) -> bool:
        return any(len(self._who.all(s.mention.actors)) > 1 for s in slots)

    def _mutual(self, trigger: Trigger, scene: Scene) -> bool:
        return bool(
            {"miteinander", "einander", "gemeinsam"}
            & {scene.words.lower[i] for i in scene.clauses[trigger.clause].tokens}
        )

    def _noun(self, trigger: Trigger, scene: Scene, hits: Sequence[Trigger]) -> Candidate | None:
        frame = trigger.frame
        slots = self._noun_parties(trigger, scene)
        actors = self._actors(slots)
        prep = self._prep(trigger, scene)
        end = scene.words.offsets[trigger.token] + len(scene.words.raw[trigger.token])
        if any(s.mention.end == end and (s.head is not None or prep == "rande") for s in slots if s.last == trigger.token + 1):
            return None  # "Generaldebatte der UN-Vollversammlung", "am Rande der UN-Vollversammlung"
        time = self._time(trigger, scene)
        status, why = noun_status(trigger, scene, prep, time, self._on)
        if status == "cancelled" and time is not None and not self._planned_for(time, trigger, scene):
            time = None
        if frame.kind == "visit":
            hosts = [s for s in slots if s.prep in ("bei", "mit")]
            guests = [s for s in slots if s not in hosts]
            return self._visit(trigger, scene, guests, hosts, time, status, why, prep=prep)
        place = self._place(trigger, scene)
        behind = self._relative_of(trigger, scene)
        if behind is not None and _TAKES_PART.search(scene.text(behind)):
            inner = replace(trigger, clause=behind)
            time = time or self._time(inner, scene)
            place = place or self._place(inner, scene)
            lead = scene.words.lower[scene.clauses[behind].tokens[0]]
            if lead in ("an", "bei", "zu", "auf"):
                actors = (*actors, *self._actors(self._bare(scene, behind)))
        if (
            status == "denied"
            and time is None
            and place is None
            and scene.words.lower[trigger.token].endswith(("gespräche", "gesprächen", "verhandlungen"))
        ):
            return None  # "keine Gespräche mehr": no one encounter
        guessed: tuple[Actor, ...] = ()
        named = bool(actors) or self._owned(trigger, scene)
        if "subject-attending" in frame.parties:
            if prep in _ATTENDING or prep == "":
                people = [
                    s
                    for s in self._subjects(scene, trigger.clause)
                    if any(a.type == "person" for a in s.mention.actors)
                    or (s.mention.form == "group" and all(is_body(a) for a in s.mention.actors))
                ]
                venue = any(
                    h.clause == trigger.clause
                    and h.token != trigger.token
                    and h.frame.kind in ("meeting", "call", "negotiation")
                    for h in hits
                )
                if venue:
                    actors = self._actors([s for s in slots if s.prep != "mit"])
                if prep in _ATTENDING and not venue:
                    actors = (*self._actors(people), *actors)
        elif len(self._who.all(actors)) < 2 and named and "subject" in frame.parties:
            subjects = self._subjects(scene, trigger.clause)
            if not subjects and scene.clauses[trigger.clause].parent is not None:
                subjects = self._subjects(scene, scene.clauses[trigger.clause].parent or 0)
            groups = self._groups([s for s in subjects if s not in slots], scene)
            actors = (*self._actors(groups[0] if groups else []), *actors)
            if len(self._who.all(actors)) < 2:
                actors = (*self._actors([s for g in groups[1:] for s in g][:1]), *actors)
            if len(self._who.all(actors)) < 2:
                guessed = self._fallback(scene, trigger, actors)
                actors = (*guessed, *actors)
        if frame.id == "begegnung" and self._convenes(slots, scene, trigger):
            return self._make(trigger, scene, "summit", actors, place, time, status, why, prep=prep)
        if not actors and "subject" in frame.parties and prep in ("bei", "in", "zu", "nach", ""):
            subjects = (
                self._actors(self._bare(scene, trigger.clause))
                if not self._definite(trigger, scene) or self._owned(trigger, scene)
                else ()
            )
            actors = subjects if len(self._who.all(subjects)) == 2 else actors
        if not self._meets(frame, actors, scene, trigger, time, place):
            candidate = self._make(trigger, scene, frame.kind, actors, place, time, status, why, prep=prep)
            candidate.anaphoric = True
            return candidate if self._definite(trigger, scene) or named else None
        made = self._make(trigger, scene, frame.kind, actors, place, time, status, why, prep=prep)
        made.guessed = guessed
        return made

    def _planned_for(self, time: TimeSlot, trigger: Trigger, scene: Scene) -> bool:
        """Whether the date is the meeting's own ("das für Dienstag geplante Treffen"), not that of calling it off."""
        lower = scene.words.lower
        before = lower[max(scene.start, time.first - 2) : time.first]
        return (
            time.last <= trigger.token
            and trigger.token - time.last <= 3
            or "für" in before
            or 0 < time.first - trigger.token <= 2
        )

    def _owned(self, trigger: Trigger, scene: Scene) -> bool:
        """ "ihr Treffen", "ein gemeinsames Gespräch": the subjects are the parties."""
        lower = scene.words.lower
        before = [lower[i] for i in range(max(scene.start, trigger.token - 4), trigger.token)]
        return any(POSSESSIVE.fullmatch(w) or w.startswith("gemeinsame") for w in before)

    def _fallback(self, scene: Scene, trigger: Trigger, told: tuple[Actor, ...]) -> tuple[Actor, ...]:
        """The other party where the clause names only one: who speaks in the sentence, else whom the text is about."""
        speakers = [
            s
            for s in scene.slots
            if s.clause != trigger.clause
            and s.prep == ""
            and s.head is None
            and scene.clauses[s.clause].kind == "main"
        ]
        recent = self._memory.subjects if scene.number - self._memory.scene <= 1 else ()
        found = self._actors(speakers[-1:]) or (recent if trigger.frame.kind == "meeting" and not self._prep(trigger, scene) else ())
        known = {self._who.of(a) for a in found}
        people = (
            tuple(a for a in self._memory.subjects if self._who.of(a) in known and a.type == "person")
            or found
        )
        return tuple(a for a in people if self._who.of(a) not in self._who.all(told))

    def _definite(self, trigger: Trigger, scene: Scene) -> bool:
        """ "das Treffen", "die in Wien erzielte Einigung", "seinem Besuch": points back to something told."""
        lower = scene.words.lower
        for i in range(trigger.token - 1, max(scene.start, trigger.token - 9) - 1, -1):
            if lower[i] in _DEFINITE or POSSESSIVE.fullmatch(lower[i]):
                return True
            inside = any(x.first <= i < x.last for x in (*scene.places, *scene.times)) or lower[i] in ("in", "am")
            if not inside and not lower[i].endswith(("e", "en", "er", "em", "es")):
                return False
        return trigger.token == scene.start

    def _prep(self, trigger: Trigger, scene: Scene) -> str:
        """The preposition before the noun phrase of a trigger."""
        lower, words = scene.words.lower, self._grammar
        contracted = {
            "im": "in",
            "beim": "bei",
            "am": "an",
            "zum": "zu",
            "zur": "zu",
            "vom": "von",
            "ins": "in",
        }
        owned = {
            i for s in scene.slots if self._possessor(s, trigger.token, scene) for i in range(s.first, s.last)
        }
        timed = {i for x in scene.times for i in range(x.first, x.last)}
        for i in range(trigger.token - 1, max(scene.start, trigger.token - 10) - 1, -1):
            word = lower[i]
            if i in owned or i in timed or (i + 1 in timed and word in words.prepositions):
                continue
            if word in words.prepositions:
                if word == "von" and i > scene.start + 1 and lower[i - 1] == "rande":
                    return "rande"
                return contracted.get(word, word)
            if (
                word in ("des", "der")
                and i > scene.start
                and lower[i - 1] in ("rande", "rand")
            ):
                return "rande"
            if (
                word in ("des", "der")
                and i > scene.start
                and lower[i - 1] in ("verlauf", "laufe", "rahmen", "zuge", "anschluss")
            ):
                return "bei"
            if word in ("des", "der") and i > scene.start and lower[i - 1] == "vorfeld":
                return "vor"
            if (
                word in words.determiners
                or word.endswith(("e", "en", "er", "em", "es", "et"))
                and scene.words.raw[i][0].islower()
                or word.rstrip(".").isdigit()
            ):
                continue
            return ""
        return ""

    def _visit(
        self, trigger: Trigger, scene: Scene, bare: Sequence[Slot], behind: Sequence[Slot],
        time: TimeSlot | None, status: Status, why: str, *, prep: str = "",
    ) -> Candidate | None:  # fmt: skip
        """A visit: the guests, and the named host or else the state that is travelled to."""
        frame = trigger.frame
        place = self._destination(trigger, scene)
        if frame.id == "besuchen" and place is None and not behind and len(self._groups(bare, scene)) < 2:
            return None
        slots = [s for s in bare if place is None or not self._is_destination(s, place, scene, trigger)]
        guests = self._actors(slots)
        if frame.noun is not None and not guests and not self._foreign_genitive(trigger, scene):
            subjects = self._subjects(scene, trigger.clause)
            if not subjects and scene.clauses[trigger.clause].parent is not None:
                subjects = self._subjects(scene, scene.clauses[trigger.clause].parent or 0)
            subjects = [
                s for s in subjects if place is None or not self._is_destination(s, place, scene, trigger)
            ]
            guests = self._actors((self._groups(subjects, scene) or [[]])[0])
            if not guests and self._owned(trigger, scene):
                guests = self._memory.subjects
        if frame.needs == "journey" and frame.verb:
            guests = tuple(a for a in guests if a.type == "person" or frame.status) or (
                guests
                if re.search(
                    r"delegation|vertreter|unterhändler|gesandt|minister|gespräch|besuch|treffen",
                    scene.text(trigger.clause),
                    re.IGNORECASE,
                )
                else ()
            )
        hosts = self._actors(behind)
        bodies = [s for s in scene.slots if s.clause == trigger.clause and s.prep == "zu" and all(is_body(a) for a in s.mention.actors)]
        if place is None and guests and bodies and frame.needs == "journey":
            actors = (*guests, *self._actors(bodies))
            return self._make(trigger, scene, "summit", actors, None, time, status, why, prep=prep)
        if (
            not hosts
            and country_of(place) is not None
            and len(self._who.all(guests)) > 1
            and country_of(place) not in self._who.all(guests)
        ):
            hosts = tuple(a for a in (host_state(country_of(place)),) if a is not None)
        country = place.country if place is not None else None
        actors = self._who.fold((*guests, *hosts))
        anaphoric = False
        if len(self._who.all(actors)) < 2:
            state = host_state(country)
            if not actors and frame.noun is not None and place is None:
                anaphoric = self._definite(trigger, scene)
                if not anaphoric:
                    return None
            elif not actors:
                if frame.noun is None or not self._definite(trigger, scene):
                    return None
                anaphoric = True
            elif state is None or country in self._who.all(actors):
                if frame.noun is not None and self._definite(trigger, scene) and country is None:
                    anaphoric = True
                else:
                    return None
            else:
                actors = (*actors, state)
        if guests and all(a.key in self._fled for a in guests):
            return None
        if not anaphoric and frame.needs in ("journey", "stay") and place is None:
            return None
        if frame.needs == "stay" and any(is_participle(scene.words.lower[i]) for i in scene.clauses[trigger.clause].tokens[-3:] if i != trigger.token):
            return None
        if frame.needs == "stay" and (time is None or not any(a.type == "person" for a in guests)):
            return None
        if not anaphoric and country is not None and all(self._who.of(a) == country for a in guests):
            return None  # at home
        if place is None and any(
            scene.words.lower[i] == "dort" for i in scene.clauses[trigger.clause].tokens
        ):
            place = self._memory.place
        if place is None and not anaphoric and frame.id == "besuchen":
            state = next((a for a in actors[1:] if a.type == "state"), None)
            place = Place(state.name, state.country) if state is not None else None
        candidate = self._make(trigger, scene, "visit", actors, place, time, status, why, prep=prep)
        candidate.anaphoric = anaphoric
        return candidate

    def _relative_of(self, trigger: Trigger, scene: Scene) -> int | None:
        """The relative clause that hangs on the noun: "ein Treffen in Genf, an dem X und Y teilnehmen"."""
        for n, clause in enumerate(scene.clauses):
            first = clause.tokens[0]
            if clause.kind != "relative" or first <= trigger.token or first - trigger.token > 14:
                continue
            between = range(trigger.token + 1, first)
            other = any(h.token in between for h in self._hits)
            verb = scene.clauses[trigger.clause].finite
            if not other and not (verb is not None and verb in between):
                return n
        return None

    def _foreign_genitive(self, trigger: Trigger, scene: Scene) -> bool:
        """Whether somebody unknown stands in the noun's genitive: "die Reise des Gastes"."""
        t, lower, raw = trigger.token, scene.words.lower, scene.words.raw
        if t + 2 >= scene.end or lower[t + 1] not in ("des", "der", "eines", "einer"):
            return False
        return not any(
            x.first <= i < x.last for x in (*scene.slots, *scene.places) for i in range(t + 2, t + 5)
        ) and any(raw[i][0].isupper() for i in range(t + 2, min(t + 4, scene.end)))

    def _is_destination(self, slot: Slot, place: Place, scene: Scene, trigger: Trigger) -> bool:
        """Whether a state's name in the list of parties is only where the journey goes."""
        return any(p.first == slot.first and p.mention.place == place for p in scene.places) and not any(
            a.type == "person" for a in slot.mention.actors
        )

    def _meets(
        self,
        frame: Frame,
        actors: tuple[Actor, ...],
        scene: Scene,
        trigger: Trigger,
        time: TimeSlot | None,
        place: Place | None,
    ) -> bool:
        """Whether what the frame needs is there."""
        found = self._who.all(actors)
        bodies = any(is_body(a) for a in actors)
        text = " ".join(scene.words.raw[i] for i in range(scene.start, scene.end))
        match frame.needs:
            case "body":
                return bodies or len(found) >= 3
            case "summit":
                return bodies or len(found) >= 2
            case "conference":
                return (bodies or len(found) >= 2) and (place is not None or time is not None)
            case "ministerial-body":
                held = time is not None or place is not None or self._prep(trigger, scene) in _ATTENDING
                return bodies and held and bool(_MINISTERS.search(text)) or len(found) >= 3
            case "person":
                return len(found) >= 2 and any(a.type == "person" for a in actors)
            case "mit-or-body":
                return len(found) >= 2 or bodies and bool(_MINISTERS.search(text))
            case "round":
                return len(found) >= 2 and (
                    time is not None or place is not None or bool(_ROUND.search(scene.text(trigger.clause)))
                )
            case "zwischen":
                return len(found) >= 2
            case _:
                return len(found) >= 2

    def _make(
        self, trigger: Trigger, scene: Scene, kind: Kind, actors: tuple[Actor, ...], place: Place | None,
        time: TimeSlot | None, status: Status, why: str, *, prep: str = "",
    ) -> Candidate:  # fmt: skip
        lower = scene.words.lower
        clause = scene.clauses[trigger.clause]
        said = {lower[i] for i in clause.tokens}
        before = {lower[i] for i in range(max(scene.start, trigger.token - 3), trigger.token)}
        shift = (
            self._shift(trigger, scene) if trigger.frame.noun is not None and prep in ("nach", "vor") else 0
        )
        return Candidate(
            shift=shift or 0,
            kind=kind,
            actors=self._who.fold(actors),
            place=place,
            time=time if shift is not None else None,
            status=status,
            scene=scene.number,
            clause=trigger.clause,
            token=trigger.token,
            rules=[f"frame:{trigger.frame.id}", why],
            again=bool((before if trigger.frame.noun else said) & self._grammar.again),
            remote=self._far_back(clause, scene),
            follows=lower[clause.tokens[0]] in _FOLLOWING,
            prep=prep,
        )

    def _shift(self, trigger: Trigger, scene: Scene) -> int | None:
        """Days between the clause's date and the meeting: -3 for "drei Tage nach dem Treffen"; None if not in days."""
        lower = scene.words.lower
        for i in range(trigger.token - 1, max(scene.start, trigger.token - 8) - 1, -1):
            if lower[i] in ("nach", "vor") and i - 1 >= scene.start and lower[i - 1] in _UNITS:
                count = _NUMBERS.get(lower[i - 2]) if i - 2 >= scene.start else None
                if lower[i - 1].startswith("tag") and count is not None:
                    return -count if lower[i] == "nach" else count
                return None
        return 0

    def _far_back(self, clause: Clause, scene: Scene) -> bool:
        """Whether the clause itself says "damals"; not where only a comparison does ("wie damals X")."""
        lower = scene.words.lower
        return any(
            lower[i] in self._grammar.remote and "wie" not in lower[max(scene.start, i - 2) : i]
            for i in clause.tokens
        )

    def _remember(self, scene: Scene) -> None:
        """Keeps the subject of the last main clause, and the last place."""
        for n, clause in enumerate(scene.clauses):
            if clause.kind == "main":
                groups = self._groups(
                    [s for s in self._bare(scene, n) if any(a.type == "person" for a in s.mention.actors)],
                    scene,
                )
                if groups:
                    self._memory.subjects, self._memory.scene = self._actors(groups[0]), scene.number
        for place in scene.places:
            if place.prep in ("in", "nach"):
                self._memory.place = place.mention.place
