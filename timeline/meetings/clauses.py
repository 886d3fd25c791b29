"""Cuts a sentence into clauses and says for each its finite verb, tense, mood and negation.

German shows its clauses: commas part them, a subordinator or relative pronoun opens a dependent one, whose
finite verb stands last, and what stands between commas without a verb (an apposition, a list) belongs to
the clause around it. That is enough for who-met-whom; no trained model is asked (Duden, Die Grammatik,
2016, sections on Satzklammer and Nebensatz).
"""

import itertools
from collections.abc import Container, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, cast

from timeline.dates.tense import is_stem_in_t
from timeline.meetings.frames import finite_forms
from timeline.meetings.grammar import Grammar, grammar

ClauseKind = Literal["main", "sub", "relative", "infinitive"]
Tense = Literal["past", "pluperfect", "present", "future", "modal", "conditional", "none"]

_HARD = frozenset([",", ";", ":", "–", "—", "-", "--", "(", ")", "„", "“", "”", '"', "»", "«", "[", "]", "…"])
_PARTING = frozenset([";", ":"])
"""Behind these a sentence begins anew, with an article and no relative pronoun."""

_INFINITIVES = ("en", "eln", "ern")
_QUOTES = frozenset(["„", "“", "”", '"', "»", "«"])
_ADVERBS = 4
"""Words at most between an article and the participle before its noun."""

_LISTED = 7
"""Stretches between commas that a relative clause with a list in it has at most."""


@dataclass(frozen=True, slots=True)
class Clause:
    """One clause of a sentence. ``tokens`` are indices into the Doc, ascending, perhaps with a gap.

    ``parent`` is the place of the clause it depends on in the sentence's list, None for a main clause.
    ``finite`` is its finite verb's token, None for a headline, fragment or infinitive.
    """

    tokens: tuple[int, ...]
    kind: ClauseKind
    parent: int | None
    finite: int | None
    tense: Tense
    negated: bool


def is_noun(word: str) -> bool:
    """Whether the word is written like a German noun or name."""
    return word[:1].isupper()


def is_adjective(word: str, words: Grammar) -> bool:
    """Whether a lower-case word may be an inflected adjective or participle before a noun."""
    return (
        len(word) > 3
        and word[0].islower()
        and word.endswith(words.adjective_ends)
        and word not in words.prepositions
        and word not in words.past
        and word not in words.subordinators
    )


@lru_cache(maxsize=32768)
def _by_form(word: str) -> Literal["finite", "present", "none", "weak"]:
    """What a word alone says: a finite verb, a present form, none, or perhaps a weak preterite."""
    words = grammar()
    if not word.isalpha():
        return "none"
    if (
        word in words.past
        or word in finite_forms()
        or word in words.have
        or word in words.be
        or word in words.modal
        or (word in words.passive and word != "worden")
        or any(  # with its particle before it, as a dependent clause ends: "teilnahmen"
            word.startswith(p) and len(word) - len(p) > 2 and word[len(p) :] in words.past
            for p in words.particles
        )
    ):
        return "finite"
    if word in words.present:
        return "present"
    if word in words.not_finite or word in words.adverbs_bare or len(word) < 5 or "zu" in word[2:-4]:
        return "none"
    if is_stem_in_t(word):
        return "present"  # "statten ab", "begleiten": no preterites in -ten
    superlative = word.endswith(words.superlative_ends) and not word.endswith(words.no_superlative_ends)
    return "weak" if word.endswith(words.preterite_ends) and not superlative else "none"


