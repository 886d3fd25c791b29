"""Which words are titles, names, states: the first of two passes over a text.

Nothing is resolved here. A title carries the sides that its adjective, prefix or genitive tells; a name
carries the persons it may be, or none where nobody listed it.
"""

from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache

from timeline.actors.knowledge import Person
from timeline.actors.lexicon import Entry, Hit, Lexicon, Title
from timeline.actors.spelling import same_given_name
from timeline.actors.words import Words, fold
from timeline.model import Actor

_ADJECTIVE_ENDINGS = ("e", "en", "er", "em", "es")


@dataclass(slots=True)
class Named:
    """A name at words ``i`` to ``j``: the listed ``persons`` it may be, or nobody listed.

    ``loose`` are listed persons of that surname with another given name: one of them is meant only if the
    title before the name is his.
    """

    i: int
    j: int
    persons: tuple[Person, ...]
    name: str
    surname: str
    full: bool
    rule: str
    titled: "Titled | None" = None
    loose: tuple[Person, ...] = ()


@dataclass(slots=True)
class Titled:
    """A title at words ``i`` to ``j`` with what its modifiers tell."""

    i: int
    j: int
    title: Title
    plural: bool
    sides: tuple[str, ...]
    former: bool = False
    deputy: bool = False
    foreign: bool = False
    region: bool = False
    indefinite: bool = False
    possessive: int | None = None
    end: int = 0
    names: list[Named] = field(default_factory=list)


