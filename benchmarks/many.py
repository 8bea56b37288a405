"""Many invented organisations, put straight in the tables: for lists that must stay fast as they grow."""

from __future__ import annotations

from sqlalchemy import create_engine, text

from portal.units.ordering import sort_key

FIRST = (
    "Fjordglimt", "Ås", "Solsiden", "Elvebakken", "Nordlys", "Ærlig", "Øvre Tangen", "Bjørkelunden", "Havna",
    "Lyngheim", "Granstua", "Vårsol", "Kvartalet", "Ungbo", "Håpet", "Storgata", "Skogbrynet", "Fagerli",
)  # fmt: skip
SECOND = ("barnelag", "turlag", "IL", "frivilligsentral", "kvinneforening", "ungdomsklubb", "sanitetslag")
_UNITS = text(
    """
    INSERT INTO unit (tree, level, kind, name, sort_key, valid_from)
    SELECT 'civil', CASE WHEN n % 50 = 0 THEN 'national' WHEN n % 7 = 0 THEN 'regional' ELSE 'local' END,
           'organisation', first || ' ' || second || ' ' || n, first_key || ' ' || second_key || ' ' || n,
           DATE '2026-01-01'
      FROM (SELECT n, (CAST(:first AS text[]))[1 + n % :firsts] AS first,
                   (CAST(:first_keys AS text[]))[1 + n % :firsts] AS first_key,
                   (CAST(:second AS text[]))[1 + n / 18 % :seconds] AS second,
                   (CAST(:second_keys AS text[]))[1 + n / 18 % :seconds] AS second_key
              FROM generate_series(1, CAST(:last AS int)) AS n) AS named
    """
)
_ORGANISATIONS = text(
    """
    INSERT INTO organisation (unit_id, owner_id, name, sort_key, words, kind, level, municipality_number,
                              activities, national_id, regional_id, register_status, number)
    SELECT made.id, made.id, made.name, made.sort_key,
           array_to_tsvector(ARRAY(SELECT DISTINCT unnest(string_to_array(made.sort_key, ' ')))),
           CASE WHEN made.id % 400 = 0 THEN 'operator' WHEN made.id % 9 = 0 THEN 'non_profit'
                ELSE 'voluntary' END,
           made.level, town.number, ARRAY[(CAST(:activities AS text[]))[1 + made.id % :kinds]],
           (SELECT id FROM unit WHERE code = CASE made.level WHEN 'national' THEN 'lt-mottaksoppfolging'
                                                              ELSE 'udi' END),
           CASE WHEN made.level <> 'national' THEN town.region_id END,
           CASE WHEN made.id % 500 = 0 THEN 'bankrupt' WHEN made.id % 90 = 0 THEN 'deleted'
                ELSE 'registered' END,
           CAST(700000000 + made.id AS text)
      FROM unit AS made
      JOIN (SELECT m.number, c.region_id, row_number() OVER (ORDER BY m.number) - 1 AS place
              FROM municipality AS m
              JOIN county_region AS c ON c.county_number = m.county_number AND c.valid_to IS NULL) AS town
        ON town.place = made.id % (SELECT count(*) FROM municipality AS m
                                     JOIN county_region AS c ON c.county_number = m.county_number
                                                            AND c.valid_to IS NULL)
     WHERE made.tree = 'civil' AND made.id > :after
    """
)


def fill(owner_url: str, count: int, activities: list[str]) -> None:
    """Enter `count` organisations spread over the country, as the owner, and let the planner know of them."""
    words = {
        "first": list(FIRST),
        "first_keys": [sort_key(word) for word in FIRST],
        "second": list(SECOND),
        "second_keys": [sort_key(word) for word in SECOND],
        "firsts": len(FIRST),
        "seconds": len(SECOND),
        "last": count,
    }
    engine = create_engine(owner_url)
    with engine.begin() as connection:
        after = connection.execute(text("SELECT coalesce(max(id), 0) FROM unit")).scalar_one()
        connection.execute(_UNITS, words)
        connection.execute(
            _ORGANISATIONS, {"after": after, "activities": activities, "kinds": len(activities)}
        )
        connection.execute(text("ANALYZE"))
    engine.dispose()
