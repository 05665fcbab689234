"""The settings `[llm]`."""

from pydantic import Field, SecretStr

from blog_core.api import SettingsModel


class LlmSettings(SettingsModel):
    """`[llm]`: which model is asked. Without one, the clean-up of texts still works."""

    base_url: str = Field(
        "", description="address of an OpenAI-compatible server; empty: that of OpenAI"
    )
    api_key: SecretStr = Field(SecretStr(""), description="key of that server; empty: no model")
    model: str = Field("", description="name of the model; empty: no model")
