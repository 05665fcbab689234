"""Which index a statement could use, read from its text and a sample of the rows."""

from collections.abc import Mapping, Sequence

import pytest

from plugins.db_opt.advise.asked import Asked, read_statement
from plugins.db_opt.advise.candidates import Known, candidates, count_uses
from plugins.db_opt.advise.facts import Schema, TableFacts
from plugins.db_opt.advise.form import Form, Key, merged
from plugins.db_opt.advise.shape import accesses
from plugins.db_opt.index_definition import Definition
from plugins.db_opt.observed import Observed

ROWS = 50_000
MANY = list(range(2000))
FEW = [number % 50 for number in MANY]
TWO = [number % 2 for number in MANY]
RARE = ["open" if number % 100 == 0 else "done" for number in MANY]
COLUMNS: Mapping[str, Sequence[object]] = {
    "many": MANY,
    "few": FEW,
    "two": TWO,
    "state": RARE,
    "at": MANY,
    "id": MANY,
}
SCHEMA = Schema(
    {
        "thing": frozenset({*COLUMNS, "Odd name", "ended"}),
        "part": frozenset({"id", "thing_id", "kind"}),
        "tiny": frozenset({"id", "many"}),
    },
    {"thing": ("id",), "part": ("id",), "tiny": ("id",)},
    [],
)
FACTS = {
    "thing": TableFacts(
        "thing",
        ROWS,
        {**COLUMNS, "lower(many)": MANY, "ended": [None if n % 40 else n for n in MANY]},
    ),
    "part": TableFacts("part", ROWS, {"id": MANY, "thing_id": MANY, "kind": FEW}),
    "tiny": TableFacts("tiny", 50, {"id": MANY[:50], "many": MANY[:50]}),
}


def forms(
    sql: str,
    params: Sequence[object] = (),
    *,
    existing: Sequence[Definition] = (),
    dialect: str = "sqlite",
    calls: int = 1,
) -> list[str]:
    observed = Observed(sql, "", "core", "here", calls, 1.0, 1.0, params, frozenset())
    asked = read_statement((observed,), dialect)
    assert isinstance(asked, Asked)
    use = list(accesses(asked, SCHEMA.columns, dialect))
    known = Known(SCHEMA, FACTS, existing, count_uses(use))
    return [form.told() for form in candidates(use, known)]


@pytest.mark.parametrize(
    "where, first",
    [
        ("many = 7", "thing (many)"),
        ("7 = many", "thing (many)"),
        ("few = 1 AND many = 2 AND two = 1 AND at = 3", "thing (many, at, few)"),
        ("few = 1 ORDER BY at DESC, id DESC LIMIT 5", "thing (few, at DESC, id DESC)"),
        ("few = 1 ORDER BY at LIMIT 5", "thing (few, at)"),
        ("few = 1 ORDER BY few, at DESC LIMIT 5", "thing (few, at DESC)"),
        ("1 = 1 ORDER BY at DESC, many LIMIT 5", "thing (at DESC, many)"),
        ("1 = 1 ORDER BY at DESC, id, many LIMIT 5", "thing (at DESC, id)"),
        ("many > 1990", "thing (many)"),
        ("1990 < many", "thing (many)"),
        ("few = 1 AND many BETWEEN 5 AND 9", "thing (few, many)"),
        ("few = 1 AND many IN (1, 2)", "thing (few, many)"),
        ("(at, id) < (9, 9) ORDER BY at DESC, id DESC LIMIT 5", "thing (at DESC, id DESC)"),
        ("lower(many) = 'x'", "thing (lower(many))"),
        ("state = 'open' ORDER BY at LIMIT 5", "thing (at) WHERE state = 'open'"),
        ("ended IS NOT NULL ORDER BY at LIMIT 5", "thing (at) WHERE NOT ended IS NULL"),
    ],
)
def test_a_statement_has_one_best_index(where: str, first: str):
    found = forms(f"SELECT at FROM thing WHERE {where}")
    assert found[0].replace("ended IS NOT NULL", "NOT ended IS NULL") == first


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT at FROM thing WHERE id = 7",
        "SELECT at FROM thing WHERE two = 1",
        "SELECT at FROM thing WHERE many > 3",
        "SELECT at FROM thing WHERE many + 1 = 7",
        "SELECT at FROM thing WHERE many = at",
        "SELECT at FROM thing WHERE many LIKE '%x%'",
        "SELECT at FROM thing WHERE many = 7 OR few = 7",
        "SELECT at FROM thing ORDER BY at",
        "SELECT at FROM thing ORDER BY random() LIMIT 5",
        "SELECT at FROM thing ORDER BY id LIMIT 5",
        "SELECT at FROM thing WHERE two = 1 ORDER BY id LIMIT 5",
        "SELECT id FROM tiny WHERE many = 7",
        "SELECT two, count(*) FROM thing GROUP BY two",
        "SELECT t.id FROM thing t JOIN part p ON p.thing_id = t.id",
        "SELECT t.id FROM thing t JOIN part p ON p.thing_id = t.id WHERE t.two = 1",
    ],
)
def test_where_no_index_narrows_anything_down_there_is_none(sql: str):
    assert forms(sql) == []


