# ruff: noqa: E501  sentences are not broken
"""PDF as a real program prints it: Chromium sets justified, hyphenated columns with ligatures and kerning."""

import shutil
import subprocess

import pytest

from tests.files_made import columns, pdf, wrapped
from timeline.articles import read_article
from timeline.articles.filed import head_date

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
PARAGRAPHS = [
    "Wien. Die Außenministerin von Österreich hat am Mittwoch in Wien ihren ungarischen Kollegen empfangen. „Wir haben über die offizielle Grenzfrage gesprochen“, sagte sie nach dem Gespräch, das länger dauerte als geplant – über zwei Stunden.",
    "Die Beratungen sollen im März in Budapest fortgesetzt werden, teilte das Ministerium mit. Beide Seiten lobten die Zusammenarbeit der vergangenen Monate. Streit gibt es noch über die Kosten der gemeinsamen Grenzwache.",
    "Ungarn verlangt einen höheren Beitrag aus Wien, Österreich verweist auf den Haushalt, den das Parlament erst im Herbst beschließt. Der ungarische Minister kündigte an, noch vor Ostern nach Bratislava zu reisen und dort mit seinem slowakischen Kollegen zu sprechen. Auch Tschechien werde eingebunden.",
    "Die Innen- und Verteidigungsminister treffen sich laut US-Botschaft im April. Die Europäische Kommission begrüßte die Ankündigung und sprach von einem wichtigen Schritt für die Zusammenarbeit der Nachbarländer in der Region.",
    "Aus der Opposition kam Kritik: Die Regierung habe zu lange gewartet, sagte eine Sprecherin, und nun müssten die Steuerzahler für die Verzögerungen bezahlen. Das Ministerium wies die Vorwürfe zurück.",
]  # fmt: skip
LAST = "Prag. Der tschechische Präsident reist am Freitag nach Warschau, wo er mit dem polnischen Regierungschef spricht."
SHEET = """@page{{size:A4;margin:2cm}} body{{font:9.5pt serif}} p{{margin:0;text-indent:10pt}} h1{{font-size:26pt}} h2{{font-size:11pt}}
.columns{{column-count:{count};column-gap:12pt;hyphens:auto;text-align:justify}} .picture{{height:80pt}} .caption{{font-size:7pt}}"""


def printed(folder, count):
    first, *rest = (f"<p>{words}</p>" for words in PARAGRAPHS)
    page = f"""<!DOCTYPE html><html lang="de"><meta charset="utf-8"><style>{SHEET.format(count=count)}</style><body>
    <div>Beispielbote &nbsp; Mittwoch, 22. Februar 2023 &nbsp; Politik &nbsp; Seite 4</div><h1>Außenminister beraten in Wien</h1>
    <div class="columns">{first}{rest[0]}<div class="picture"></div><div class="caption">Die Ministerin vor dem Palais.<br>Foto: Muster</div>
    <h2>Streit um Kosten</h2>{"".join(rest[1:])}</div><h1 style="font-size:16pt">Kurz gemeldet</h1><p>{LAST}</p></body></html>"""
    (folder / "a.html").write_text(page, encoding="utf-8")
    subprocess.run(
        [CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer", f"--user-data-dir={folder / 'profile'}",
         f"--print-to-pdf={folder / 'a.pdf'}", str(folder / "a.html")],
        check=True, capture_output=True, timeout=60,
    )  # fmt: skip
    return (folder / "a.pdf").read_bytes()


@pytest.mark.browser
@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on the PATH to print with")
@pytest.mark.parametrize("count", [1, 2, 3])
def test_a_page_that_chromium_prints(tmp_path, count):
    article = read_article("a.pdf", printed(tmp_path, count))
    expected = [*PARAGRAPHS[:2], "Streit um Kosten", *PARAGRAPHS[2:], "Kurz gemeldet", LAST]
    assert article.text.split("\n\n")[2:] == expected
    assert article.title == "Außenminister beraten in Wien"
    assert (article.reference.value, article.reference.basis) == ("2023-02-22", "header")


def test_a_headline_below_the_columns_ends_them():
    above = columns(PARAGRAPHS[:3], count=2, width=44, top=640)
    lowest = min(y for _, y, _, _ in above)
    below = [(50.0, lowest - 40, 16.0, "Kurz gemeldet")]
    below += [(50.0, lowest - 60 - 11 * number, 9.0, words) for number, words in enumerate(wrapped(LAST, 90))]
    assert read_article("a.pdf", pdf([[*above, *below]])).text.split("\n\n") == [
        *PARAGRAPHS[:3],
        "Kurz gemeldet",
        LAST,
    ]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("Beispielbote Mittwoch, 22. Februar 2023 Politik Seite 4", "2023-02-22"),
        ("4 · Politik · Mittwoch, den 22.2.2023 · Nr. 45", "2023-02-22"),
        ("Sonnabend, 25. Februar 2023", "2023-02-25"),
        ("Donnerstag, 22. Februar 2023, Seite 4", None),  # a Wednesday
        ("Beispielbote 22. Februar 2023", None),
        ("Gedruckt am Mittwoch, 22. Februar 2023", None),
        ("Abgerufen: Mittwoch, 22. Februar 2023, 10:15 Uhr", None),
        ("Beispielbote, Politik, Seite 4", None),
    ],
)
def test_running_heads_that_tell_the_day(line, expected):
    found = head_date(line)
    assert (found.value if found else None) == expected
