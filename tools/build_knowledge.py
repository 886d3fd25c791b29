# ruff: noqa: T201 - a program that prints its report
"""Completes and checks the tables of office-holders from public lists.

    python tools/build_knowledge.py DIRECTORY

DIRECTORY holds the lists: ``factbook_executives_2026.csv`` (CIA World Factbook, public domain),
``world_leaders_current.csv``, ``heads_wikidata_2021.csv`` and ``foreign_ministers_wikidata_2023.csv``
(Wikidata, CC0), ``reign_leaders_1945_2021.csv`` (REIGN data set) and ``us_diplomatic_travel.csv``
(U.S. Department of State, public domain). Read beside them: ``timeline/knowledge/terms.tsv``, written by
hand. Written, always the same for the same input:

- ``terms_generated.tsv``: terms that the hand-written table lacks, of holders with a known first day;
- ``terms_sources.tsv``: which lists name the person of a hand-written term in his state at that time;
- ``wikidata.tsv``: Wikidata ids of persons.

Last it prints where a list contradicts the hand-written table: another holder today.
"""

import calendar
import csv
import html
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from difflib import SequenceMatcher
from pathlib import Path

from timeline.actors.knowledge import Term, read_terms, split_name
from timeline.actors.spelling import sound
from timeline.actors.words import split
from timeline.language import read_tsv

KNOWLEDGE = Path(__file__).parents[1] / "timeline" / "knowledge"
SINCE = date(2000, 1, 1)
TITLES = (
    "Acting|Interim|Transitional|Prime|Minister|President|King|Queen|Emperor|Sultan|Amir|Emir|Chancellor|Grand|Duke|"
    "Prince|Taoiseach|Premier|Supreme|Leader|Chairman|State|Counsellor|and|of|the|Council|Ministers|Federal|Pope"
)
"""The words of the World Factbook's titles."""
KNOWN_UNTIL = {"reign-2021": date(2021, 8, 31), "wikidata-2023": date(2023, 12, 31)}
"""Until when a list can vouch for a holder whom it leaves in office."""
MONTHS = {name: n for n, name in enumerate(calendar.month_name) if n}
REIGN_CODES = dict(
    pair.split(":")
    for pair in (
        "AFG:AF", "ALB:AL", "ALG:DZ", "AND:AD", "ANG:AO", "ARG:AR", "ARM:AM", "AUL:AU", "AUS:AT",
        "AZE:AZ", "BAH:BH", "BAR:BB", "BEL:BE", "BEN:BJ", "BFO:BF", "BHM:BS", "BHU:BT", "BLR:BY",
        "BLZ:BZ", "BNG:BD", "BOL:BO", "BOS:BA", "BOT:BW", "BRA:BR", "BRU:BN", "BUI:BI", "BUL:BG",
        "CAM:KH", "CAN:CA", "CAO:CM", "CAP:CV", "CDI:CI", "CEN:CF", "CHA:TD", "CHL:CL", "CHN:CN",
        "COL:CO", "COM:KM", "CON:CG", "COS:CR", "CRO:HR", "CUB:CU", "CYP:CY", "CZR:CZ", "DEN:DK",
        "DJI:DJ", "DMA:DM", "DOM:DO", "DRC:CD", "ECU:EC", "EGY:EG", "EQG:GQ", "ERI:ER", "EST:EE",
        "ETH:ET", "ETM:TL", "FIJ:FJ", "FIN:FI", "FRN:FR", "FSM:FM", "GDR:DDR", "GAB:GA", "GAM:GM", "GFR:DE",
        "GHA:GH", "GMY:DE", "GNB:GW", "GRC:GR", "GRG:GE", "GRN:GD", "GUA:GT", "GUI:GN", "GUY:GY",
        "HAI:HT", "HON:HN", "HUN:HU", "ICE:IS", "IND:IN", "INS:ID", "IRE:IE", "IRN:IR", "IRQ:IQ",
        "ISR:IL", "ITA:IT", "JAM:JM", "JOR:JO", "JPN:JP", "KEN:KE", "KIR:KI", "KOS:XK", "KUW:KW",
        "KYR:KG", "KZK:KZ", "LAO:LA", "LAT:LV", "LBR:LR", "LEB:LB", "LES:LS", "LIB:LY", "LIE:LI",
        "LIT:LT", "LUX:LU", "MAA:MR", "MAC:MK", "MAD:MV", "MAG:MG", "MAL:MY", "MAS:MU", "MAW:MW",
        "MEX:MX", "MLD:MD", "MLI:ML", "MLT:MT", "MNC:MC", "MNG:ME", "MON:MN", "MOR:MA", "MSI:MH",
        "MYA:MM", "MZM:MZ", "NAM:NA", "NAU:NR", "NEP:NP", "NEW:NZ", "NIC:NI", "NIG:NG", "NIR:NE",
        "NOR:NO", "NTH:NL", "OMA:OM", "PAK:PK", "PAL:PW", "PAN:PA", "PAR:PY", "PER:PE", "PHI:PH",
        "PNG:PG", "POL:PL", "POR:PT", "PRK:KP", "QAT:QA", "ROK:KR", "ROM:RO", "RUS:RU", "RWA:RW",
        "SAF:ZA", "SAL:SV", "SAU:SA", "SEN:SN", "SEY:SC", "SIE:SL", "SIN:SG", "SKN:KN", "SLO:SK",
        "SLU:LC", "SLV:SI", "SNM:SM", "SOL:SB", "SOM:SO", "SPN:ES", "SRI:LK", "SSD:SS", "STP:ST",
        "SUD:SD", "SUR:SR", "SVG:VC", "SWA:SZ", "SWD:SE", "SWZ:CH", "SYR:SY", "TAJ:TJ", "TAW:TW",
        "TAZ:TZ", "THI:TH", "TKM:TM", "TOG:TG", "TON:TO", "TRI:TT", "TUN:TN", "TUR:TR", "TUV:TV",
        "UAE:AE", "UGA:UG", "UKG:GB", "UKR:UA", "URU:UY", "USA:US", "UZB:UZ", "VAN:VU", "VEN:VE",
        "WSM:WS", "YEM:YE", "YUG:RS", "ZAM:ZM", "ZIM:ZW",
    )
)  # fmt: skip
"""REIGN's country abbreviations (Correlates of War) and ISO 3166-1 alpha-2."""


