"""Signatures of messages, after the Standard Webhooks form: whoever has the secret can check them.

A message's id, its time and its body are signed together, so that none of them can be exchanged
and an old message cannot be sent again unnoticed.
"""

import base64
import hmac
from datetime import datetime
from hashlib import sha256
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from blog_core.site import Site

PREFIX = "whsec_"
SIGNATURE_VERSION = "v1"


def secret_of(site: "Site", salt: str) -> str:
    """A webhook's secret: made of its salt and the blog's key, so that the database alone tells
    nobody. Another `secret_key` makes other secrets."""
    token = site.access.sign("webhook", salt)
    return PREFIX + base64.b64encode(sha256(token.encode()).digest()).decode()


def signed_headers(
    secret: str, *, message_id: str, at: datetime, body: bytes
) -> tuple[tuple[str, str], ...]:
    """The headers that prove where a message comes from."""
    timestamp = str(int(at.timestamp()))
    return (
        ("webhook-id", message_id),
        ("webhook-timestamp", timestamp),
        (
            "webhook-signature",
            f"{SIGNATURE_VERSION},{signature(secret, message_id, timestamp, body)}",
        ),
    )


def signature(secret: str, message_id: str, timestamp: str, body: bytes) -> str:
    """The signature of a message, in base64."""
    key = base64.b64decode(secret.removeprefix(PREFIX))
    signed = f"{message_id}.{timestamp}.".encode() + body
    return base64.b64encode(hmac.digest(key, signed, "sha256")).decode()
