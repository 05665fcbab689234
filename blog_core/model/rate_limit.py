"""Rate limits, kept in the database so that all workers count together."""

from sqlalchemy import BigInteger, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from blog_core.model.declarative import Base


class RateLimit(Base):
    """One limited thing (`sign-in:account:<digest>`), and when its allowance is full again.

    `free_at_ms` is Unix time in milliseconds; a row in the past limits nothing and may be removed.
    """

    __tablename__ = "rate_limit"
    __table_args__ = (
        Index(
            "idx_rate_limit_free",
            "free_at_ms",
            info={"query": "limits that hold nobody any more, to remove them"},
        ),
    )

    key: Mapped[str] = mapped_column(String(255), primary_key=True)
    free_at_ms: Mapped[int] = mapped_column(BigInteger)
