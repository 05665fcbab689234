"""The actions: what each is for, what it sends, what it asks for, and which field it is about."""

import dataclasses
import re
from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import BaseModel

from blog_core.api import FieldError, NotFound, ValidationError
from plugins.llm.actions.answers import AltTexts, Critique, Outline, Proposals
from plugins.llm.actions.pieces import Mode

CHECKLIST = (
    "- The title and the first paragraph say what a reader gets.\n"
    "- Every claim is backed by something in the text.\n"
    "- One thought a paragraph, in an order that needs no jumping back.\n"
    "- Plain words, active verbs, no sentence that says nothing.\n"
    "- Technical terms are explained where they first stand.\n"
    "- Links say where they lead, images say what they show."
)


@dataclass(frozen=True, slots=True)
class Option:
    """Something an editor chooses for an action. It becomes part of the task."""

    title: str
    default: str = ""
    max_chars: int = 40
    pattern: str = r"[^\x00-\x1f<>\[\]]*"


@dataclass(frozen=True, slots=True)
class Action:
    """One thing that can be asked.

    `stage_id` is the stage it belongs to where the workflow plugin is on; `field` the field that
    its pieces change; `answer` the form of its answer, None for plain text. `max_chars` bounds one
    proposal. `growth` is how much longer than its field a text may come back.
    """

    name: str
    title: str
    stage_id: str
    field: str
    mode: Mode
    answer: type[BaseModel] | None = None
    material: tuple[str, ...] = ("title", "body")
    temperature: float = 0.3
    max_output_tokens: int = 1_200
    max_chars: int = 2_000
    growth: float = 0.0
    options: Mapping[str, Option] = dataclasses.field(default_factory=dict)


_LANGUAGE = Option("Language", pattern=r"[^\W\d_]+(?:[ ()-]+[^\W\d_]+)*[)]?")
_CHECKLIST = Option("Checklist", CHECKLIST, 4_000, r"[^\x00-\x08\x0b-\x1f<>\[\]]*")

ACTIONS = {
    action.name: action
    for action in (
        Action(
            "ideas",
            "Ideas for posts",
            "planning.idea",
            "idea",
            "list",
            Proposals,
            ("title", "body", "idea"),
            temperature=0.9,
        ),
        Action(
            "outline",
            "Outline",
            "planning.structure",
            "outline",
            "list",
            Outline,
            ("title", "body", "idea"),
            temperature=0.5,
        ),
        Action(
            "titles",
            "Titles",
            "authoring.draft",
            "title",
            "choice",
            Proposals,
            temperature=0.8,
            max_chars=255,
        ),
        Action(
            "continue",
            "Continue the text",
            "authoring.draft",
            "body",
            "hunks",
            temperature=0.7,
            max_output_tokens=800,
        ),
        Action("tighten", "Tighten", "authoring.draft", "body", "hunks", growth=1.1),
        Action("alt_text", "Texts for images", "authoring.images", "body", "hunks", AltTexts),
        Action("excerpt", "Excerpt", "authoring.metadata", "excerpt", "choice", Proposals),
        Action(
            "meta_description",
            "Description for search engines",
            "authoring.metadata",
            "description",
            "choice",
            Proposals,
            max_chars=320,
        ),
        Action(
            "tags",
            "Tags",
            "authoring.metadata",
            "tags",
            "list",
            Proposals,
            ("title", "body", "tags", "tags_in_use"),
            max_chars=100,
        ),
        Action(
            "fix_language",
            "Correct the language",
            "publishing.review",
            "body",
            "hunks",
            temperature=0.0,
            growth=1.1,
        ),
        Action(
            "critique",
            "Critique against a checklist",
            "publishing.review",
            "body",
            "hunks",
            Critique,
            max_output_tokens=2_500,
            options={"checklist": _CHECKLIST},
        ),
        Action(
            "translate",
            "Translate",
            "publishing.syndication",
            "body",
            "choice",
            growth=2.0,
            options={"language": _LANGUAGE},
        ),
    )
}
"""By name, in the order of the stages."""


class UnknownAction(NotFound):
    """There is no such action; the message lists the others."""

    def __init__(self, name: str) -> None:
        super().__init__("action", name)
        self.args = (f"{self.args[0]} There are: {', '.join(ACTIONS)}.",)


def find_action(name: str) -> Action:
    """An action by its name. Raises `UnknownAction`."""
    try:
        return ACTIONS[name]
    except KeyError:
        raise UnknownAction(name) from None


def checked_options(action: Action, given: Mapping[str, str]) -> dict[str, str]:
    """The options of an action with their defaults. Raises `ValidationError` with every fault."""
    faults = [
        FieldError(name, "unknown", f"found an option that {action.name} does not have")
        for name in sorted(set(given) - set(action.options))
    ]
    values = {}
    for name, option in action.options.items():
        value = (given.get(name, "").replace("\r\n", "\n").strip()) or option.default
        if not value:
            faults.append(FieldError(name, "required", "found nothing, expected some text"))
        elif len(value) > option.max_chars:
            found = f"found {len(value):,} characters, expected at most {option.max_chars:,}"
            faults.append(FieldError(name, "too_long", found, option.max_chars))
        elif not re.fullmatch(option.pattern, value):
            faults.append(
                FieldError(name, "invalid", f"found {value[:60]!r}, expected plain words")
            )
        values[name] = value
    if faults:
        raise ValidationError(faults)
    return values
