"""The functions of plugins.cache: four namespaces, lifetimes, tags, and what is refused."""

import inspect
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from markupsafe import Markup
from sqlalchemy import text

from blog_core.api import Query, UnsupportedValue
from blog_core.cache_tags import plain_tag
from blog_core.content.comments import add_comment
from blog_core.errors import ConfigError, NoCurrentBlog
from blog_core.site import STRANGER
from blog_core.testing.services import ValkeyServer
from blog_core.testing.trial import TrialBlog
from plugins.cache import (
    MISS,
    cache_api_response,
    cache_llm_result,
    cache_query_result,
    cache_workflow_data,
    get_cached_llm_result,
    get_cached_query,
    get_cached_response,
    get_cached_workflow,
)
from tests.plugins.cache.conftest import BlogMaker

Setter = Callable[..., bool]
Getter = Callable[..., Any]
CALLS: list[tuple[Setter, Getter, tuple[Any, ...]]] = [
    (cache_api_response, get_cached_response, ("posts:list",)),
    (cache_workflow_data, get_cached_workflow, (7, "authoring.draft")),
    (cache_query_result, get_cached_query, ("SELECT * FROM post WHERE id = %s", (7,))),
    (cache_llm_result, get_cached_llm_result, ("Shorten this.",)),
]
each_namespace = pytest.mark.parametrize(
    "set_, get, name", CALLS, ids=["api", "workflow", "query", "llm"]
)


@pytest.fixture
def current(make_blog: BlogMaker, sqlite_url: str) -> Iterator[TrialBlog]:
    """A blog with the cache, activated."""
    blog = make_blog(sqlite_url)
    with blog.site.activate():
        yield blog


def put(set_: Setter, name: tuple[Any, ...], value: object, **more: Any) -> bool:
    """Call a setter; the prompt's value stands after it, as the others' do."""
    return set_(*name, value, **more)


@each_namespace
@pytest.mark.parametrize(
    "value",
    [None, 0, "", [], {}, {"a": [1, (2, None)], "at": datetime(2026, 1, 1, tzinfo=UTC)}, b"\0"],
)
def test_what_was_set_is_got(
    current: TrialBlog, set_: Setter, get: Getter, name: tuple[Any, ...], value: object
) -> None:
    assert get(*name, default=MISS) is MISS
    assert put(set_, name, value) is True
    assert get(*name, default=MISS) == value


@each_namespace
def test_a_miss_gives_none_or_the_default(
    current: TrialBlog, set_: Setter, get: Getter, name: tuple[Any, ...]
) -> None:
    assert get(*name) is None
    assert get(*name, default=3) == 3


@each_namespace
@pytest.mark.parametrize("ttl", [0, -1, -0.1, float("nan"), float("inf"), 10**12])
def test_a_lifetime_that_nobody_can_mean_is_refused(
    current: TrialBlog, set_: Setter, get: Getter, name: tuple[Any, ...], ttl: float
) -> None:
    with pytest.raises(ValueError, match="use more than 0 and at most 31622400"):
        put(set_, name, 1, ttl=ttl)
    assert get(*name, default=MISS) is MISS


@each_namespace
def test_an_unsupported_value_is_named_in_development_and_left_out_in_production(
    make_blog: BlogMaker,
    sqlite_url: str,
    set_: Setter,
    get: Getter,
    name: tuple[Any, ...],
) -> None:
    blog = make_blog(sqlite_url)
    with blog.site.activate(), pytest.raises(UnsupportedValue, match=r"type set at value\['a'\]"):
        put(set_, name, {"a": {1}})


def test_in_production_an_unsupported_value_or_key_is_counted_and_not_kept(
    make_blog: BlogMaker, sqlite_url: str
) -> None:
    safe = {"site_url": "https://blog.example", "secret_key": "c1f8b0e3" * 8}
    blog = make_blog(sqlite_url, environment="production", **safe)
    with blog.site.activate():
        assert cache_api_response("key", {"a": {1}}) is False
        assert cache_api_response(object(), 1) is False
        assert get_cached_response(object(), default=MISS) is MISS
    assert blog.site.metrics.value("blog_cache_unsupported_total") == 3


def test_the_usual_lifetimes_are_in_the_signatures() -> None:
    def usual(setter: Setter) -> Any:
        return inspect.signature(setter).parameters["ttl"].default

    assert [usual(setter) for setter, _, _ in CALLS] == [300, 300, 300, 3600]


