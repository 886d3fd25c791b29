"""The timeline on paper: PDF, SVG and PNG without a browser, with what the screen shows."""

import io
import re
from datetime import date

import pytest
from pdfminer.high_level import extract_text
from PIL import Image

from tests.test_figures import PUTIN, event, many
from timeline.edtf import Bounds
from timeline.figures.density import density_figure
from timeline.figures.detail import MOST_MARKS, detail_figure
from timeline.figures.marks import Lane
from timeline.figures.overview import overview_figure
from timeline.figures.paper import PAPER_KINDS, paper
from timeline.figures.wording import say_status
from timeline.model import STATUSES, Actor

LEGEND = [(status, say_status(status, "de")) for status in STATUSES]
ERDOGAN = Actor("name:e", "Recep Tayyip Erdoğan", "person", "TR")
SEFCOVIC = Actor("name:s", "Maroš Šefčovič", "person", "SK")
OF_EVERY_KIND = [*many(120), event("e", who=(ERDOGAN, SEFCOVIC, PUTIN), disputed=("date",), checked=True)]


def drawn(figure, kind="pdf", title="Titel", language="de"):
    return paper(figure, kind, title=title, legend=LEGEND, language=language)


@pytest.fixture(scope="module")
def figure():
    return detail_figure(
        OF_EVERY_KIND, today=date(2023, 2, 23), references=[date(2023, 2, 22)], selected="e", most_lanes=60
    ).figure


@pytest.mark.parametrize("kind", PAPER_KINDS)
def test_the_same_picture_is_the_same_file(figure, kind):
    assert drawn(figure, kind) == drawn(figure, kind)


def test_a_pdf_has_one_page_with_all_names_as_text(figure):
    made = drawn(figure, title="Zeitleiste: 121 Treffen · Łódź")
    assert made.startswith(b"%PDF-")
    text = extract_text(io.BytesIO(made))
    assert text.count("\f") == 1
    for words in (
        "Zeitleiste: 121 Treffen · Łódź",
        "Recep Tayyip Erdoğan (1)",
        "Maroš Šefčovič (1)",
        "heute",
        "≠",
    ):
        assert words in text
    assert all(word in text for _, word in LEGEND)


def test_an_svg_names_what_it_shows_and_asks_nobody(figure):
    text = drawn(figure, "svg").decode()
    assert "Recep Tayyip Erdoğan" in text
    assert not re.search(r'(href|src)="(?!#)', text)


def test_a_png_is_as_large_as_a_printer_needs(figure):
    image = Image.open(io.BytesIO(drawn(figure, "png")))
    assert image.width == 2340
    # Marks of every status are there: blue, orange and vermilion ink.
    colours = {colour for _, colour in image.convert("RGB").getcolors(1 << 24)}
    assert {(0, 114, 178), (168, 110, 0), (194, 85, 0)} <= colours


def test_months_are_of_the_language(figure):
    text = extract_text(
        io.BytesIO(drawn(detail_figure([event(when="2023-03-02"), event("b", "2023-05-09")]).figure))
    )
    assert re.search(r"Mär|Mai", text)


def test_columns_are_drawn_too():
    columns = density_figure(
        [Lane("a", "Anna", 3)],
        [("a", date(2023, 5, 1), "held", 3)],
        Bounds(date(2023, 1, 1), date(2023, 12, 31)),
    )
    text = extract_text(io.BytesIO(drawn(columns)))
    assert "Anna (3)" in text
    assert "stattgefunden" in text
    assert "geplant" not in text
    assert drawn(detail_figure(many(MOST_MARKS)).figure).startswith(b"%PDF-")


def test_words_of_an_article_are_text_and_no_formula():
    evil = Actor("name:x", "$\\frac{a}{b}$ <b>Mallory</b> & Co", "person")
    text = extract_text(io.BytesIO(drawn(detail_figure([event(who=(evil,))]).figure, title="$x$ \\alpha")))
    assert "$\\frac{a}{b}$ <b>Mallory" in text
    assert "$x$ \\alpha" in text


def test_what_no_timeline_holds_is_an_error():
    figure = overview_figure([event()])
    figure.add_pie(values=[1])
    figure.update_layout(
        yaxis={"range": [1, 0], "tickvals": [], "ticktext": []}, xaxis={"range": ["2023-01-01", "2024-01-01"]}
    )
    figure.data = figure.data[-1:]
    with pytest.raises(ValueError, match="pie"):
        drawn(figure)
