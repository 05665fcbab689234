"""What a plugin's failure costs: by port, and no more than that."""

import time
from collections.abc import Callable
from threading import Event, Thread
from typing import Any

import pytest
from sqlalchemy import text

from blog_core.api import (
    ALL,
    Actor,
    CacheTags,
    Entry,
    Lease,
    NotFound,
    PluginFailed,
    Query,
    Refusal,
    TextAction,
    ValidationError,
    hookimpl,
)

from .conftest import SHORT, Load
from .samples import CachePlugin, FakeCache, FakeStages, FakeText

ENTRY = Entry(b"page", frozenset({"post:7"}), 0.0, 1e12)
ACTOR = Actor(1, "Ann", "author")


class Failing(FakeCache):
    """Fails in the methods it is told to, until told otherwise."""

    def __init__(self, *methods: str, answer: Any = None) -> None:
        super().__init__(ENTRY)
        self.fails = set(methods)
        self.answer = answer
        self.calls = 0

    def _maybe(self, method: str) -> bool:
        self.calls += 1
        if method not in self.fails:
            return False
        if self.answer is None:
            raise ConnectionError("the cache is away")
        return True

    def get(self, key: str) -> Entry | None:
        return self.answer if self._maybe("get") else super().get(key)

    def lease(self, key: str, wait_s: float) -> Lease:
        return self.answer if self._maybe("lease") else super().lease(key, wait_s)

    def put(self, lease: Lease, value: bytes, *, ttl_s: float, cache_tags: CacheTags) -> bool:
        if self._maybe("put"):
            return self.answer  # type: ignore[no-any-return]
        return super().put(lease, value, ttl_s=ttl_s, cache_tags=cache_tags)

    def invalidate(self, cache_tags: Any) -> None:
        if not self._maybe("invalidate"):
            super().invalidate(cache_tags)


@pytest.mark.parametrize("answer", [None, "a text"])
def test_a_failing_cache_is_a_miss(load: Load, answer: object) -> None:
    loaded = load(CachePlugin("bad", Failing("get", "lease", "put", answer=answer)))
    cache = loaded.ports.cache
    assert cache.get("key") is None
    with cache.lease("key", 0.0) as lease:
        assert lease.is_builder
        assert cache.put(lease, b"page", ttl_s=60, cache_tags=frozenset()) is False
    assert loaded.count("errors", "bad", "cache", "get") == 1
    assert loaded.count("errors", "bad", "cache", "lease") == 1


def test_a_put_that_fails_stores_nothing(load: Load) -> None:
    cache = load(CachePlugin("bad", Failing("put"))).ports.cache
    with cache.lease("key", 0.0) as lease:
        assert cache.put(lease, b"page", ttl_s=60, cache_tags=frozenset()) is False


def test_a_lease_that_cannot_be_given_back_harms_nobody(load: Load) -> None:
    class Stuck(FakeCache):
        def lease(self, key: str, wait_s: float) -> Lease:
            def release() -> None:
                raise ConnectionError("away")

            return Lease(key, True, None, release)

    loaded = load(CachePlugin("stuck", Stuck()))
    with loaded.ports.cache.lease("key", 0.0):
        pass
    assert loaded.count("errors", "stuck", "cache", "lease") == 1


# --- invalidation is never lost ----------------------------------------------------------------


def test_a_failed_invalidation_hides_what_it_would_have_removed(load: Load) -> None:
    inner = Failing("invalidate")
    cache = load(CachePlugin("bad", inner)).ports.cache
    cache.invalidate(frozenset({"post:8"}))
    assert cache.get("key") == ENTRY
    cache.invalidate(frozenset({"post:7"}))
    assert cache.get("key") is None
    with cache.lease("key", 0.0) as lease:
        assert cache.put(lease, b"x", ttl_s=60, cache_tags=frozenset({"post:7"})) is False


def test_a_failed_invalidation_of_everything_hides_everything(load: Load) -> None:
    cache = load(CachePlugin("bad", Failing("invalidate"))).ports.cache
    cache.invalidate(ALL)
    assert cache.get("key") is None


