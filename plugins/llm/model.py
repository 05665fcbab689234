"""The plugin's tables: prompts, calls, the till with its ledger and prices, and suggestions."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, Boolean, Date, ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from blog_core.api import Base, UtcDateTime, big_id, json_value


class LlmPrompt(Base):
    """A prompt template as a site owner edited it; the highest version is in use. Rows are only
    added."""

    __tablename__ = "llm_prompt"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    version: Mapped[int] = mapped_column(Integer, primary_key=True)
    text: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    account_id: Mapped[int | None] = mapped_column(big_id)


class LlmCall(Base):
    """One call to a model. `running_key` is the digest of what was sent while it runs, so that a
    second one like it cannot begin. `text` grows while it runs, if another process watches it."""

    __tablename__ = "llm_call"
    __table_args__ = (Index("idx_llm_call_ended", "ended_at"),)

    id: Mapped[int] = mapped_column(big_id, primary_key=True)
    key: Mapped[str] = mapped_column(String(40))
    running_key: Mapped[str | None] = mapped_column(String(40), unique=True)
    worker: Mapped[str] = mapped_column(String(40))
    state: Mapped[str] = mapped_column(String(12))
    stop_asked: Mapped[bool] = mapped_column(Boolean, default=False)
    is_watched: Mapped[bool] = mapped_column(Boolean, default=False)
    began_at: Mapped[datetime] = mapped_column(UtcDateTime)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    prompt: Mapped[list[Any] | None] = mapped_column(json_value)
    text: Mapped[str] = mapped_column(Text, default="")


class LlmLedger(Base):
    """One request of a person: what it cost, or what it saved. A reserved row has not ended."""

    __tablename__ = "llm_ledger"
    __table_args__ = (
        Index("idx_llm_ledger_at", "at"),
        Index("idx_llm_ledger_call", "call_id"),
    )

    id: Mapped[int] = mapped_column(big_id, primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    account_id: Mapped[int | None] = mapped_column(big_id)
    post_id: Mapped[int | None] = mapped_column(big_id)
    action: Mapped[str] = mapped_column(String(40))
    model: Mapped[str] = mapped_column(String(120))
    prompt: Mapped[str] = mapped_column(String(200))
    key: Mapped[str] = mapped_column(String(40))
    call_id: Mapped[int | None] = mapped_column(big_id)
    outcome: Mapped[str] = mapped_column(String(12))
    reserved_tokens: Mapped[int] = mapped_column(BigInteger, default=0)
    reserved_micros: Mapped[int] = mapped_column(BigInteger, default=0)
    input_tokens: Mapped[int] = mapped_column(BigInteger, default=0)
    cached_tokens: Mapped[int] = mapped_column(BigInteger, default=0)
    output_tokens: Mapped[int] = mapped_column(BigInteger, default=0)
    exact: Mapped[bool] = mapped_column(Boolean, default=False)
    priced: Mapped[bool] = mapped_column(Boolean, default=False)
    cost_micros: Mapped[int] = mapped_column(BigInteger, default=0)
    saved_micros: Mapped[int] = mapped_column(BigInteger, default=0)
    first_ms: Mapped[int | None] = mapped_column(Integer)
    total_ms: Mapped[int | None] = mapped_column(Integer)


class LlmTill(Base):
    """What was used and what is reserved in one period: `day:2026-11-24`, `month:2026-11`,
    `user:7:2026-11-24`."""

    __tablename__ = "llm_till"

    period: Mapped[str] = mapped_column(String(60), primary_key=True)
    used_tokens: Mapped[int] = mapped_column(BigInteger, default=0)
    used_micros: Mapped[int] = mapped_column(BigInteger, default=0)
    reserved_tokens: Mapped[int] = mapped_column(BigInteger, default=0)
    reserved_micros: Mapped[int] = mapped_column(BigInteger, default=0)


class LlmPrice(Base):
    """What a model costs from a day on, in millionths of the currency for a million tokens."""

    __tablename__ = "llm_price"

    model: Mapped[str] = mapped_column(String(120), primary_key=True)
    since: Mapped[date] = mapped_column(Date, primary_key=True)
    input_micros: Mapped[int] = mapped_column(BigInteger)
    cached_micros: Mapped[int] = mapped_column(BigInteger)
    output_micros: Mapped[int] = mapped_column(BigInteger)


class LlmSuggestion(Base):
    """What an action proposes for a field of a post, piece by piece, and what became of each.

    `material` holds the texts that were sent, the one that the pieces are cut from among them. They
    and the texts in `pieces` go when the suggestion is decided, unless `[llm] store_texts` keeps
    them. Provenance stays.
    """

    __tablename__ = "llm_suggestion"
    __table_args__ = (
        Index("idx_llm_suggestion_post", "post_id", "id"),
        Index("idx_llm_suggestion_call", "call_id"),
    )

    id: Mapped[int] = mapped_column(big_id, primary_key=True)
    post_id: Mapped[int | None] = mapped_column(ForeignKey("post.id", ondelete="CASCADE"))
    account_id: Mapped[int | None] = mapped_column(big_id)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    action: Mapped[str] = mapped_column(String(40))
    stage_id: Mapped[str | None] = mapped_column(String(100))
    field: Mapped[str] = mapped_column(String(40))
    state: Mapped[str] = mapped_column(String(12))
    variant: Mapped[int] = mapped_column(Integer, default=0)
    call_id: Mapped[int | None] = mapped_column(big_id)
    version: Mapped[int] = mapped_column(Integer, default=1)
    provenance: Mapped[dict[str, Any]] = mapped_column(json_value)
    message: Mapped[str] = mapped_column(Text, default="")
    base_digest: Mapped[str] = mapped_column(String(40))
    material: Mapped[dict[str, Any]] = mapped_column(json_value)
    pieces: Mapped[list[Any]] = mapped_column(json_value)
