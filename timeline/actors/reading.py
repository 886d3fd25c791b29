"""Which words are titles, and what belongs to them: the first of two passes over a text.

Nothing is resolved here. A title carries the sides that its adjective, prefix or genitive tells, and the
names that follow it.
"""

from dataclasses import dataclass, field

from timeline.actors.lexicon import Hit, Title, general
from timeline.actors.names import Named, NameReader, side_of
from timeline.actors.words import endings, fold

_ENVOYS = frozenset({"envoy", "high_commissioner"})
_SPOKEN_FOR = frozenset({"minister", "commissioner", "chief_negotiator", *_ENVOYS})
"""Offices whose title may begin with what their holder is responsible for, whatever it is."""

_OF_TOWNS = frozenset({"mayor", "governor", "member_of_parliament", "senator", "spiritual_leader"})
"""Offices that a town may have as well as a state."""

_BESIDE = frozenset({", ", " – ", " - ", " — "})
"""What stands between the office of several and their names: "die Präsidenten von A und B, X und Y"."""


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
class Reader(NameReader):
    """One text on its way through the first pass, with its titles."""

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
        titled.indefinite = self.isin(article.lower(), "indefinite_articles")
        if self.isin(article, "possessives"):
            titled.possessive = titled.i - 1
        if words.gap(hit.j) == "-" or (self._loose_genitive(titled) and not article.lower().endswith("es")):
            return None
        self._genitives(titled)
        self._names(titled)
        return titled

    def _loose_genitive(self, titled: Titled) -> bool:
        """Whether a title in the genitive stands bare: without an article "Kanzlers Katze" tells of a cat."""
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
            if self.isin(form, "deputy_prefixes"):
                titled.deputy = True
                titled.i -= 1
            elif self.isin(form, "former_prefixes"):
                titled.former = True
                titled.i -= 1
            elif hit is not None and (side := side_of(hit.entry)) is not None:
                if not (self._is_topic(hit, titled)):
                    titled.sides = (side,)
                titled.i = hit.i
            elif form in self.lexicon.services:
                titled.sides = (self.lexicon.services[form],)
                titled.i -= 1
            elif set(general(titled.title.offices)) & _SPOKEN_FOR and form[:1].isupper():
                titled.i -= 1  # "Brexit-Minister": what he is responsible for
            else:
                return False
        if titled.i > 1 and words.form(titled.i - 1) == "und" and words.gap(titled.i - 1) == "- ":
            titled.i -= 2  # "Staats- und Parteichef"
        return True

    def _is_topic(self, hit: Hit, titled: Titled) -> bool:
        """Whether a state before an envoy's title is what he deals with: "UN-Syrien-Gesandter"."""
        envoy = set(general(titled.title.offices)) & _ENVOYS
        return bool(envoy) and hit.entry.state is not None and not self.words.form(hit.i).isupper()

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
            elif hit is not None and (seat := self._seat(hit, titled)) is not None:
                titled.sides = (seat,)
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
            elif self.is_adjective(form) and not self.isin(low, "no_adjectives"):
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
        if self.words.form(titled.j) in ("aus", "von") and self._counts(titled.j + 1):
            return True  # "Außenminister aus 20 Staaten"
        nominative = fold(titled.title.word.split(" ")[-1].lstrip("-"))
        form = self.words.form(titled.j - 1)
        if article == "der" and titled.title.sex == "m" and not form.endswith(nominative):
            return True  # "der Staats- und Regierungschefs": no masculine singular in -s or -en follows "der"
        if titled.title.sex == "m" and self.isin(article, "before_one"):
            return False
        if self.isin(article, "before_several"):
            return titled.title.sex == "m" or form.endswith("en")
        if form.endswith("s") and titled.title.number == "" and titled.title.sex == "m":
            return True
        return form.endswith("en") and article == "der" and titled.title.sex in ("m", "")

    def _counts(self, k: int) -> bool:
        """Whether a number stands at the word, or behind "mehr als", "rund" before it."""
        return any(
            self.words.form(n).isdigit() or self.isin(self.words.form(n), "counts") for n in range(k, k + 3)
        )

    def _genitives(self, titled: Titled) -> None:
        """Read "der Ukraine", "Russlands und Chinas", "von Belarus" to the right of the title."""
        words = self.words
        sides: list[str] = []
        k, of = titled.j, False
        while words.gap(k) in (" ", ", "):
            m = k
            form = words.form(m)
            if sides and self.isin(form, "joining"):
                m += 1
            elif words.gap(k) == ", " and not sides:
                break
            if self.isin(words.form(m), "genitive_articles") or self.isin(words.form(m), "of_prepositions"):
                of |= words.form(m) == "von"
                m += 1
                while m < k + 4 and self.is_adjective(words.form(m)):
                    m += 1
                if self.hits.get(m) is None and self.isin(words.form(m), "territories"):
                    m += 1
            hit = self.hits.get(m)
            side = None if hit is None else side_of(hit.entry) or self._seat(hit, titled)
            if hit is None or side is None or not (m > k or hit.genitive or of):
                break
            if m == k + 1 and self.isin(form, "joining") and not (hit.genitive or of):
                break
            sides.append(side)
            k = hit.j
            while words.gap(k) == "-":
                k += 1  # "der US-Weltraumbehörde NASA"
            if k > hit.j and words.gap(k) == " " and words.form(k).isupper():
                k += 1
        if sides:
            titled.sides = tuple(dict.fromkeys(sides))
            titled.plural |= len(titled.sides) > 1
            titled.j = k
        elif (
            words.gap(k) == " "
            and self.isin(words.form(k), "genitive_articles")
            and words.form(k + 1)[:1].isupper()
        ):
            self._other_genitive(titled, k)

    def _seat(self, hit: Hit, titled: Titled) -> str | None:
        """The state for whose government its capital stands: "Moskaus Chefdiplomat"; no mayor's city."""
        town = set(general(titled.title.offices)) & _OF_TOWNS
        return hit.entry.capital if hit.genitive and not town else None

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

    def _names(self, titled: Titled) -> None:
        """Attach the name or names that follow the title."""
        words, k = self.words, titled.j
        gap = words.gap(k)
        if gap == " " and self.isin(words.form(k), "post_prepositions"):
            for m in range(k + 1, k + 4):
                hit = self.hits.get(m)
                if (
                    hit is not None
                    and words.gap(hit.j) in (", ", " ")
                    and (side_of(hit.entry) or hit.entry.places)
                ):
                    k, gap = hit.j, ", "
                    break
        name = None
        genitive = words.form(titled.i - 1) in ("des", "eines") or (
            titled.j == titled.end and words.form(titled.j - 1).endswith("s")
        )
        beside = gap in _BESIDE
        if gap in (" ", "\n", " (") or (gap == ", " and not titled.plural and not genitive):
            several = titled.plural and len(titled.sides) > 1  # "die Minister A's und B's Abkommen"
            name = self.name_at(k, alone=several or gap != " ")
        elif beside and titled.plural and len(titled.sides) > 1:
            name = self.name_at(k, alone=True)
        homes: list[str] = []
        while name is not None:
            name.titled = titled
            titled.names.append(name)
            k = name.j
            home = self._in_brackets(k)
            if home is not None:
                homes.append(home)
                self.taken.add(k)
                k = self.hits[k].j
            if not titled.plural:
                break
            gap = words.gap(k).lstrip(")")
            if gap in (" ", ", ") and self.isin(words.form(k), "joining"):
                name = self.name_at(k + 1, alone=beside)
            elif gap == ", ":
                name = self.name_at(k, alone=beside)
            else:
                name = None
        if not titled.sides and homes and len(homes) == len(titled.names):
            titled.sides = tuple(homes)
        if beside and titled.plural and len(titled.names) != len(titled.sides):
            titled.names.clear()  # "die Präsidenten von A und B, C und D trafen": a list of others

    def _in_brackets(self, k: int) -> str | None:
        """The state in brackets behind a name: "die Außenminister X (Ghana) und Y (Togo)"."""
        hit, words = self.hits.get(k), self.words
        if hit is None or words.gap(k) != " (":
            return None
        return hit.entry.state if words.raw.startswith(")", words.ends[hit.j - 1]) else None


def _stem(form: str) -> str:
    for ending in endings("adjective_endings"):
        if form.endswith(ending):
            return form[: -len(ending)]
    return form
