"""Makes what is sent for an action: the prompt from its parts, and the request around it."""

import json
from collections.abc import Mapping
from math import ceil

from plugins.llm.actions.answers import schema_of
from plugins.llm.actions.definitions import Action
from plugins.llm.actions.material import Material, bare_images
from plugins.llm.calls.request import ModelRequest
from plugins.llm.prompts.compose import compose
from plugins.llm.prompts.parts import Part, PartKind, Prompt
from plugins.llm.prompts.templates import Template
from plugins.llm.text import count_tokens, optimize_prompt

_TITLES = {"tags_in_use": "tags in use", "idea": "idea", "description": "description"}
LEAST_TOKENS = 300
PLAIN = "Answer with the text alone: no introduction, no closing words, no code fence around it."
JSON_ONLY = "Answer with JSON alone, in exactly this form: "
ORDER = ("title", "body", "excerpt", "tags", "outline", "description", "idea", "tags_in_use")


def prompt_for(
    action: Action,
    material: Material,
    options: Mapping[str, str],
    templates: Mapping[str, Template],
    secret: bytes,
) -> Prompt:
    """The prompt of an action, as it is shown and sent."""
    rules, style, task = templates["rules"], templates["style"], templates[action.name]
    parts = [
        Part(PartKind.RULES, rules.origin, rules.text),
        Part(PartKind.STYLE, style.origin, style.text),
        *(
            Part(PartKind.MATERIAL, _TITLES.get(name, name), material[name])
            for name in ORDER
            if name in action.material and material[name].strip()
        ),
        *_image_list(action, material),
        Part(PartKind.TASK, task.origin, task.filled(options)),
        Part(PartKind.FORMAT, "format", _form(action)),
    ]
    return compose(parts, clean=optimize_prompt, secret=secret)


def request_for(
    action: Action, material: Material, prompt: Prompt, *, model: str, most: int, scope: str
) -> ModelRequest:
    """The request of an action; its answer is at most `most` tokens long."""
    wanted = action.max_output_tokens
    if action.growth:
        wanted = LEAST_TOKENS + ceil(count_tokens(material[action.field]).tokens * action.growth)
    return ModelRequest(
        model=model,
        messages=prompt.messages,
        temperature=action.temperature,
        max_output_tokens=min(most, wanted),
        schema_name=action.name if action.answer else "",
        schema=schema_of(action.answer) if action.answer else {},
        scope=scope,
    )


def _image_list(action: Action, material: Material) -> list[Part]:
    if action.name != "alt_text":
        return []
    lines = [image.address for image in bare_images(material["body"])]
    return [Part(PartKind.MATERIAL, "images without a text", "\n".join(dict.fromkeys(lines)))]


def _form(action: Action) -> str:
    if action.answer is None:
        return PLAIN
    return JSON_ONLY + json.dumps(_example(schema_of(action.answer)), separators=(",", ":"))


def _example(schema: Mapping[str, object]) -> object:
    """The form of an answer as JSON with dots for texts: a few tokens instead of a schema."""
    definitions = schema.get("$defs", {})

    def example(part: Mapping[str, object]) -> object:
        if "$ref" in part and isinstance(definitions, Mapping):
            return example(definitions[str(part["$ref"]).rpartition("/")[2]])
        if part.get("type") == "array" and isinstance(part["items"], Mapping):
            return [example(part["items"])]
        properties = part.get("properties")
        if isinstance(properties, Mapping):
            return {name: example(inner) for name, inner in properties.items()}
        return "..."

    return example(schema)
