"""The forms of answers, as JSON schemas that are sent and checked."""

from collections.abc import Mapping
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from plugins.llm.calls.errors import BadAnswer

A = TypeVar("A", bound=BaseModel)
Line = Annotated[str, Field(max_length=4_000)]


class _Answer(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class Proposals(_Answer):
    """Several proposals to choose from."""

    proposals: list[Line] = Field(max_length=50)


class Section(_Answer):
    """A heading and what its section says."""

    heading: Line
    says: Line


class Outline(_Answer):
    """Headings in their order."""

    sections: list[Section] = Field(max_length=100)


class AltText(_Answer):
    """What an image shows."""

    image: Line
    alt: Line


class AltTexts(_Answer):
    """Alternative texts of images."""

    images: list[AltText] = Field(max_length=200)


class Weakness(_Answer):
    """A weak passage; an empty replacement means that there is none to propose."""

    quote: str = Field(max_length=20_000)
    problem: Line
    replacement: str = Field(max_length=20_000)


class Critique(_Answer):
    """What a careful colleague found."""

    weaknesses: list[Weakness] = Field(max_length=100)


def schema_of(model: type[BaseModel]) -> Mapping[str, Any]:
    """The JSON schema of an answer, with every property required and no others."""
    return model.model_json_schema()


def read_json(model: type[A], text: str) -> A:
    """An answer in its form. Raises `BadAnswer` that says what is wrong, without the text."""
    try:
        return model.model_validate_json(_unfenced(text))
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        where = ".".join(str(step) for step in first["loc"]) or "the whole"
        raise BadAnswer(
            f"it is not in the form that was asked for ({where}: {first['msg']})"
        ) from (None)


def _unfenced(text: str) -> str:
    """The JSON of an answer that wrapped it into one code fence."""
    lines = text.strip().split("\n")
    is_fenced = len(lines) > 2 and lines[0].startswith("```") and lines[-1].strip() == "```"
    return "\n".join(lines[1:-1]) if is_fenced else text.strip()
