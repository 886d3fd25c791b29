"""Pronouns and groups: "er", "die beiden", "sein Amtskollege", "die Außenminister Russlands und der USA".

Only what the article makes plain is resolved; quotations are left alone, for "ich" and "er" in them
belong to another speaker.
"""

import re
from bisect import bisect_left, bisect_right, insort
from datetime import date
from itertools import pairwise

from timeline.actors.mention import Form, Mention
from timeline.actors.reading import Reader, Titled
from timeline.actors.words import PHRASE, behind_preposition, fold, pattern
from timeline.model import Actor

_RELATIVE = r" <relative_pronouns>\b"
_ABOUT = r"(?i)\b<about_prepositions>(?: <definite_articles>)?(?: [a-z]+<dative_endings>)* $"
"""Before a name that is spoken of, and who does nothing."""
_LISTED = r",? (?:<listing> )?(?:[A-Za-z-]+ ){0,3}"
"""What parts the names of a list, with titles that nobody holds: ", Kommissionschef "."""
_JOINED = r" <joining> (?:(?:<definite_articles>|<possessives>) )?(?:[a-z]+<adjective_endings> )?"
"""Between two that are told as one: "Thailand und das benachbarte Kambodscha" (umlauts folded)."""
_TOGETHER = r"(?:,| <joining>|,? \w[\w ]{0,50})* ?"
"""Between two persons of one sentence, whatever is told of the first."""
_LINKED = r",|,? <joining>\b"
"""Opens what stands between two persons of one list."""
_MARK = re.compile("[,;:.–!?]")

_REFERRING = ("he", "she", "his", "her", "both", "several_guests", "this_man", "guest_or_host", "colleagues")
"""The word classes that refer back to whom the text names, the first that has a word before others."""

_OWNER = 24
"""Characters from "sein" to its noun at most, with what stands between."""