def is_finite(index: int, lower: Sequence[str], raw: Sequence[str], words: Grammar) -> bool:
    """Whether the token looks like a finite verb: known, or a preterite where no adjective can be."""
    word = lower[index]
    form = _by_form(word)
    if form == "none" or raw[index][0].isupper():
        return False
    if form == "finite":
        return True
    if form == "present":
        if index and lower[index - 1] in ("als", "wie") and is_participle(word):
            return False  # "anders als erwartet", "wie geplant"
        # "treffen" may be an infinitive after "zu" or a participle: "empfangen wurde"
        passive = is_participle(word) and lower[index + 1 : index + 2] and lower[index + 1] in words.passive
        return not (passive or (word.endswith("n") and index and lower[index - 1] == "zu"))
    before = lower[index - 1] if index else ""
    after = raw[index + 1] if index + 1 < len(raw) else ""
    if before == "das" and word.endswith("ten"):
        return True  # "Das kündigten sie an": an adjective would end in -e there
    stands_alone = before == "beide" and not is_noun(after) and not is_adjective(after, words)
    if (before in words.determiners and not stands_alone) or before in words.prepositions:
        return False  # but "beide posierten anschließend"
    if (
        is_noun(after)
        and before not in _HARD
        and any(
            lower[k] in words.determiners and lower[k + 1] in words.prepositions
            for k in range(max(0, index - 16), index - 1)
        )
    ):
        return False  # "die im Januar in Canberra erzielte Einigung"
    if is_noun(after) and _in_bracket(index, lower, raw, words):
        return False
    # "der am Montag geplante Besuch": an adjective stands right before its noun, a verb mostly does not.
    return not (
        word.startswith(words.adjective_starts)
        and is_noun(after)
        and is_adjective(raw[index - 1] if index else "", words)
    )


def _in_bracket(index: int, lower: Sequence[str], raw: Sequence[str], words: Grammar) -> bool:
    """Whether an article before adverbs still waits for its noun: "der erst jetzt ernannte Minister"."""
    for i in range(index - 1, max(-1, index - 1 - _ADVERBS), -1):
        if lower[i] in words.determiners:
            return True
        if not raw[i][0].islower() or _by_form(lower[i]) == "finite" or lower[i] in words.coordinators:
            return False
    return False


def _opens(
    index: int, end: int, lower: Sequence[str], raw: Sequence[str], words: Grammar
) -> ClauseKind | None:
    """Whether a dependent clause begins at ``index``; looks past "und" or one preposition."""
    if index < end and lower[index] in words.coordinators and index + 1 < end:
        return "sub" if lower[index + 1] in words.subordinators else None
    if index < end and lower[index] in words.subordinators:
        return "sub"
    if raw[index][0].isupper():
        return None  # "Wien – Die Verhandlungen": no relative pronoun opens a sentence
    if index + 1 < end and lower[index] in words.prepositions and lower[index + 1] in words.relatives:
        return "relative"
    if index < end and lower[index] in words.relatives:
        return "relative"
    return None


def _tense(tokens: Sequence[int], finite: int | None, lower: Sequence[str], words: Grammar) -> Tense:
    if finite is None:
        return "none"
    verb = lower[finite]
    others = {lower[i] for i in tokens if i != finite}
    if verb in words.pluperfect:
        return "pluperfect"
    if verb in words.conditional:
        return "conditional"
    if verb in words.modal:
        return "modal"
    if verb in words.future:
        agent = bool(others & words.agents)
        participle = any(
            w.startswith("ge")
            or (
                (w.endswith("t") or (w.endswith("en") and agent))  # "wird ihn empfangen" is no passive
                and w.startswith(words.passive_starts)
            )
            for w in (lower[t] for t in (*tokens[-2:], *(t for t in tokens[:1] if t + 1 == finite)))
            if w != verb and w.isalpha()
        )
        return "present" if participle and "werden" not in others else "future"
    if verb in words.have or verb in words.be:
        last = [lower[i] for i in tokens if lower[i].isalpha()][-2:]
        if any(is_participle(w) for w in last if w != verb):
            return "past"
        return "past" if verb in words.was else "present"
    if verb in words.past or verb.endswith(words.preterite_ends):
        return "past"
    return "present"


