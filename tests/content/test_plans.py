"""The readers' statements walk one range of one index, at the first page and at the deepest."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import insert, text

from blog_core.content import queries
from blog_core.content.check import check
from blog_core.content.keyset import MAX_ID
from blog_core.content.search_queries import SEARCH
from blog_core.model import Account, Comment, Post, PostAuthor, PostTag, Redirect, Tag
from blog_core.model.triggers.search import ID_BITS

POSTS, TAGS, AUTHORS = 4_000, 40, 12
FIRST = datetime(2010, 1, 1, tzinfo=UTC)
WHOLE_TABLES = {"tag", "account", "post_month"}
"""Overviews show all of these: reading them whole is what is meant."""


@pytest.fixture(scope="module", params=["sqlite", "sqlite, no statistics", "postgresql"])
def archive(request, opened, tmp_path_factory):
    """The blog with some thousand posts, made once for all tests here: they only read."""
    folder = tmp_path_factory.mktemp("plans")
    if "sqlite" in request.param:
        with opened(f"sqlite:///{folder / 'blog.db'}", folder) as site:
            yield fill(site, analyze="no" not in request.param)
        return
    server = request.getfixturevalue("postgres_server")
    url = server.create_database()
    with opened(url, folder) as site:
        yield fill(site)
    server.drop_database(url)


def fill(site, *, analyze=True):
    """Every tenth post is a draft, the last twenty are still to come."""
    step = timedelta(days=1)
    site.clock.now = FIRST + step * (POSTS - 20)
    times = [FIRST + step * number for number in range(1, POSTS + 1)]
    posts = [
        {
            "id": number,
            "slug": f"post-{number}",
            "title": f"Post {number}",
            "status": "draft" if number % 10 == 0 else "published",
            "author_id": 5 + number % AUTHORS,
            "created_at": at,
            "updated_at": at,
            "publish_at": None if number % 10 == 0 else at,
            "html": "<p>text</p>" * 100,
        }
        for number, at in enumerate(times, 1)
    ]
    listed = {post["id"]: post["publish_at"] for post in posts}
    with site.transaction() as session:
        session.execute(
            insert(Account),
            [
                {
                    "id": 5 + n,
                    "name": f"A {n}",
                    "slug": f"a-{n}",
                    "must_change_password": False,
                    "created_at": FIRST,
                    "updated_at": FIRST,
                }
                for n in range(AUTHORS)
            ],
        )
        session.execute(insert(Tag), [{"name": f"T {n}", "slug": f"t-{n}"} for n in range(TAGS)])
        session.execute(insert(Post), posts)
        session.execute(
            insert(PostTag),
            [
                {"post_id": id_, "tag_id": 1 + (id_ * factor) % TAGS, "publish_at": at}
                for id_, at in listed.items()
                for factor in (1, 3)
                if factor == 1 or (id_ * 3) % TAGS != id_ % TAGS
            ],
        )
        session.execute(
            insert(PostAuthor),
            [
                {"post_id": id_, "account_id": 5 + id_ % AUTHORS, "position": 0, "publish_at": at}
                for id_, at in listed.items()
            ],
        )
        session.execute(
            insert(Comment),
            [
                {
                    "post_id": 1 + n % 500,
                    "status": "approved",
                    "created_at": FIRST,
                    "author_name": "R",
                    "body": "x",
                    "html": "x",
                }
                for n in range(5_000)
            ],
        )
        session.execute(
            insert(Redirect),
            [{"path": f"/old/{n}", "post_id": n, "created_at": FIRST} for n in range(1, 1_000)],
        )
    check(site, repair=True)
    if analyze:
        with site.transaction() as session:
            session.execute(text("ANALYZE"))
    return site


def params(site, *, at=None, id_=MAX_ID):
    now = site.clock()
    return {
        "now": now,
        "at": at or now,
        "id": id_,
        "limit": 11,
        "slug": "t-7",
        "since": datetime(2015, 3, 1, tzinfo=UTC),
        "until": datetime(2015, 4, 1, tzinfo=UTC),
        "post_id": 7,
        "path": "/posts/old",
        "other": "/posts/old/",
        "after": 2_000,
        "up_to": 2_200,
    }


def params_of(site, query, **place):
    given = params(site, **place)
    if "author" in query.name:
        given["slug"] = "a-3"
    if query.name == "reader.post":
        given["slug"] = "post-4321"
    if "month_" in query.name and "at" not in place:
        given |= {"at": given["since"] if "newer" in query.name else given["until"], "id": 0}
    return given


def plan_of(site, query, given):
    """The steps of a plan, each with whether it is part of the list itself and no subquery."""
    engine = site.ports.executor.engine
    compiled = query.statement.compile(engine, compile_kwargs={"render_postcompile": True})
    values = compiled.construct_params(given)
    processed = {
        name: compiled._bind_processors.get(name, lambda value: value)(value)  # noqa: SLF001
        for name, value in values.items()
    }
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            ordered = tuple(processed[name] for name in compiled.positiontup)
            rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {compiled}", ordered).all()
            main = {0} | {row[0] for row in rows if row[1] == 0 and "SUBQUERY" not in row[3]}
            return [(row[3], row[1] in main and "SUBQUERY" not in row[3]) for row in rows]
        plan = connection.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {compiled}", processed).scalar()
        plan = json.loads(plan) if isinstance(plan, str) else plan
        return list(_nodes(plan[0]["Plan"], main=True))


def _nodes(node, *, main):
    main = main and node.get("Parent Relationship") not in {"SubPlan", "InitPlan"}
    name = f"{node['Node Type']} {node.get('Relation Name', '')} {node.get('Index Name', '')}"
    yield name, main
    for child in node.get("Plans", ()):
        yield from _nodes(child, main=main)


def full_scans(plan):
    for step, _ in plan:
        words = step.split()
        table = words[1] if step.startswith("SCAN") else words[2:3]
        is_table = step.startswith("SCAN") and not table.startswith(("anon_", "(", "CONSTANT"))
        if is_table and "INDEX" not in step and table not in WHOLE_TABLES:
            yield step
        if step.startswith("Seq Scan") and words[2] not in WHOLE_TABLES:
            yield step


def sorts(plan):
    return [step for step, main in plan if main and ("ORDER BY" in step or step.startswith("Sort"))]


INDEX_OF = {
    "reader.posts": "idx_post_published",
    "reader.month_": "idx_post_published",
    "reader.feed": "idx_post_published",
    "reader.tag_": "idx_post_tag_published",
    "reader.author_": "idx_post_author_published",
    "reader.comments": "idx_comment_post",
}


def test_no_statement_reads_a_table_of_posts_whole(archive):
    # The sitemap's last id is found by walking backwards until the first visible post.
    found = {
        query.name: scans
        for query in queries.READER_QUERIES
        if query is not queries.SITEMAP_LAST
        and (scans := list(full_scans(plan_of(archive, query, params_of(archive, query)))))
    }
    assert found == {}


def test_no_list_of_posts_is_sorted(archive):
    # A few rows, or one file of the sitemap, may be sorted.
    bounded = {"reader.months", "reader.tags", "reader.authors"}
    bounded |= {"reader.comments", "reader.sitemap_part", "reader.redirect"}
    found = {
        query.name: steps
        for query in queries.READER_QUERIES
        if query.name not in bounded
        and (steps := sorts(plan_of(archive, query, params_of(archive, query))))
    }
    assert found == {}


def test_each_list_walks_its_own_index(archive):
    for query in queries.READER_QUERIES:
        wanted = next((i for start, i in INDEX_OF.items() if query.name.startswith(start)), None)
        if wanted:
            plan = plan_of(archive, query, params_of(archive, query))
            steps = [step for step, main in plan if main]
            assert any(wanted in step for step in steps), (query.name, plan)


# --- cost -----------------------------------------------------------------------------------------


def cost_of(site, query, given):
    """Instructions of SQLite's virtual machine, or blocks that PostgreSQL touched."""
    engine = site.ports.executor.engine
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            steps = 0

            def count():
                nonlocal steps
                steps += 1

            driver = connection.connection.dbapi_connection
            driver.set_progress_handler(count, 1)
            try:
                rows = connection.execute(query.statement, given).all()
            finally:
                driver.set_progress_handler(None, 0)
            return steps, len(rows)
        compiled = query.statement.compile(engine)
        values = compiled.construct_params(given)
        rows = connection.execute(query.statement, given).all()
        explain = f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {compiled}"
        plan = connection.exec_driver_sql(explain, values).scalar()
        plan = json.loads(plan) if isinstance(plan, str) else plan
        node = plan[0]["Plan"]
        return node["Shared Hit Blocks"] + node["Shared Read Blocks"], len(rows)


