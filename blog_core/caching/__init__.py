"""What may be kept and under which key: the core's part of caching, whoever keeps it."""

from blog_core.caching.cached import cached
from blog_core.caching.codec import Unreadable, decode_value, encode_value
from blog_core.caching.keys import canonical, digest, readable_key
from blog_core.caching.namespaces import NAMESPACES, Namespace, checked_ttl
from blog_core.caching.page import Page, StoredPage
from blog_core.caching.policy import CachePolicy
from blog_core.caching.serve import PageCache

__all__ = [
    "NAMESPACES",
    "CachePolicy",
    "Namespace",
    "Page",
    "PageCache",
    "StoredPage",
    "Unreadable",
    "cached",
    "canonical",
    "checked_ttl",
    "decode_value",
    "digest",
    "encode_value",
    "readable_key",
]