def _tense_as_reported(
    clause: "_Open", before: "_Open", lower: Sequence[str], words: Grammar
) -> Tense | None:
    """The tense of a subjunctive of what somebody told: "sagte, die Gespräche würden ..."; else None."""
    if (
        clause.finite is None
        or before.finite is None
        or not clause.kind == before.kind == "main"
        or lower[before.finite] not in words.saying
        or lower[clause.tokens[0] - 1] != ","
    ):
        return None
    return cast("Tense | None", words.reported_tense.get(lower[clause.finite]))


def is_participle(word: str) -> bool:
    """Whether the form can be a past participle: ge-...-t/-en, -ge-, or an inseparable prefix."""
    words = grammar()
    if len(word) < 5 or not word.endswith(words.participle_ends):
        return False
    return (
        word.startswith(words.participle_starts)
        or "ge" in word[2:-2]
        or word.endswith("iert")
        or word == "worden"
    )


@dataclass(slots=True)
class _Open:
    """A clause under construction."""

    kind: ClauseKind
    parent: int | None
    tokens: list[int]
    finite: int | None = None


def _closes_bracket(main: _Open, finite: int, lower: Sequence[str], words: Grammar, *, alone: bool) -> bool:
    """Whether an -en form only closes what an auxiliary opened: "wollen sich am Montag, den 1., treffen"."""
    if main.finite is None:
        return False
    verb = lower[main.finite]
    if lower[finite].endswith("t"):  # "hatten A, B und C mit D telefoniert"
        bracket = words.with_participle
        return alone and verb in bracket and lower[finite] not in bracket and is_participle(lower[finite])
    if not lower[finite].endswith(_INFINITIVES) or lower[finite] in words.saying:
        return False  # "sollten verhandeln, sagten X und Y"
    if lower[finite + 1 : finite + 2] and _replaces(finite + 1, main.finite, lower, words):
        return True  # "hätte landen und X treffen sollen"
    if lower[finite] in words.past:  # "sei «auf unbestimmte Zeit» verschoben"
        return alone and verb in words.be | words.passive and is_participle(lower[finite])
    if verb in words.have and lower[finite] not in words.past and is_participle(lower[finite]):
        return True  # "hat mit A, B und C beraten"
    if verb in words.with_participle and alone and is_participle(lower[finite]):
        return True  # "wird in Paris, Belgrad und Budapest erwartet"
    return (verb in words.modal or verb in words.future) and lower[
        finite
    ] not in words.modal | words.be | words.have


def _closing(tokens: Sequence[int], lower: Sequence[str]) -> int | None:
    """The last word, as a token."""
    return next((i for i in reversed(tokens) if lower[i].isalpha()), None)


def _closed(main: _Open, lower: Sequence[str]) -> bool:
    """Whether the bracket has its participle already: "hat X getroffen, Y berichtet"."""
    closing = _closing(main.tokens, lower)
    return closing is not None and closing != main.finite and is_participle(lower[closing])


def _has_bracket(tokens: Sequence[int], finite: int, lower: Sequence[str], words: Grammar) -> bool:
    """Whether an auxiliary stands before what it governs, as it does in main clauses only."""
    closing = _closing(tokens, lower)
    if closing is None or closing <= finite + 1:
        return False
    return lower[finite] in words.with_participle and is_participle(lower[closing])


def _completes(
    main: _Open, tokens: Sequence[int], verbs: Container[int], lower: Sequence[str], words: Grammar
) -> bool:
    """Whether the last word closes what an auxiliary opened: "hatte A, den Finnen B und C versammelt".

    There is no relative clause without a finite verb of its own; what looks like one goes on with a list.
    """
    closing = _closing(tokens, lower)
    if main.finite is None or closing is None:
        return False
    if any(i in verbs for i in tokens if i != closing):
        return False
    verb, last = lower[main.finite], lower[closing]
    before = next((lower[i] for i in reversed(main.tokens) if i > main.finite and lower[i].isalpha()), "")
    if verb in words.with_participle:
        return is_participle(last) and not is_participle(before)
    if verb in words.with_infinitive:
        return last.endswith(_INFINITIVES) and not (before.endswith(_INFINITIVES) and before in words.present)
    return False


