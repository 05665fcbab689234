"""Which cache tags a statement's result depends on, and when two statements are the same."""

import pytest
from sqlalchemy import Dialect, bindparam, select
from sqlalchemy.dialects.postgresql.psycopg2 import PGDialect_psycopg2
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite

from blog_core.api import Post, Query
from plugins.cache.query_tags import Params, query_name, query_tags

POSTGRESQL: Dialect = PGDialect_psycopg2()
SQLITE: Dialect = SQLiteDialect_pysqlite()
TAGS = {"post": "post:{id}", "comment": "thread:{post_id}", "redirect": "redirects"}
BY_ID = Query("post_by_id", select(Post.title).where(Post.id == bindparam("id")))


def found(text: str, params: Params = None) -> frozenset[str] | None:
    return query_tags(text, params, POSTGRESQL, TAGS)


@pytest.mark.parametrize(
    "text, params, tags",
    [
        ("select * from post", None, {"post:*"}),
        ("select * from redirect", None, {"redirects"}),
        ("select * from post where id = :id", {"id": 7}, {"post:7"}),
        ("select * from post where status = %s and id = %s", ("draft", 7), {"post:7"}),
        ("select * from post where id = %s and status = %s", (7, "draft"), {"post:7"}),
        ("select * from post p where (p.id = :id) and (x = 1 or y = 2)", {"id": 7}, {"post:7"}),
        ("select count(*) from comment where post_id = :id", {"id": 7}, {"thread:7"}),
        ("select * from post where id = :id or status = 'draft'", {"id": 7}, {"post:*"}),
        ("select * from post where id > :id", {"id": 7}, {"post:*"}),
        ("select * from post where id = :id", {"id": "7"}, {"post:*"}),
        ("select * from post where not (id = :id)", {"id": 7}, {"post:*"}),
        ("select * from post where id = :id union select * from post", {"id": 7}, {"post:*"}),
        (
            "select * from post where id = (select post_id from comment where id = :id)",
            {"id": 7},
            {"post:*", "thread:*"},
        ),
        (
            "with new as (select * from post) select * from new join comment on post_id = new.id",
            None,
            {"post:*", "thread:*"},
        ),
    ],
)
def test_a_result_depends_on_the_rows_it_pins_else_on_the_tables(
    text: str, params: Params, tags: set[str]
) -> None:
    assert set(found(text, params) or ()) == tags


@pytest.mark.parametrize(
    "text, tags",
    [
        ("with post as (select * from post where x = 1) select * from post", {"post:*"}),
        ("with post as (select * from main.post) select * from post", {"post:*"}),
        ("with post as (select * from redirect) select * from post", {"redirects"}),
        ("with post as (select 1) select * from public.post", {"post:*"}),
        ('with "Post" as (select 1) select * from Post', {"post:*"}),
        ("with a as (select * from post), post as (select 1) select * from a", {"post:*"}),
        ("with a as (select 1), b as (select * from a) select * from b", set()),
        ("with a as (select 1) select * from a union select * from a", set()),
        ("select * from (with post as (select 1) select * from post) p, post", {"post:*"}),
        (
            "with recursive t as (select id from post union all select id from t) select * from t",
            {"post:*"},
        ),
        ("select json_agg(title) from post", {"post:*"}),
        ("select * from redirect where id in (table comment)", {"redirects", "thread:*"}),
    ],
)
def test_a_table_counts_unless_the_statement_gives_its_name_to_something_else(
    text: str, tags: set[str]
) -> None:
    assert found(text) == frozenset(tags)


