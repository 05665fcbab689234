"""What may be kept and under which key: the core's part of caching, whoever keeps it."""

from blog_core.caching.cached import cached
from blog_core.caching.codec import Unreadable, decode_value, encode_value
from blog_core.caching.decision import Decision, decision_of
from blog_core.caching.fragments import install_fragments
from blog_core.caching.keys import canonical, digest, readable_key
from blog_core.caching.namespaces import NAMESPACES, Namespace
from blog_core.caching.page import Page, Representation, StoredPage
from blog_core.caching.policy import CachePolicy
from blog_core.caching.respond import has_etag
from blog_core.caching.serve import PageCache
from blog_core.caching.strangers import Strangers
from blog_core.caching.tables import table_tags
from blog_core.caching.target import Target, target_of
from blog_core.caching.values import get_value, set_value

__all__ = [
    "NAMESPACES",
    "CachePolicy",
    "Decision",
    "Namespace",
    "Page",
    "PageCache",
    "Representation",
    "StoredPage",
    "Strangers",
    "Target",
    "Unreadable",
    "cached",
    "canonical",
    "decision_of",
    "decode_value",
    "digest",
    "encode_value",
    "get_value",
    "has_etag",
    "install_fragments",
    "readable_key",
    "set_value",
    "table_tags",
    "target_of",
]