def _guess(tokens: Sequence[int], lower: Sequence[str], raw: Sequence[str], words: Grammar) -> int | None:
    """An unlisted present verb of a main clause: a small -t or -en word where no noun phrase goes on.

    Behind an article, a preposition or an adjective, or before a noun, the word is an adjective itself.
    """
    for i in tokens[1:-1]:
        word, before, after = lower[i], lower[i - 1], raw[i + 1]
        small = raw[i][0].islower() and word.isalpha() and len(word) > 4
        if not small or not word.endswith(words.present_ends) or is_participle(word) or is_noun(after):
            continue
        if word in words.no_verb:
            continue
        if before in words.of_noun_phrase or before == "zu" or not is_noun(raw[i - 1]):
            continue
        return i
    return None


def _last_verb(tokens: Sequence[int], lower: Sequence[str], raw: Sequence[str], words: Grammar) -> int | None:
    """The finite verb of a dependent clause, which stands last ("..., die bei ihnen liege, ...")."""
    last = next((i for i in reversed(tokens) if lower[i].isalpha()), None)
    if last is None or not raw[last][0].islower() or len(lower[last]) < 4:
        return None
    if lower[last] in words.not_finite or lower[last] in words.particles:
        return None  # "..., der Ukraine und der UN in Istanbul zusammen": a list goes on
    if "zu" in lower[last][2:-4]:
        return None  # "aufzuschnüren"
    if "zu" in lower[last - 1 : last]:
        return None
    return last if lower[last].endswith(words.finite_ends) else None


def _lists_on(
    number: int,
    pieces: Sequence[tuple[int, int]],
    lower: Sequence[str],
    raw: Sequence[str],
    words: Grammar,
) -> bool:
    """Whether a list parts the relative clause from its verb: "an dem A, B und C teilnahmen"."""
    first, last = pieces[number]
    if lower[first] not in words.prepositions or raw[last - 1][0].islower():
        return False
    for a, b in pieces[number + 1 : number + _LISTED]:
        if _last_verb(range(a, b), lower, raw, words) is not None:
            return True
        if raw[b - 1][0].islower():
            return False
    return False


def _segments(start: int, end: int, lower: Sequence[str]) -> list[tuple[int, int]]:
    """The stretches between the marks of punctuation that can part clauses."""
    cuts = [start - 1, *(i for i in range(start, end) if lower[i] in _HARD), end]
    return [(a + 1, b) for a, b in itertools.pairwise(cuts) if b > a + 1]


def _replaces(verb: int, auxiliary: int, lower: Sequence[str], words: Grammar) -> bool:
    """Whether an infinitive behind another stands for a participle: "haben X treffen können"."""
    return lower[auxiliary] in words.have and lower[verb] in words.replacing and lower[verb - 1].endswith("n")


def _split_coordinated(
    segment: tuple[int, int],
    verbs: Container[int],
    lower: Sequence[str],
    raw: Sequence[str],
    words: Grammar,
) -> list[tuple[int, int]]:
    """Splits "A traf B und reiste ab": two finite verbs with a coordinator between them."""
    start, end = segment
    finites = [i for i in range(start, end) if i in verbs]
    if finites and (lower[finites[0]] in words.with_infinitive or lower[finites[0]] in words.with_participle):
        # what an auxiliary opens, an infinitive or participle closes: "wird in A und B beraten"
        finites = [
            finites[0],
            *(
                i
                for i in finites[1:]
                if not (lower[i].endswith("en") or is_participle(lower[i]))
                or lower[i] in words.be | words.have | words.modal
                if not _replaces(i, finites[0], lower, words)
            ),
        ]
    if len(finites) == 1:
        for i in range(finites[0] - 1, start + 1, -1):
            if lower[i] == "und" and raw[i - 1][0].islower() and is_participle(lower[i - 1]):
                return [(start, i), (i, end)]  # "(waren) nach Rom gereist und hatten X getroffen"
    if len(finites) < 2:
        return _split_participles(segment, finites, lower, raw)
    for first, second in itertools.pairwise(finites):
        for i in range(second - 1, first, -1):
            if lower[i] in words.coordinators and i > start:
                return [(start, i), *_split_coordinated((i, end), verbs, lower, raw, words)]
    return [segment]