def lifetime_s(blog: TrialBlog, namespace: str) -> float:
    """How long the only entry of a namespace lives."""
    memory = blog.site.ports.cache.inner.memory  # type: ignore[attr-defined]
    (entry,) = [item.entry for item in memory.items.values() if item.part.name == namespace]
    return float(entry.expires_at - entry.stored_at)


@pytest.mark.parametrize("namespace", ["api", "workflow", "query", "llm"])
def test_each_namespace_has_its_own_lifetime_in_the_settings(
    make_blog: BlogMaker, sqlite_url: str, namespace: str
) -> None:
    blog = make_blog(sqlite_url, cache={f"ttl_{namespace}_s": 17.0})
    usual = {"api": 300.0, "workflow": 300.0, "query": 300.0, "llm": 3600.0, namespace: 17.0}
    with blog.site.activate():
        for set_, _, name in CALLS:
            put(set_, name, 1)
    for part, most_s in usual.items():
        assert 0.95 * most_s - 0.001 < lifetime_s(blog, part) < most_s + 0.001


@pytest.mark.parametrize("ttl_s", [0, -1, 1e12, 1e300, float("inf"), float("nan")])
@pytest.mark.parametrize("part", ["api", "workflow", "query", "llm", "fragment"])
def test_a_lifetime_that_nobody_can_mean_is_refused_in_the_settings(
    make_blog: BlogMaker, sqlite_url: str, part: str, ttl_s: float
) -> None:
    told = rf"cache\.ttl_{part}_s: found .*, expected (less|greater|a finite)"
    with pytest.raises(ConfigError, match=told) as refused:
        make_blog(sqlite_url, cache={f"ttl_{part}_s": ttl_s})
    assert len(refused.value.faults) == 1


@each_namespace
def test_a_call_may_give_its_own_lifetime(
    current: TrialBlog, set_: Setter, get: Getter, name: tuple[Any, ...]
) -> None:
    put(set_, name, 1, ttl=17)
    namespace = {"cache_api_response": "api", "cache_workflow_data": "workflow"}.get(
        set_.__name__, "query" if "query" in set_.__name__ else "llm"
    )
    assert lifetime_s(current, namespace) == pytest.approx(17.0, abs=0.001)


def test_names_are_as_documented(current: TrialBlog) -> None:
    for set_, _, name in CALLS:
        put(set_, name, 1)
    memory = current.site.ports.cache.inner.memory  # type: ignore[attr-defined]
    names = sorted(key.split(":", 3)[3] for key in memory.items)
    assert names[0] == "api:posts:list"
    assert names[1].startswith("llm:")
    assert names[2].startswith("query:")
    assert names[3] == "workflow:7:authoring.draft"


@pytest.mark.parametrize(
    "left, right",
    [(1, "1"), (True, 1), (None, "None"), ("a", b"a"), (("a", "b"), "a:b"), ("x" * 999, "x" * 998)],
)
def test_keys_that_look_alike_are_different(
    current: TrialBlog, left: object, right: object
) -> None:
    cache_api_response(left, "left")
    assert get_cached_response(right, default=MISS) is MISS
    cache_api_response(right, "right")
    assert get_cached_response(left) == "left"


def test_a_stage_cannot_imitate_another(current: TrialBlog) -> None:
    cache_workflow_data(1, "2:x", "left")
    odd: Any = "1:2"
    assert get_cached_workflow(odd, "x", default=MISS) is MISS


def test_a_tag_ends_an_answer(current: TrialBlog) -> None:
    current.post("Hello")
    cache_api_response("one", 1, cache_tags={"post:1"})
    cache_api_response("two", 2, cache_tags={"post:2"})
    touch(current)
    assert get_cached_response("one", default=MISS) is MISS
    assert get_cached_response("two") == 2


def test_a_text_in_place_of_tags_is_refused(current: TrialBlog) -> None:
    wrong: Any = "post:1"
    with pytest.raises(TypeError, match=r"give a set of tags: \{'post:7'\}"):
        cache_api_response("one", 1, cache_tags=wrong)


