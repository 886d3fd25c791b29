"""Claims, readings and articles in few words, for the tests of merging, store, query and export."""

from timeline.articles import article_from_text
from timeline.merge import claims_from
from timeline.model import Actor, Article, Claim, Evidence, Meeting, Reading, ReferenceDate

PEOPLE = {
    actor.name: actor
    for actor in (
        Actor("Q61053", "Olaf Scholz", "person", "DE"),
        Actor("Q567", "Angela Merkel", "person", "DE"),
        Actor("Q64", "Annalena Baerbock", "person", "DE"),
        Actor("Q3052772", "Emmanuel Macron", "person", "FR"),
        Actor("Q7747", "Wladimir Putin", "person", "RU"),
        Actor("Q58217", "Sergej Lawrow", "person", "RU"),
        Actor("Q15031", "Xi Jinping", "person", "CN"),
        Actor("Q9381", "Wang Yi", "person", "CN"),
        Actor("Q946", "Donald Tusk", "person", "PL"),
        Actor("state:DE", "Deutschland", "state", "DE"),
        Actor("state:FR", "Frankreich", "state", "FR"),
        Actor("state:RU", "Russland", "state", "RU"),
        Actor("state:CN", "China", "state", "CN"),
        Actor("state:UA", "Ukraine", "state", "UA"),
        Actor("org:NATO", "NATO", "organisation", None),
        Actor("org:G7", "G7", "organisation", None),
        Actor("org:LNR", "Volksrepublik Luhansk", "organisation", "UA"),
    )
}
_FAMILY_NAME_FIRST = {"Xi Jinping": "Xi", "Wang Yi": "Wang"}
SHORT = {
    _FAMILY_NAME_FIRST.get(actor.name, actor.name.rpartition(" ")[2]): actor for actor in PEOPLE.values()
}
"""Actors by their family names or, for states and bodies, the last word of theirs."""
COUNTRIES = {
    "Moskau": "RU", "Peking": "CN", "Samarkand": "UZ", "Usbekistan": "UZ", "Berlin": "DE", "Meseberg": "DE",
    "Paris": "FR", "Elmau": "DE", "Minsk": "BY", "China": "CN",
}  # fmt: skip


def meeting(  # noqa: PLR0917  a row of a table
    who: str, date: str | None, place: str | None = None, kind="meeting", status="held", at=0
) -> Meeting:
    """``who`` is last names separated by commas; the evidence is a sentence made of the rest."""
    actors = tuple(SHORT[name.strip()] for name in who.split(","))
    text = f"{' und '.join(actor.name for actor in actors)}: {kind}, {status}, {date}, {place}."
    country = COUNTRIES.get(place) if place else None
    return Meeting(
        kind, actors, place, country, None, date, status, (Evidence(at, at + len(text), text),), ("rule",)
    )


def reading(*meetings: Meeting, published: str | None = "2023-02-22", basis="metadata") -> Reading:
    reference = ReferenceDate(published, basis if published else "unknown")
    return Reading(reference, (), tuple(meetings))


def article(name: str, published: str | None = None, outlet: str | None = None) -> Article:
    return article_from_text(
        f"Text von {name}.", source=f"{name}.txt", published=published, title=f"Titel {name}", outlet=outlet
    )


def claim(name: str, *told, published: str | None = "2023-02-22", outlet: str | None = None, **more) -> Claim:
    """The one claim of an article called ``name``."""
    (only,) = claims_from(article(name, outlet=outlet), reading(meeting(*told, **more), published=published))
    return only