def _split_participles(
    segment: tuple[int, int], finites: Sequence[int], lower: Sequence[str], raw: Sequence[str]
) -> list[tuple[int, int]]:
    """Splits "hatte A besucht und B getroffen": two participles or infinitives at one auxiliary."""
    start, end = segment
    last = next((i for i in range(end - 1, start, -1) if lower[i].isalpha()), start)
    if (
        len(finites) != 1
        or not raw[last][0].islower()
        or not (is_participle(lower[last]) or lower[last].endswith("en"))
    ):
        return [segment]
    for i in range(finites[0] + 2, last):
        before = lower[i - 1]
        if (
            lower[i] == "und"
            and raw[i - 1][0].islower()
            and (is_participle(before) or before.endswith("en"))
            and last - i > 1
        ):
            return [(start, i), (i, end)]
    return [segment]


def clauses(start: int, end: int, raw: Sequence[str], lower: Sequence[str]) -> list[Clause]:
    """The clauses of the tokens ``start`` (inclusive) to ``end`` (exclusive), in order of their beginning."""
    words = grammar()
    verbs = frozenset(i for i in range(start, end) if is_finite(i, lower, raw, words))
    made: list[_Open] = []
    main: int | None = None
    open_dependent: int | None = None
    pieces = [
        piece
        for segment in _segments(start, end, lower)
        for piece in _split_coordinated(segment, verbs, lower, raw, words)
    ]
    verbal = [n for n, piece in enumerate(pieces) if not verbs.isdisjoint(range(*piece))]
    for number, (first, last) in enumerate(pieces):
        tokens = list(range(first, last))
        finite = next((i for i in tokens if i in verbs), None)
        if (
            finite is not None
            and main is not None
            and open_dependent is None
            and _closes_bracket(
                made[main],
                finite,
                lower,
                words,
                alone=_closing(tokens, lower) == finite and not _closed(made[main], lower),
            )
        ):
            finite = None
        opener = _opens(first, last, lower, raw, words)
        if finite is None and (main is None or made[main].finite is None):
            finite = _guess(tokens, lower, raw, words)
        after_comma = first > start and lower[first - 1] in _HARD and lower[first - 1] not in _QUOTES
        if finite is None and (opener is not None or open_dependent is not None):
            finite = _last_verb(tokens, lower, raw, words)
        verb_apart = (
            finite is None
            and first + 1 < last
            and lower[first + 1] in words.prepositions
            and any(b - a <= 2 and a in verbs for a, b in pieces[number + 1 : number + 3])
        )  # "..., der am Freitag mit dem Emir, Tamim bin Hamad Al Thani, telefonierte"
        verb_apart = verb_apart or (finite is None and _lists_on(number, pieces, lower, raw, words))
        sure = lower[first] in words.prepositions and first + 1 < last and lower[first + 1] == "denen"
        if opener == "relative" and (
            not after_comma
            or lower[first - 1] in _PARTING
            or (finite is None and open_dependent is None and not (verb_apart or sure))
        ):
            opener = None  # an article: "..., der Präsident, ..."
        if (
            opener == "relative"
            and finite is not None
            and main is not None
            and made[main].finite is None
            and lower[first] in words.genitive_articles
            and number >= max(verbal, default=0)
        ):
            opener = (
                None  # "die Minister Ägyptens, der Türkei und des Iran hatten ...": the only verb is main
            )
        if (
            opener == "relative"
            and finite is not None
            and finite <= first + 1
            and lower[first] not in words.prepositions
        ):
            opener = None  # "das sagte er": a demonstrative before its verb
        if opener == "relative" and finite is not None and _has_bracket(tokens, finite, lower, words):
            opener = None  # "..., die Gespräche würden ohne Berater geführt": said, not a clause to a noun
        if opener == "relative" and open_dependent is not None and number >= max(verbal, default=0):
            opener = (
                None  # "dass die EU, die USA und Japan zustimmen": a list, for no verb is left for the clause
            )
        if (
            opener == "relative"
            and main is not None
            and open_dependent is None
            and _completes(made[main], tokens, verbs, lower, words)
        ):
            opener, finite = None, None
        if opener == "sub" and lower[first] == "bis" and lower[first + 1] in words.prepositions:
            opener = None  # "bis nach Mitternacht"
        if opener == "sub" and lower[first] in words.ambiguous and finite is None:
            opener = None  # "wie Merkel", "während des Treffens"
        if opener == "sub" and finite is not None and finite == first + 1:
            opener = None  # "wie sagte", "da traf"
        closing = _closing(tokens, lower) or first
        second = finite is not None and last - finite > 5 and closing not in verbs
        if opener == "sub" and lower[first] in words.ambiguous and second:
            opener = None  # "Als Geste ist kurz vor dem Besuch ...": the verb stands second, not last
        infinitive = finite is None and any(
            (lower[i] == "zu" and i + 1 < last and lower[i + 1].endswith("n") and raw[i + 1][0].islower())
            or (
                raw[i][0].islower()
                and lower[i].endswith("en")
                and "zu" in lower[i][2:-3]
                and len(lower[i]) > 7
            )
            for i in tokens[-4:]
        )
        if finite is not None and (opener is not None or open_dependent is not None):
            finite = next((i for i in reversed(tokens) if i in verbs), finite)
        if opener is not None:
            made.append(_Open(opener, main, tokens, finite))
            open_dependent = len(made) - 1 if finite is None else None
        elif infinitive and open_dependent is None and (main is not None or lower[first] == "um"):
            made.append(_Open("infinitive", len(made) - 1 if main is not None else None, tokens))
        elif open_dependent is not None:
            made[open_dependent].tokens.extend(tokens)
            if finite is not None:
                made[open_dependent].finite = finite
                open_dependent = None
        elif (
            main is None
            or (finite is not None and made[main].finite is not None)
            or (made[main].finite is not None and lower[first - 1] == ";" and tokens[-1] > first)
        ):
            made.append(_Open("main", None, tokens, finite))
            main = len(made) - 1
        elif (
            lower[first] == "und"
            and number
            and pieces[number - 1][1] == first
            and made[main].finite is not None
            and tokens[-1] - first > 1
        ):
            # the second participle of "hatte A besucht und B getroffen" shares the auxiliary
            made.append(_Open("main", None, tokens, made[main].finite))
            main = len(made) - 1
        else:
            made[main].tokens.extend(tokens)
            made[main].finite = made[main].finite or finite
    leading = main if main is None else next(n for n, o in enumerate(made) if o.kind == "main")
    return [
        Clause(
            tuple(o.tokens),
            o.kind,
            # "Um X zu treffen, reiste Y ab": what it depends on follows
            leading if o.kind == "infinitive" and o.parent is None else o.parent,
            o.finite,
            (_tense_as_reported(o, made[n - 1], lower, words) if n else None)
            or _tense(o.tokens, o.finite, lower, words),
            any(lower[i] in words.negations for i in o.tokens),
        )
        for n, o in enumerate(made)
    ]
