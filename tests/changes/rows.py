"""Rows to write to, with everything the tables want."""

from datetime import UTC, datetime

from blog_core.model import Account, Comment, Post

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


def account(number: int, **values) -> Account:
    usual = {"name": f"A{number}", "slug": f"a{number}", "created_at": NOW, "updated_at": NOW}
    return Account(id=number, **(usual | values))


def post(number: int, **values) -> Post:
    return Post(id=number, **(post_values(number) | values))


def post_values(number: int) -> dict[str, object]:
    times = {"created_at": NOW, "updated_at": NOW, "publish_at": NOW}
    return {
        "slug": f"p{number}",
        "title": f"P{number}",
        "status": "published",
        "author_id": 1,
        **times,
    }


def comment(post_id: int, **values) -> Comment:
    usual = {"author_name": "Rea", "body": "Good", "html": "Good", "created_at": NOW}
    return Comment(post_id=post_id, **(usual | values))
