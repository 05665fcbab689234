"""The settings `[llm]`."""

from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, SecretStr

from blog_core.api import SettingsModel

OPENAI_URL = "https://api.openai.com/v1"


def _base_url(value: str) -> str:
    parts = urlsplit(value)
    if value and (parts.scheme not in {"http", "https"} or not parts.hostname):
        raise ValueError("an address that starts with http:// or https://")
    if parts.query or parts.fragment or parts.username:
        raise ValueError("an address without user, query and fragment")
    return value.rstrip("/")


BaseUrl = Annotated[str, AfterValidator(_base_url)]


class LlmSettings(SettingsModel):
    """`[llm]`: which model is asked, how long, and for how much. Without one, the clean-up of
    texts still works."""

    base_url: BaseUrl = Field(
        "", description="address of an OpenAI-compatible server; empty: that of OpenAI"
    )
    api_key: SecretStr = Field(
        SecretStr(""), description="key of that server; a server of your own may need none"
    )
    model: str = Field("", description="name of the model; empty: no model")
    second_base_url: BaseUrl = Field(
        "", description="address of a server that is asked when the first does not answer"
    )
    second_api_key: SecretStr = Field(SecretStr(""), description="key of the second server")
    second_model: str = Field("", description="model of the second server; empty: the first's")
    connect_timeout_s: float = Field(3.0, gt=0, le=60, description="longest wait for a connection")
    silence_timeout_s: float = Field(
        20.0, gt=0, le=600, description="longest wait for the first and for each further piece"
    )
    deadline_s: float = Field(120.0, gt=0, le=3600, description="longest time of a whole answer")
    retries: int = Field(
        2, ge=0, le=5, description="further attempts, as long as nothing of an answer came"
    )
    json_schema: bool = Field(
        True, description="send the JSON schema of an answer; it is checked here in any case"
    )
    max_input_chars: int = Field(
        100_000, ge=1_000, le=2_000_000, description="longest text that is sent to a model"
    )
    max_output_tokens: int = Field(
        4_000, ge=16, le=100_000, description="longest answer of a model; an action may ask less"
    )
    stream_threads: int = Field(
        0, ge=0, le=256, description="streams held open by a process; 0: half of its threads"
    )
    running_calls: int = Field(
        200, ge=1, le=2_000, description="model calls that a process makes at the same time"
    )
    user_day_tokens: int = Field(
        200_000, ge=0, description="tokens a person may use in a day; 0: no cap"
    )
    day_tokens: int = Field(1_000_000, ge=0, description="tokens all may use in a day; 0: no cap")
    month_tokens: int = Field(
        10_000_000, ge=0, description="tokens all may use in a month; 0: no cap"
    )
    user_day_cost: float = Field(
        0.0, ge=0, description="money a person may spend in a day; 0: no cap"
    )
    day_cost: float = Field(0.0, ge=0, description="money all may spend in a day; 0: no cap")
    month_cost: float = Field(0.0, ge=0, description="money all may spend in a month; 0: no cap")
    currency: str = Field("USD", pattern=r"^[A-Z]{3}$", description="currency of the prices")
    allowed_hosts: tuple[str, ...] = Field(
        (), description="hosts that links in answers may lead to, beside those of the text itself"
    )
    store_texts: bool = Field(
        False, description="keep prompts and answers; otherwise they go once they are decided on"
    )

    @property
    def is_complete(self) -> bool:
        """Whether there is a model to ask."""
        return bool(self.model and (self.base_url or self.api_key.get_secret_value()))

    @property
    def missing(self) -> str:
        """What is missing before a model can be asked, and how to set it; empty: nothing."""
        if self.is_complete:
            return ""
        names = [] if self.model else ["model"]
        if not (self.base_url or self.api_key.get_secret_value()):
            names.append("api_key (or base_url of a server of your own)")
        return f"No model can be asked yet: set {' and '.join(names)} in the section [llm]."
