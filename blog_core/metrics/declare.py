"""How a metric is declared: its name, kind, help, and the closed set of its labels' values."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from blog_core.errors import BlogError

Kind = Literal["counter", "gauge", "histogram"]

SECONDS_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
"""Bounds that suit the time of a request or a statement."""

_NAME = re.compile(r"blog_[a-z0-9_]+\Z")
_LABEL = re.compile(r"[a-z][a-z0-9_]*\Z")


class MetricError(BlogError):
    """A metric was declared or used in a way that its declaration does not allow."""


@dataclass(frozen=True, slots=True)
class MetricSpec:
    """One metric. `labels` maps each label to its values; an empty tuple takes those named at boot.

    Names start with `blog_`, a plugin's with `blog_<plugin>_`, and end with the unit; counters end
    with `_total`.
    """

    name: str
    kind: Kind
    help: str
    labels: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    buckets: tuple[float, ...] = SECONDS_BUCKETS

    def __post_init__(self) -> None:
        if not _NAME.match(self.name):
            raise MetricError(f"Metric {self.name!r} must be called blog_… in small letters.")
        if (self.kind == "counter") != self.name.endswith("_total"):
            raise MetricError(
                f"Metric {self.name!r} is a {self.kind}. Names of counters, and only those, end "
                f"with _total."
            )
        for label in self.labels:
            if not _LABEL.match(label):
                raise MetricError(f"Metric {self.name!r} has a label {label!r}; use small letters.")
        if self.kind == "histogram" and list(self.buckets) != sorted(set(self.buckets)):
            raise MetricError(f"Metric {self.name!r}: its buckets must rise.")

    def sample(self, labels: Mapping[str, str], suffix: str = "") -> str:
        """The name of one sample as Prometheus writes it. Raises `MetricError` for other labels."""
        if set(labels) - {"le"} != set(self.labels):
            raise MetricError(
                f"Metric {self.name!r} has the labels {', '.join(self.labels) or 'none'}; "
                f"it was used with {', '.join(labels) or 'none'}."
            )
        for label, value in labels.items():
            allowed = self.labels.get(label, ())
            if allowed and value not in allowed:
                raise MetricError(
                    f"Metric {self.name!r}: {label} is one of {', '.join(allowed)}, not {value!r}."
                )
        pairs = ",".join(f'{label}="{_escape(value)}"' for label, value in sorted(labels.items()))
        return f"{self.name}{suffix}{{{pairs}}}" if pairs else f"{self.name}{suffix}"


def _escape(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
