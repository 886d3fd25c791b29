"""States, bodies and seats of power: party or place, by the words around them.

"in Moskau", "aus dem Iran" name a place; "mit Moskau", "Moskau warnte", "Vertreter Russlands" a party.
"""

import re
from collections.abc import Mapping
from functools import lru_cache

from timeline.actors.knowledge import knowledge
from timeline.actors.lexicon import Hit
from timeline.actors.mention import Form, Mention, PlaceMention
from timeline.actors.reading import Reader
from timeline.actors.words import endings, fold
from timeline.model import Actor, Place


def _context(reader: Reader, hit: Hit) -> tuple[str, str]:
    """What the words before an entry make of it, and the deciding word: "place", "party", "genitive", ""."""
    words, i = reader.words, hit.i
    for _ in range(5):
        gap = words.gap(i)
        if gap not in (" ", "\n", ", ", "/", " („", ' "'):
            return "", ""
        form = words.form(i - 1)
        low = form.lower()
        if gap in (", ", "/"):
            before = reader.ends.get(i)
            return ("chain", "") if before is not None and _is_place(before) else ("", "")
        if form.endswith("auptstadt") or reader.isin(form, "towns"):
            i -= 1  # "in der kenianischen Hauptstadt Nairobi"
            continue
        if _of_officials(reader, hit, i - 1):
            return "party", low
        if reader.isin(form, "place_prepositions") or reader.isin(low, "place_prepositions"):
            return "place", low
        if low == "auf" and reader.isin(words.form(hit.i), "islands"):
            return "place", low
        if reader.isin(low, "actor_prepositions"):
            return "party", low
        if reader.isin(low, "conjunctions"):
            return "subject", low
        if reader.isin(low, "of_prepositions"):
            return "von", low
        if reader.isin(low, "listing"):
            before = reader.ends.get(i - 1)
            return ("chain", low) if before is not None and _is_place(before) else ("", low)
        before_article = words.form(i - 2)
        if reader.isin(low, "genitive_articles") and before_article[:1].isupper() and words.gap(i - 1) == " ":
            return "genitive", before_article
        if reader.isin(low, "articles") or reader.is_adjective(form):
            i -= 1
            continue
        return "", form
    return "", ""


def _of_officials(reader: Reader, hit: Hit, i: int) -> bool:
    """Whether the preposition tells whose officials they are: "Gesandte aus Kairo", "Führung in Kiew"."""
    words = reader.words
    before, preposition = words.form(i - 1), words.form(i)
    if words.gap(i) != " ":
        return False
    if preposition == "aus":
        return reader.isin(before, "actor_nouns")
    if preposition != "in" or hit.entry.capital is None or not reader.isin(before, "seated_nouns"):
        return False
    told = reader.ends.get(i - 1)  # "die afghanische Regierung in Doha" only is there
    return told is None or told.entry.adjective in (None, hit.entry.capital)


def _is_place(hit: Hit) -> bool:
    entry = hit.entry
    return bool(entry.state or entry.places or entry.metonym)


def _reading(reader: Reader, hit: Hit, seen: dict[int, str]) -> str:
    """A state, a capital or a metonym as "place", "party", "genitive", "dateline" or "open"."""
    words, entry = reader.words, hit.entry
    after = words.gap(hit.j)
    if _is_dateline(reader, hit):
        return "dateline"
    kind, word = _context(reader, hit)
    if kind == "place":
        return "place"
    if kind == "chain":
        k = hit.i if words.gap(hit.i) in (", ", "/") else hit.i - 1
        earlier = reader.ends.get(k)
        if earlier is not None and earlier.i in seen:
            return seen[earlier.i]
    if kind == "genitive" and reader.isin(word, "seat_parts"):
        return "place"
    if kind == "party":
        return "party"
    if entry.state is not None:
        if kind == "genitive":
            return "party" if _partylike(reader, word) else "genitive"
        if hit.genitive and after == " ":
            before = words.form(hit.i - 1)
            return "party" if _partylike(reader, before) else "genitive"
        return "party"
    if entry.metonym is not None and entry.metonym[0]:
        return "party"
    if hit.genitive and after in (" ", ", ") and _partylike(reader, words.form(hit.i - 1)):
        return "party"  # "mit Vertretern Kiews, Moskaus und ..."
    if kind == "genitive" or hit.genitive:
        return "genitive"
    if kind == "von":
        return "place"
    if kind == "subject" or _acts(reader, hit):
        return "party"
    return "place" if entry.capital is None and not entry.metonym else "open"


