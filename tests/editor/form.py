"""The editor's form as a browser without scripts uses it: read it, fill it in, press a button."""

from html.parser import HTMLParser
from typing import Any

from flask.testing import FlaskClient

SAME_ORIGIN = {"Sec-Fetch-Site": "same-origin"}


class Form(HTMLParser):
    """The fields of the form `editor` of a page, ready to be filled in and sent."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.fields: dict[str, str] = {}
        self.action = ""
        self._inside, self._area = False, ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        has = {name: value or "" for name, value in attrs}
        if tag == "form" and has.get("id") == "editor":
            self._inside, self.action = True, has["action"]
        elif self._inside and tag == "input" and "name" in has:
            self.fields[has["name"]] = has.get("value", "")
        elif self._inside and tag == "textarea" and "name" in has:
            self._area = has["name"]
            self.fields[self._area] = ""
        elif self._inside and tag == "option" and "selected" in has:
            self.fields["publish_at_fold"] = has["value"]

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self.fields[self._area] = self.fields.get(self._area, "").removeprefix("\n")
            self._area = ""
        if tag == "form":
            self._inside = False

    def handle_data(self, data: str) -> None:
        if self._area:
            self.fields[self._area] += data


def opened(client: FlaskClient, path: str) -> Form:
    """The form at a path."""
    answer = client.get(path)
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return Form(answer.get_data(as_text=True))


def send(client: FlaskClient, form: Form, *, step: str = "save", **typed: str) -> Any:
    """Fill fields in and press the button `step`; line ends go as browsers send them."""
    form.fields |= typed
    data = {name: text.replace("\n", "\r\n") for name, text in form.fields.items()}
    # The test client leaves the temporary file open that a long multipart body makes.
    is_long = sum(map(len, data.values())) > 400_000
    return client.post(
        form.action,
        data={**data, "step": step},
        headers=SAME_ORIGIN,
        content_type="application/x-www-form-urlencoded" if is_long else "multipart/form-data",
    )