@pytest.mark.parametrize("set_, name", [(set_, name) for set_, _, name in CALLS[:3]])
@pytest.mark.parametrize("wrong", [{7}, {None}, [b"post:7"]])
def test_a_tag_that_is_no_text_is_refused_by_its_name(
    current: TrialBlog, set_: Setter, name: tuple[Any, ...], wrong: Any
) -> None:
    (tag,) = wrong
    with pytest.raises(TypeError) as refused:
        put(set_, name, 1, cache_tags=wrong)
    assert repr(tag) in str(refused.value)
    assert type(tag).__name__ in str(refused.value)
    assert "a tag is a text such as 'post:7'" in str(refused.value)


@pytest.mark.parametrize("set_, name", [(set_, name) for set_, _, name in CALLS[:2]])
def test_none_in_place_of_tags_is_refused_by_the_parameters_name(
    current: TrialBlog, set_: Setter, name: tuple[Any, ...]
) -> None:
    with pytest.raises(TypeError, match="cache_tags is of type NoneType; give a set of tags"):
        put(set_, name, 1, cache_tags=None)


ODD_TAGS = ["\ud800", "a\nb", "\0", "", "é" * 10_000, Markup("post:7")]


@pytest.mark.parametrize("tag", ODD_TAGS, ids=ascii)
def test_a_tag_may_be_any_text(current: TrialBlog, tag: str) -> None:
    cache: Any = current.site.ports.cache
    assert cache_api_response("one", 1, cache_tags={tag}) is True
    assert cache_api_response("two", 2, cache_tags={"a"}) is True
    cache.inner.memory.items.clear()  # what the host's processes share must hold it as well
    assert get_cached_response("one") == 1
    cache.invalidate(frozenset({tag}))
    assert get_cached_response("one", default=MISS) is MISS
    assert get_cached_response("two") == 2
    assert any(move.cache_tags == (plain_tag(tag),) for move in cache.inner.moves.recent())


def test_a_tag_of_any_text_reaches_hosts_that_share_redis(
    make_blog: BlogMaker, sqlite_url: str
) -> None:
    with ValkeyServer.start() as valkey:
        blog = make_blog(sqlite_url, cache={"redis_url": valkey.url, "shared_bytes": 0})
        cache: Any = blog.site.ports.cache
        with blog.site.activate():
            for _ in range(50):
                get_cached_response("one")
                if cache.inner.remote.is_usable:
                    break
                time.sleep(0.1)
            for tag in ODD_TAGS:
                assert get_cached_response("one", default=MISS) is MISS
                assert cache_api_response("one", 1, cache_tags={tag}) is True
                cache.inner.memory.items.clear()
                assert get_cached_response("one") == 1
                cache.invalidate(frozenset({tag}))
        assert cache.inner.remote.is_usable


def test_odd_keys_and_tags_never_make_the_cache_rest(make_blog: BlogMaker, sqlite_url: str) -> None:
    safe = {"site_url": "https://blog.example", "secret_key": "c1f8b0e3" * 8}
    blog = make_blog(sqlite_url, environment="production", **safe)
    odd: Any = "\ud800"
    with blog.site.activate():
        for _ in range(10):
            assert cache_workflow_data(odd, odd, 1) is True
            assert cache_api_response(odd, 1, cache_tags={odd}) is True
            assert cache_llm_result(odd, 1) is True
            assert cache_query_result(f"SELECT '{odd}' FROM post", None, 1) is True
            with pytest.raises(TypeError):
                cache_api_response("key", 1, cache_tags={odd, 7})  # type: ignore[arg-type]
        assert get_cached_workflow(odd, odd) == 1
    guard: Any = blog.site.ports.cache
    assert guard.quarantine.until == 0


def test_a_change_of_its_post_ends_a_stage(current: TrialBlog) -> None:
    current.post("Hello")
    cache_workflow_data(1, "authoring.draft", {"a": 1})
    touch(current)
    assert get_cached_workflow(1, "authoring.draft", default=MISS) is MISS


def test_a_value_made_before_a_change_is_refused(current: TrialBlog) -> None:
    current.post("Hello")
    assert get_cached_response("one", default=MISS) is MISS
    old = "made from the old row"
    touch(current)
    assert cache_api_response("one", old, cache_tags={"post:1"}) is False
    assert get_cached_response("one", default=MISS) is MISS
    assert cache_api_response("one", "new", cache_tags={"post:1"}) is True


def test_inside_a_transaction_that_has_written_nothing_is_read_or_kept(
    current: TrialBlog,
) -> None:
    current.post("Hello")
    cache_api_response("one", 1)
    with current.site.transaction(current.account()) as session:
        session.execute(text("UPDATE post SET words = words + 1"))
        assert get_cached_response("one", default=MISS) is MISS
        assert cache_api_response("two", 2) is False
    assert get_cached_response("one") == 1
    assert get_cached_response("two", default=MISS) is MISS


