"""A small corpus for the tests of the page: articles in our own words with the meetings they tell.

The meetings are written down here and not read by the pipeline, so that a test of the page fails for the
page's reasons alone.
"""

from datetime import date

from timeline import edtf
from timeline.articles import article_from_text
from timeline.model import Actor, Article, Evidence, Meeting, Reading, ReferenceDate, Timex
from timeline.store import Store

PUTIN = Actor("Q7747", "Wladimir Putin", "person", "RU")
XI = Actor("Q15031", "Xi Jinping", "person", "CN")
WANG = Actor("Q701801", "Wang Yi", "person", "CN")
SCHOLZ = Actor("Q61053", "Olaf Scholz", "person", "DE")
MACRON = Actor("Q3052772", "Emmanuel Macron", "person", "FR")
USA = Actor("state:US", "USA", "state", "US")

MOSCOW = """Wang Yi in Moskau empfangen

Der russische Präsident Wladimir Putin hat am Mittwoch in Moskau Chinas Chefdiplomaten Wang Yi getroffen. \
Putin und Xi Jinping waren zuletzt im vergangenen September in Usbekistan zusammengekommen. \
In den kommenden Monaten soll Xi nach Moskau reisen. <script>alert("x")</script>"""

MOSCOW_AGAIN = """Moskau und Peking rücken zusammen

Am Donnerstag, dem 23. Februar, sprach Wladimir Putin in Moskau mit Wang Yi über die Ukraine."""

PARIS = """Scholz und Macron sprechen in Paris

Kanzler Olaf Scholz traf Präsident Emmanuel Macron am Sonntag in Paris. Ein Gipfel mit den USA ist für den \
Herbst 2023 vorgeschlagen. Scholz und Macron verhandeln seit 2019 über die Reform."""

UNDATED = """Ein Treffen ohne Tag

Emmanuel Macron und Xi Jinping sollen sich gestern getroffen haben. Der Kreml bestreitet ein Gespräch von \
Wladimir Putin mit den USA."""


def _expression(text: str, expression: str, value: str, *, basis: str) -> Timex:
    start = text.index(expression)
    span = edtf.bounds(value)
    return Timex(
        start, start + len(expression), expression, "DATE", value, value, "rule", basis, span.first, span.last
    )


def told(
    article: Article,
    sentence: str,
    who: tuple[Actor, ...],
    when: str | None = None,
    expression: str | None = None,
    *,
    place: str | None = None,
    country: str | None = None,
    kind="meeting",
    status="held",
    basis="reference",
) -> Meeting:
    """A meeting told by the sentence that begins with ``sentence``."""
    start = article.text.index(sentence)
    end = article.text.index(".", start + len(sentence)) + 1
    timex = None
    if expression and when:
        timex = _expression(article.text, expression, when, basis=basis)
    evidence = (Evidence(start, end, article.text[start:end]),)
    return Meeting(kind, who, place, country, expression, when, status, evidence, ("meeting.rule",), timex)


def fill(store: Store, *, sample: bool = False) -> list[str]:
    """Puts four articles with eight meetings into the store; the ids of the articles."""
    ids = []

    def add(text, published, outlet, tell):
        article = article_from_text(
            text, published=published, title=text.split("\n")[0], outlet=outlet, source="a.txt"
        )
        reference = ReferenceDate(published, "given" if published else "unknown")
        meetings = tuple(tell(article))
        reading = Reading(reference, tuple(m.timex for m in meetings if m.timex), meetings)
        ids.append(store.add(article, reading, who="Test", sample=sample).article_id)

    add(
        MOSCOW, "2023-02-22", "Tagblatt",
        lambda a: [
            told(a, "Der russische Präsident", (PUTIN, WANG), "2023-02-22", "am Mittwoch", place="Moskau",
                 country="RU", basis="tense"),
            told(a, "Putin und Xi", (PUTIN, XI), "2022-09", "im vergangenen September", place="Usbekistan",
                 country="UZ"),
            told(a, "In den kommenden", (XI, PUTIN), "[2023-03..2023-05]", "In den kommenden Monaten",
                 place="Moskau", country="RU", kind="visit", status="planned"),
        ],
    )  # fmt: skip
    add(
        MOSCOW_AGAIN, "2023-02-24", "Abendpost",
        lambda a: [
            told(a, "Am Donnerstag", (PUTIN, WANG), "2023-02-23", "Am Donnerstag, dem 23. Februar",
                 place="Moskau", country="RU"),
        ],
    )  # fmt: skip
    add(
        PARIS, "2023-01-24", "Tagblatt",
        lambda a: [
            told(a, "Kanzler Olaf", (SCHOLZ, MACRON), "2023-01-22", "am Sonntag", place="Paris",
                 country="FR"),
            told(a, "Ein Gipfel", (SCHOLZ, MACRON, USA), "2023-23", "Herbst 2023", kind="summit",
                 status="proposed", basis="explicit"),
            told(a, "Scholz und Macron verhandeln", (SCHOLZ, MACRON), "2019/..", "seit 2019",
                 kind="negotiation", status="ongoing", basis="explicit"),
        ],
    )  # fmt: skip
    add(
        UNDATED, None, None,
        lambda a: [
            told(a, "Emmanuel Macron", (MACRON, XI)),
            told(a, "Der Kreml", (PUTIN, USA), status="denied", kind="call"),
        ],
    )  # fmt: skip
    return ids


TODAY = date(2023, 6, 1)
"""The day on which the tests of the page look at it."""