@dataclass(slots=True)
class Reader:
    """One text on its way through the first pass."""

    words: Words
    lexicon: Lexicon
    hits: dict[int, Hit]
    ends: dict[int, Hit]
    on: date | None = None
    taken: set[int] = field(default_factory=set)

    @classmethod
    def of(cls, text: str, lexicon: Lexicon, on: date | None = None) -> "Reader":
        """Find all entries of the lexicon in a text, from left to right, the longest first."""
        words = Words.of(text)
        entries, forms = lexicon.entries, words.forms
        hits: dict[int, Hit] = {}
        after = 0
        for i, form in enumerate(forms):
            if i < after:
                continue
            if (
                form in entries
                or (form[-1] == "s" and (form[:-1] in entries or form[-2:] == "'s"))
                or form.isupper()
            ):
                hit = lexicon.at(words, i)
                if hit is not None:
                    hits[i] = hit
                    after = hit.j
        return cls(words, lexicon, hits, {hit.j: hit for hit in hits.values()}, on)

    def state(self, code: str) -> Actor:
        """A state under its name of the day."""
        return self.lexicon.knowledge.states[code].actor_on(self.on)

    def isin(self, form: str, kind: str) -> bool:
        """Whether a folded word belongs to a word class."""
        return form in self.lexicon.classes[kind]

    # Titles

    def titles(self) -> list[Titled]:
        """All titles with their modifiers and the names that belong to them."""
        found = []
        for i in sorted(self.hits):
            hit = self.hits[i]
            if hit.entry.title is not None and i not in self.taken:
                titled = self._title(hit, hit.entry.title)
                if titled is not None:
                    found.append(titled)
                    self.taken.update(range(titled.i, titled.j))
                    for name in titled.names:
                        self.taken.update(range(name.i, name.j))
        return found

    def _title(self, hit: Hit, title: Title) -> Titled | None:
        words = self.words
        titled = Titled(hit.i, hit.j, title, plural=False, sides=title.sides if len(title.sides) == 1 else ())
        titled.end = hit.j
        if not self._prefixes(titled):
            return None
        self._adjectives(titled)
        article = words.form(titled.i - 1) if words.gap(titled.i) in (" ", "\n") else ""
        titled.plural = title.number == "p" or (title.number == "" and self._plural(titled, article))
        titled.indefinite = article.lower() in (
            "ein",
            "eine",
            "einen",
            "einem",
            "einer",
            "eines",
            "kein",
            "keine",
        )
        if self.isin(article, "possessives"):
            titled.possessive = titled.i - 1
        if words.gap(hit.j) == "-" or self._loose_genitive(titled):
            return None
        self._genitives(titled)
        self._names(titled)
        return titled

    def _loose_genitive(self, titled: Titled) -> bool:
        """Whether a title in the genitive has no article: "Kanzlers Katze" tells of the cat."""
        form = self.words.forms[titled.end - 1]
        base = titled.title.word.split(" ")[-1]
        genitive = titled.title.sex == "m" and form.endswith("s") and not fold(base).endswith("s")
        return genitive and not titled.plural and titled.i == titled.end - 1 and not titled.sides

    def _prefixes(self, titled: Titled) -> bool:
        """Read "US-", "Vize-", "Ex-" before the title; False where another prefix makes it another thing."""
        words = self.words
        while titled.i > 0 and words.gap(titled.i) == "-":
            form = words.form(titled.i - 1)
            hit = self.ends.get(titled.i)
            if form in ("Vize", "Stellvertreter"):
                titled.deputy = True
                titled.i -= 1
            elif self.isin(form, "former_prefixes"):
                titled.former = True
                titled.i -= 1
            elif hit is not None and (side := _side(hit.entry)) is not None:
                titled.sides = (side,)
                titled.i = hit.i
            else:
                return False
        return True

    def _adjectives(self, titled: Titled) -> None:
        """Read "der frühere russische", "Russlands" to the left of the title.

        An unknown adjective counts only if an article, a possessive or a known adjective stands before it:
        "wie Präsident" and "waren Minister" have none.
        """
        words, k, former, deputy = self.words, titled.i, False, False
        for _ in range(5):
            if k == 0 or words.gap(k) not in (" ", "\n"):
                return
            hit = self.ends.get(k)
            form = words.form(k - 1)
            low = form.lower()
            stem = _stem(low)
            if hit is not None and hit.entry.adjective is not None:
                if not titled.sides or titled.sides[0] in self.lexicon.knowledge.states:
                    titled.sides = (hit.entry.adjective,)
                    titled.region |= hit.entry.region
                k = titled.i = hit.i
            elif hit is not None and hit.genitive and hit.entry.state is not None:
                titled.sides = (hit.entry.state,)
                titled.i = hit.i
            elif hit is not None and hit.genitive and hit.entry.places and not hit.entry.capital:
                country = hit.entry.places[0].country
                titled.sides, titled.region = ((country,) if country else ()), True
                titled.i = hit.i
            elif self.isin(low, "articles") or self.isin(low, "possessives"):
                titled.i = k
            elif self.isin(stem, "former") or self.isin(stem, "deputy"):
                former |= self.isin(stem, "former")
                deputy |= self.isin(stem, "deputy")
                titled.i = k = k - 1
            elif (
                form[0].islower() and low.endswith(_ADJECTIVE_ENDINGS) and not self.isin(low, "no_adjectives")
            ):
                k -= 1
                continue
            else:
                return
            titled.former |= former
            titled.deputy |= deputy
            if k != titled.i or titled.i != (hit.i if hit else k) or self.isin(low, "articles"):
                return

    def _plural(self, titled: Titled, article: str) -> bool:
        """Whether a form that is singular and plural alike is plural here."""
        article = article.lower()
        if titled.title.sex == "m" and article in (
            "der",
            "dem",
            "des",
            "ein",
            "eines",
            "einem",
            "einen",
            "vom",
            "zum",
        ):
            return False
        form = self.words.form(titled.j - 1)
        if article in ("die", "beide", "beiden", "zwei", "drei", "alle", "mehrere"):
            return titled.title.sex == "m" or form.endswith("en")
        if form.endswith("s") and titled.title.number == "" and titled.title.sex == "m":
            return True
        return form.endswith("en") and article == "der" and titled.title.sex in ("m", "")

    def _genitives(self, titled: Titled) -> None:
        """Read "der Ukraine", "Russlands und Chinas", "von Belarus" to the right of the title."""
        words = self.words
        sides: list[str] = []
        k, of = titled.j, False
        while words.gap(k) in (" ", ", "):
            m = k
            form = words.form(m)
            if sides and form in ("und", "sowie"):
                m += 1
            elif words.gap(k) == ", " and not sides:
                break
            if words.form(m) in ("der", "des", "von", "vom"):
                of |= words.form(m) == "von"
                m += 1
                while (
                    words.form(m)[:1].islower() and words.form(m).endswith(_ADJECTIVE_ENDINGS) and m < k + 4
                ):
                    m += 1
            hit = self.hits.get(m)
            if hit is None or (side := _side(hit.entry)) is None or not (m > k or hit.genitive or of):
                break
            if m == k + 1 and form in ("und", "sowie") and not (hit.genitive or of):
                break
            sides.append(side)
            k = hit.j
        if sides:
            titled.sides = tuple(dict.fromkeys(sides))
            titled.plural |= len(titled.sides) > 1
            titled.j = k
        elif words.gap(k) == " " and words.form(k) in ("der", "des") and words.form(k + 1)[:1].isupper():
            self._other_genitive(titled, k)

    def _other_genitive(self, titled: Titled, k: int) -> None:
        """Read "der Regierung", "der Kommunistischen Partei Chinas": what follows may still be the name."""
        words, noun = self.words, k + 1
        while (
            words.form(noun + 1)[:1].isupper() and words.gap(noun + 1) == " " and (noun + 1) not in self.hits
        ):
            noun += 1
        hit = self.hits.get(noun + 1)
        if hit is not None and hit.genitive and hit.entry.state is not None and words.gap(noun + 1) == " ":
            titled.sides = (hit.entry.state,)
            titled.j = hit.j
        else:
            titled.foreign |= not self.isin(words.form(noun), "neutral_genitives")
            titled.j = noun + 1

    # Names

    def _names(self, titled: Titled) -> None:
        """Attach the name or names that follow the title."""
        words, k = self.words, titled.j
        gap = words.gap(k)
        if gap == " " and self.words.form(k) in ("fur", "in", "im", "bei", "beim"):
            for m in range(k + 1, k + 4):
                hit = self.hits.get(m)
                if (
                    hit is not None
                    and words.gap(hit.j) in (", ", " ")
                    and (_side(hit.entry) or hit.entry.places)
                ):
                    k, gap = hit.j, ", "
                    break
        name = None
        genitive = words.form(titled.i - 1) in ("des", "eines") or (
            titled.j == titled.end and words.form(titled.j - 1).endswith("s")
        )
        if gap in (" ", "\n", " (") or (gap == ", " and not titled.plural and not genitive):
            name = self.name_at(k, alone=gap != " ")
        while name is not None:
            name.titled = titled
            titled.names.append(name)
            if not titled.plural:
                return
            k = name.j
            if words.gap(k) in (" ", ", ") and words.form(k) in ("und", "sowie"):
                name = self.name_at(k + 1, alone=False)
            elif words.gap(k) == ", ":
                name = self.name_at(k, alone=False)
            else:
                return

    def name_at(self, k: int, *, alone: bool) -> Named | None:
        """The name that begins at word ``k``; with ``alone`` only a full or a listed one."""
        words = self.words
        while self.isin(words.form(k), "honorifics") and words.gap(k + 1) in (" ", ". "):
            k += 1
        hit = self.hits.get(k)
        if hit is not None and hit.entry.exact is not None:
            person = hit.entry.exact
            return Named(k, hit.j, (person,), person.name, "", full=True, rule="full")
        run = self._run(k)
        for p in run:
            hit = self.hits.get(p)
            if hit is None or not (hit.entry.persons or hit.entry.exact):
                continue
            if hit.entry.exact is not None:
                return Named(k, hit.j, (hit.entry.exact,), hit.entry.exact.name, "", full=True, rule="full")
            given, persons = words.forms[k:p], hit.entry.persons
            fitting = tuple(x for x in persons if agrees(given, x)) if given else persons
            if hit.j in run and (not given or not fitting):
                continue
            surname = words.forms[hit.j - 1]
            if fitting:
                return Named(k, hit.j, fitting, "", surname, full=bool(given), rule="surname")
            other = self._unlisted(run, alone=alone)
            if other is not None:
                other.loose = persons
            return other
        return self._unlisted(run, alone=alone)

    def _unlisted(self, run: list[int], *, alone: bool) -> Named | None:
        words = self.words
        while run and not words.form(run[-1])[:1].isupper() and words.gap(run[-1]) != "-":
            run.pop()
        if (
            not run
            or (alone and len(run) < 2)
            or words.form(run[0]) in ("von", "der", "den", "zu", "do", "e", "y")
        ):
            return None
        first, last = run[0], run[-1]
        if len(run) == 1:
            form = words.form(first)
            if len(form) < 3 or form.lower().endswith(self._endings()) or form.isupper():
                return None
        name = words.raw[words.starts[first] : words.ends[last]]
        return Named(first, last + 1, (), name, fold(name.split()[-1]), full=len(run) > 1, rule="introduced")

    def _endings(self) -> tuple[str, ...]:
        return _endings(self.lexicon.classes["not_name_endings"])

    def _run(self, k: int) -> list[int]:
        """The words from ``k`` on that may be parts of one person's name."""
        words, run = self.words, []
        for m in range(k, min(k + 7, len(words.forms))):
            form, gap = words.forms[m], words.gap(m)
            if m > k:
                initial = len(words.form(m - 1)) <= 2 or words.form(m - 1) in ("Jr", "Sen")
                if gap not in (" ", "-") and not (gap in (". ", ".") and initial):
                    break
            hit = self.hits.get(m)
            if form[0].isupper():
                part = not self.isin(form, "not_names") and (hit is None or _name_like(hit.entry))
            elif form in ("der", "den"):
                part = words.form(m - 1) == "van"
            else:
                part = self.isin(form, "name_particles") and words.form(m + 1)[:1].isalpha()
            if not part and not (m > k and gap == "-" and form[0].islower()):  # "Kye-gwan"
                break
            run.append(m)
        return run

    def free_names(self) -> list[Named]:
        """Names that no title introduces."""
        found = []
        for i in sorted(self.hits):
            hit = self.hits[i]
            if i in self.taken or not (hit.entry.persons or hit.entry.exact):
                continue
            named = self._free(hit)
            if named is not None:
                found.append(named)
                self.taken.update(range(named.i, named.j))
        return found

    def company(self) -> list[Named]:
        """Full names of persons whom nobody listed, right after "mit", "traf", "empfing" and the like."""
        words, found = self.words, []
        verbs = self.lexicon.classes["company"]
        for i, form in enumerate(words.forms):
            k = i + 1
            if form in verbs and k not in self.hits and k not in self.taken and words.gap(k) == " ":
                named = self._unlisted(self._run(k), alone=True) if self._other_given_name(k) else None
                if (
                    named is not None
                    and " " in named.name
                    and not self.taken.intersection(range(named.i, named.j))
                ):
                    named.rule = "company"
                    found.append(named)
                    self.taken.update(range(named.i, named.j))
        return found

    def entities(self, spans: tuple[tuple[int, int], ...]) -> list[Named]:
        """Persons whom a trained pipeline saw and nobody else found."""
        words, found = self.words, []
        for start, end in spans:
            inside = [i for i, s in enumerate(words.starts) if start <= s < end]
            if len(inside) < 2 or self.taken.intersection(inside):
                continue
            name = words.raw[words.starts[inside[0]] : words.ends[inside[-1]]]
            surname = fold(name.split()[-1])
            found.append(Named(inside[0], inside[-1] + 1, (), name, surname, full=True, rule="entity"))
            self.taken.update(inside)
        return found

    def _free(self, hit: Hit) -> Named | None:
        words, i = self.words, hit.i
        rule = self._compound(hit)
        if rule is None:
            return None
        if hit.entry.exact is not None:
            person = hit.entry.exact
            return Named(i, hit.j, (person,), person.name, "", full=True, rule=rule or "full")
        persons = hit.entry.persons
        start, left = i, i
        while left > 0 and words.gap(left) in (" ", "-", ". ") and i - left < 3:
            form = words.form(left - 1)
            if left - 1 in self.taken or not form[0].isupper():
                break
            if words.gap(left) == ". " and len(form) > 1:
                break
            if any(agrees([form], x) for x in persons):
                start = left - 1
            elif len(form) > 1 and self._other_given_name(left - 1):
                return None
            left -= 1
        given = words.forms[start:i]
        if given:
            persons = tuple(x for x in persons if agrees(given, x))
            return Named(start, hit.j, persons, "", words.forms[hit.j - 1], full=True, rule=rule or "full")
        if words.gap(hit.j) == " " and self._is_given_name(hit):
            return None
        if words.forms[i] == "Kurz" and self.isin(words.form(hit.j), "after_kurz"):
            return None
        if self._aide(hit):
            return None
        return Named(i, hit.j, persons, "", words.forms[hit.j - 1], full=False, rule=rule or "surname")

    def _other_given_name(self, i: int) -> bool:
        """Whether word ``i`` before a surname is a given name: a known one, or one that ends like one."""
        form = self.words.form(i)
        if self.isin(form, "given_names"):
            return True
        if not form[:1].isupper() or i in self.hits or self.isin(form, "not_names"):
            return False
        return form in self.lexicon.given or (form[-1] in "aioy" and len(form) < 10)

    def _is_given_name(self, hit: Hit) -> bool:
        """Whether a surname is the given name of the one after it: "Abbas Araghtschi", "Blair Witch"."""
        words = self.words
        form, after = words.forms[hit.i], self.hits.get(hit.j)
        if after is not None:
            return any(agrees([form], person) for person in after.entry.persons)
        unknown = (
            not hit.genitive
            and words.form(hit.j)[:1].isupper()
            and not self.isin(words.form(hit.j), "not_names")
        )
        opening = words.gap(hit.i)[:1] in (".", "\n", "!", "?", ":")
        return unknown and (form in self.lexicon.given or opening)

    def _compound(self, hit: Hit) -> str | None:
        """Nothing for a free name, "hyphen" within "Xi-Putin-Treffen", None within "Obama-Sprecher"."""
        words, joined = self.words, False
        if hit.i > 0 and words.gap(hit.i) == "-":
            before = self.ends.get(hit.i)
            if before is not None and (before.entry.persons or before.entry.state or before.entry.body):
                joined = True
            elif not self.isin(words.form(hit.i - 1), "former_prefixes") and not hit.entry.exact:
                return None
        k = hit.j
        if k < len(words.forms) and words.gap(k) == "-" and words.form(k)[:1].isupper():
            while words.gap(k + 1) == "-" and k + 1 < len(words.forms):
                k += 1
            if not self.meeting_noun(words.form(k)):
                return None
            joined = True
        return "hyphen" if joined else ""

    def meeting_noun(self, form: str) -> bool:
        """Whether a word is, or ends in, a word for a meeting."""
        classes = self.lexicon.classes["meeting_nouns"]
        return form in classes or form.lower().endswith(_endings(classes))

    def _aide(self, hit: Hit) -> bool:
        """Whether a genitive name belongs to somebody else: "Putins Berater"."""
        nxt = self.words.form(hit.j)
        return hit.genitive and self.words.gap(hit.j) == " " and self.isin(nxt, "aide_nouns")


@lru_cache(maxsize=8)
def _endings(words: frozenset[str]) -> tuple[str, ...]:
    return tuple(sorted({word.lower() for word in words}))


def _stem(form: str) -> str:
    for ending in ("en", "er", "es", "em", "e"):
        if form.endswith(ending):
            return form[: -len(ending)]
    return form


def _side(entry: Entry) -> str | None:
    """The state's code or the body's key that an entry names."""
    return (
        entry.state or entry.body or (entry.metonym[0].partition("|")[0] or None if entry.metonym else None)
    )


def _name_like(entry: Entry) -> bool:
    return bool(entry.persons or entry.exact) or not (
        entry.title
        or entry.state
        or entry.body
        or entry.adjective
        or entry.people
        or entry.metonym
        or entry.capital
        or entry.places
    )


def agrees(given: list[str], person: Person) -> bool:
    """Whether given names in a text may be those of a person: "Mohamed", "G. W.", "Bill" for William."""
    own = [fold(x) for x in person.given.replace("-", " ").replace(".", " ").split()]
    return any(same_given_name(a, b) for a in given for b in own)