@dataclass(frozen=True, slots=True, order=True)
class Fact:
    """What a list says: this name held this office of this side; days are None where it tells only a year."""

    side: str
    office: str
    name: str
    first: date | None
    last: date | None
    year: int
    source: str
    wikidata: str = ""


def rows(path: Path) -> Iterator[dict[str, str]]:
    """The rows of a CSV file."""
    with path.open(encoding="utf-8", errors="replace", newline="") as file:  # REIGN has stray bytes in notes
        yield from csv.DictReader(file)


def clean(name: str) -> str:
    """A name without titles, brackets and capitals: "Joao Manuel Goncalves LOURENCO" and the like."""
    name = re.sub(r"\(.*?\)|,.*", "", html.unescape(name))
    name = re.sub(
        r"^(?:Gen\.|General|Dr\.|Sir|Dame|Sheikh|Col\.|Brig\.|Lt\.|Field Marshal|Ratu|\w+\.) ",
        "",
        name.strip(),
    )
    return " ".join(w.title() if w.isupper() and len(w) > 2 else w for w in name.split())


def office_of(title: str, *, head_of_state: bool) -> str:
    """The office that an English title means."""
    if re.search(r"King|Queen|Emir|Amir|Sultan|Emperor|Grand Duke|Prince|Co-prince|Paramount", title):
        return "monarch" if head_of_state else "head_of_government"
    if re.search(r"President", title) and not re.search(r"Council of Ministers|of the Government", title):
        return "president"
    return "head_of_government" if not head_of_state else "president"


def factbook(path: Path, codes: dict[str, str]) -> Iterator[Fact]:
    """Today's heads of state and of government with their first day."""
    pattern = re.compile(rf"((?:(?:{TITLES}) )+[^()]*?) \(since (\d+) (\w+) (\d{{4}})\)")
    for row in rows(path):
        code = codes.get(row["country"])
        for column in ("chief_of_state", "head_of_government"):
            match = pattern.match(row[column] or "")
            if code is None or match is None or match[3] not in MONTHS:
                continue
            words = match[1].split()
            capital = next((i for i, w in enumerate(words) if w.isupper() and len(w) > 1), None)
            if capital is None:
                continue
            title = re.match(rf"(?:(?:{TITLES}) ?)+", match[1])
            name = clean(match[1][title.end() :] if title else match[1])
            first = date(int(match[4]), MONTHS[match[3]], int(match[2]))
            office = office_of(title[0] if title else "", head_of_state=column == "chief_of_state")
            yield Fact(code, office, name, first, None, first.year, "factbook-2026")