@pytest.mark.parametrize(
    "text, params, tags",
    [
        ("select * from post where id = %s limit %s", (2, 5), {"post:2"}),
        ("select * from post where id = ? limit ? offset ?", (2, 5, 6), {"post:2"}),
        ("select * from post where id = ? group by x having y = ?", (2, 5), {"post:2"}),
        ("select * from post where x in (?, ?) and ? = id", (5, 6, 2), {"post:2"}),
        ("select * from post where x like '%%s' and id = %s", (2,), {"post:2"}),
        ("select * from post where x like '%s' and id = %s", (5, 2), {"post:*"}),
        ("select * from post where x = :x and id = ?", (5, 2), {"post:*"}),
        ("select ? from post where id = ?", (5, 2), {"post:*"}),
        ("with a as (select ?) select * from post where id = ?", (5, 2), {"post:*"}),
        ("select * from post where id = ?", {"0": 2}, {"post:*"}),
    ],
)
def test_a_placeholder_without_a_name_counts_as_the_text_has_it_or_not_at_all(
    text: str, params: Params, tags: set[str]
) -> None:
    assert found(text, params) == frozenset(tags)


@pytest.mark.parametrize(
    "text",
    [
        "with a as (select 5 as id) select * from a left join post on true where a.id = :id",
        "select * from (select 5 as id) a, post where a.id = :id",
        "select * from post as p(x, id) where id = :id",
        "with a as (select * from post) select * from a where id = :id",
        'select * from post where "ID" = :id',
    ],
)
def test_a_row_is_pinned_by_its_own_column_alone(text: str) -> None:
    assert found(text, {"id": 7}) == frozenset({"post:*"})


def test_a_row_is_pinned_by_a_whole_number_alone() -> None:
    assert found("select * from post where id = :id", {"id": True}) == frozenset({"post:*"})


def test_names_without_quotes_are_the_same_in_upper_case() -> None:
    assert found("SELECT * FROM POST WHERE ID = :id", {"id": 7}) == frozenset({"post:7"})
    assert found('SELECT * FROM "POST"') is None


@pytest.mark.parametrize(
    "text",
    [
        "select * from account",
        "with account as (select name from account) select * from account",
        "with a as (select * from b), b as (select 1) select * from a",
        "select * from other.post",
        "select * from redirect where id in comment",
        "select my_function(title) from post",
        "select * from redirect cross join lateral my_function(1)",
        "select * from post join account on true",
        "select * from somebody_elses_view",
        "select * from my_function(1) as rows",
        "delete from post",
        "with gone as (delete from post returning *) select * from gone",
        "select * from post for update",
        "select 1; select 2",
        "select from from",
        "",
    ],
)
def test_a_statement_whose_tables_nobody_watches_is_not_kept(text: str) -> None:
    assert found(text) is None


def test_a_named_statement_depends_on_the_row_that_it_pins() -> None:
    for dialect in (POSTGRESQL, SQLITE):
        assert query_tags(BY_ID, {"id": 7}, dialect, TAGS) == frozenset({"post:7"})


def test_a_value_inside_a_named_statement_pins_a_row_too() -> None:
    inside = Query("post_seven", select(Post.title).where(Post.id == 7))
    assert query_tags(inside, None, POSTGRESQL, TAGS) == frozenset({"post:7"})


def test_the_name_tells_statements_and_parameters_apart_and_nothing_else() -> None:
    def name(text: str | Query, params: Params) -> str:
        return query_name(text, params, SQLITE)

    assert name("select 1", [1]) == name("select 1", (1,))
    assert name("select 1", None) == name("select 1", ()) == name("select 1", {})
    different = [
        name("select 1", (1,)),
        name("select 1", ("1",)),
        name("select 1", {"a": 1}),
        name("select 2", (1,)),
        name(BY_ID, {"id": 7}),
        name(BY_ID, {"id": 8}),
        query_name("select 1", (1,), POSTGRESQL),
    ]
    assert len(set(different)) == len(different)


def test_statements_of_one_name_and_different_text_are_told_apart() -> None:
    other = Query("post_by_id", select(Post.slug).where(Post.id == bindparam("id")))
    assert query_name(BY_ID, {"id": 7}, SQLITE) != query_name(other, {"id": 7}, SQLITE)
