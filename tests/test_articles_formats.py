# ruff: noqa: E501  sentences and quoted formats are not broken
"""Every format: what is taken from a good file, and what of it a reader does not see."""

import gzip
import json
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest

from tests.files_made import (
    FIRST,
    FORMS,
    KEY,
    OUTLET,
    PUBLISHED,
    SECOND,
    TITLE,
    URL,
    columns,
    docx,
    epub,
    json_lines,
    mail,
    make,
    mbox,
    page,
    pdf,
    rss,
    table,
    tarred,
    text,
    warc,
    zipped,
)
from timeline.articles import ENDINGS, ArticleError, Rejected, read_article, read_articles
from timeline.articles.errors import DEFAULT_LIMITS
from timeline.articles.formats import format_of
from timeline.articles.pdf import read_pdf
from timeline.model import Article

UNSEEN = [
    "Lesen Sie",
    "Foto:",
    "Gestrichen",
    "Verborgen",
    "Notiz",
    "Telefon",
    "Startseite",
    "Impressum",
    "HYPERLINK",
]


@pytest.mark.parametrize("form", FORMS)
def test_a_good_file_is_one_article(form):
    name, data = make(form)
    article = read_article(name, data)
    assert (article.reference.value, article.title) == (PUBLISHED, TITLE)
    assert FIRST in article.text
    assert SECOND in article.text
    assert not [words for words in UNSEEN if words in article.text]
    assert list(read_articles(name, data)) == [article]


@pytest.mark.parametrize("form", ["html", "mhtml", "csv", "json-lines", "rss", "atom", "warc", "zip-page"])
def test_outlet_and_address(form):
    article = read_article(*make(form))
    assert (article.outlet, article.url) == (OUTLET, URL)


@pytest.mark.parametrize(
    "form", sorted(set(FORMS) - {"mail", "mail-html", "mailbox", "mhtml", "csv", "json-lines"})
)
def test_the_content_shows_the_format(form):
    """A wrong ending does no harm where the bytes show what they are."""
    assert FIRST in read_article("falsch.txt", make(form)[1]).text


@pytest.mark.parametrize(
    ("name", "form"), [("seite.html", "mhtml"), ("brief", "mail"), ("brief.txt", "mail-html")]
)
def test_mails_without_their_ending(name, form):
    assert FIRST in read_article(name, make(form)[1]).text


def test_endings_are_known_to_whoever_offers_files():
    assert {
        "txt",
        "md",
        "html",
        "pdf",
        "docx",
        "odt",
        "rtf",
        "eml",
        "mbox",
        "zip",
        "tgz",
        "jsonl",
        "csv",
    } <= set(ENDINGS)
    assert all(ending == ending.lower() and not ending.startswith(".") for ending in ENDINGS)
    assert format_of("bild.png", b"\x89PNG") is None


# Archives


def test_entries_keep_their_order_and_their_path():
    entries = {"b/zwei.txt": b"Zwei.\nSie trafen sich in Bonn.", "a/eins.txt": b"Eins.\nSie trafen sich in Wien.",
               "c.png": b"\x89PNG", "d/tief.zip": zipped({"drei.txt": b"Drei.\nSie trafen sich in Prag."})}  # fmt: skip
    expected = ["x/b/zwei.txt", "x/a/eins.txt", "x/c.png unsupported", "x/d/tief.zip/drei.txt"]
    for data in (zipped(entries), tarred(entries), gzip.compress(tarred(entries))):
        found = list(read_articles("x", data))
        assert [
            f"{i.source} {i.error.code}" if isinstance(i, Rejected) else i.source for i in found
        ] == expected


def test_systems_litter_is_no_message():
    litter = {
        "__MACOSX/a/._b.txt": b"\0",
        "a/.DS_Store": b"\0",
        "Thumbs.db": b"\0",
        "desktop.ini": b"x",
        "a/._b.txt": b"\0",
    }
    assert [
        item.source for item in read_articles("x.zip", zipped({**litter, "a/b.txt": text().encode()}))
    ] == ["x.zip/a/b.txt"]


def test_a_folder_without_its_page_is_a_folder_of_articles():
    """Only beside the page itself does "alte-Dateien" hold nothing but the parts of a saved page."""
    found = list(read_articles("x.zip", zipped({"alte-Dateien/a.html": page().encode()})))
    assert [item.source for item in found] == ["x.zip/alte-Dateien/a.html"]