def _is_scene(reader: Reader, hit: Hit) -> bool:
    """Whether a territory with leaders of its own is only a scene: "aus der DDR", "ein Teil Abchasiens"."""
    before = reader.words.form(hit.i - 1)
    kind, noun = _context(reader, hit)
    if hit.genitive:
        kind, noun = "genitive", before
    former = any(reader.isin(before.removesuffix(end), "former") for end in endings("adjective_endings"))
    return kind == "place" or former or (kind == "genitive" and not _partylike(reader, noun))


def _partylike(reader: Reader, noun: str) -> bool:
    return reader.isin(noun, "actor_nouns") or reader.meeting_noun(noun)


def _acts(reader: Reader, hit: Hit) -> bool:
    """Whether a verb of saying or doing, or "und" with a second capital, follows."""
    words, k = reader.words, hit.j
    if words.gap(k) == " " and reader.isin(words.form(k), "joining"):
        second = reader.hits.get(k + 1)
        if second is not None and (second.entry.capital or second.entry.metonym or second.entry.state):
            verb = words.form(second.j)
            if words.gap(second.j) == " " and verb.endswith("en") and not reader.isin(verb, "being"):
                return True
            k = second.j
    return words.gap(k) == " " and reader.isin(words.form(k), "verbs")


_DAY_OF_LINE = re.compile(r", \d{1,2}\. ?(?:\d{1,2}\. ?|[A-Z]\w+ ?)(?:\d{4}|\d\d)?")
"""The day that a dateline tells between the place and the dash."""


def _is_dateline(reader: Reader, hit: Hit) -> bool:
    """Whether a city opens the text or a sentence and a dash follows: "Wien/Berlin – ", "Kairo (APA) - "."""
    words = reader.words
    text, end = words.text, words.ends[hit.j - 1]
    rest = text[end : end + 60]
    before = words.gap(hit.i)
    if not ("." in before or "\n" in before or "/" in before or hit.i == 0 or ":" in before):
        return False
    for _ in range(4):
        if rest.startswith("/"):
            k = 1
            while k < len(rest) and (rest[k].isalnum() or rest[k] in " .'-"):
                if rest[k : k + 3] in (" - ",):
                    break
                k += 1
            rest = rest[k:]
            continue
        if rest.startswith(" ("):
            close = rest.find(")")
            if close < 0:
                return False
            rest = rest[close + 1 :]
            continue
        day = _DAY_OF_LINE.match(rest)
        if day is not None:
            rest = rest[day.end() :]
            continue
        break
    return rest.startswith((" - ", " – ", " — ", "- ", "– "))


def _is_in_dateline(reader: Reader, hit: Hit, seen: Mapping[int, str]) -> bool:
    """Whether a country stands in brackets behind the city of a dateline: "Mumbai (Indien), 6. Mai – "."""
    city = reader.ends.get(hit.i)
    return city is not None and seen.get(city.i) == "dateline" and reader.words.gap(hit.i) == " ("


def _readings(reader: Reader) -> dict[int, str]:
    seen: dict[int, str] = {}
    for i in sorted(reader.hits):
        hit = reader.hits[i]
        if i in reader.taken or not _is_place(hit):
            continue
        compound = _compound(reader, hit)
        if compound is not None:
            seen[i] = compound
            continue
        entry = hit.entry
        if entry.places and not entry.capital and not entry.metonym and not entry.state:
            seen[i] = "dateline" if _is_dateline(reader, hit) else "place"
        elif _is_in_dateline(reader, hit, seen):
            seen[i] = "dateline"
        else:
            seen[i] = _reading(reader, hit, seen)
    return seen


