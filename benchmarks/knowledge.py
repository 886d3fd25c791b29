"""Does the knowledge base name the right office-holder of a day? Checked against a diplomatic calendar.

    python -m benchmarks knowledge [PATH]

PATH is ``us_diplomatic_travel.csv`` (visits of heads of state and government to the United States, and
travels of the President and the Secretary of State; Office of the Historian, U.S. Department of State).
Of its rows since 2009 that name an office-holder of the visitor's or host's state, 200 are drawn with a
fixed seed. A row is a hit if the knowledge base has, for that state, office and day, a person whose
name sounds like the one in the row (the calendar writes English transcriptions).
"""

import csv
import random
import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import date
from difflib import SequenceMatcher
from pathlib import Path

from timeline.actors.knowledge import knowledge
from timeline.actors.spelling import sound
from timeline.actors.words import split
from timeline.language import read_tsv

SOURCE = Path(__file__).parents[2] / "shared" / "kb_sources" / "us_diplomatic_travel.csv"
OFFICES = {
    "President": ("president",),
    "Prime Minister": ("head_of_government",),
    "Chancellor": ("head_of_government",),
    "Taoiseach": ("head_of_government",),
    "Foreign Minister": ("foreign_minister",),
    "Minister of Foreign Affairs": ("foreign_minister",),
    "King": ("monarch",),
    "Queen": ("monarch",),
    "Emir": ("monarch", "president"),
    "Crown Prince": ("crown_prince",),
    "Pope": ("pope",),
    "Defense Minister": ("defence_minister",),
}
_WORD = r"(?:[A-Z][\w.'’-]*|al-[\w-]+|bin|von|van|de|der|da|dos|du|el)"
_PAIR = re.compile(rf"\b({'|'.join(OFFICES)}) (?!of |and )({_WORD}(?: (?!and\b){_WORD})*)")


def cases(path: Path) -> list[tuple[date, str, str, str]]:
    """(day, ISO code, title, name) of every row since 2009 that names an office-holder of its state."""
    codes = {
        name: row["code"] for row in read_tsv("knowledge/states.tsv") for name in row["english"].split("|")
    }
    codes |= {"China, People’s Republic of": "CN", "Bosnia-Herzegovina": "BA", "Brunei Darussalam": "BN"}
    found = []
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            code = codes.get(row["country"])
            if code is None or row["start"] < "2009":
                continue
            text = row["person"] if row["direction"] == "visit to USA" else row["remarks"]
            pair = _PAIR.search(text)
            before = text[: pair.start()].split()[-1:] if pair else []
            if pair and re.match(r"Obama|Trump|Biden", pair[2]):
                continue  # the traveller, or his own President
            if pair and not (
                before and (before[0].endswith(("n", "i", "se", "ish", "ch")) and before[0][0].isupper())
            ):
                found.append((date.fromisoformat(row["start"]), code, pair[1], pair[2]))
    return found


def same(name: str, other: str) -> bool:
    """Whether two names share a word that sounds alike."""
    left, right = ([sound(w) for w in split(x) if len(w) > 1] for x in (name, other))
    return any(a == b or SequenceMatcher(None, a, b).ratio() >= 0.75 for a in left for b in right)


def main(argv: Sequence[str]) -> None:
    """Print the hit rate, and the misses by country."""
    path = Path(argv[0]) if argv else SOURCE
    if not path.exists():
        print(f"{path} is not there; give its path as argument")
        return
    known = knowledge()
    everything = cases(path)
    drawn = random.Random(2009).sample(everything, 200)
    hits: Counter[str] = Counter()
    misses: dict[str, list[str]] = defaultdict(list)
    for day, code, title, name in drawn:
        holders = known.holders(code, OFFICES[title], day)
        if title == "President" and not holders:  # Spain's "Presidente del Gobierno"
            holders = known.holders(code, ("head_of_government",), day)
        if any(same(form, name) for h in holders for form in (h.name, *h.forms, *h.surnames)):
            hits[code] += 1
        else:
            named = ", ".join(h.name for h in holders) or "nobody"
            misses[code].append(f"{day} {title} {name}: {named}")
    print(f"{sum(hits.values())} of {len(drawn)} office-holders named correctly (of {len(everything)} rows)")
    for code in sorted(misses, key=lambda c: -len(misses[c])):
        print(f"  {code} {known.states[code].name}: {len(misses[code])}")
        for line in misses[code]:
            print(f"      {line}")
