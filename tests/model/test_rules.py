"""Rules: refused when they name what does not exist, and followed by triggers on both databases."""

import pytest
from sqlalchemy import Column, Integer, MetaData, String, Table, text

from blog_core.cache_tags import Each, TagRule
from blog_core.errors import PluginError
from blog_core.model import Base
from blog_core.model.database import reading
from blog_core.model.migrate import migrate_engine
from blog_core.model.triggers import refresh_triggers, wanted_triggers
from blog_core.model.triggers.checking import check_rules
from blog_core.model.triggers.core_rules import CORE_RULES
from tests.model.migrating import CORE

METADATA = MetaData()
BOOK = Table(
    "shelf_book",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("title", String(99)),
    Column("state", String(9)),
    Column("shelf_id", Integer),
)
LOAN = Table(
    "shelf_loan", METADATA, Column("book_id", Integer), Column("reader", String(99), nullable=True)
)


@pytest.fixture
def write(engine, tmp_path):
    """`write(rules, *statements)`: the tags that the last statement touches under the rules."""
    migrate_engine(engine, tmp_path, [CORE], {})
    with engine.begin() as connection:
        METADATA.create_all(connection)

    def tags(rules, *statements):
        schema = "main" if engine.dialect.name == "sqlite" else "public"
        wanted = wanted_triggers(rules, METADATA, engine.dialect.name, schema)
        with engine.begin() as connection:
            refresh_triggers(connection, wanted, schema)
            for statement in statements:
                connection.execute(text("DELETE FROM outbox"))
                connection.execute(text(statement))
        with reading(engine) as connection:
            return set(connection.scalars(text("SELECT cache_tag FROM outbox")))

    return tags


ADD = "INSERT INTO shelf_book VALUES (1, 'Emma', 'lent', 7)"


def test_a_rule_without_conditions_follows_every_write(write):
    rules = {"shelf_book": (TagRule("book:{id}"), TagRule("books"))}
    assert write(rules, ADD) == {"book:1", "books"}
    assert write(rules, "UPDATE shelf_book SET id = 2") == {"book:1", "book:2", "books"}
    assert write(rules, "DELETE FROM shelf_book") == {"book:2", "books"}


def test_columns_bound_a_rule_to_what_changed(write):
    rules = {"shelf_book": (TagRule("titles", ("title",)),)}
    write(rules, ADD)
    assert write(rules, "UPDATE shelf_book SET state = 'here'") == set()
    assert write(rules, "UPDATE shelf_book SET title = 'Emma'") == set()
    assert write(rules, "UPDATE shelf_book SET title = NULL") == {"titles"}


def test_a_condition_is_asked_of_the_old_and_of_the_new_row(write):
    rules = {"shelf_book": (TagRule("lent:{shelf_id}", when="{row}.state = 'lent'"),)}
    assert write(rules, ADD) == {"lent:7"}
    assert write(rules, "UPDATE shelf_book SET state = 'here', shelf_id = 8") == {"lent:7"}
    assert write(rules, "UPDATE shelf_book SET state = 'lost'") == set()
    assert write(rules, "UPDATE shelf_book SET state = 'lent'") == {"lent:8"}


def test_a_rule_may_look_at_the_rows_of_another_table(write):
    each = Each("shelf_loan", "book_id", "id")
    rules = {"shelf_book": (TagRule("reader:{reader}", each=each),)}
    loans = "INSERT INTO shelf_loan VALUES (1, 'ada'), (1, 'rea'), (2, 'eve'), (1, NULL)"
    assert write(rules, ADD, loans, "UPDATE shelf_book SET state = 'here'") == {
        "reader:ada",
        "reader:rea",
    }


def test_updates_only_leaves_inserts_and_deletes_alone(write):
    rules = {"shelf_book": (TagRule("*", ("title",), updates_only=True),)}
    assert write(rules, ADD) == set()
    assert write(rules, "UPDATE shelf_book SET title = 'Persuasion'") == {"*"}
    assert write(rules, "DELETE FROM shelf_book") == set()


def test_a_null_in_the_braces_touches_nothing(write):
    rules = {"shelf_book": (TagRule("shelf:{shelf_id}"),)}
    assert write(rules, "INSERT INTO shelf_book VALUES (1, 'Emma', 'lent', NULL)") == set()


def test_a_table_without_keys_is_followed_too(write):
    rules = {"shelf_loan": (TagRule("loans"),)}
    assert write(rules, "INSERT INTO shelf_loan VALUES (1, 'ada')") == {"loans"}


def test_texts_in_rules_are_no_format_strings(write):
    rules = {"shelf_book": (TagRule("percent", when="{row}.title LIKE '100%s'"),)}
    assert write(rules, "INSERT INTO shelf_book VALUES (1, '100 cats', 'here', 7)") == {"percent"}


def test_the_cores_rules_are_sound():
    for table, rules in CORE_RULES.items():
        check_rules("core", table, rules, Base.metadata)


@pytest.mark.parametrize(
    "table, rule, fault",
    [
        ("nowhere", TagRule("books"), "belongs to no table of the models"),
        ("shelf_book", TagRule("Books; DROP"), "is not written like 'posts' or 'post:{id}'"),
        ("shelf_book", TagRule("book:{isbn}"), "names the unknown column 'isbn'"),
        ("shelf_book", TagRule("books", ("colour",)), "names the unknown column 'colour'"),
        (
            "shelf_book",
            TagRule("reader:{title}", each=Each("shelf_loan", "book_id", "id")),
            "names the unknown column 'title'",
        ),
        (
            "shelf_book",
            TagRule("reader:{reader}", each=Each("shelf_loan", "book", "id")),
            "looks at shelf_loan.book, which does not exist",
        ),
    ],
)
def test_a_rule_that_cannot_work_is_refused_by_name(table, rule, fault):
    with pytest.raises(PluginError) as caught:
        check_rules("Plugin 'shelf'", table, [rule], METADATA)
    assert str(caught.value) == (
        f"Plugin 'shelf': the cache tag rule {rule.tag!r} of table {table!r} {fault}. "
        f"Correct the rule."
    )
