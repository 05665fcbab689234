"""Whether a blog lives, is ready and is well: to machines in one word, to admins in sentences."""

from collections.abc import Callable
from pathlib import Path

import pytest

from blog_core import create_app
from blog_core.api import Health, hookimpl
from blog_core.testing.services import PostgresServer
from tests.flows.world import World


class Ailing:
    name = "ailing"

    @hookimpl
    def blog_health(self) -> Health:
        return Health("ailing", "ill", "The <pump> is broken. Mend it.")


class Tired:
    name = "tired"

    @hookimpl
    def blog_health(self) -> Health:
        return Health("tired", "degraded", "It sleeps a little.")


def test_a_blog_that_works_is_live_and_ready(world: World) -> None:
    for path, state in (("/-/live", "live"), ("/-/ready", "ready")):
        answer = world.get(path)
        assert (answer.status_code, answer.get_json()) == (200, {"status": state})
        assert answer.headers["Cache-Control"] == "private, no-store"


def test_a_blog_that_is_not_migrated_is_live_and_not_ready(tmp_path: Path, sqlite_url: str) -> None:
    app = create_app({"database_url": sqlite_url, "data_dir": str(tmp_path), "environment": "test"})
    client = app.test_client()
    assert client.get("/-/live").status_code == 200
    answer = client.get("/-/ready")
    assert answer.status_code == 503
    assert answer.get_json()["reason"] == "the database is behind: run `blog migrate`"


def test_without_its_database_a_blog_is_live_and_not_ready(
    make_world: Callable[..., World],
) -> None:
    server = PostgresServer.start()
    try:
        world = make_world(server.create_database())
        assert world.get("/-/ready").status_code == 200
    finally:
        server.stop()
    assert world.get("/-/live").status_code == 200
    answer = world.get("/-/ready")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert answer.get_json() == {
        "status": "not ready",
        "reason": "the database does not answer",
    }


def test_the_report_is_for_those_who_may_see_internals(
    make_world: Callable[..., World], sqlite_url: str
) -> None:
    world = make_world(sqlite_url, plugins=[Tired(), Ailing()])
    for role in ("admin", "editor"):
        world.account(role)
    assert world.get("/-/health").headers["Location"].startswith("/admin/sign-in")
    assert world.signed_in("editor").get("/-/health").status_code == 403
    found = world.signed_in("admin").get("/-/health").get_json()
    assert found["status"] == "ill"
    assert [each["name"] for each in found["checks"]][:2] == ["ailing", "tired"]
    page = world.signed_in("admin").get("/admin/health").get_data(as_text=True)
    assert "The &lt;pump&gt; is broken. Mend it." in page
    assert page.index("ailing") < page.index("tired")


@pytest.mark.parametrize("path", ["/-/live", "/-/ready", "/-/health"])
def test_probes_take_no_other_method(world: World, path: str) -> None:
    assert world.client().post(path).status_code == 405
