# ruff: noqa: T201, E501 - a program that prints its report; a table of names
"""Makes the table of journeys that date articles on American diplomacy.

    python tools/build_trips.py us_diplomatic_travel.csv

The list is that of the Office of the Historian, U.S. Department of State (public domain): travels abroad of
presidents and secretaries of state, and visits of foreign leaders to the United States. Written, always
the same for the same input: ``timeline/knowledge/us_trips.tsv``. Last it prints the countries it could not
place.
"""

import csv
import re
import sys
from collections import Counter
from pathlib import Path

from timeline.language import read_tsv

TABLE = Path(__file__).parents[1] / "timeline" / "knowledge" / "us_trips.tsv"
SINCE = "1990"
HEAD = """\
# Made by tools/build_trips.py; do not edit. Source: Office of the Historian, U.S. Department of State (public
# domain). traveller: surname of the American, lower case, or the ISO code of the state whose leader came;
# country: where to; from, to: first and last day.
traveller	country	from	to
"""
OTHER_NAMES = {
    "China, People’s Republic of": "CN", "China, People's Republic of": "CN", "Korea, South": "KR", "Burma": "MM",
    "Korea, North": "KP", "Macedonia, Former Yugoslav Republic of": "MK", "Vatican": "VA", "Vatican City": "VA",
    "Congo, Democratic Republic of": "CD", "Congo, Republic of": "CG", "Gambia, The": "GM", "Bahamas, The": "BS",
    "Swaziland": "SZ", "West Bank": "PS", "Palestinian Authority": "PS", "Gaza": "PS", "The Gambia": "GM",
    "The Bahamas": "BS", "Holy See": "VA", "Russian Federation": "RU", "Union of Soviet Socialist Republics": "RU",
    "U.S.S.R.": "RU", "Soviet Union": "RU", "Czechia": "CZ", "Czech Republic": "CZ", "Turkey": "TR", "Kosovo": "XK",
    "Serbia-Montenegro": "RS", "Yugoslavia": "RS", "Serbia": "RS", "Ivory Coast": "CI", "Cote d'Ivoire": "CI",
    "Bosnia-Herzegovina": "BA", "Bosnia": "BA", "Bosnian Federation": "BA", "Brunei Darussalam": "BN",
    "United Kingdom (Northern Ireland)": "GB", "United Kingdom (Wales)": "GB", "Korea": "KR",
    "Germany, Federal Republic of": "DE", "German Democratic Republic": "DE", "Kyrgyz Republic": "KG",
    "Kirghizia": "KG", "Byelorussia": "BY", "Denmark (Greenland)": "DK", "Burma (Myanmar)": "MM",
    "Yugoslavia (Kosovo)": "XK", "Serbia-Montenegro (Kosovo)": "XK", "Cote d’Ivoire": "CI", "Timor Leste": "TL",
    "Afghanistan (Interim Authority)": "AF", "Democratic Republic of the Congo (Zaire)": "CD",
    "East Timor": "TL", "Timor-Leste": "TL", "Cape Verde": "CV", "Micronesia": "FM",
}  # fmt: skip


def main(path: str) -> None:
    """Read the list at ``path`` and write the table."""
    codes = dict(OTHER_NAMES)
    for row in read_tsv("knowledge/states.tsv"):
        codes.update(dict.fromkeys(row["english"].split("|"), row["code"]))
    unknown: Counter[str] = Counter()
    rows = set()
    with Path(path).open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["start"] < SINCE:
                continue
            code = codes.get(row["country"].strip())
            if code is None:
                unknown[row["country"]] += 1
                continue
            end = row["end"] or row["start"]
            if row["direction"] == "travel":
                name = re.sub(r",? (?:Jr|Sr|III)\.?$", "", row["person"].strip())
                rows.add((name.split()[-1].lower(), code, row["start"], end))
            else:
                rows.add((code, "US", row["start"], end))
    TABLE.write_text(HEAD + "".join("\t".join(row) + "\n" for row in sorted(rows)), encoding="utf-8")
    print(f"{len(rows)} journeys; not placed: {dict(unknown)}")


if __name__ == "__main__":
    main(sys.argv[1])
