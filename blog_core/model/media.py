"""Uploaded files and the variants made of them."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, Integer, String, Text, false, text
from sqlalchemy.orm import Mapped, mapped_column

from blog_core.model.declarative import Base, UtcDateTime, big_id


class Media(Base):
    """A file under `data_dir/media`, addressed by the digest of its bytes."""

    __tablename__ = "media"
    __table_args__ = (
        Index(
            "idx_media_created",
            text("created_at DESC"),
            text("id DESC"),
            info={"query": "media, the newest first"},
        ),
    )

    id: Mapped[int] = mapped_column(big_id, primary_key=True)
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    path: Mapped[str] = mapped_column(String(255), unique=True)
    original_name: Mapped[str] = mapped_column(String(255))
    mime_type: Mapped[str] = mapped_column(String(100))
    size_bytes: Mapped[int] = mapped_column(Integer)
    width_px: Mapped[int | None] = mapped_column(Integer)
    height_px: Mapped[int | None] = mapped_column(Integer)
    is_animated: Mapped[bool] = mapped_column(default=False, server_default=false())
    alt: Mapped[str] = mapped_column(Text, default="", server_default="")
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class MediaVariant(Base):
    """A smaller or differently encoded copy of an image."""

    __tablename__ = "media_variant"
    __table_args__ = (
        Index(
            "uq_media_variant",
            "media_id",
            "mime_type",
            "width_px",
            unique=True,
            info={"query": "the smaller copies of an image; each size once"},
        ),
    )

    id: Mapped[int] = mapped_column(big_id, primary_key=True)
    media_id: Mapped[int] = mapped_column(ForeignKey("media.id", ondelete="CASCADE"))
    mime_type: Mapped[str] = mapped_column(String(100))
    width_px: Mapped[int] = mapped_column(Integer)
    height_px: Mapped[int] = mapped_column(Integer)
    size_bytes: Mapped[int] = mapped_column(Integer)
    path: Mapped[str] = mapped_column(String(255), unique=True)
