"""A blog with a post, a comment and a picture on each database, and another one to restore into."""

from collections.abc import Callable
from io import BytesIO

import pytest
from PIL import Image

from blog_core.content.images import check_image
from blog_core.content.media import store_media
from blog_core.testing.services.programs import postgres_programs
from tests.flows.world import World, make_world

__all__ = ["make_world"]


def picture() -> bytes:
    out = BytesIO()
    Image.new("RGB", (40, 30), "teal").save(out, "PNG")
    return out.getvalue()


@pytest.fixture(autouse=True)
def postgres_on_path(request, monkeypatch):
    """The programs of the server that the tests start."""
    monkeypatch.setenv("PATH", f"{postgres_programs()}:/usr/bin:/bin")


@pytest.fixture(params=["sqlite", "postgresql"])
def two_urls(request, tmp_path):
    """Two empty databases of one kind."""
    if request.param == "sqlite":
        yield tuple(f"sqlite:///{tmp_path / name}.db" for name in ("one", "two"))
        return
    server = request.getfixturevalue("postgres_server")
    urls = server.create_database(), server.create_database()
    yield urls
    for url in urls:
        server.drop_database(url)


@pytest.fixture
def blog(make_world: Callable[..., World], two_urls: tuple[str, str]) -> World:
    world = make_world(two_urls[0], plugins=["workflow"])
    author = world.account("author")
    post_id = world.post(author, "Hello", body="Some *text*.", tags=("bread",))
    world.draft(author, "Not yet")
    world.comment(post_id, "Well said.")
    with world.site.transaction(author) as session:
        store_media(session, image=check_image(picture()), original_name="a.png", alt="A picture")
    return world


@pytest.fixture
def empty(make_world: Callable[..., World], two_urls: tuple[str, str], blog: World) -> World:
    return make_world(two_urls[1], plugins=["workflow"])