def test_a_failed_invalidation_is_done_with_the_next_one(load: Load) -> None:
    inner = Failing("invalidate")
    cache = load(CachePlugin("bad", inner)).ports.cache
    cache.invalidate(frozenset({"post:7"}))
    inner.fails.clear()
    cache.invalidate(frozenset({"post:8"}))
    assert inner.invalidated == [frozenset({"post:7", "post:8"})]
    assert cache.get("key") == ENTRY


def test_a_failed_invalidation_is_done_before_the_cache_is_used_again(load: Load) -> None:
    inner = Failing("invalidate")
    loaded = load(CachePlugin("bad", inner))
    cache = loaded.ports.cache
    for number in range(SHORT.failures):
        cache.invalidate(frozenset({f"post:{number}"}))
    assert len(loaded.host.quarantines) == 4
    assert cache.get("key") is None  # the cache rests
    inner.fails.clear()
    until_used(lambda: cache.get("key") == ENTRY)
    assert inner.invalidated == [frozenset({"post:0", "post:1", "post:2"})]


def until_used(works: Callable[[], bool]) -> None:
    for _ in range(100):
        if works():
            return
        time.sleep(SHORT.rest_s / 2)
    pytest.fail("the plugin is not used again")


# --- rest and return ---------------------------------------------------------------------------


def test_a_cache_that_keeps_failing_rests_and_is_tried_again(load: Load) -> None:
    inner = Failing("get")
    loaded = load(CachePlugin("bad", inner))
    for _ in range(SHORT.failures + 5):
        assert loaded.ports.cache.get("key") is None
    assert inner.calls == SHORT.failures
    assert loaded.count("skipped", "bad", "cache", "get") == 5
    assert loaded.metrics.value("blog_plugin_resting", plugin="bad", port="cache") == 1
    inner.fails.clear()
    until_used(lambda: loaded.ports.cache.get("key") == ENTRY)
    assert loaded.metrics.value("blog_plugin_resting", plugin="bad", port="cache") == 0


def test_one_good_call_in_between_keeps_it_in_use(load: Load) -> None:
    inner = Failing()
    cache = load(CachePlugin("shaky", inner)).ports.cache
    for _ in range(4):
        for fails in ({"get"}, {"get"}, set[str]()):
            inner.fails = fails
            cache.get("key")
    assert inner.calls == 12


def test_a_slow_cache_rests_too(load: Load) -> None:
    class Slow(FakeCache):
        def get(self, key: str) -> Entry | None:
            time.sleep(0.11)
            return ENTRY

    loaded = load(CachePlugin("slow", Slow()))
    answers = [loaded.ports.cache.get("key") for _ in range(SHORT.failures + 1)]
    assert answers == [*[ENTRY] * SHORT.failures, None]
    assert loaded.count("slow", "slow", "cache", "get") == SHORT.failures


def test_only_one_thread_tries_a_resting_cache(load: Load) -> None:
    entered, leave = Event(), Event()

    class Hanging(Failing):
        def get(self, key: str) -> Entry | None:
            if self.calls >= SHORT.failures:
                self.calls += 1
                entered.set()
                leave.wait(5)
            return super().get(key)

    inner = Hanging("get")
    cache = load(CachePlugin("bad", inner)).ports.cache
    for _ in range(SHORT.failures):
        cache.get("key")
    before = inner.calls
    time.sleep(SHORT.rest_s)
    trying = Thread(target=cache.get, args=("key",))
    trying.start()
    assert entered.wait(5)
    started = inner.calls
    assert cache.get("key") is None  # answered at once, while the other thread hangs
    leave.set()
    trying.join()
    assert started == before + 1


# --- text fails closed -------------------------------------------------------------------------


class TextPlugin:
    name = "texts"

    def __init__(self, port: object) -> None:
        self._port = port

    @hookimpl
    def blog_text_optimizer(self) -> object:
        return self._port


@pytest.mark.parametrize("answer", [KeyError("x"), None, 5, b"bytes", "longer than the prompt was"])
def test_a_text_stays_as_it_was(load: Load, answer: object) -> None:
    loaded = load(TextPlugin(FakeText(clean_prompt=answer, clean_response=answer)))
    assert loaded.ports.text.clean_prompt("the prompt") == "the prompt"
    assert loaded.ports.text.clean_response("the answer") == "the answer"
    assert loaded.count("errors", "texts", "text", "clean_prompt") == 1


