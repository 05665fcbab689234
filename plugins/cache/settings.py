"""The settings `[cache]`."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, SecretStr

from blog_core.api import MAX_TTL_S, CachePolicy, SettingsModel

MIB = 1024 * 1024


def _redis_url(value: SecretStr) -> SecretStr:
    if value and not value.get_secret_value().startswith(("redis://", "rediss://", "unix://")):
        raise ValueError("a redis://, rediss:// or unix:// URL")
    return value


class CacheSettings(SettingsModel):
    """`[cache]`: what is kept, where, and how long."""

    redis_url: Annotated[SecretStr, AfterValidator(_redis_url)] = Field(
        SecretStr(""),
        description="a redis:// or rediss:// URL of a Redis or Valkey shared by hosts",
    )
    max_bytes: int = Field(
        64 * MIB, ge=MIB, description="memory for entries in each process, in bytes"
    )
    shared_bytes: int = Field(
        32 * MIB, ge=0, description="memory shared by the processes of a host, in bytes; 0: none"
    )
    ttl_api_s: float = Field(
        300, gt=0, le=MAX_TTL_S, description="lifetime of entries under api:, in seconds"
    )
    ttl_workflow_s: float = Field(
        300, gt=0, le=MAX_TTL_S, description="lifetime of entries under workflow:, in seconds"
    )
    ttl_query_s: float = Field(
        300, gt=0, le=MAX_TTL_S, description="lifetime of entries under query:, in seconds"
    )
    ttl_llm_s: float = Field(
        3600, gt=0, le=MAX_TTL_S, description="lifetime of entries under llm:, in seconds"
    )
    ttl_fragment_s: float = Field(
        300, gt=0, le=MAX_TTL_S, description="lifetime of pieces of templates, in seconds"
    )
    page_layer: Literal["auto", "wsgi", "flask"] = Field(
        "auto",
        description="where pages are looked up: `wsgi` before Flask, `flask` inside it; `auto`: "
        "before Flask unless the app has functions that run before or after every request",
    )
    ignore_cookies: tuple[str, ...] = Field(
        (), description="cookies that say nothing about a person; `_ga*` ignores all that begin so"
    )
    wait_s: float = Field(
        5.0, ge=0, le=60, description="longest wait for a page that another is building, in seconds"
    )
    cdn_ttl_s: int = Field(
        0,
        ge=0,
        le=int(MAX_TTL_S),
        description="seconds a purging CDN may keep pages; 0: it must ask each time",
    )
    cdn_tag_header: str = Field(
        "Surrogate-Key",
        pattern=r"^[A-Za-z][A-Za-z0-9-]*$",
        description="header with the cache tags of a page, sent when cdn_ttl_s is above 0",
    )
    sign: bool = Field(
        False, description="sign values in Redis, so that whoever can write there plants nothing"
    )

    def policy(self, threads: int) -> CachePolicy:
        """What the core's page cache is told; `threads` are those of one worker."""
        return CachePolicy(
            ignore_cookies=self.ignore_cookies,
            wait_s=self.wait_s,
            waiting_threads=max(1, threads // 2),
            cdn_ttl_s=self.cdn_ttl_s,
            cdn_tag_header=self.cdn_tag_header,
            ttls={
                "api": self.ttl_api_s,
                "workflow": self.ttl_workflow_s,
                "query": self.ttl_query_s,
                "llm": self.ttl_llm_s,
                "fragment": self.ttl_fragment_s,
            },
        )
