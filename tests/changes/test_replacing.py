"""SQLite's OR REPLACE removes rows without a delete trigger; what they stood in is touched."""

import pytest
from sqlalchemy import insert, text

from blog_core.model import Post
from blog_core.site import SYSTEM
from tests.changes.rows import post_values

WHERE_POST_1_STOOD = {"post:1", "posts", "updates", "tag:1", "account:1"}


@pytest.fixture(scope="module")
def database_url(tmp_path_factory):
    return f"sqlite:///{tmp_path_factory.mktemp('database') / 'blog.db'}"


def test_a_row_replaced_by_its_slug_is_touched(filled, ear):
    draft = post_values(8) | {"slug": "p1", "status": "draft", "publish_at": None}
    with ear() as heard, filled.transaction(SYSTEM) as session:
        session.execute(insert(Post).prefix_with("OR REPLACE"), [draft])
    assert heard.tags >= WHERE_POST_1_STOOD


def test_a_row_replaced_by_its_number_is_touched(filled, ear):
    draft = post_values(8) | {"id": 1, "status": "draft", "publish_at": None}
    with ear() as heard, filled.transaction(SYSTEM) as session:
        session.execute(insert(Post).prefix_with("OR REPLACE"), [draft])
    assert heard.tags >= WHERE_POST_1_STOOD


def test_a_row_displaced_by_an_update_is_touched(filled, ear):
    with ear() as heard, filled.transaction(SYSTEM) as session:
        session.execute(text("UPDATE OR REPLACE post SET slug = 'p1' WHERE id = 2"))
    assert heard.tags >= WHERE_POST_1_STOOD