def _compound(reader: Reader, hit: Hit) -> str | None:
    """The reading of an entry joined by a hyphen: "US-Regierung", "Kuba-Besuch", "EU-Türkei-Gipfel"."""
    words = reader.words
    left, right = words.gap(hit.i) == "-" and hit.i > 0, words.gap(hit.j) == "-" and hit.j < len(words.forms)
    if not left and not right:
        return None
    if not right:
        return "none"
    k, others = hit.j, 0
    while words.gap(k + 1) == "-" and k + 1 < len(words.forms):
        if k in reader.hits:
            others += 1
        k += 1
    last = words.form(k)
    if left and words.form(hit.i - 1)[:1].isupper() and reader.ends.get(hit.i) is not None:
        others += 1
    if reader.endsin(last.lower(), "trip_endings") and not others:
        return "trip"
    if others and reader.meeting_noun(last):
        return "party"
    if hit.entry.state and reader.isin(last, "actor_nouns"):
        return "representatives"
    if hit.entry.state == "US" and reader.meeting_noun(last):
        return "party"
    return "none"


def _mention(  # noqa: PLR0917 - a row of a table, as it reads
    reader: Reader, i: int, j: int, actor: Actor, form: Form, rule: str, side: str
) -> Mention:
    words = reader.words
    return Mention(words.starts[i], words.ends[j - 1], (actor,), form, rule, side=side)


def state_mentions(reader: Reader, home: str | None) -> list[Mention]:
    """States, bodies and seats of power where they are parties.

    ``home`` is the state of which the text tells most; it decides whose "Bundesregierung" is meant.
    """
    known, words, found = reader.lexicon.knowledge, reader.words, []
    readings = _readings(reader)
    found += _city_governments(reader)
    for i in sorted(reader.hits):
        hit = reader.hits[i]
        entry = hit.entry
        if i in reader.taken:
            continue
        if entry.pope:
            start = words.starts[i]
            rule = "state.pope"
            found.append(
                Mention(start, start + len("Papst"), (reader.state("VA"),), "state", rule, side="VA")
            )
        elif entry.body is not None:
            territory = bool(entry.places) and readings.get(i) == "place"
            mention = None if territory and _is_scene(reader, hit) else _body(reader, hit)
            if mention is not None:
                found.append(mention)
        elif entry.adjective is not None:
            found += _adjective(reader, hit)
        elif entry.people is not None and entry.state is None:
            if _people(reader, hit):
                found.append(_state(reader, hit, entry.people, "state.people"))
        elif readings.get(i) == "representatives" and entry.state:
            k = hit.j
            while words.gap(k + 1) == "-":
                k += 1
            actor = reader.state(entry.state)
            found.append(_mention(reader, i, k + 1, actor, "state", "state.representatives", entry.state))
        elif readings.get(i) == "party":
            side = entry.state or (_metonym(entry.metonym[0], home) if entry.metonym else entry.capital)
            party = known.side_actor(side, reader.on)
            if side and party is not None:
                form: Form = "state" if entry.state else "metonym"
                found.append(_mention(reader, i, hit.j, party, form, f"{form}.party", side))
        elif readings.get(i) == "genitive" and entry.state and reader.isin(words.form(hit.j), "actor_nouns"):
            actor = reader.state(entry.state)
            found.append(_mention(reader, i, hit.j + 1, actor, "state", "state.representatives", entry.state))
    return found


def _metonym(sides: str, home: str | None) -> str:
    """The side of a metonym that several states have: the one at home, else the first."""
    first, *others = sides.split("|")
    return home if home in others else first


def _state(reader: Reader, hit: Hit, code: str, rule: str) -> Mention:
    return _mention(reader, hit.i, hit.j, reader.state(code), "state", rule, code)


