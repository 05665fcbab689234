"""What checks and validators of other plugins may raise ends here, told and named."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass

from blog_core.api import BlogError, FieldError, PluginFailed, Site, StageCheck, StageValidator

_log = logging.getLogger("blog.plugins.workflow")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a check gave, or why it gave nothing."""

    value: Mapping[str, object] | None = None
    error: str = ""


def ask_check(check: StageCheck, site: Site, post_id: int) -> Outcome:
    """The findings and figures of a check, or what it raised, as a sentence."""
    try:
        value: object = check.load(site, post_id)
    except BlogError as error:
        return Outcome(error=str(error))
    except Exception as error:  # noqa: BLE001  a plugin may raise anything
        _log.exception("The check %r of %r failed", check.name, check.owner)
        return Outcome(error=f"{type(error).__name__}: {error}")
    if not isinstance(value, Mapping):
        return Outcome(error=f"it returned {type(value).__name__}, expected a mapping")
    return Outcome(value)


def findings(outcome: Outcome) -> list[str]:
    """What a check found to be mended; a check that gave nothing is a finding itself."""
    if outcome.value is None:
        return [f"it could not be asked ({outcome.error})"]
    found = outcome.value.get("findings", ())
    return [str(each) for each in found] if isinstance(found, list | tuple) else [str(found)]


def ask_validator(
    validator: StageValidator, stage_id: str | None, values: Mapping[str, object]
) -> list[FieldError]:
    """The faults that a validator finds. Raises `PluginFailed` for anything else it does."""
    where = f"the stage validator {validator.name!r}"
    try:
        faults = list(validator.check(stage_id, values))
    except Exception as error:  # a plugin may raise anything
        reason = f"{type(error).__name__}: {error}"
        raise PluginFailed(validator.owner, where, reason) from error
    if not all(isinstance(fault, FieldError) for fault in faults):
        raise PluginFailed(validator.owner, where, "it returned something else than FieldError")
    return faults