def test_several_articles_are_a_collection():
    with pytest.raises(ArticleError, match="several articles"):
        read_article("x.zip", zipped({"a.txt": text().encode(), "b.txt": text().encode()}))


# Mail


def test_attachments_are_read_pictures_are_not():
    data = mail(attachments={"wien.pdf": pdf(), "bericht.xyz": b"\x00\x01", "lage.txt": text().encode()})
    found = list(read_articles("post.eml", data))
    assert [item.source for item in found] == [
        "post.eml",
        "post.eml/wien.pdf",
        "post.eml/bericht.xyz",
        "post.eml/lage.txt",
    ]
    assert [item.error.code for item in found if isinstance(item, Rejected)] == ["unsupported"]


def test_a_forwarded_article_keeps_its_own_date():
    article = read_article("a.eml", mail(body=f"Zur Kenntnis!\n\n{TITLE}\nStand: 20.02.2023\n\n{FIRST}\n"))
    assert (article.reference.value, article.reference.basis) == ("2023-02-20", "header")


def test_day_of_a_mail_is_the_senders():
    assert read_article("a.eml", mail()).reference.evidence == ("Date: Wed, 22 Feb 2023 23:30:00 +0100",)


def test_mailbox_unquotes_and_goes_on():
    broken = b"Subject: leer\nDate: gestern\n\n\n"
    found = list(
        read_articles("a.mbox", mbox(mail(body=f"From hier an Protokoll.\n\n{FIRST}"), broken, mail()))
    )
    assert [type(item) for item in found] == [Article, Rejected, Article]
    assert found[0].text.startswith("From hier an Protokoll.")
    assert found[1].error.code == "no_text"


def test_flowed_lines_are_joined():
    head = b"Subject: x\nMIME-Version: 1.0\nContent-Type: text/plain; format=flowed; charset=utf-8\n\n"
    article = read_article("a.eml", head + b"Die Minister trafen \nsich in Wien.\nNeue Zeile.\n")
    assert article.text == "Die Minister trafen sich in Wien.\nNeue Zeile."


# Tables


@pytest.mark.parametrize("separator", [";", ",", "\t", "|"])
def test_separators(separator):
    assert read_article("a.csv", table(separator=separator)).text == f"{FIRST}\n\n{SECOND}"


@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp1252", "utf-16"])
def test_tables_of_spreadsheets(encoding):
    article = read_article("a.csv", table().decode().encode(encoding))
    assert (article.title, article.reference.value) == (TITLE, PUBLISHED)


def test_columns_can_be_named():
    data = table(names=("A", "B", "C", "D", "E"))
    (rejected,) = read_articles("a.csv", data)
    assert (rejected.error.code, rejected.error.params["found"]) == ("columns", "A, B, C, D, E")
    given = {"text": "e", "title": "A", "published": "B", "outlet": "C", "url": "D"}
    (article,) = read_articles("a.csv", data, columns=given)
    assert (article.title, article.reference.value, article.outlet, article.url) == (
        TITLE,
        PUBLISHED,
        OUTLET,
        URL,
    )


def test_a_broken_row_costs_itself_only():
    lines = [
        json_lines().strip(),
        b"{kaputt",
        b'["x"]',
        b'{"text": 7}',
        b"",
        b'{"text": ""}',
        b'{"title": "t"}',
        json_lines(),
    ]
    found = list(read_articles("a.jsonl", b"\n".join(lines)))
    assert [item.source for item in found] == [f"a.jsonl, line {n}" for n in (1, 2, 3, 4, 6, 7, 8)]
    assert [isinstance(item, Rejected) for item in found] == [False, True, True, True, True, True, False]
    assert "line 2: not JSON" in str(found[1].error)


def test_rows_of_csv_are_told_by_their_line():
    data = table() + b'\n"zu";"viel";"";"";"x";"y"\n"Titel";"";"";"";""\n'
    found = list(read_articles("a.csv", data))
    assert [item.source for item in found] == ["a.csv, line 2", "a.csv, line 6", "a.csv, line 7"]
    assert [type(item) for item in found] == [Article, Rejected, Rejected]


def test_markup_in_a_field_is_not_shown():
    row = json.dumps({"content": f"<p>{FIRST}</p><script>alert(1)</script><p>{SECOND}</p>"}).encode()
    assert read_article("a.jsonl", row).text == f"{FIRST}\n\n{SECOND}"