@pytest.mark.parametrize(
    "query",
    [queries.POSTS_OLDER, queries.TAG_OLDER, queries.AUTHOR_OLDER, queries.FEED],
    ids=lambda query: query.name,
)
def test_the_deepest_page_costs_what_the_first_one_costs(archive, query):
    first, rows = cost_of(archive, query, params_of(archive, query))
    deep_at = FIRST + timedelta(days=700)
    deep, deep_rows = cost_of(archive, query, params_of(archive, query, at=deep_at))
    assert rows == deep_rows == 11
    assert deep <= 1.25 * first


def test_a_newer_page_costs_the_same_from_the_deep_end(archive):
    near = archive.clock() - timedelta(days=400)
    first, _ = cost_of(
        archive, queries.POSTS_NEWER, params_of(archive, queries.POSTS_NEWER, at=near)
    )
    deep, _ = cost_of(
        archive, queries.POSTS_NEWER, params_of(archive, queries.POSTS_NEWER, at=FIRST)
    )
    assert deep <= 1.25 * first


def test_a_month_costs_the_same_wherever_it_lies(archive):
    def cost(year):
        bounds = {
            "since": datetime(year, 3, 1, tzinfo=UTC),
            "until": datetime(year, 4, 1, tzinfo=UTC),
        }
        given = params_of(archive, queries.MONTH_OLDER) | bounds | {"at": bounds["until"], "id": 0}
        return cost_of(archive, queries.MONTH_OLDER, given)[0]

    assert cost(2011) <= 1.25 * cost(2019)


def test_a_search_costs_the_same_however_many_posts_match(archive):
    # Every post is called "Post ...": twice as many match now as at half time.
    dialect = archive.ports.executor.engine.dialect.name

    def cost(now):
        match = '"post"' if dialect == "sqlite" else "post"
        titled = f"title : ({match})" if dialect == "sqlite" else "post:A"
        given = {"words": match, "title_words": titled, "now": now, "limit": 10, "offset": 0}
        if dialect == "sqlite":
            given["before"] = int(now.timestamp()) << ID_BITS
        steps, rows = cost_of(archive, SEARCH[dialect], given)
        assert rows == 10
        return steps

    assert cost(archive.clock()) <= 1.25 * cost(FIRST + timedelta(days=POSTS // 2))
