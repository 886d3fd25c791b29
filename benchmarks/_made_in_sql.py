"""A store of a million meetings, made by PostgreSQL itself: for measuring queries, not merging.

The rows have the columns, sizes and distributions of real ones (few actors in most of the news, 40 years,
sentences of some words), but say nothing true. Making them in Python would take an hour.
"""

from sqlalchemy import Engine, text

from timeline.store import kept_counts, textsearch
from timeline.store.bulk import tidy
from timeline.store.database import writing
from timeline.store.schema import Table

_TOPICS = (
    "Energie Handel Grenzen Abrüstung Klimaschutz Fischerei Zölle Raumfahrt Visa Gas Getreide Häfen Wasser "
    "Sicherheit Migration Impfstoffe Halbleiter Schulden Waffenruhe Gefangene Rohstoffe Forschung Kultur "
    "Sanktionen Verträge Wahlen Flüchtlinge Manöver Straßen Brücken Banken Stahl Autos Daten Satelliten"
).lower().replace("ü", "u").replace("ö", "o").replace("ä", "a").replace("ß", "ss")  # fmt: skip

_EVENTS = """
CREATE TEMP TABLE made AS
SELECT n, md5(n::text) AS id, a, CASE WHEN a = b THEN (b + 1) % 450 ELSE b END AS b,
  (ARRAY['visit','meeting','call','summit','negotiation'])[1 + floor(random() * 5)::int] AS kind,
  (ARRAY['held','held','held','planned','proposed','cancelled'])[1 + floor(random() * 6)::int] AS status,
  floor(random() * 200)::int AS city, 722815 + floor(random() * 14600)::int AS day,
  floor(power(random(), 2) * 35)::int AS one, floor(power(random(), 2) * 35)::int AS other
FROM (SELECT n, floor(power(random(), 3) * 450)::int AS a, floor(power(random(), 3) * 450)::int AS b
      FROM generate_series(1, :events) AS n) AS drawn
"""
"""450 persons, three to a state; the power makes few of them frequent."""
_NAME = "'Person ' || chr(65 + {0} / 18) || chr(97 + {0} % 26) || ' ' || {0}"
_STEPS = (
    """
    INSERT INTO articles (id, title, outlet, url, source, characters, sample, told, given, reference, rules,
                          added_at, added_by, read_at, deleted_at, timexes, text)
    SELECT md5('a' || n), 'Titel ' || n, 'Blatt ' || n % 40, NULL, n || '.txt', 300, false, r, NULL, r, '',
           '2026-01-01T00:00:00', NULL, '2026-01-01T00:00:00', NULL, '[]',
           repeat('Ein Satz aus dem Artikel. ', 12)
    FROM (SELECT n, json_build_object('value', (date '0001-01-01' + 722815 + n % 14600)::text,
                                      'basis', 'metadata', 'evidence', '[]'::json) AS r
          FROM generate_series(1, :claims / 4) AS n) AS drawn
    """,
    """
    INSERT INTO claims (id, article_id, ordinal, kept, meeting, event_id)
    SELECT md5('c' || c), md5('a' || 1 + c % (:claims / 4)), 0, false, json_build_object(
        'kind', kind, 'participants', json_build_array(
            json_build_object('key', 'Q' || a, 'name', {a}, 'type', 'person', 'country', 'X' || a / 3),
            json_build_object('key', 'Q' || b, 'name', {b}, 'type', 'person', 'country', 'X' || b / 3)),
        'place', 'Stadt ' || city, 'country', 'X' || city % 150, 'expression', 'am Montag',
        'date', (date '0001-01-01' + day - 1)::text, 'status', status,
        'evidence', json_build_array(json_build_array(0, 90, {a} || ' und ' || {b} || ' sprachen.')),
        'rules', json_build_array('frame:sprechen'), 'timex', NULL), id
    FROM generate_series(1, :claims) AS c JOIN made ON made.n = 1 + c % :events
    """,
    """
    INSERT INTO claim_keys (claim_id, key, first, last)
    SELECT md5('c' || c), 'X' || least(a, b) / 3 || '|X' || greatest(a, b) / 3, day, day
    FROM generate_series(1, :claims) AS c JOIN made ON made.n = 1 + c % :events
    """,
    """
    INSERT INTO events (id, kind, status, place, country, date, first, last, checked, disputed, body, search)
    SELECT id, kind, status, 'Stadt ' || city, 'X' || city % 150, (date '0001-01-01' + day - 1)::text, day,
      day, false, n % 20 = 0, json_build_object('participants', json_build_array(
            json_build_object('key', 'Q' || a, 'name', {a}, 'type', 'person', 'country', 'X' || a / 3),
            json_build_object('key', 'Q' || b, 'name', {b}, 'type', 'person', 'country', 'X' || b / 3)),
        'history', json_build_array(json_build_array(status, NULL, NULL, md5('c' || n))),
        'disputed', '[]'::json, 'edited', '[]'::json, 'outlets', json_build_array('Blatt ' || n % 40),
        'sources', 5,
        'claims', (SELECT json_agg(md5('c' || k)) FROM generate_series(n - 1, :claims, :events) AS k
                   WHERE k > 0)),
      lower({a} || ' ' || {b}) || ' stadt ' || city || ' blatt sprachen uber und ' ||
        (string_to_array(:topics, ' '))[1 + one] || ' ' || (string_to_array(:topics, ' '))[1 + other]
    FROM made
    """,
    """
    INSERT INTO event_actors (event_id, key, name, type, country)
    SELECT id, 'Q' || a, {a}, 'person', 'X' || a / 3 FROM made
    UNION ALL SELECT id, 'Q' || b, {b}, 'person', 'X' || b / 3 FROM made
    """,
    """
    INSERT INTO event_outlets (event_id, outlet)
    SELECT id, 'Blatt ' || (n + k) % 40 FROM made, generate_series(0, 2) AS k
    """,
    """
    INSERT INTO sources (article_id, name, outlet, url, added_at)
    SELECT id, source, outlet, NULL, added_at FROM articles
    """,
)  # fmt: skip


_REFERENCES = (
    ("sources", "article_id"), ("claims", "article_id"), ("claim_keys", "claim_id"),
    ("event_actors", "event_id"), ("event_outlets", "event_id"),
)  # fmt: skip


def make(engine: Engine, *, events: int, claims: int) -> None:
    """Fills an empty store on PostgreSQL."""
    tables = [
        table for name, table in Table.metadata.tables.items() if name not in ("log", "counters", "bands")
    ]
    numbers = {"events": events, "claims": claims, "topics": _TOPICS}
    names = {"a": _NAME.format("a"), "b": _NAME.format("b")}
    with writing(engine) as connection:
        for table in tables:
            for index in table.indexes:
                index.drop(connection)
        textsearch.drop(connection)
        # Checking that each row's event or article is there takes most of the time, and they are.
        for table, column in _REFERENCES:
            connection.exec_driver_sql(f"ALTER TABLE {table} DROP CONSTRAINT {table}_{column}_fkey")
        for step in (_EVENTS, *_STEPS):
            statement = step.format(**names)
            used = {name: value for name, value in numbers.items() if f":{name}" in statement}
            bound = statement
            for name, value in used.items():
                bound = bound.replace(f":{name}", f"'{value}'" if isinstance(value, str) else str(value))
            connection.exec_driver_sql(bound)
        for table in tables:
            for index in table.indexes:
                index.create(connection)
        textsearch.create(connection)
        kept_counts.recount(connection)
        connection.execute(text("UPDATE counters SET value = value + 1 WHERE name = 'revision'"))
    tidy(engine)