def test_a_join_is_looked_up_where_few_rows_or_a_page_ask():
    joined = "SELECT p.kind FROM thing t JOIN part p ON p.thing_id = t.id"
    assert forms(f"{joined} WHERE t.id = 7") == ["part (thing_id)"]
    assert "part (thing_id)" in forms(f"{joined} ORDER BY t.at LIMIT 5")
    assert "part (thing_id, kind)" in forms(f"{joined} AND p.kind = 1 WHERE t.id = 7")


def test_a_subquery_that_runs_for_each_row_is_looked_up():
    sql = "SELECT (SELECT count(*) FROM part p WHERE p.thing_id = t.id) FROM thing t LIMIT 5"
    assert forms(sql) == ["part (thing_id)"]


def test_a_value_that_was_always_the_same_makes_a_partial_index_and_one_seen_rarely_does_not():
    sql = "SELECT at FROM thing WHERE state = ? ORDER BY at LIMIT 5"
    assert forms(sql, ["open"], calls=100)[0] == "thing (at) WHERE state = 'open'"
    assert forms(sql, ["open"], calls=99)[0] == "thing (state, at)"


@pytest.mark.parametrize(
    "dialect, order, told",
    [
        ("postgresql", "at DESC", ["thing (at DESC)"]),
        ("postgresql", "at DESC NULLS LAST", ["thing (at DESC NULLS LAST)"]),
        ("postgresql", "at NULLS LAST", ["thing (at)"]),
        ("sqlite", "at DESC NULLS LAST", ["thing (at DESC)"]),
        ("sqlite", "at NULLS LAST", []),
    ],
)
def test_nulls_stand_where_the_database_can_put_them(dialect: str, order: str, told: list[str]):
    assert forms(f"SELECT at FROM thing ORDER BY {order} LIMIT 5", dialect=dialect) == told


@pytest.mark.parametrize(
    "columns, is_served",
    [
        (("few", "at desc"), True),
        (("few", "at"), True),
        (("few desc", "at", "id"), True),
        (("at", "few"), False),
        (("few",), False),
    ],
)
def test_what_an_existing_index_serves_is_not_proposed(columns: tuple[str, ...], is_served: bool):
    sql = "SELECT id FROM thing WHERE few = 1 ORDER BY at DESC LIMIT 5"
    found = forms(sql, existing=[Definition("thing", columns)])
    assert ("thing (few, at DESC)" not in found) == is_served


def test_a_partial_index_serves_who_wants_its_rows_only():
    sql = "SELECT id FROM thing WHERE likely(state = 'done') ORDER BY at DESC LIMIT 5"
    there = Definition("thing", ("at desc", "id desc"), where="state = 'done'")
    other = Definition("thing", ("at desc", "id desc"), where="state = 'open'")
    assert forms(sql, existing=[there]) == []
    assert forms(sql, existing=[other]) == ["thing (state, at DESC)"]


def test_a_range_needs_no_rows_that_are_null():
    sql = "SELECT id FROM thing WHERE few = 1 AND ended < 9 ORDER BY ended DESC LIMIT 5"
    there = Definition("thing", ("few", "ended desc", "id desc"), where="ended IS NOT NULL")
    assert forms(sql, existing=[there]) == []


def test_who_wants_few_rows_of_a_state_is_served_by_an_index_that_begins_with_it():
    sql = "SELECT id FROM thing WHERE state = 'open' ORDER BY at LIMIT 5"
    assert forms(sql, existing=[Definition("thing", ("state", "at", "id"))]) == []


def test_where_an_index_leaves_a_few_rows_they_are_sorted_by_hand():
    sql = "SELECT id FROM thing WHERE many = 7 ORDER BY at DESC"
    assert forms(sql)[0] == "thing (many, at DESC)"
    assert forms(sql, existing=[Definition("thing", ("many", "two"))]) == []


def test_a_small_table_that_is_joined_whole_drives_nothing():
    sql = "SELECT t.id FROM thing t LEFT JOIN tiny y ON y.id = t.many WHERE t.two = 1"
    assert forms(sql) == []


def test_of_indexes_that_cover_each_other_one_is_left():
    wide = Form("thing", (Key("few"), Key("at", desc=True)), 1)
    narrow, turned = Form("thing", (Key("few"),), 1), Form("thing", (Key("many"), Key("few")), 2)
    same = Form("thing", (Key("few"), Key("many")), 2)
    assert merged({narrow: 9.0, wide: 1.0}) == [wide]
    assert merged({turned: 9.0, same: 1.0}) == [turned]


def test_names_of_the_catalogue_are_quoted():
    form = Form("thing", (Key("Odd name"), Key("lower(many)")), 1)
    ddl = form.ddl(SCHEMA.columns["thing"], schema='a"b', concurrently=True)
    assert ddl.startswith("CREATE INDEX CONCURRENTLY ")
    assert ddl.endswith('ON "a""b"."thing" ("Odd name", (lower(many)))')
    assert len(form.name) <= 63