def _body(reader: Reader, hit: Hit) -> Mention | None:
    """A body that stands free, or before a meeting, its ministers or its envoys ("EU-Gipfel")."""
    words, entry = reader.words, hit.entry
    body = reader.lexicon.knowledge.bodies[entry.body or ""]
    end, rule = hit.j, "organisation.name"
    if words.gap(hit.i) == "-" and hit.i > 0:
        before = reader.ends.get(hit.i)
        if before is None or not (before.entry.state or before.entry.body):
            return None
    if words.gap(hit.j) == "-" and hit.j < len(words.forms):
        k = hit.j
        while words.gap(k + 1) == "-" and k + 1 < len(words.forms):
            k += 1
        last = words.form(k)
        if not (
            reader.meeting_noun(last)
            or reader.isin(last, "actor_nouns")
            or reader.isin(last, "body_nouns")
            or reader.endsin(last, "body_noun_endings")
        ):
            return None
        rule = "organisation.compound"
    return Mention(
        words.starts[hit.i], words.ends[end - 1], (body.actor,), "organisation", rule, side=body.key
    )


def _adjective(reader: Reader, hit: Hit) -> list[Mention]:
    """States in "die russische Regierung" and "russisch-chinesische Gespräche"."""
    words, entry = reader.words, hit.entry
    if entry.region or not entry.adjective:
        return []
    if words.gap(hit.j) == "-":
        second = reader.hits.get(hit.j)
        if second is None or not second.entry.adjective or second.entry.region:
            return []
        k = second.j
        while reader.is_adjective(words.form(k)):
            k += 1
        if not reader.meeting_noun(words.form(k)):
            return []
        pair = (entry.adjective, second.entry.adjective)
        actors = tuple(reader.state(code) for code in pair)
        return [Mention(words.starts[hit.i], words.ends[second.j - 1], actors, "state", "state.pair")]
    k = hit.j
    while words.gap(k) == " " and reader.is_adjective(words.form(k)) and k < hit.j + 3:
        k += 1
    noun = words.form(k)
    if words.gap(k) == " " and (reader.isin(noun, "actor_nouns") or reader.isin(noun, "guests")):
        actor = reader.state(entry.adjective)
        return [_mention(reader, hit.i, k + 1, actor, "state", "state.representatives", entry.adjective)]
    if _shares_noun(reader, hit):
        return [_state(reader, hit, entry.adjective, "state.representatives")]
    return []


def _shares_noun(reader: Reader, hit: Hit) -> bool:
    """Whether the noun stands behind a second adjective: "die russische und die türkische Delegation"."""
    words, k = reader.words, hit.j
    if not reader.isin(words.form(k), "joining") and words.gap(k) != ", ":
        return False
    k += words.gap(k) != ", "
    k += reader.isin(words.form(k), "articles")
    second = reader.hits.get(k)
    if second is None or not second.entry.adjective or second.entry.region:
        return False
    noun = reader.hits.get(second.j)
    title = noun is not None and noun.entry.title is not None
    return title or reader.isin(words.form(second.j), "actor_nouns") or _shares_noun(reader, second)


@lru_cache(maxsize=1)
def _city_adjectives() -> dict[str, str]:
    """The state's code by the adjective of its capital: "Wiener", "Pekinger"."""
    found = {}
    for code, state in knowledge().states.items():
        for city in state.capitals:
            stems = (city, city[:-1]) if city.endswith(endings("dropping_endings")) else (city,)
            found.update({fold(stem + "er"): code for stem in stems if " " not in city})
    return found


def _city_governments(reader: Reader) -> list[Mention]:
    """Governments by the adjective of their capital: "das Wiener Außenamt", "die Kiewer Führung"."""
    words, found = reader.words, list[Mention]()
    adjectives = _city_adjectives()
    if adjectives.keys().isdisjoint(words.forms):
        return found
    for i, form in enumerate(words.forms):
        code = adjectives.get(form)
        if (
            code is not None
            and words.gap(i + 1) == " "
            and i not in reader.taken
            and reader.isin(words.form(i + 1), "actor_nouns")
        ):
            actor, rule = reader.state(code), "state.representatives"
            found.append(_mention(reader, i, i + 2, actor, "state", rule, code))
    return found


