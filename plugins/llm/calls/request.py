"""What is asked of a model, and the digest under which its answer is kept."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from blog_core.api import digest
from plugins.llm.prompts.parts import Message

KEY_VERSION = 1


@dataclass(frozen=True, slots=True)
class BodyForm:
    """What servers word differently: the name of the longest answer, and whether a schema is
    understood."""

    limit_name: str = "max_tokens"
    with_schema: bool = True


@dataclass(frozen=True, slots=True)
class ModelRequest:
    """One request. Whatever changes the answer stands here, and all of it is in the key.

    `schema` is a JSON schema that the answer must follow, or empty for text. `scope` says who may
    see the answer: equal texts of two scopes are two requests. `variant` counts how often another
    answer was wanted.
    """

    model: str
    messages: tuple[Message, ...]
    temperature: float
    max_output_tokens: int
    schema_name: str = ""
    schema: Mapping[str, Any] = field(default_factory=dict)
    scope: str = ""
    variant: int = 0

    @property
    def text(self) -> str:
        """All that is read by the model, for counting."""
        return "\n".join(message.text for message in self.messages)

    def parameters(self, form: BodyForm) -> dict[str, Any]:
        """The body that is sent: no tools, ever."""
        body: dict[str, Any] = {
            "model": self.model,
            "messages": [{"role": one.role, "content": one.text} for one in self.messages],
            "temperature": self.temperature,
            form.limit_name: self.max_output_tokens,
            "stream": True,
            "stream_options": {"include_usage": True},
        }
        if self.schema and form.with_schema:
            named = {"name": self.schema_name, "schema": dict(self.schema), "strict": True}
            body["response_format"] = {"type": "json_schema", "json_schema": named}
        return body

    def key(self, server: str, form: BodyForm) -> str:
        """The digest of everything that is sent, to whom, for whom, and for the which time."""
        return digest(KEY_VERSION, server, self.parameters(form), self.scope, self.variant)

    def again(self, variant: int) -> "ModelRequest":
        """The same request, whose earlier answers don't count."""
        return replace(self, variant=variant)
