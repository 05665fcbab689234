"""What the form of a sub-stage holds: each field with what was typed, and what is wrong with it.

The form carries the values it was made with, so only what somebody changed is sent on: what others
changed meanwhile in other fields stays as it is.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from blog_core.api import Collision
from plugins.workflow.fields import StageField, Value, cleaned, typed_value
from plugins.workflow.overview import PartView

NOW, WAS = "f_", "was_"
"""Before a field's name: what stands in it, and what stood in it when the form was made."""


@dataclass(frozen=True, slots=True)
class FieldBox:
    """A field of the form. `collision` holds the other texts where two people changed it."""

    definition: StageField
    text: str
    was: str
    fault: str = ""
    collision: Collision | None = None

    @property
    def name(self) -> str:
        return f"{NOW}{self.definition.name}"

    @property
    def was_name(self) -> str:
        return f"{WAS}{self.definition.name}"


def changed_values(part: PartView, form: Mapping[str, str]) -> dict[str, object]:
    """The values that the sent form changed, by field name."""
    return {
        field.name: typed_value(field.definition, form.get(f"{NOW}{field.name}", ""))
        for field in part.fields
        if _is_changed(field.definition, form)
    }


def boxes(part: PartView) -> Iterator[FieldBox]:
    """The fields as they stand."""
    for field in part.fields:
        text = shown(field.value)
        yield FieldBox(field.definition, text, text)


def boxes_again(
    part: PartView,
    form: Mapping[str, str],
    faults: Mapping[str, str],
    collisions: Mapping[str, Collision],
) -> Iterator[FieldBox]:
    """The fields with what was typed, on top of what stands there now; two changes of one text
    are merged where they can be."""
    for field in part.fields:
        now, collision = shown(field.value), collisions.get(field.name)
        text = form.get(f"{NOW}{field.name}", "") if _is_changed(field.definition, form) else now
        if collision is not None and collision.merged is not None:
            text = collision.merged
        yield FieldBox(field.definition, text, now, faults.get(field.name, ""), collision)


def shown(value: Value) -> str:
    """A value as the text of its box."""
    if isinstance(value, bool):
        return "yes" if value else ""
    return "" if value is None else str(value)


def _is_changed(field: StageField, form: Mapping[str, str]) -> bool:
    now, was = (
        cleaned(typed_value(field, form.get(f"{start}{field.name}", ""))) for start in (NOW, WAS)
    )
    return now != was
