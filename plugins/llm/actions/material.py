"""What an action works on: the texts of a post as the editor has them, and what they stand for."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from blog_core.api import FieldError, ValidationError
from plugins.llm.actions.definitions import Action

Material = Mapping[str, str]
"""Texts by field: title, body, excerpt, tags (one a line), idea, outline, description."""

FIELDS = ("title", "body", "excerpt", "tags", "tags_in_use", "idea", "outline", "description")

_BARE_IMAGE = re.compile(r"!\[\s*\]\((?P<image>[^()\s]+(?:\([^()\s]*\)[^()\s]*)*)(?:\s[^)]*)?\)")


@dataclass(frozen=True, slots=True)
class BareImage:
    """An image without an alternative text: where its brackets stand, and its address."""

    start: int
    end: int
    address: str


def bare_images(body: str) -> Iterator[BareImage]:
    """The Markdown images of a text that say nothing of what they show."""
    for found in _BARE_IMAGE.finditer(body):
        yield BareImage(found.start(), found.start("image") - 1, found["image"])


def checked_material(action: Action, given: Material, max_chars: int) -> dict[str, str]:
    """What is sent for an action, by field. Raises `ValidationError` for texts that are missing,
    too long or no texts."""
    texts: dict[str, Any] = {name: given.get(name, "") for name in {*action.material, action.field}}
    faults = [
        FieldError(name, "type", f"found {type(text).__name__}, expected text")
        for name, text in texts.items()
        if not isinstance(text, str)
    ]
    if not faults:
        sent = sum(len(texts[name]) for name in action.material)
        if sent > max_chars:
            found = f"found {sent:,} characters, expected at most {max_chars:,}"
            faults.append(FieldError(action.material[-1], "too_long", found, max_chars))
        if not any(texts[name].strip() for name in action.material):
            needed = " or ".join(action.material[:2])
            found = f"found nothing to work on, expected a text as {needed}"
            faults.append(FieldError(action.material[0], "required", found))
        elif action.field == "body" and not texts["body"].strip():
            faults.append(FieldError("body", "required", "found nothing, expected a text"))
        elif action.name == "alt_text" and not any(bare_images(texts["body"])):
            found = "found no image without an alternative text"
            faults.append(FieldError("body", "required", found))
    if faults:
        raise ValidationError(faults)
    return texts