def test_rows_end_with_the_table_they_came_from(current: TrialBlog) -> None:
    current.post("Hello")
    current.post("Other")
    calls: list[tuple[str | Query, Any]] = [
        ("SELECT count(*) FROM post", None),
        ("SELECT title FROM post WHERE id = :id", {"id": 1}),
        ("SELECT title FROM post WHERE id = :id", {"id": 2}),
        ("SELECT count(*) FROM redirect", None),
        ("SELECT count(*) FROM comment WHERE post_id = :id", {"id": 1}),
    ]
    for query, params in calls:
        assert cache_query_result(query, params, [{"n": 1}])
    touch(current)
    kept = [get_cached_query(query, params, default=MISS) is not MISS for query, params in calls]
    assert kept == [False, False, True, True, True]
    with current.site.transaction(STRANGER) as session:
        add_comment(session, post_id=1, author_name="A", body="A held comment.")
    assert get_cached_query(*calls[-1], default=MISS) is MISS
    assert get_cached_query(*calls[3]) == [{"n": 1}]


def test_rows_of_tables_that_nobody_watches_are_not_kept(current: TrialBlog) -> None:
    assert cache_query_result("SELECT * FROM account", None, []) is False
    assert cache_query_result("DELETE FROM post", None, 3) is False
    assert cache_query_result("SELECT * FROM account", None, [], cache_tags={"accounts"}) is True


@pytest.mark.parametrize("query", [None, 7, b"SELECT 1"])
@pytest.mark.parametrize("more", [{}, {"cache_tags": {"posts"}}])
def test_what_is_no_statement_is_refused_by_the_parameters_name(
    current: TrialBlog, query: Any, more: dict[str, Any]
) -> None:
    told = f"query is of type {type(query).__name__}; give the statement as text or as a Query"
    with pytest.raises(TypeError, match=told):
        cache_query_result(query, None, 1, **more)
    with pytest.raises(TypeError, match=told):
        get_cached_query(query, None)


@pytest.mark.parametrize("params", [7, "abc", b"abc", {1, 2}])
def test_what_are_no_parameters_is_refused_by_its_name(current: TrialBlog, params: Any) -> None:
    told = f"params is of type {type(params).__name__}; give a dict by name, a sequence, or None"
    with pytest.raises(TypeError, match=told):
        cache_query_result("SELECT 1 FROM post", params, 1)
    with pytest.raises(TypeError, match=told):
        get_cached_query("SELECT 1 FROM post", params)


def test_a_statement_too_deep_to_be_read_is_not_kept(current: TrialBlog) -> None:
    deep = f"SELECT {'(' * 5000}1{')' * 5000} FROM post"
    assert cache_query_result(deep, None, 1) is False


def test_an_answer_of_a_model_belongs_to_the_whole_request(current: TrialBlog) -> None:
    cache_llm_result("Shorten this.", "Short.", model="a", temperature=Decimal("0.2"))
    assert get_cached_llm_result("Shorten this.", default=MISS) is MISS
    assert get_cached_llm_result("Shorten this.", default=MISS, model="b") is MISS
    same = {"temperature": Decimal("0.2"), "model": "a"}
    assert get_cached_llm_result("Shorten this.", **same) == "Short."


def test_without_a_cache_setters_say_no_and_getters_give_the_default(
    make_blog: BlogMaker, sqlite_url: str
) -> None:
    blog = make_blog(sqlite_url, plugins=[])
    with blog.site.activate():
        for set_, get, name in CALLS:
            assert put(set_, name, 1) is False
            assert get(*name, default="nothing") == "nothing"


def test_two_blogs_do_not_share_entries(make_blog: BlogMaker, sqlite_url: str) -> None:
    first = make_blog(sqlite_url)
    second = make_blog(sqlite_url, title="Another")
    with first.site.activate():
        cache_api_response("key", "first")
    with second.site.activate():
        assert get_cached_response("key", default=MISS) is MISS
    with pytest.raises(NoCurrentBlog):
        get_cached_response("key")


def touch(blog: TrialBlog) -> None:
    """Change the first post."""
    with blog.site.transaction(blog.account()) as session:
        session.execute(text("UPDATE post SET words = words + 1 WHERE id = 1"))
