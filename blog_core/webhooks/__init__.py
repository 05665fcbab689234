"""Webhooks: other programs are told what happened to posts, at least once, and none is lost."""

from blog_core.webhooks.events import EVENTS
from blog_core.webhooks.webhooks import Webhooks

__all__ = ["EVENTS", "Webhooks"]
