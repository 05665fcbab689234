"""The pages that are kept on this host and would be served: for checks and for the admin."""

import time
from collections.abc import Iterator
from dataclasses import dataclass

from blog_core.api import StoredPage, Unreadable

from .provider import BlogCache, namespace_of
from .record import Record, read_record


@dataclass(frozen=True, slots=True)
class KeptPage:
    """A page and the record that it came from."""

    page: StoredPage
    record: Record


def kept_pages(cache: BlogCache) -> Iterator[KeptPage]:
    """Every valid page, each once: from the shelf, else from this process's memory."""
    for record in _records(cache):
        if record.expires_at <= time.time() or record.current_stamp(cache.stamps) is None:
            continue
        try:
            page = StoredPage.decode(record.value)
        except Unreadable:
            continue  # a value of another namespace
        yield KeptPage(page, record)


def _records(cache: BlogCache) -> Iterator[Record]:
    if cache.shelf is None:
        for key, item in list(cache.memory.items.items()):
            if namespace_of(key) == "page":
                yield Record.of(key, item.entry, item.stamp, item.built_s)
        return
    for payload in cache.shelf.payloads():
        record = read_record(payload)
        if record is not None:
            yield record
