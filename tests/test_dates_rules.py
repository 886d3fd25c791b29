"""A wrong table of dates is refused with its file and rule; the automaton is fast for every text."""

import time

import pytest

from timeline.dates import find_dates, rules, tense, words
from timeline.dates.automaton import Automaton
from timeline.dates.find import tagger
from timeline.dates.scan import duration, number_classes
from timeline.language import LanguageError

GOOD = {
    "id": "month-year",
    "pattern": "MONTH YEAR",
    "type": "DATE",
    "value": "{YEAR}-{MONTH}",
    "yes": {"Mai 2020": "2020-05"},
    "no": ["Mai"],
    "source": "own reading",
}


def load(monkeypatch, *entries):
    vocabulary = tagger().vocabulary
    monkeypatch.setattr(rules, "read_toml", lambda name: {"rule": list(entries)})
    return rules.load_rules(["wrong.toml"], vocabulary)


def test_a_good_rule_is_read(monkeypatch):
    [rule], [sequence] = load(monkeypatch, GOOD)
    assert rule.id == "month-year"
    assert sequence.row == ("MONTH", "YEAR")


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"pattern": "MOONTH YEAR"}, "unknown class MOONTH"),
        ({"pattern": "MONTH ( YEAR"}, "not closed"),
        ({"pattern": "MONTH ) YEAR"}, "bracket too many"),
        ({"pattern": "MONTH $nowhere YEAR"}, "nowhere"),
        ({"pattern": "MONTH"}, "{YEAR} is not in"),
        ({"pattern": "am der", "value": "2020"}, "nothing but weak words"),
        ({"pattern": "MONTH YEAR < >"}, "empty or the pattern too long"),
        ({"pattern": "MONTH YEAR " + "x? " * 13}, "more than"),
        ({"type": "DAY"}, "type 'DAY' is none of"),
        ({"unit": "fortnight"}, "unit 'fortnight' is none of"),
        ({"yes": {}}, "missing ['yes']"),
        ({"no": []}, "missing ['no']"),
        ({"source": ""}, "missing ['source']"),
        ({"colour": "red"}, "unknown field ['colour']"),
        ({"not_before": ["NOSUCHLIST"]}, "unknown context NOSUCHLIST"),
        ({"traits": ["near", "far"]}, "traits ['far'] are none of near, nowadays"),
    ],
)
def test_a_wrong_rule_is_refused_by_name(monkeypatch, change, reason):
    with pytest.raises(LanguageError) as error:
        load(monkeypatch, GOOD | change)
    assert "wrong.toml, rule month-year" in str(error.value)
    assert reason in str(error.value)


def test_an_id_is_used_once(monkeypatch):
    with pytest.raises(LanguageError, match=r"wrong\.toml, rule month-year: the id is used twice"):
        load(monkeypatch, GOOD, GOOD)


@pytest.mark.parametrize(
    "table", [{}, {"class": {"MONTH": {"01": ["Januar"]}}}, {"class": {"MONTH": {"01": "Mai", "02": "Mai"}}}]
)
def test_a_wrong_table_of_words_is_refused(monkeypatch, table):
    monkeypatch.setattr(words, "read_toml", lambda name: table)
    with pytest.raises(LanguageError, match=r"words\.toml"):
        words.load_vocabulary("words.toml")


def test_a_verb_that_tells_two_tenses_is_refused(monkeypatch):
    monkeypatch.setattr(tense, "read_toml", lambda name: {"verbs": {"past": "ging", "future": "ging"}})
    tense._table.cache_clear()
    tense.mark.cache_clear()
    try:
        with pytest.raises(LanguageError, match=r"tense\.toml: 'ging' stands in past and in future"):
            tense.mark("ging")
    finally:
        tense._table.cache_clear()
        tense.mark.cache_clear()


@pytest.mark.parametrize(
    ("clause", "expected"),
    [
        ("Er traf ihn am Montag.", "past"),
        ("Am Montag besprach er das am Telefon.", "past"),
        ("Die Rebellen widersprachen am Montag.", "past"),
        ("Am Montag entspannen sie sich.", "unknown"),
        ("Er hat ihn am Montag getroffen.", "past"),
        ("Er ist am Montag mit ihm zusammengekommen.", "past"),
        ("Sie hat ihn am Montag einbestellt.", "past"),
        ("Er soll ihn am Montag getroffen haben.", "past"),
        ("Er wird ihn am Montag treffen.", "future"),
        ("Er will ihn am Montag treffen.", "future"),
        ("Ein Treffen ist am Montag geplant.", "future"),
        ("Er besucht ihn am Montag.", "present"),
        ("Er reist am Montag ab.", "present"),
        ("Ich fliege am Montag ab.", "present"),
        ("Sitzung am Montag.", "unknown"),
        ("Er kündigte an, dass er am Montag reisen werde.", "future"),
        ("Er traf sie im Mai und redet am Montag weiter.", "present"),
        ("Er hat am Montag Merkel und Macron getroffen.", "past"),
        ("Er will reisen, sagte der Sprecher am Montag.", "past"),
        ("Er ist am Montag mit 7:6 (4), 6:3 im Finale erschienen.", "past"),
        ("Am Montag ist die Zahl derer, die an der Grenze warten, weiter gestiegen.", "past"),
        ("Am Montag ist er es, der die Lage, wie man sagt, beherrscht.", "present"),
        ("Die Rate hat am Montag 0,7 Prozent betragen.", "past"),
        ("Die Bahn ist am Montag auf 0,5 Prozent Zuwachs gekommen.", "past"),
        ("Am Montag ist Ausruhen angesagt.", "present"),
        ("Er kündigte an, am Montag nach Wien zu reisen.", "present"),
        ("Sie versprach, am Montag daran teilzunehmen.", "present"),
        ("Es gelang ihm, am Montag nach Wien zu fliehen.", "past"),
        ("Er flog ab, um am Montag in Wien zu reden.", "present"),
        ("Er gestand, am Montag gelogen zu haben.", "past"),
        ("Sie will ihn am Montag nach Rom begleiten.", "future"),
        ("Die Minister arbeiten am Montag daran.", "present"),
        ("Sie machten am Montag Fortschritte.", "past"),
        ("Am Montag statten sie Rom einen Besuch ab.", "present"),
        ("Sie hat am Montag daran festgehalten.", "past"),
        ("Das Gericht bat, die Entscheidung vom Montag aufzuheben.", "past"),
        ("Am Montag ist die Lage der gesellschaftspolitischen Gruppen ernst.", "present"),
        ("Mit ernsthaften Verhandlungen am Montag.", "unknown"),
        ("Botschafter am Montag einbestellt", "past"),
        ("Die Bank am Montag verkauft", "past"),
        ("Weil er am Montag Moskau besucht.", "present"),
        ("Wir hoffen, so der Minister am Montag.", "past"),
    ],
)
def test_tense_of_the_clause(clause, expected):
    start = clause.index("Montag")
    assert tense.tense_at(clause, start, start + len("Montag")) == expected