def _people(reader: Reader, hit: Hit) -> bool:
    """Whether inhabitants in the plural stand for their state: "zwischen Israelis und Palästinensern"."""
    words = reader.words
    before = words.form(hit.i - 1).lower()
    if words.gap(hit.j) == "-" or (words.gap(hit.i) == "-" and hit.i > 0):
        return False
    if reader.endsin(words.form(hit.i), "one_inhabitant_endings"):
        return False  # "der Brite", "die Britin": one of them, who may be somebody named before
    if words.gap(hit.j) == " " and words.form(hit.j)[:1].isupper():
        return False
    if reader.isin(before, "before_people"):
        if before == "und":
            other = reader.ends.get(hit.i - 1)
            return other is not None and (other.entry.people or other.entry.state) is not None
        return True
    second = reader.hits.get(hit.j + 1)
    return words.form(hit.j) == "und" and second is not None and second.entry.people is not None


def place_mentions(reader: Reader) -> list[PlaceMention]:
    """Cities, states, regions and sites where they are places, in order; after titles and names are taken."""
    words, known = reader.words, reader.lexicon.knowledge
    readings = _readings(reader)
    found = []
    for i in sorted(reader.hits):
        hit = reader.hits[i]
        entry = hit.entry
        reading = readings.get(i)
        place: Place | None = None
        rule = "place"
        if entry.trip is not None and i not in reader.taken:
            place, rule = Place(reader.state(entry.trip).name, entry.trip), "trip"
        elif reading in ("place", "dateline", "trip", "open"):
            rule = "name" if reading == "place" else reading
            if entry.state is not None:
                name = "Vatikan" if entry.state == "VA" else reader.state(entry.state).name
                place = Place(name, entry.state)
            elif entry.places:
                place = entry.places[0]
            elif entry.metonym and entry.metonym[1]:
                places = known.places.get(entry.metonym[1], ())
                place = places[0] if places else Place(entry.metonym[1], entry.metonym[0][:2] or None)
        elif entry.adjective is not None and not entry.region and i not in reader.taken:
            k = hit.j
            if words.gap(k) == " " and words.form(k) == "Hauptstadt":
                capitals = known.states[entry.adjective].capitals
                if capitals and k + 1 not in reader.hits:
                    place = Place(capitals[0], entry.adjective)
                    rule, hit = "capital", Hit(hit.i, k + 1, entry, genitive=False)
        if place is not None:
            found.append(PlaceMention(words.starts[i], words.ends[hit.j - 1], place, f"place.{rule}"))
    return sorted([*found, *_unlisted(reader)], key=lambda mention: mention.start)


def _unlisted(reader: Reader) -> list[PlaceMention]:
    """Towns that no table has but that are told as such: "im griechischen Fischerdorf Psarades"."""
    words = reader.words
    found = []
    for i, form in enumerate(words.forms):
        if not (reader.isin(form, "towns") and words.gap(i + 1) == " "):
            continue
        j = i + 1
        while words.form(j)[:1].isupper() and j not in reader.hits and j not in reader.taken and j < i + 4:
            j += 1
            if reader.isin(words.form(j), "town_particles") and words.form(j + 1)[:1].isupper():
                j += 1  # "Playa del Carmen"
            if words.gap(j) not in (" ", "-"):
                break
        k, country = i, None
        while words.gap(k) == " " and reader.endsin(words.form(k - 1), "dative_endings") and k > i - 3:
            k -= 1  # "kleinen griechischen"
            told = reader.hits.get(k)
            country = told.entry.adjective if told is not None and told.entry.adjective else country
        opened = reader.isin(words.form(k), "before_towns") or reader.isin(
            words.form(k - 1).lower(), "before_towns"
        )
        if j > i + 1 and opened:
            start, end = words.starts[i + 1], words.ends[j - 1]
            place = Place(words.raw[start:end], country)
            found.append(PlaceMention(start, end, place, "place.unlisted"))
    return found
