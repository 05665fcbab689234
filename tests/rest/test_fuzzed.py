"""schemathesis against every operation, with a token of each role: no 5xx, nothing undocumented.

It makes requests from the OpenAPI document, valid ones and invalid ones, and holds each answer
against what the document says of it.
"""

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from schemathesis.checks import (
    content_type_conformance,
    not_a_server_error,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from schemathesis.core.parameters import ParameterLocation
from schemathesis.generation import GenerationMode

from tests.flows.world import ROLES, World
from tests.rest.programs import People

EVERYBODY = ("stranger", *ROLES)
CHECKS: list[Any] = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
MODES = (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
REAL = {"post_id": (1, 2, 3), "revision_id": (1, 2, 3), "comment_id": (1, 2), "media_id": (1,)}


@pytest.fixture
def filled(make_world, database_url: str) -> World:
    """A blog with a draft, a public and a scheduled post, and comments."""
    world: World = make_world(
        database_url, plugins=["cache", "workflow"], rest={"requests_per_minute": 1_000_000}
    )
    world.site.changes.relay.look_now()
    return world


def operations(world: World) -> Iterator[Any]:
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", world.app)
    found: Any = schema.get_all_operations()
    return (operation.ok() for operation in found)


def fill(people: People) -> None:
    world, author = people.world, people.actors["author"]
    world.draft(author, "A draft")
    world.comment(world.post(author, "A post", tags=("Baking",)), "Good!")
    world.post(author, "Later", at=world.clock.now.replace(year=2027))
    people.program("contributor")("POST", "/posts/2/comments", {"body": "Waits."})


def send(case: Any, ids: dict[str, int], token: str | None) -> None:
    """One request, aimed at things that exist where a path names one."""
    path = case.path_parameters or {}
    for name, value in ids.items():
        if name in path:
            path[name] = value
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    answer = case.call_and_validate(headers=headers, checks=CHECKS)
    assert not is_wrong(case) or answer.status_code >= 400, "a wrong body was taken"


def is_wrong(case: Any) -> bool:
    """Whether the JSON is such as the document forbids; ids and tokens are ours, and the fields of
    a form are all texts, so that few of them are wrong."""
    body = case.meta.components.get(ParameterLocation.BODY)
    is_json = case.media_type == "application/json"
    return is_json and body is not None and body.mode is GenerationMode.NEGATIVE


@pytest.mark.parametrize("role", EVERYBODY)
def test_every_operation_answers_what_its_document_says(
    filled: World, role: str, full_counts: bool
):
    people = People(filled, {name: filled.account(name) for name in ROLES})
    fill(people)
    token = people.program(role).token
    existing = st.fixed_dictionaries({}, optional={n: st.sampled_from(v) for n, v in REAL.items()})
    bounds = settings(
        max_examples=150 if full_counts else 4,
        database=None,
        deadline=None,
        derandomize=not full_counts,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    found = list(operations(filled))
    assert len(found) >= 25
    for operation in found:
        for mode in MODES:
            cases = operation.as_strategy(generation_mode=mode)
            # An operation without parameters and body cannot be asked wrongly.
            nothing = [Unsatisfiable] if mode is GenerationMode.NEGATIVE else []
            with suppress(*nothing):
                bounds(given(case=cases, ids=existing)(sender(token)))()


def sender(token: str | None) -> Any:
    def run(case: Any, ids: dict[str, int]) -> None:
        send(case, ids, token)

    return run