@pytest.mark.parametrize(
    ("number", "cls", "payload"),
    [
        ("24.2.22", "DATE", ("2022", "02", "24")),
        ("24.12.1998", "DATE", ("1998", "12", "24")),
        ("2022-02-24", "DATE", ("2022", "02", "24")),
        ("20.30", "CLOCK", "20:30"),
        ("8:05", "CLOCK", "08:05"),
        ("1998", "YEAR", "1998"),
        ("21", "CENT", "20"),
        ("1,5", "NUM", "1.5"),
        ("10.000", "NUM", "10000"),
        ("98", "YEAR2", "1998"),
        ("578", "YEAR3", "0578"),
    ],
)
def test_numbers_by_their_shape(number, cls, payload):
    assert number_classes(number)[cls] == payload


@pytest.mark.parametrize(
    "number", ["24.13.22", "3.2.10.4", "1.2.3.4.5", "99999999999", "1" * 5000, "31.31", "²", "٣"]
)
def test_numbers_that_are_no_date(number):
    assert not {"DATE", "YEAR", "CLOCK", "DM"} & set(number_classes(number))


@pytest.mark.parametrize(
    ("value", "expected"),
    [("P3TH", "PT3H"), ("P2TH30TM", "PT2H30M"), ("P0.5Y", "P6M"), ("P0.5TH", "PT30M"), ("P0.5D", "PT12H"),
     ("P3Y4M", "P3Y4M"), ("PXTH", "PTXH"), ("P1.5Y", "P1.5Y"), ("P2D3TH", "P2DT3H")],
)  # fmt: skip
def test_durations_are_written_as_iso_8601_wants(value, expected):
    assert duration(value) == expected


def test_states_are_few_and_made_once():
    sequences = rules.load_rules([tagger().rules[0].file], tagger().vocabulary)[1]
    automaton = Automaton(sequences)
    signature = automaton.signature(frozenset({"WEEKDAY"}))
    assert automaton.step(automaton.start, signature) is automaton.step(automaton.start, signature)


HARD = ["Montag, ", "am Montag bis Dienstag bis ", "der den letzten ", "3. und 4. und ", "2019-",
        "1.1.", "bis zum ", "vom 3., 4., 5., ", "20.30 ", "Montag", "1", "1.", "zwei Jahre und ",
        "der " * 20 + "Tag "]  # fmt: skip


@pytest.mark.parametrize("piece", HARD)
def test_texts_made_to_go_wrong_stay_linear(piece):
    def seconds(size: int) -> float:
        text = (piece * (size // len(piece) + 1))[:size]
        best = float("inf")
        for _ in range(3):
            begun = time.process_time()
            find_dates(text, published="2023-02-22")
            best = min(best, time.process_time() - begun)
        return best

    small, large = seconds(20_000), seconds(160_000)
    assert large < max(small, 0.005) * 8 * 5  # eight times the text; five for a busy machine


@pytest.mark.parametrize(
    "piece",
    ["", "Montag", "(Montag,", "MONTAG", "Mon-tag", "Montag-Ausgabe", "SONNTAGmorgen", "Sonnentage.",
     "Tage-Buch", "iPhone", "EU-Gipfel", "DiEM25", "2019", "(2019)", "20199", "201", "3,5", "1,98", "24.2.22",
     "24.2.", "5.", "5", "(5.", "20:15", "A380", "1990er-Jahre",
     "heute\n\nMontag", "täglich;", "–", "²²²²", "alt"],
)  # fmt: skip
def test_what_needs_no_reading_is_sorted_out_rightly(piece):
    pieces = tagger().pieces
    read = pieces.classify(piece)
    assert bool(pieces.runs(piece)) == (read is not None and read.strong)


def test_a_text_longer_than_a_stretch_is_read_to_its_end():
    filler = "Das Wetter blieb trocken und mild. " * 9_000
    text = f"{filler}Am 3. Mai 2021 kam er. {filler}Am Montag ging er. "
    found = find_dates(text, published="2021-05-12")
    assert [(text[t.start : t.end], t.value) for t in found] == [
        ("3. Mai 2021", "2021-05-03"),
        ("Montag", "2021-05-10"),
    ]


def test_a_lone_surrogate_is_a_letter_of_no_word():
    text = "Am \ud83d Montag, \udc00Montag und am 3. Mai 2021\ud83d."
    found = find_dates(text, published="2021-05-12")
    assert [text[t.start : t.end] for t in found] == ["Montag", "Montag", "3. Mai 2021"]
