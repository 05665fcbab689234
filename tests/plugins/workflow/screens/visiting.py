"""Somebody signed in, with a browser without scripts: opens pages and sends their forms."""

import re
from dataclasses import dataclass
from typing import Any

from flask.testing import FlaskClient

from tests.flows.world import World

SAME_ORIGIN = {"Sec-Fetch-Site": "same-origin"}
TOKEN = re.compile(r'name="form_token" value="([^"]+)"')


@dataclass(frozen=True)
class Visitor:
    """A browser and the token of its forms."""

    client: FlaskClient
    token: str

    @classmethod
    def of(cls, world: World, role: str) -> "Visitor":
        """Somebody of this role, who has an account."""
        client = world.signed_in(role)
        found = TOKEN.search(client.get("/admin/account").get_data(as_text=True))
        assert found is not None
        return cls(client, found[1])

    def page(self, path: str, status: int = 200) -> str:
        """The text of a page of the admin."""
        answer = self.client.get(f"/admin{path}")
        text = answer.get_data(as_text=True)
        assert answer.status_code == status, text
        return text

    def send(self, path: str, **fields: object) -> Any:
        """Send a form to a page of the admin; the answer."""
        return self._post(path, fields, {})

    def send_by_script(self, path: str, **fields: object) -> Any:
        """Send it as a script does, which is answered with JSON."""
        return self._post(path, fields, {"Accept": "application/json"})

    def _post(self, path: str, fields: dict[str, object], headers: dict[str, str]) -> Any:
        data = {"form_token": self.token, **fields}
        return self.client.post(f"/admin{path}", data=data, headers={**SAME_ORIGIN, **headers})