def test_each_object_of_json_lines_has_its_own_columns():
    rows = [
        {"text": FIRST},
        {"text": SECOND, "published": "2023-02-22"},
        {"body": f"{FIRST} x", "datum": "2023-02-23"},
    ]
    found = list(read_articles("a.jsonl", "\n".join(map(json.dumps, rows)).encode()))
    assert [item.text for item in found] == [FIRST, SECOND, f"{FIRST} x"]
    assert [item.reference.value for item in found] == [None, "2023-02-22", "2023-02-23"]


@pytest.mark.parametrize("layout", ['[{{"text": {0}}}]', '{{\n "text": {0}\n}}', '{{"text": {0}}}'])
def test_json_in_its_layouts(layout):
    assert read_article("a.json", layout.format(json.dumps(FIRST)).encode()).text == FIRST


# PDF


def test_columns_are_read_one_after_the_other():
    first = "Der erste Absatz handelt vom Besuch des Bundeskanzlers in Paris und von seinem Gespräch mit dem Präsidenten."
    second = "Der zweite Absatz handelt von der gemeinsamen Pressekonferenz, die erst am Abend im Élysée-Palast begann."
    third = "Der dritte Absatz handelt von der Abreise der Delegation, die noch in der Nacht nach Berlin zurückkehrte."
    for count, width in ((2, 44), (3, 28)):
        lines = columns([first, second, third], count=count, width=width)
        found = read_article("a.pdf", pdf([[(50, 700, 22, "Der Kanzler in Paris"), *lines]])).text
        assert found == f"Der Kanzler in Paris\n\n{first}\n\n{second}\n\n{third}"


def test_running_heads_once_and_no_page_numbers():
    days = ("Erster", "Zweiter", "Dritter")
    pages = [
        [(50, 800, 9, f"{OUTLET}, 22. Februar 2023"), *columns([f"{word} Tag: {FIRST}"], count=1),
         (290, 30, 9, f"- {n} -")]
        for n, word in enumerate(days, 1)
    ]  # fmt: skip
    article = read_article("a.pdf", pdf(pages))
    assert article.text.count(OUTLET) == 1
    assert "- 2 -" not in article.text
    assert article.reference.value == PUBLISHED
    assert all(f"{day} Tag: {FIRST}" in article.text for day in days)


def test_the_day_of_printing_is_not_published():
    """Browsers print day and hour above each page, and the address below."""
    marks = [(40, 815, 8, "02.03.26, 10:15"), (40, 20, 8, URL)]
    article = read_article("a.pdf", pdf([[*marks, (50, 700, 22, TITLE), *columns([FIRST, SECOND])]]))
    assert (article.reference.value, article.url) == (None, URL)
    assert "10:15" not in article.text


@pytest.mark.parametrize(
    ("created", "line", "expected"),
    [
        ("20260302", "", None),
        ("20230222", "", None),
        ("20230222", "Politik 22.02.2023 Seite 4 – Lokalausgabe", PUBLISHED),
        ("20230221", "Politik 22.02.2023 Seite 4 – Lokalausgabe", PUBLISHED),
        ("20260302", "Politik 22.02.2023 Seite 4 – Lokalausgabe", None),
        ("20230222", "Politik 22.02.2023 Seite 4 – nächste Ausgabe 1.3.2023", None),
    ],
)
def test_the_day_of_a_file_counts_only_with_the_text(created, line, expected):
    lines = [(50, 780, 9, line)] if line else []
    data = pdf([[*lines, (50, 700, 22, TITLE), *columns([FIRST, SECOND])]], created=created)
    assert read_article("a.pdf", data).reference.value == expected


def test_scans_and_passwords_say_so():
    for data, code in (
        (pdf([[]], picture=True), "scanned"),
        (pdf(password=b"geheim"), "encrypted"),
        (pdf([[]]), "no_text"),
    ):
        with pytest.raises(ArticleError) as caught:
            read_article("a.pdf", data)
        assert caught.value.code == code
    assert KEY in read_pdf("a.pdf", pdf(password=b""), DEFAULT_LIMITS).text


# Word processors


