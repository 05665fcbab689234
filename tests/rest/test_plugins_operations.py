"""A plugin's operations join the API: their schema, their conditions, their errors."""

from typing import Literal

import pytest
import schemathesis
from pydantic import BaseModel

from blog_core.api import (
    NEVER,
    Answer,
    Conflict,
    Contribute,
    NotFound,
    Operation,
    Reply,
    Route,
    hookimpl,
)
from tests.flows.world import ROLES, World
from tests.rest.programs import People, Program


class Mood(BaseModel):
    """How a post feels."""

    mood: Literal["good", "bad"]


class Moods:
    """A plugin with one thing that has versions."""

    def __init__(self) -> None:
        self.mood: Literal["good", "bad"] = "good"
        self.version = 1

    def read(self, post_id: int) -> Reply:
        if post_id != 1:
            raise NotFound("post", post_id)
        return Reply(Mood(mood=self.mood), version=self.version)

    def change(self, post_id: int, body: Mood, version: int | None) -> Reply:
        if version not in {None, self.version}:
            raise Conflict("mood", post_id, seen=version or 0, current=self.version)
        self.mood, self.version = body.mood, self.version + 1
        return self.read(post_id)

    @hookimpl
    def blog_contribute(self, contribute: Contribute) -> None:
        path, answers = "/posts/<int:post_id>/mood", {200: Answer("The mood", Mood)}
        contribute.rest_routes(
            Route(
                "moods_read",
                path,
                self.read,
                "read-drafts",
                NEVER,
                operation=Operation("Read a post's mood", answers, "moods"),
            ),
            Route(
                "moods_change",
                path,
                self.change,
                "edit-posts",
                NEVER,
                methods=("PATCH",),
                max_body_bytes=1_024,
                operation=Operation(
                    "Set a post's mood",
                    answers,
                    "moods",
                    body=Mood,
                    versioned=True,
                    current=self.read,
                ),
            ),
        )


@pytest.fixture
def world(make_world, sqlite_url: str) -> World:
    made: World = make_world(sqlite_url, plugins=[Moods()])
    return made


@pytest.fixture
def ask(world: World) -> Program:
    return People(world, {role: world.account(role) for role in ROLES}).program("editor")


def test_they_are_read_and_changed_under_their_version(ask: Program):
    found = ask("GET", "/posts/1/mood")
    assert (found.json, found.headers["ETag"]) == ({"mood": "good"}, '"1"')
    assert ask("PATCH", "/posts/1/mood", {"mood": "bad"}).status_code == 428
    assert ask("PATCH", "/posts/1/mood", {"mood": "odd"}, If_Match='"1"').status_code == 422
    assert ask("PATCH", "/posts/1/mood", {"mood": "bad"}, If_Match='"1"').json == {"mood": "bad"}
    late = ask("PATCH", "/posts/1/mood", {"mood": "good"}, If_Match='"1"')
    assert (late.status_code, late.json["current"]) == (412, {"mood": "bad"})
    assert ask("GET", "/posts/7/mood").mimetype == "application/problem+json"


def test_they_stand_in_the_document(world: World):
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", world.app)
    paths = schema.raw_schema["paths"]
    assert set(paths["/posts/{post_id}/mood"]) == {"get", "patch"}
    assert "Mood" in schema.raw_schema["components"]["schemas"]
