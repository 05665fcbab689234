"""Programs: clients of the API that hold a token of somebody."""

import json
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import pytest
from flask.testing import FlaskClient

from blog_core.access.api_tokens import add_token, scopes_for
from blog_core.ports import Actor
from blog_core.site import SYSTEM
from tests.flows.world import ROLES, World


def token_of(world: World, actor: Actor, scopes: Collection[str] | None = None, **more: Any) -> str:
    """A new token of an account, with every scope of its role unless others are named."""
    permissions = world.site.access.permissions
    assert actor.account_id is not None
    with world.site.transaction(SYSTEM) as session:
        made = add_token(
            session,
            permissions,
            account_id=actor.account_id,
            name=more.get("name", "A program"),
            scopes=scopes_for(permissions, actor.role) if scopes is None else scopes,
            days=more.get("days", 30),
            at=world.clock(),
        )
    return made.token


@dataclass
class Program:
    """A client that sends a token with every request, or (without one) none."""

    client: FlaskClient
    token: str | None = None

    def __call__(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        """The answer to a request below the API's prefix; header names by underscores."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if self.token:
            sent["Authorization"] = f"Bearer {self.token}"
        more: dict[str, Any] = {}
        if body is not None:
            more = {"data": json.dumps(body), "content_type": "application/json"}
        return self.client.open(f"/api/v1{path}", method=method, headers=sent, **more)

    def upload(self, path: str, data: bytes, **fields: str) -> Any:
        """The answer to a form with a file."""
        import io

        sent = {"Authorization": f"Bearer {self.token}"}
        form = {"file": (io.BytesIO(data), "a.png"), **fields}
        return self.client.post(f"/api/v1{path}", data=form, headers=sent)


@dataclass
class People:
    """An account of each role, and their programs."""

    world: World
    actors: dict[str, Actor]

    def program(self, role: str, scopes: Collection[str] | None = None, **more: Any) -> Program:
        """A program of somebody of a role; `stranger` has no token."""
        client = self.world.app.test_client()
        if role == "stranger":
            return Program(client)
        return Program(client, token_of(self.world, self.actors[role], scopes, **more))


@pytest.fixture
def people(world: World) -> People:
    """Everybody, on each database."""
    return People(world, {role: world.account(role) for role in ROLES})