def test_text_boxes_and_tables_of_word():
    w = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    m = "http://schemas.openxmlformats.org/markup-compatibility/2006"
    box = "<w:txbxContent><w:p><w:r><w:t>Im Kasten.</w:t></w:r></w:p></w:txbxContent>"
    document = (
        f'<w:document xmlns:w="{w}" xmlns:m="{m}"><w:body><w:p><w:r><w:t>Davor.</w:t></w:r><w:r><m:AlternateContent>'
        f"<m:Choice>{box}</m:Choice><m:Fallback>{box}</m:Fallback></m:AlternateContent></w:r></w:p><w:tbl><w:tr><w:tc>"
        "<w:p><w:r><w:t>Zelle</w:t><w:tab/><w:t>eins</w:t><w:br/><w:t>zwei</w:t></w:r></w:p></w:tc></w:tr></w:tbl></w:body>"
        "</w:document>"
    )
    assert read_article("a.docx", docx(document=document)).text == "Davor.\n\nIm Kasten.\n\nZelle\teins\nzwei"


def test_chapters_of_a_book():
    (article,) = read_articles("ausgabe.epub", epub())
    assert (article.source, article.outlet, article.title) == ("ausgabe.epub/OEBPS/a.xhtml", OUTLET, TITLE)


# Feeds and web archives


def test_a_teaser_is_an_article_with_its_title():
    data = rss().decode().replace("content:encoded", "content:other").encode()
    assert read_article("a.rss", data).text == f"{TITLE}\n\nEin Treffen in Wien."


def test_the_last_change_of_an_entry_is_not_its_publication():
    data = b'<feed xmlns="http://www.w3.org/2005/Atom"><entry><title>Treffen</title><updated>2026-03-02T00:00:00Z</updated>' + (
        b"<summary>Ein Treffen in Wien.</summary></entry></feed>"
    )  # fmt: skip
    assert read_article("a.atom", data).reference.value is None


def test_pages_not_found_are_no_articles():
    (rejected,) = read_articles("a.warc", warc(status="404 Not Found"))
    assert rejected.error.code == "no_text"


def test_the_day_of_capture_is_not_published():
    bare = f"<html><head><title>{TITLE}</title></head><body><article><p>{FIRST}</p><p>{SECOND}</p></article></body></html>"
    assert (
        read_article(
            "a.warc", warc(content=bare.encode(), url="https://beispielbote.example/x")
        ).reference.value
        is None
    )


def test_a_mail_in_a_mail_is_an_article_of_its_own():
    outer = EmailMessage()
    outer["Subject"], outer["Date"] = "Zur Kenntnis", "Thu, 23 Feb 2023 09:00:00 +0100"
    outer.set_content("Bitte lesen, es geht um das Treffen in Wien.")
    outer.add_attachment(message_from_bytes(mail(), policy=policy.default))
    found = list(read_articles("a.eml", outer.as_bytes()))
    assert [item.source for item in found] == ["a.eml", "a.eml/message 1.eml"]
    assert found[0].text == "Bitte lesen, es geht um das Treffen in Wien."
    assert (found[1].title, found[1].reference.value) == (TITLE, PUBLISHED)


def test_a_mailbox_without_an_ending():
    assert [item.title for item in read_articles("Posteingang", mbox(mail(), mail()))] == [TITLE, TITLE]


@pytest.mark.parametrize(
    ("name", "data", "form"),
    [
        ("a.xlsx", zipped({"[Content_Types].xml": b"<x/>", "xl/workbook.xml": b"<x/>"}), "xlsx"),
        ("a.pptx", zipped({"[Content_Types].xml": b"<x/>", "ppt/presentation.xml": b"<x/>"}), "pptx"),
        (
            "a.ods",
            zipped([("mimetype", b"application/vnd.oasis.opendocument.spreadsheet")], method=0),
            "spreadsheet",
        ),
    ],
)
def test_other_office_files_are_not_taken_for_archives(name, data, form):
    (rejected,) = read_articles(name, data)
    assert (rejected.error.code, rejected.error.params["format"]) == ("unsupported", form)


def test_a_full_stop_in_a_name_is_no_ending():
    assert read_article("Treffen vom 22.02.2023", text().encode()).title == TITLE
    assert read_article("Treffen v. Wien", text().encode()).title == TITLE
    with pytest.raises(ArticleError, match=r"format that is not read \(css\)"):
        read_article("stil.css", b"body { color: red }")
