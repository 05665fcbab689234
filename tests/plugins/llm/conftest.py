"""A model's server on loopback, and blogs that ask it."""

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from blog_core.api import Actor
from blog_core.testing.trial import TrialBlog
from plugins.llm.own import own_llm
from plugins.llm.suggestions.ask import ask
from plugins.llm.suggestions.stored import Suggestion, find_suggestion
from plugins.llm.suggestions.waiting import follow
from plugins.llm.suggestions.wish import Wish
from tests.plugins.llm.model_server import ModelServer

KEY = "sk-loopback-1234567890"
TEXT = "This is a sentance. It have two errors.\n\n```python\nx = 1\n```\n\nThe end."


class LlmBlog:
    """A blog with the plugin, an editor, and the model's server."""

    def __init__(self, blog: TrialBlog, model: ModelServer) -> None:
        self.blog, self.site, self.model = blog, blog.site, model
        self.editor = blog.account("editor")
        self.post_id = blog.post("A post", TEXT)

    def wish(self, action: str = "fix_language", body: str = TEXT, **more: Any) -> Wish:
        material = {"title": "A post", "body": body, **more.pop("material", {})}
        return Wish(action, material, post_id=self.post_id, **more)

    def ask(self, wish: Wish | None = None, actor: Actor | None = None) -> int:
        with self.site.activate():
            return ask(self.site, wish or self.wish(), actor or self.editor)

    def wait_for(self, suggestion_id: int, actor: Actor | None = None) -> Suggestion:
        for _ in follow(self.site, suggestion_id, 0, within_s=30):
            pass
        return find_suggestion(self.site, suggestion_id, actor or self.editor, self.post_id)

    def answer(self, wish: Wish | None = None, actor: Actor | None = None) -> Suggestion:
        return self.wait_for(self.ask(wish, actor), actor)

    def close(self) -> None:
        """Wait for the calls under way, and close the connections."""
        llm = own_llm(self.site, "A test")
        for thread in threading.enumerate():
            if thread.name.startswith("blog-llm-"):
                thread.join(30)
        llm.upstream.close()

    def rows(self, table: str) -> list[dict[str, Any]]:
        """The rows of one of the plugin's tables."""
        from sqlalchemy import select

        from blog_core.api import Base

        found = Base.metadata.tables[table]
        with self.site.transaction(self.editor) as session:
            return [dict(row) for row in session.execute(select(found)).mappings()]


@pytest.fixture
def model() -> Iterator[ModelServer]:
    """A model's server; it says `Fine.` unless told otherwise."""
    with ModelServer().running() as server:
        yield server


LlmBlogMaker = Callable[..., LlmBlog]


@pytest.fixture
def make_llm_blog(blog_app: Callable[..., TrialBlog], model: ModelServer) -> Iterator[LlmBlogMaker]:
    """`make_llm_blog(database_url)` makes a blog that asks the loopback server."""
    made: list[LlmBlog] = []

    def make(database_url: str, plugins: tuple[str, ...] = ("llm",), **settings: Any) -> LlmBlog:
        given = {"base_url": model.url, "api_key": KEY, "model": "tiny", "retries": 0}
        config = {"plugins": list(plugins), "llm": {**given, **settings}}
        made.append(LlmBlog(blog_app(database_url=database_url, **config), model))
        return made[-1]

    yield make
    model.release()
    for llm_blog in made:
        llm_blog.close()


@pytest.fixture
def llm_blog(make_llm_blog: LlmBlogMaker, sqlite_url: str) -> LlmBlog:
    """A blog with this plugin alone."""
    return make_llm_blog(sqlite_url)