class Groups:
    """The last step over one text: what refers back to mentions already found."""

    def __init__(
        self, reader: Reader, mentions: list[Mention], sentences: list[int], on: date | None
    ) -> None:
        self.reader = reader
        self.words = reader.words
        self.known = reader.lexicon.knowledge
        self.mentions = sorted(mentions, key=lambda m: m.start)
        self.sentences = sentences
        self.on = on
        self._titles: dict[int, Titled] = {}
        self._offices: list[Mention] = []

    def find(self, titles: list[Titled]) -> list[Mention]:
        """All mentions, in no order: those given, with groups, pronouns and whom "der Brite" means."""
        found: list[Mention] = []
        self._titles = {titled.i: titled for titled in titles}
        for titled in titles:
            skip = titled.names or titled.former or titled.region or "colleague" in titled.title.offices
            if titled.plural and not skip:
                found += self._plural(titled)
        divided = self.reader.lexicon.divided
        self._offices = list(found)
        if not self.mentions and not found and divided.keys().isdisjoint(self.words.forms):
            return found
        found += self._halves()
        self._people()
        quoted = self._quotations()
        referring = self._referring()
        for i, form in enumerate(self.words.forms):
            kind = referring.get(form)
            if kind is None:
                continue
            start = self.words.starts[i]
            if any(a <= start < b for a, b in quoted):
                continue
            new = self._referred(i, kind)
            found += new
            if new:  # later pronouns may go back to this one
                insort(self.mentions, new[0], key=lambda m: m.start)
        return list(dict.fromkeys([*self.mentions, *found]))

    def _referring(self) -> dict[str, str]:
        """The words that refer back, each with its class."""
        lexicon = self.reader.lexicon
        kinds = dict.fromkeys(self._describing(), "described") | dict.fromkeys(lexicon.numbers, "numbers")
        for kind in reversed(_REFERRING):
            kinds.update(dict.fromkeys(lexicon.classes[kind], kind))
        return kinds

    def _referred(self, i: int, kind: str) -> list[Mention]:
        """Whom word ``i``, of a class that refers back, means."""
        match kind:
            case "he":
                return self._pronoun(i, "m")
            case "she":
                return self._she(i)
            case "his" | "her":
                sex = "m" if kind == "his" else "f"
                return self._pronoun(i, sex, own_clause=True) if self._before_noun(i) else []
            case "both":
                return self._both(i)
            case "numbers":
                return self._several(i, self.reader.lexicon.numbers[self.words.forms[i]])
            case "several_guests":
                return self._guests(i)
            case "this_man":
                return self._this_man(i)
            case "guest_or_host":
                return self._guest(i)
            case "colleagues":
                return self._colleague(i)
            case _:
                return self._described(i)

    def _halves(self) -> list[Mention]:
        """The first half of "Nord- und Südkorea"."""
        words, halves, found = self.words, self.reader.lexicon.halves, []
        for i, form in enumerate(words.forms):
            if form not in halves or not words.gap(i + 1).startswith("-") or words.form(i + 1) != "und":
                continue
            second = self.reader.hits.get(i + 2)
            whole = words.form(i + 2).lower().removeprefix(halves[form])
            code = self._code_of(form + whole) if second is not None and second.entry.state else None
            if code is not None:
                start, end = words.starts[i], words.ends[i]
                actor = self.reader.state(code)
                found.append(Mention(start, end, (actor,), "state", "state.party", side=code))
        return found

    def _code_of(self, name: str) -> str | None:
        """The code of the state of that folded name."""
        return next((code for code, state in self.known.states.items() if fold(state.name) == name), None)

    def _before_noun(self, i: int) -> bool:
        """Whether a noun (perhaps with an adjective) follows, so that "sein" is no verb."""
        nxt = self.words.form(i + 1)
        adjective = self.reader.endsin(nxt, "adjective_endings")
        return nxt[:1].isupper() or (adjective and self.words.form(i + 2)[:1].isupper())

    def _quotations(self) -> list[tuple[int, int]]:
        spans, text, start = [], self.words.text, 0
        while (a := text.find("„", start)) >= 0:
            ends = [b for b in (text.find("“", a), text.find("”", a), text.find('"', a)) if b > a]
            if not ends or min(ends) - a > 1200:
                start = a + 1
                continue
            spans.append((a, min(ends)))
            start = min(ends)
        return spans

    def _sentence(self, start: int) -> int:
        return bisect_right(self.sentences, start)

    def _between_marks(self, start: int) -> tuple[int, int]:
        """The characters of the marks of punctuation around an offset: about its clause."""
        text = self.words.text
        end = _MARK.search(text, start)
        return max(text.rfind(mark, 0, start) for mark in ",;:.–!?"), end.start() if end else len(text)

    def _persons_before(self, start: int, sentences: int) -> list[Mention]:
        """Mentions of single persons before an offset, in its sentence and so many before, newest first."""
        here = self._sentence(start)
        return [
            m
            for m in reversed(self.mentions)
            if m.start < start
            and len(m.actors) == 1
            and m.actors[0].type == "person"
            and here - self._sentence(m.start) <= sentences
        ]

    def _sex(self, mention: Mention) -> str:
        person = self.known.by_key.get(mention.actors[0].key)
        if person is not None:
            return person.sex
        return "f" if mention.title and mention.rule.endswith(".f") else "m"

    def _antecedent(self, start: int, sex: str, *, own_clause: bool) -> Mention | None:
        """Whom a pronoun means: the subject of the nearest sentence that names a person of its sex.

        A personal pronoun never means somebody named in its own clause ("Selenskyj empfing er"), a
        possessive may ("Putin empfing seinen Gast"). The first person of a sentence counts as its subject,
        unless he stands in an opening subordinate clause ("Während Xi im Kreml war, reiste Kishida ...").
        A sentence without any ("Geplant sind Gespräche mit X und Y") goes on about whom the one before is.
        """
        before = [m for m in self._persons_before(start, 2) if self._sex(m) == sex]
        if not own_clause:
            clause, _ = self._between_marks(start)
            here_named = {a for m in self.mentions if clause <= m.start < start for a in m.actors}
            if pattern(_RELATIVE).match(self.words.text, clause + 1):  # "Sarkozy, der ihn empfing"
                here_named |= {a for m in self.mentions if m.end == clause for a in m.actors}
            before = [m for m in before if m.start < clause and m.actors[0] not in here_named]
        if not before:
            return None
        here = self._sentence(start)
        away = sorted({here - self._sentence(m.start) for m in before})
        nearest = away[0]
        if not own_clause and self._only_objects(here - nearest, start):
            told = [m for m in before if here - self._sentence(m.start) > nearest]
            subjects = [m for m in told if not self._behind_preposition(m)]
            nearest = here - self._sentence(subjects[0].start) if subjects else nearest
        named = [m for m in before if here - self._sentence(m.start) == nearest][::-1]
        opening = self.sentences[self._sentence(named[0].start) - 1]
        first = self.words.text[opening : opening + 12].split(" ")[0]
        if self.reader.isin(first, "subordinating"):
            comma = self.words.text.find(",", opening, start)
            named = [m for m in named if m.start > comma] or named
        return next((m for m in named if not self._behind_preposition(m)), named[0])

    def _only_objects(self, sentence: int, start: int) -> bool:
        """Whether a sentence (counted as by :meth:`_sentence`) names persons behind prepositions only.

        What stands behind the offset ``start`` does not count.
        """
        named = [
            m
            for m in self.mentions
            if m.actors[0].type == "person" and m.start < start and self._sentence(m.start) == sentence
        ]
        for before, m in zip([None, *named], named, strict=False):
            listed = before is not None and pattern(_LISTED).fullmatch(self.words.text, before.end, m.start)
            if not (listed or self._behind_preposition(m)):
                return False
        return bool(named)

    def _behind_preposition(self, mention: Mention) -> bool:
        return behind_preposition(self.words.text, mention.start)

    def _object_before(self, i: int, sex: str) -> Mention | None:
        """Whom "ihm" means behind "und" with a shared subject: "Merkel traf Putin und redete mit ihm"."""
        text, start = self.words.text, self.words.starts[i]
        clause, _ = self._between_marks(start)
        joint = text.rfind(" und ", clause, start)
        if joint < 0 or not text[joint + 5].islower():
            return None
        named = [m for m in self.mentions if clause <= m.start < joint and m.actors[0].type == "person"]
        return next((m for m in reversed(named[1:]) if len(m.actors) == 1 and self._sex(m) == sex), None)

    def _pronoun(self, i: int, sex: str, *, own_clause: bool = False) -> list[Mention]:
        start = self.words.starts[i]
        him = self.reader.isin(self.words.forms[i], "him")
        antecedent = self._object_before(i, sex) if him else None
        antecedent = antecedent or self._antecedent(start, sex, own_clause=own_clause)
        if antecedent is None:
            return []
        rule = "pronoun.possessive" if own_clause else "pronoun.singular"
        return [Mention(start, self.words.ends[i], antecedent.actors, "pronoun", rule, side=antecedent.side)]

    def _this_man(self, i: int) -> list[Mention]:
        """Read "dieser" alone as the man named last before its clause: "..., nachdem dieser kam"."""
        words, start = self.words, self.words.starts[i]
        after = words.form(i + 1)
        if after[:1].isupper() or words.gap(i + 1) != " ":
            return []
        if self.reader.endsin(after, "adjective_endings") and words.form(i + 2)[:1].isupper():
            return []  # "dieser neue Vertrag"
        clause, _ = self._between_marks(start)
        before = [m for m in self._persons_before(start, 1) if m.start < clause and self._sex(m) == "m"]
        if not before:
            return []
        last = before[0]
        return [Mention(start, words.ends[i], last.actors, "pronoun", "pronoun.singular", side=last.side)]

    def _guest(self, i: int) -> list[Mention]:
        """Read "den Gast", "sein Gastgeber" as the person of another side named last before its clause.

        "Der Gast aus Wien" and "der finnische Gast" are of that state.
        """
        words = self.words
        told = self.reader.ends.get(i)
        side = told.entry.adjective if told is not None else None
        first = told.i if told is not None and side is not None else i
        start = words.starts[first]
        article = words.form(first - 1)
        if not self.reader.isin(article.lower(), "before_guest"):
            return []
        if words.gap(i + 1) == " " and words.form(i + 1) == "aus":
            home = self.reader.hits.get(i + 2)
            side = home.entry.state or home.entry.capital if home is not None else None
            if side is None:
                return []
        elif words.gap(i + 1) == " " and (
            i + 1 in self.reader.hits or self.reader.isin(words.form(i + 1), "genitive_articles")
        ):
            return []
        begin, end = self._between_marks(start)
        facing = (m for m in self.mentions if begin <= m.start < end and m.start != start)
        own = {m.side or m.actors[0].country for m in facing}
        if len(own) != 1:
            return []
        before = [m for m in self._persons_before(start, 2) if m.start < begin]
        sides = ((m, m.side or m.actors[0].country) for m in before)
        other = next((m for m, its in sides if its not in own and (side is None or its == side)), None)
        if other is None:
            return []
        self.mentions = [m for m in self.mentions if m.start != start]  # "der finnische Gast" as Finland
        return [Mention(start, words.ends[i], other.actors, "pronoun", "pronoun.guest", side=other.side)]

    def _describing(self) -> frozenset[str]:
        """The nouns by which a person named before may be called."""
        classes = self.reader.lexicon.classes
        nouns = ("ministers", "diplomats", "politicians", "by_home", "by_age")
        return frozenset(self.reader.lexicon.parties).union(*(classes[f"described_{each}"] for each in nouns))

    def _described(self, i: int) -> list[Mention]:
        """Read "der Minister", "die CDU-Politikerin", "dem 64-Jährigen" as the one person that it fits.

        Somebody of that sex, and of that office or of a state that has the party, in the nearest sentence of
        the last three that names one; where it names two, nobody is meant for certain.
        """
        words, reader = self.words, self.reader
        noun, first = words.form(i), i - (words.gap(i) == "-")
        sides = reader.lexicon.parties.get(noun) or reader.lexicon.parties.get(words.form(first))
        if reader.isin(noun, "described_by_age") != (first < i and words.form(first).isdigit()):
            return []
        if first < i and sides is None and not words.form(first).isdigit():
            return []
        sex = self._sex_described(first, i)
        start, end = words.starts[first], words.ends[i]
        if sex is None or self._goes_on(i) or any(m.start < end and start < m.end for m in self.mentions):
            return []
        clause, _ = self._between_marks(start)
        opening = self.sentences[self._sentence(start) - 1]
        here = {a for m in self.mentions if max(clause, opening) <= m.start < start for a in m.actors}
        fitting = [
            m
            for m in self._persons_before(start, 3)
            if m.actors[0] not in here
            and self._sex(m) == sex
            and (sides is None or (m.side or m.actors[0].country) in sides)
            and self._fits_office(m, noun)
        ]
        nearest = [m for m in fitting if self._sentence(m.start) == self._sentence(fitting[0].start)]
        if len({m.actors[0] for m in nearest}) != 1:
            return []
        meant = nearest[0]
        return [Mention(start, end, meant.actors, "pronoun", "pronoun.described", side=meant.side)]

    def _sex_described(self, first: int, i: int) -> str | None:
        """The sex that article and noun tell; None without a definite article, and in the plural."""
        words = self.words
        article, noun = words.form(first - 1).lower(), words.form(i)
        sexes = self._sexes(article)
        if not sexes or words.gap(first) != " ":
            return None
        before = words.form(first - 2)
        if article == "der" and words.gap(first - 1) == " " and before[:1].isupper() and first > 2:
            return None  # the genitive of a plural: "die Liste der Minister"
        if noun.endswith("in"):
            return "f" if "f" in sexes else None
        if self.reader.isin(noun, "described_by_age"):
            weak = noun.endswith("n")
            if article == "die":
                return None if weak else "f"
            return "f" if article == "der" and weak else "m" if weak == (article != "der") else None
        return "m" if "m" in sexes else None

    def _sexes(self, article: str) -> str:
        """Before whom alone an article may stand: "m", "f", "mf", or "" before nobody."""
        told = {"m": "masculine_articles", "f": "feminine_articles"}
        return "".join(sex for sex, kind in told.items() if self.reader.isin(article, kind))

    def _goes_on(self, i: int) -> bool:
        """Whether a name, a genitive or a preposition behind the noun says who is meant."""
        words = self.words
        if words.gap(i + 1) != " ":
            return words.gap(i + 1).startswith("-")
        after = words.form(i + 1)
        if self.reader.isin(after, "specifying"):
            return True
        start = words.starts[i + 1] if after else 0
        titled = any(m.start == start and m.title is not None for m in self.mentions)
        return after[:1].isupper() and not titled

    def _fits_office(self, mention: Mention, noun: str) -> bool:
        """Whether somebody called "Minister" is one, and the "Chefdiplomat" the foreign minister."""
        if self.reader.isin(noun, "described_ministers"):
            wanted = "minister"
        elif self.reader.isin(noun, "described_diplomats"):
            wanted = "foreign_minister"
        else:
            return True
        actor = mention.actors[0]
        person = self.known.by_key.get(actor.key)
        term = person.term(self.on) if person else None
        told = {m.office for m in self.mentions if actor in m.actors} | {term.office if term else None}
        return any(office is not None and office.endswith(wanted) for office in told)

    def _people(self) -> None:
        """Takes "der Brite", "die Russin" for the one of that state whom the article named last."""
        words, found = self.words, []
        people = [(i, hit) for i, hit in self.reader.hits.items() if hit.entry.people is not None]
        for i, hit in people:
            sex = self._one_of_people(i)
            if sex is None:
                continue
            side, start = hit.entry.people, words.starts[i]
            before = self._persons_before(start, 4)
            last = next((m for m in before if (m.side or m.actors[0].country) == side), None)
            if last is not None and self._sex(last) == sex:
                end = words.ends[hit.j - 1]
                found.append(Mention(start, end, last.actors, "state", "people.person", side=side))
        if not found:
            return
        told = {m.start for m in found}
        kept = [m for m in self.mentions if m.rule != "state.people" or m.start not in told]
        self.mentions = sorted([*kept, *found], key=lambda m: m.start)

    def _one_of_people(self, i: int) -> str | None:
        """The sex of the single inhabitant of a state that word ``i`` means, None where it means more.

        Whoever is named right behind the word, or joined to it by a hyphen, is told by his name.
        """
        words = self.words
        form, article = words.form(i), words.form(i - 1).lower()
        before = words.form(i - 2) if words.gap(i - 1) == " " else ""
        after = words.gap(i + 1) == " " and words.form(i + 1)[:1].isupper()
        sexes = self._sexes(article)
        if not sexes or words.gap(i) != " " or after or words.gap(i + 1) == "-":
            return None
        if form.endswith("in"):
            return "f" if "f" in sexes else None
        if article == "den":
            plural = self.reader.isin(before.lower(), "dative_prepositions") or form.endswith("ern")
        else:
            owned = form.endswith("n") or (form.endswith("er") and before[:1].isupper())
            plural = article == "die" or (article == "der" and owned)
        return None if plural else "m"

    def _she(self, i: int) -> list[Mention]:
        """A woman for "sie" before a singular verb, the last two persons before a plural one."""
        words = self.words
        verb = words.form(i + 1) if words.form(i)[0].isupper() else words.form(i - 1)
        after = words.form(i + 1)
        object_ = self.reader.isin(after, "articles") or self.reader.isin(after, "possessives")
        begins = not words.form(i)[0].isupper() and self.reader.isin(verb, "clause_openers")
        plural = (self._closes_plural(i) if begins else verb.endswith("en")) or (
            after.endswith("en") and not object_ and not self.reader.isin(after, "no_verbs")
        )
        if plural:
            return self._joined(i) or self._pair(i, i + 1, "pronoun", "pronoun.plural")
        return self._pronoun(i, "f")

    def _closes_plural(self, i: int) -> bool:
        """Whether the clause of word ``i`` ends with a plural verb: "..., wo sie mit X zu Abend essen"."""
        _, end = self._between_marks(self.words.starts[i])
        last = bisect_left(self.words.starts, end) - 1
        return last > i and self.words.form(last)[:1].islower() and self.words.form(last).endswith("en")

    def _joined(self, i: int) -> list[Mention]:
        """Those whom the clause or sentence before joins by "und": "A und B reisten an, dort trafen sie"."""
        start = self.words.starts[i]
        here = self._sentence(start)
        clause, _ = self._between_marks(start)
        before = list(reversed(self._persons_before(start, 1)))
        own = [m for m in before if self._sentence(m.start) == here and m.end <= clause]
        persons = own if len(own) > 1 else [m for m in before if self._sentence(m.start) == here - 1]
        run: list[Mention] = []
        for mention in persons:
            between = self.words.text[run[-1].end : mention.start] if run else ""
            if run and pattern(_TOGETHER).fullmatch(between) is None:
                break
            if run and not pattern(_LINKED).match(between):
                if len(run) > 1:
                    break
                run = []
            run.append(mention)
        actors = tuple(dict.fromkeys(m.actors[0] for m in run))
        if len(actors) < 2:
            return []
        return [Mention(start, self.words.ends[i], actors, "pronoun", "pronoun.plural")]

    def _pair(
        self, i: int, j: int, form: Form, rule: str, *, states: bool = False, offices: tuple[str, ...] = ()
    ) -> list[Mention]:
        """The last two persons (or states) of different sides in this sentence and the three before.

        With ``offices`` only persons count who may hold one of them. Two states are first those that "und"
        has joined, themselves or by their people: "A und B", not A and who else is told of.
        """
        start = self.words.starts[i]
        here = self._sentence(start)
        if states and (two := self._two_states(start)):
            return [Mention(start, self.words.ends[j - 1], two, form, rule)]
        actors: dict[str, Actor] = {}
        wanted = ("state", "person") if states else ("person",)
        facing = () if states else self._facing(i)
        for mention in reversed(self.mentions):
            if mention.start >= start or here - self._sentence(mention.start) > 3:
                continue
            if pattern(_ABOUT).search(self.words.text[max(0, mention.start - PHRASE) : mention.start]):
                continue  # "bei der Trauerfeier für Mandela"
            if mention.form == "group" and len(mention.actors) == 2 and not actors:
                pair = mention.actors
                if all(a.type == "state" if states else self._may_hold(a, offices) for a in pair):
                    actors = {str(n): a for n, a in enumerate(pair)}
                    break
            for actor in mention.actors:
                if actor.type not in wanted or actor in facing or not self._may_hold(actor, offices):
                    continue
                if states:
                    if actor.country is None:
                        continue
                    state = self.known.states.get(actor.country)
                    if state is not None:
                        actors.setdefault(actor.country, state.actor_on(self.on))
                elif all(a.key != actor.key for a in actors.values()):
                    side = mention.side or actor.country or actor.key
                    if side not in actors:
                        actors[side] = actor
                if len(actors) == 2:
                    break
            if len(actors) == 2:
                break
        if len(actors) != 2:
            return []
        both = tuple(reversed(tuple(actors.values())))
        return [Mention(start, self.words.ends[j - 1], both, form, rule)]

    def _two_states(self, start: int) -> tuple[Actor, ...]:
        """The last two states in this sentence and the three before that "und" joins, if any does."""
        here = self._sentence(start)
        near = [m for m in self.mentions if m.start < start and here - self._sentence(m.start) <= 3]
        for first, second in reversed(list(pairwise(sorted(near, key=lambda m: m.start)))):
            if not pattern(_JOINED).fullmatch(self.words.text[first.end : second.start]):
                continue
            codes = [m.actors[0].country if len(m.actors) == 1 else None for m in (first, second)]
            states = [self.known.states.get(code) for code in codes if code is not None]
            both = tuple(state.actor_on(self.on) for state in states if state is not None)
            if len(both) == 2 and both[0] != both[1]:
                return both
        return ()

    def _facing(self, i: int) -> tuple[Actor, ...]:
        """Those who face the pair of word ``i`` in its own clause: "er" of "sprach er mit den beiden"."""
        words = self.words
        first = i - 1 if self.reader.isin(words.form(i - 1).lower(), "articles") else i
        clause, _ = self._between_marks(words.starts[i])
        inside = [m for m in self.mentions if clause < m.end and m.start < words.starts[i]]
        object_ = (
            len(inside) == 1 and inside[0].end == words.ends[first - 1]
        )  # "am Mittwoch empfängt X beide"
        if not (object_ or self.reader.isin(words.form(first - 1).lower(), "facing_prepositions")):
            return ()
        return tuple(a for m in inside for a in m.actors)

    def _both(self, i: int) -> list[Mention]:
        """Read "die beiden", "die beiden Präsidenten", "beide Länder"."""
        words, reader = self.words, self.reader
        nxt = words.form(i + 1) if words.gap(i + 1) == " " else ""
        j = i + 1
        while reader.is_adjective(nxt) and j < i + 3 and reader.hits.get(j) is not None:
            j += 1
            nxt = words.form(j)
        definite = reader.isin(words.form(i - 1).lower(), "plural_articles")
        if words.form(i) == "zwei" and not definite:
            return []
        if reader.isin(nxt, "group_states"):
            return self._pair(i, j + 1, "group", "group.states", states=True)
        divided = reader.lexicon.divided.get(nxt)
        if divided is not None:
            start, end = words.starts[i], words.ends[j]
            return [Mention(start, end, tuple(reader.state(c) for c in divided), "group", "group.states")]
        if reader.isin(nxt, "group_persons") or j in reader.taken:
            return self._both_in_office(i, j)
        if nxt[:1].isupper():
            return []
        if words.form(i) in ("beiden", "zwei") and definite:
            if words.form(i) == "zwei" and reader.endsin(nxt, "adjective_endings"):
                return []  # "die zwei neuen ..."
            return self._pair(i, i + 1, "group", "group.both")
        if words.form(i) in ("beide", "Beide"):
            return self._pair(i, i + 1, "group", "group.both")
        return []

    def _several(self, i: int, number: int) -> list[Mention]:
        """Read "die drei Minister", "alle vier Präsidenten": so many persons as have just been named."""
        words, reader = self.words, self.reader
        if not reader.isin(words.form(i - 1).lower(), "before_numbers") or words.gap(i + 1) != " ":
            return []
        j = i + 1
        while j < i + 3 and reader.is_adjective(words.form(j)):
            j += 1
        titled = self._titles.get(j)
        if titled is None and not reader.isin(words.form(j), "group_persons"):
            return []
        if self._goes_on(j if titled is None else titled.j - 1):
            return []
        offices = titled.title.offices if titled is not None else ()
        persons = self._named_together(words.starts[i], number, offices)
        if len(persons) != number:
            return []
        end = words.ends[j if titled is None else titled.j - 1]
        return [Mention(words.starts[i], end, persons, "group", "group.persons")]

    def _named_together(self, start: int, number: int, offices: tuple[str, ...] = ()) -> tuple[Actor, ...]:
        """The persons of the last sentences before an offset, back to the one that makes them so many."""
        here = self._sentence(start)
        found: dict[Actor, None] = {}
        for back in range(3):
            found.update(dict.fromkeys(self._named_in(here - back, start, offices)))
            if len(found) >= number:
                break
        return tuple(found)

    def _named_in(self, sentence: int, start: int, offices: tuple[str, ...]) -> tuple[Actor, ...]:
        """The persons of a sentence named before an offset who may hold one of the offices."""
        inside = [m for m in self.mentions if m.start < start and self._sentence(m.start) == sentence]
        people = [a for m in inside for a in m.actors if a.type == "person" and self._may_hold(a, offices)]
        return tuple(dict.fromkeys(people))

    def _guests(self, i: int) -> list[Mention]:
        """Read "die Gäste" as those named before who are of another side than the sentence's only one."""
        words, start = self.words, self.words.starts[i]
        if not self.reader.isin(words.form(i - 1).lower(), "before_guests") or self._goes_on(i):
            return []
        here = self._sentence(start)
        named = [m for m in self.mentions if m.actors[0].type == "person"]
        hosts = {m.side or m.actors[0].country for m in named if self._sentence(m.start) == here}
        if len(hosts) != 1:
            return []
        for back in (1, 2):
            last = [m for m in named if here - self._sentence(m.start) == back]
            actors = dict.fromkeys(a for m in last for a in m.actors if a.country not in hosts)
            if len(actors) > 1:
                return [Mention(start, words.ends[i], tuple(actors), "group", "group.guests")]
        return []

    def _may_hold(self, actor: Actor, offices: tuple[str, ...]) -> bool:
        """Whether nothing tells that an actor has none of the offices; of strangers nothing does."""
        return not offices or actor.key not in self.known.by_key or self._holds(actor, offices)

    def _both_in_office(self, i: int, j: int) -> list[Mention]:
        """Read "die beiden Präsidenten", whose noun is word ``j``, as two who may be presidents.

        First those of a sentence that names two of them and no third, else the last two. Where there are
        none, the last two are meant all the same ("die beiden Staatschefs", one of them a chancellor), but
        nobody else is called a minister.
        """
        titled = self._titles.get(j)
        offices = titled.title.offices if titled is not None else ()
        start = self.words.starts[i]
        for back in range(4 if offices else 0):
            two = self._named_in(self._sentence(start) - back, start, offices)
            if len(two) == 2 and two[0].country != two[1].country:
                return [Mention(start, self.words.ends[j], two, "group", "group.persons")]
        pair = self._pair(i, j + 1, "group", "group.persons", offices=offices)
        ministers = offices and all(office.endswith("minister") for office in offices)
        pair = pair if pair or ministers else self._pair(i, j + 1, "group", "group.persons")
        if not pair and offices and (two := self._two_persons(start, offices)):
            return [Mention(start, self.words.ends[j], two, "group", "group.persons")]
        return pair

    def _two_persons(self, start: int, offices: tuple[str, ...]) -> tuple[Actor, ...]:
        """The last two persons of two states before an offset who hold one of the offices and "und" joins."""
        named = [
            m
            for m in sorted(self.mentions, key=lambda m: m.start)
            if m.start < start and m.form in ("name", "title") and len(m.actors) == 1
        ]
        for first, second in reversed(list(pairwise(named))):
            both = first.actors[0], second.actors[0]
            joined = pattern(_JOINED).fullmatch(self.words.text[first.end : second.start]) is not None
            if joined and both[0].country != both[1].country and all(self._holds(a, offices) for a in both):
                return both
        return ()

    def _plural(self, titled: Titled) -> list[Mention]:
        """Read "die Außenminister Russlands und der USA", "die EU-Außenminister", "die Präsidenten"."""
        words = self.words
        start, end = words.starts[titled.i], words.ends[titled.j - 1]
        offices = titled.title.offices
        actors: list[Actor] = []
        sides = titled.sides
        if words.form(titled.j) == "beider" and self.reader.isin(words.form(titled.j + 1), "group_states"):
            pair = self._pair(titled.i, titled.j + 2, "group", "group.states", states=True)
            sides = tuple(a.country for m in pair for a in m.actors if a.country)
            end = words.ends[titled.j + 1]
        for side in sides:
            named = [
                m.actors[0]
                for m in self.mentions
                if m.side == side and m.form in ("name", "title") and m.actors[0].type == "person"
            ]
            named = [a for a in named if self._holds(a, offices)]
            actor = named[0] if named else self.known.side_actor(side, self.on)
            if actor is not None:
                actors.append(actor)
        if actors:
            only = titled.sides[0] if len(titled.sides) == 1 else None
            return [
                Mention(
                    start, end, tuple(actors), "group", "group.office",
                    title=titled.title.word, office=offices[0] if offices else None, side=only,
                )
            ]  # fmt: skip
        if titled.sides or titled.foreign or titled.i == 0:
            return []
        before = words.form(titled.i - 1).lower()
        definite = before == "beiden" or self.reader.isin(before, "plural_articles")
        if definite and not self._goes_on(titled.j - 1):
            pair = self._pair(titled.i, titled.j, "group", "group.persons")
            if pair and all(self._holds(actor, titled.title.offices) for actor in pair[0].actors):
                return pair
        return []

    def _holds(self, actor: Actor, offices: tuple[str, ...]) -> bool:
        """Whether the article or the tables give an actor one of the offices; "minister" is any of them."""
        person = self.known.by_key.get(actor.key)
        terms = person.terms if person is not None else ()
        held = {t.office for t in terms if self.on is None or t.distance(self.on) == 0}
        held |= {m.office for m in self.mentions if actor in m.actors and m.office is not None}
        return bool(held & {*offices}) or (
            "minister" in offices and any(office.endswith("minister") for office in held)
        )

    def _officers_before(self, start: int) -> list[Mention]:
        """Groups named by their office earlier in the sentence: "Die Außenminister von A und B"."""
        here = self._sentence(start)
        return [m for m in self._offices if m.start < start and self._sentence(m.start) == here]

    def _own_colleague(self, i: int) -> list[Mention]:
        """Read "seinen Amtskollegen" alone as the one of another state with whom he was told together.

        Both are the only persons of the sentence before, or of the one before that.
        """
        start = self.words.starts[i]
        here = self._sentence(start)
        for back in (1, 2):
            two = self._named_in(here - back, start, ())
            if not two:
                continue
            owner = next((m for m in self.mentions if m.end <= start and m.start >= start - _OWNER), None)
            if len(two) != 2 or two[0].country == two[1].country or owner is None:
                return []
            other = [a for a in two if a not in owner.actors]
            if len(other) == 1 and len(owner.actors) == 1 and self._in_one_office(*two):
                return [Mention(start, self.words.ends[i], (other[0],), "pronoun", "pronoun.colleague")]
            return []
        return []

    def _in_one_office(self, one: Actor, other: Actor) -> bool:
        """Whether two persons hold one office: two presidents, or the leaders of two governments."""
        held = []
        for actor in (one, other):
            person = self.known.by_key.get(actor.key)
            terms = person.terms if person is not None else ()
            own = {t.office for t in terms if self.on is None or t.distance(self.on) == 0}
            held.append(own | {m.office for m in self.mentions if actor in m.actors and m.office is not None})
        return bool(held[0] & held[1])

    def _colleague(self, i: int) -> list[Mention]:
        """Read "sein russischer Amtskollege", resolved by the office of the one whose colleague he is."""
        words, reader = self.words, self.reader
        k, side = i, None
        for _ in range(4):
            hit = reader.ends.get(k)
            if hit is not None and hit.entry.adjective:
                side, k = hit.entry.adjective, hit.i
            elif reader.isin(words.form(k - 1), "possessives"):
                break
            elif words.form(k - 1)[:1].islower():
                k -= 1
            else:
                return []
        if any(m.start <= words.starts[i] < m.end for m in self.mentions):
            return []
        if side is None:
            return self._own_colleague(i) if k == i and not words.form(i).endswith("innen") else []
        for mention in (*self._persons_before(words.starts[i], 1), *self._officers_before(words.starts[i])):
            person = self.known.by_key.get(mention.actors[0].key)
            term = person.term(self.on) if person else None
            office = mention.office or (term.office if term else None)
            if office is None or mention.side == side:
                continue
            offices = (office, "president") if office == "head_of_government" else (office,)
            holders = self.known.holders(side, offices, self.on) if self.on else ()
            start, end = words.starts[k], words.ends[i]
            if holders:
                actor = Actor(holders[0].key, holders[0].name, "person", self.known.country(side))
                named = any(actor in m.actors for m in self.mentions)
                return [
                    Mention(
                        start,
                        end,
                        (actor,),
                        "title",
                        "title.colleague",
                        office=office,
                        side=side,
                        named=named,
                    )
                ]
            actor_or_none = self.known.side_actor(side, self.on)
            if actor_or_none is not None:
                return [
                    Mention(start, end, (actor_or_none,), "title", "title.colleague", side=side, named=False)
                ]
        return []