def current(path: Path, codes: dict[str, str]) -> Iterator[Fact]:
    """Heads of state and government of thirty states and bodies."""
    offices = {"European Union": ("commission_president", "council_president")}
    for row in rows(path):
        code = codes.get(row["Country"]) or {"European Union": "EU"}.get(row["Country"])
        if code is None:
            continue
        for n, (title, name, since) in enumerate(
            (("HoG Title", "Head of Government", "HoG Since"), ("HoS Title", "Head of State", "HoS Since"))
        ):
            if not row[since]:
                continue
            first = date.fromisoformat(row[since])
            office = (
                offices[row["Country"]][n]
                if row["Country"] in offices
                else office_of(row[title], head_of_state=n == 1)
            )
            yield Fact(code, office, row[name], first, None, first.year, "leaders-current")


def wikidata(directory: Path, codes: dict[str, str]) -> Iterator[Fact]:
    """Heads (by year) and foreign ministers (by day) with their Wikidata ids."""
    for row in rows(directory / "heads_wikidata_2021.csv"):
        code = codes.get(row["country"])
        if code and row["start_year"] and not re.fullmatch(r"Q\d+", row["officeholderLabel"]):
            office = (
                "head_of_government"
                if re.search(r"Prime Minister|Chancellor|Taoiseach|Premier", row["positionLabel"])
                else "president"
            )
            yield Fact(
                code,
                office,
                row["officeholderLabel"],
                None,
                None,
                int(row["start_year"]),
                "wikidata-2021",
                row["officeholder"],
            )
    for row in rows(directory / "foreign_ministers_wikidata_2023.csv"):
        code = codes.get(row["countryLabel"])
        if code and row["start"] and row["name"] and not re.fullmatch(r"Q\d+", row["name"]):
            first = date.fromisoformat(row["start"][:10])
            yield Fact(
                code, "foreign_minister", row["name"], first, None, first.year, "wikidata-2023", row["person"]
            )


def reign(path: Path) -> Iterator[Fact]:
    """Leaders from 1945 to 2021; the end is given by its month, whose last day stands for it."""
    for row in rows(path):
        code = REIGN_CODES.get(row["stateabb"])
        if code is None or not row["syear"].isdigit() or not row["smonth"].isdigit():
            continue
        day = int(row["sdate"]) if row["sdate"].isdigit() else 1
        first = date(int(row["syear"]), int(row["smonth"]), max(day, 1))
        last = None
        if row["eyear"].isdigit() and row["emonth"].isdigit():
            year, month = int(row["eyear"]), int(row["emonth"])
            last = date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)
        yield Fact(code, "leader", row["leader"], first, last, first.year, "reign-2021")


def travel(path: Path, codes: dict[str, str]) -> Iterator[Fact]:
    """Visitors to the United States with their office, by day of the visit."""
    titles = {"President": "president", "Prime Minister": "head_of_government",
              "Foreign Minister": "foreign_minister",
              "Chancellor": "head_of_government", "King": "monarch"}  # fmt: skip
    for row in rows(path):
        code = codes.get(row["country"])
        match = re.match(
            r"(President|Prime Minister|Foreign Minister|Chancellor|King) (?!of |and )(\w.*)", row["person"]
        )
        if row["direction"] == "visit to USA" and code and match and row["start"]:
            day = date.fromisoformat(row["start"])
            yield Fact(code, titles[match[1]], match[2], day, day, day.year, "us-travel")


def alike(a: str, b: str) -> bool:
    """Whether two spellings may name one person: their family names sound alike."""
    own = {sound(w) for w in split(split_name(a.removesuffix(" Jr."), family_first=False)[1])} | {
        sound(w) for w in split(a)[:1]
    }
    other = {sound(w) for w in split(b) if len(w) > 2}
    return any(x == y or SequenceMatcher(None, x, y).ratio() >= 0.8 for x in own if len(x) > 2 for y in other)


def surely(a: str, b: str) -> bool:
    """Whether two spellings name one person beyond doubt: given and family names sound alike, one by one."""
    left, right = [w for w in split(a) if len(w) > 1], [w for w in split(b) if len(w) > 1]
    fitting = sum(any(SequenceMatcher(None, sound(x), sound(y)).ratio() >= 0.75 for y in right) for x in left)
    return fitting == len(left) and len(left) > 1


def same_time(term: Term, fact: Fact) -> bool:
    """Whether a fact's time touches a term, give or take a year where only the year is known."""
    last = term.last or date.max
    if fact.first is None:
        return term.first.year - 1 <= fact.year <= last.year + 1
    return term.first - timedelta(days=400) <= fact.first <= last


