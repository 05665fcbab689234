"""A loaded sub-stage as the plain values that everybody gets."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import RowMapping

from blog_core.api import FieldError
from plugins.workflow.definition import Definition, Part
from plugins.workflow.fields import StageField
from plugins.workflow.loading.statements import Parts, Status
from plugins.workflow.loading.strategies import Errors
from plugins.workflow.validation import basic_faults


def assemble(
    definition: Definition,
    stage_id: str,
    parts: Parts,
    checks: Mapping[str, Mapping[str, object]],
    errors: Errors,
) -> dict[str, object]:
    """The basic data of the post, then the parts; one that failed is None and named in `errors`."""
    part = definition.find(stage_id)
    status = parts.status
    values = None if parts.fields is None else parts.fields.values
    version = _version(parts)
    return {
        **basic_data(parts.basic),
        "status": status and status.state,
        "stage": stage_id,
        "title_of_stage": part.title,
        "definition": {"name": definition.name, "version": definition.version},
        "fields": None if values is None else shown_fields(part, values),
        "kept": {} if values is None else kept_values(part, values),
        "history": parts.history,
        "version": version,
        "written_under": (status or Status()).definition_version,
        "stage_updated_at": (status or Status()).updated_at,
        "missing": [] if values is None else missing_sentences(part, values, parts.basic),
        "checks": dict(checks),
        "complete": not errors,
        "errors": dict(errors),
    }


def basic_data(row: RowMapping) -> dict[str, object]:
    """The post: its newest saved text, not the published one."""
    return {
        "id": row["id"],
        "title": row["head_title"] or row["title"],
        "content": row["body"] or "",
        "post_status": row["status"],
        "post_version": row["version"],
        "slug": row["slug"],
        "author_id": row["author_id"],
        "publish_at": row["publish_at"],
        "updated_at": row["updated_at"],
    }


def shown_fields(part: Part, values: Mapping[str, Any]) -> dict[str, Any]:
    """Every field of the definition with its value; an empty text is ""."""
    return {field.name: values.get(field.name, _nothing(field)) for field in part.fields}


def kept_values(part: Part, values: Mapping[str, Any]) -> dict[str, Any]:
    """Values that the definition has no field for: kept from an earlier one, and never lost."""
    return {name: value for name, value in values.items() if name not in part.by_name}


def missing_sentences(part: Part, values: Mapping[str, Any], basic: RowMapping) -> list[str]:
    """What the sub-stage still needs, and what is wrong with the post's own data."""
    data = basic_data(basic)
    faults: list[FieldError] = list(basic_faults({**data, "status": data["post_status"]}))
    return [
        *(f"{field.title}: is required to complete" for field in part.missing(values)),
        *(f"{fault.field}: {fault.message}" for fault in faults),
    ]


def _version(parts: Parts) -> int | None:
    if parts.status is not None:
        return parts.status.version
    return None if parts.fields is None else parts.fields.version


def _nothing(field: StageField) -> str | None:
    return None if field.type in {"number", "yes_no"} else ""
