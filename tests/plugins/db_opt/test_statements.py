"""`execute_query`: bound values, one statement, its own commit or the running transaction."""

import pytest
from sqlalchemy import bindparam, select

from blog_core.api import Query, QueryError, Tag
from plugins.db_opt import execute_query
from tests.flows.world import World

ADD = "INSERT INTO tag (slug, name, description, post_count) VALUES (%s, %s, '', 0)"


def names() -> list[str]:
    rows = execute_query("SELECT name FROM tag ORDER BY name")
    assert not isinstance(rows, int)
    return [row["name"] for row in rows]


def test_a_writing_statement_is_committed_and_says_how_many_rows_it_changed(world: World):
    assert execute_query(ADD, ("a", "Apples")) == 1
    assert names() == ["Apples"]


def test_values_are_bound_by_position_and_by_name(world: World):
    hostile = "x'); DROP TABLE tag; --"
    execute_query(ADD, ["a", hostile])
    rows = execute_query("SELECT name FROM tag WHERE slug = :slug", {"slug": "a"})
    assert not isinstance(rows, int)
    assert [dict(row) for row in rows] == [{"name": hostile}]


def test_a_named_statement_is_run_by_its_object(world: World):
    execute_query(ADD, ("a", "Apples"))
    query = Query("tag_by_slug", select(Tag.name).where(Tag.slug == bindparam("slug")))
    rows = execute_query(query, {"slug": "a"})
    assert not isinstance(rows, int)
    assert rows[0]["name"] == "Apples"


def test_marks_inside_texts_and_comments_are_left_alone(world: World):
    rows = execute_query("SELECT '%s :no ;' AS a, %s AS b -- %s ; :x\n", ("value",))
    assert not isinstance(rows, int)
    assert dict(rows[0]) == {"a": "%s :no ;", "b": "value"}


def test_a_percent_sign_survives_as_in_the_driver(world: World):
    execute_query(ADD, ("a", "Apples"))
    rows = execute_query("SELECT name FROM tag WHERE name LIKE 'App%%' AND slug = %s", ("a",))
    assert not isinstance(rows, int)
    assert len(rows) == 1
    rows = execute_query("SELECT name FROM tag WHERE name LIKE 'App%'")
    assert not isinstance(rows, int)
    assert len(rows) == 1


@pytest.mark.parametrize(
    "query, params, told",
    [
        ("SELECT %s", (), "has 1 %s for 0 value"),
        ("SELECT %s", (1, 2), "has 1 %s for 2 value"),
        ("SELECT :a", {"b": 1}, "no value for :a, no :b in it"),
        ("SELECT 1; DROP TABLE tag", None, "more than one statement"),
        ("SELECT 1; -- done\n SELECT 2", None, "more than one statement"),
        ("SELECT %s", "abc", "put it into a sequence"),
        ("post_by_slug", None, "'post_by_slug', which is no SQL"),
        ("", None, "expected SQL"),
        (7, None, "found int"),
    ],
)
def test_bad_input_is_refused_with_what_is_wrong(
    world: World, query: str, params: object, told: str
):
    with pytest.raises(QueryError, match=told.replace("(", r"\(")):
        execute_query(query, params)  # type: ignore[arg-type]


def test_a_closing_semicolon_and_a_comment_are_one_statement(world: World):
    rows = execute_query("SELECT 1 AS one; -- the end")
    assert not isinstance(rows, int)
    assert rows[0]["one"] == 1


def test_it_takes_part_in_a_running_transaction(world: World):
    seen_inside = []

    def fail_half_way() -> None:
        with world.site.transaction():
            execute_query(ADD, ("a", "Apples"))
            seen_inside.extend(names())
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail_half_way()
    assert seen_inside == ["Apples"]
    assert names() == []


def test_a_failed_statement_says_why_and_leaves_the_pool_usable(world: World):
    with pytest.raises(QueryError, match="no_such_table"):
        execute_query("SELECT * FROM no_such_table")
    assert names() == []