def generated(terms: list[Term], facts: list[Fact]) -> list[tuple[str, str, str, date, date | None, str]]:
    """Terms that no hand-written one covers, ended by the next holder's first day."""
    by_side: dict[str, list[Term]] = defaultdict(list)
    for term in terms:
        by_side[term.side].append(term)
    new: dict[tuple[str, str], list[Fact]] = defaultdict(list)
    for fact in sorted(facts, key=lambda f: (f.source, f.side, f.office, f.first or date.min, f.name)):
        if fact.first is None or fact.source == "us-travel" or (fact.last or date.max) < SINCE:
            continue
        if " " not in fact.name or (fact.office == "monarch" and fact.name.startswith("Charles")):
            continue  # a surname alone is no name; Charles III. stands for one state
        own = by_side[fact.side]
        if any(alike(t.person, fact.name) and same_time(t, fact) for t in own):
            continue
        if any(alike(f.name, fact.name) for (side, _), fs in new.items() if side == fact.side for f in fs):
            continue
        office = fact.office
        if office == "leader":
            heads = {f.office for f in facts if f.side == fact.side and f.source == "factbook-2026"}
            office = "head_of_government" if "head_of_government" in heads else "president"
        held = [t for t in own if t.office == office]
        if fact.source == "reign-2021" and any(
            t.first <= fact.first and (t.last or date.max) > fact.first for t in held
        ):
            continue
        new[fact.side, office].append(fact)
    found = []
    for (side, office), group in sorted(new.items()):
        starts = sorted(
            [t.first for t in by_side[side] if t.office == office] + [f.first for f in group if f.first]
        )
        for fact in group:
            if fact.first is None:
                continue
            following = next((s for s in starts if s > fact.first), None)
            last = min((d for d in (fact.last, following) if d), default=KNOWN_UNTIL.get(fact.source))
            name = next((t.person for t in by_side[side] if surely(t.person, fact.name)), clean(fact.name))
            found.append((side, office, name, fact.first, last, fact.source))
    return sorted(found, key=lambda r: (r[0], r[1], r[3], r[2]))


def main(directory: Path) -> None:
    """Write the generated tables and print the contradictions."""
    codes = {
        name: row["code"] for row in read_tsv("knowledge/states.tsv") for name in row["english"].split("|")
    }
    terms = read_terms("terms.tsv")
    facts = [
        *factbook(directory / "factbook_executives_2026.csv", codes),
        *current(directory / "world_leaders_current.csv", codes),
        *wikidata(directory, codes),
        *reign(directory / "reign_leaders_1945_2021.csv"),
        *travel(directory / "us_diplomatic_travel.csv", codes),
    ]
    by_side: dict[str, list[Fact]] = defaultdict(list)
    for fact in facts:
        by_side[fact.side].append(fact)
    sources, ids = [], {}
    for term in terms:
        named = [f for f in by_side[term.side] if same_time(term, f) and alike(term.person, f.name)]
        sources.append(
            (
                term.side,
                term.office,
                term.person,
                term.first.isoformat(),
                " ".join(sorted({f.source for f in named})) or "hand",
            )
        )
        for fact in named:
            if fact.wikidata and fact.office == term.office and surely(term.person, fact.name):
                ids.setdefault(term.person, set()).add(fact.wikidata)
    made = generated(terms, facts)
    lines = [(*row[:3], row[3].isoformat(), row[4].isoformat() if row[4] else "", row[5]) for row in made]
    write("terms_generated.tsv", ("side", "office", "person", "from", "to", "source"), lines)
    write("terms_sources.tsv", ("side", "office", "person", "from", "sources"), sources)
    sure = {name: next(iter(found)) for name, found in ids.items() if len(found) == 1}
    shared = Counter(sure.values())
    table = sorted((name, item) for name, item in sure.items() if shared[item] == 1)
    write("wikidata.tsv", ("person", "wikidata"), table)
    confirmed = sum(row[4] != "hand" for row in sources)
    print(f"{len(terms)} terms by hand, {confirmed} of them named by a list; {len(made)} generated")
    for term in terms:
        if term.last is None and term.office in ("president", "head_of_government", "monarch"):
            for fact in by_side[term.side]:
                newest = fact.source in ("factbook-2026", "leaders-current") and fact.office == term.office
                if newest and not alike(term.person, fact.name):
                    print(f"{term.side} {term.office}: {term.person}; but {fact.name}, {fact.first}")


def write(name: str, heading: tuple[str, ...], table: list[tuple[str, ...]]) -> None:
    """Write a generated table."""
    lines = [
        "# Made by tools/build_knowledge.py; do not edit.",
        "\t".join(heading),
        *("\t".join(row) for row in table),
    ]
    (KNOWLEDGE / name).write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