@pytest.mark.parametrize("answer", [KeyError("x"), None, ["tighten"], ("tighten",)])
def test_wrong_actions_are_no_actions(load: Load, answer: object) -> None:
    assert load(TextPlugin(FakeText(actions=answer))).ports.text.actions() == ()


def test_good_answers_pass(load: Load) -> None:
    actions = (TextAction("tighten", "Tighten", None, needs_model=False),)
    text = load(TextPlugin(FakeText(clean_prompt="short", actions=actions, run="new"))).ports.text
    assert text.clean_prompt("shorter") == "short"
    assert text.actions() == actions
    assert text.run("tighten", "old", actor=ACTOR) == "new"


@pytest.mark.parametrize("answer", [KeyError("x"), None, 5])
def test_a_run_that_fails_says_which_plugin_and_what_to_do(load: Load, answer: object) -> None:
    with pytest.raises(PluginFailed) as caught:
        load(TextPlugin(FakeText(run=answer))).ports.text.run("tighten", "old", actor=ACTOR)
    assert str(caught.value).startswith("Plugin 'texts' failed in TextOptimizer.run('tighten'): ")
    assert "BLOG_PLUGINS_DISABLED=texts starts the blog without it" in str(caught.value)


def test_a_runs_own_error_passes(load: Load) -> None:
    with pytest.raises(NotFound):
        load(TextPlugin(FakeText(run=NotFound("text action", "x")))).ports.text.run(
            "x", "old", actor=ACTOR
        )


# --- stages fail loudly ------------------------------------------------------------------------


class StagePlugin:
    name = "steps"

    def __init__(self, port: object) -> None:
        self._port = port

    @hookimpl
    def blog_stage_loader(self) -> object:
        return self._port


@pytest.mark.parametrize("answer", [KeyError("x"), True, False, "yes"])
def test_a_wrong_answer_never_lets_a_post_through(load: Load, answer: object) -> None:
    stages = load(StagePlugin(FakeStages(may=answer))).ports.stages
    with pytest.raises(PluginFailed, match=r"'steps' failed in StageLoader\.may"):
        stages.may(1, ACTOR, "publish")


@pytest.mark.parametrize("answer", [None, Refusal("not yet")])
def test_a_stages_right_answer_passes(load: Load, answer: Refusal | None) -> None:
    assert load(StagePlugin(FakeStages(may=answer))).ports.stages.may(1, ACTOR, "publish") is answer


@pytest.mark.parametrize("answer", [KeyError("x"), False, None])
def test_validation_that_does_not_say_true_fails(load: Load, answer: object) -> None:
    with pytest.raises(PluginFailed):
        load(StagePlugin(FakeStages(validate=answer))).ports.stages.validate({})


def test_a_validation_error_passes_and_counts_as_an_answer(load: Load) -> None:
    loaded = load(StagePlugin(FakeStages(validate=ValidationError([]))))
    with pytest.raises(ValidationError):
        loaded.ports.stages.validate({})
    assert loaded.count("errors", "steps", "stages", "validate") == 0
    assert loaded.count("calls", "steps", "stages", "validate") == 1


@pytest.mark.parametrize("answer", [KeyError("x"), None, [1]])
def test_a_stage_that_is_no_mapping_fails(load: Load, answer: object) -> None:
    with pytest.raises(PluginFailed):
        load(StagePlugin(FakeStages(load=answer))).ports.stages.load(1, "draft")


# --- the executor fails loudly -----------------------------------------------------------------


def test_the_executors_errors_come_out_and_are_counted(load: Load) -> None:
    loaded = load()
    with pytest.raises(Exception, match="no such table"):
        loaded.ports.executor.run(Query("missing", text("SELECT * FROM nowhere")))
    assert loaded.count("errors", "core", "executor", "run") == 1


def test_a_transaction_that_the_block_breaks_is_not_the_executors_fault(load: Load) -> None:
    loaded = load()
    with pytest.raises(KeyError), loaded.ports.executor.transaction():
        raise KeyError("mine")
    assert loaded.count("errors", "core", "executor", "transaction") == 0
    assert loaded.count("calls", "core", "executor", "transaction") == 1
