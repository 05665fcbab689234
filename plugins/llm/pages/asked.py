"""Reads what a browser sends: the form of the editor as it stands, and what is wanted of it."""

from flask import request

from blog_core.api import FieldError, ValidationError
from plugins.llm.suggestions.wish import Wish

_TEXTS = ("title", "body", "excerpt", "tags", "idea", "outline", "description")
OPTION = "option_"
PIECE = "piece_"


def wish_of_form(post_id: int) -> Wish:
    """What the form asks for: `action`, its texts, and its options as `option_<name>`.

    Line ends are those of the web's forms; they become those of the text, as when it is saved.
    """
    form = request.form
    material = {name: _text(form[name]) for name in _TEXTS if name in form}
    if "tags" in material:
        names = (name.strip() for name in material["tags"].replace(",", "\n").split("\n"))
        material["tags"] = "\n".join(filter(None, names))
    options = {
        name.removeprefix(OPTION): _text(value)
        for name, value in form.items()
        if name.startswith(OPTION)
    }
    return Wish(form.get("action", ""), material, options, post_id)


def verdicts_of_form() -> dict[int, str]:
    """What was decided: `piece_<number>` is accepted, refused or open. Raises `ValidationError`."""
    found = {
        name.removeprefix(PIECE): value
        for name, value in request.form.items()
        if name.startswith(PIECE)
    }
    wrong = sorted(name for name in found if not (name.isascii() and name.isdigit()))
    if wrong:
        faults = [FieldError("pieces", "invalid", f"found {wrong[0][:20]!r}, expected a number")]
        raise ValidationError(faults)
    return {int(name): value for name, value in found.items()}


def version_of_form() -> int:
    """The version that the browser saw. Raises `ValidationError`."""
    text = request.form.get("version", "")
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        found = f"found {text[:20]!r}, expected the number of a version"
        raise ValidationError([FieldError("version", "invalid", found)])
    return int(text)


def text_of_form() -> str:
    """What stands in the field now."""
    return _text(request.form.get("text", ""))


def _text(value: str) -> str:
    return value.replace("\r\n", "\n").replace("\r", "\n")
