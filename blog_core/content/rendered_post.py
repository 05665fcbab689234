"""A text rendered once, as the columns of a post that readers get."""

from typing import Any

from blog_core.content.text import PostText
from blog_core.rendering import Pictures, Rendered, render_markdown


def published_columns(
    text: PostText, rendered: Rendered | None = None, *, pictures: Pictures | None = None
) -> dict[str, Any]:
    """Every column of `post` that comes from its text. `rendered` saves rendering it again."""
    rendered = rendered or render_markdown(text.body, pictures=pictures)
    image = text.image or (rendered.first_image.src if rendered.first_image else None)
    return {
        "title": text.title,
        "body": text.body,
        "html": rendered.html,
        "toc": [
            {"level": heading.level, "id": heading.id, "text": heading.text}
            for heading in rendered.toc
        ],
        "words": rendered.words,
        "reading_time_min": rendered.reading_time_min,
        "excerpt": text.excerpt or rendered.excerpt,
        "image": image if image and len(image) <= 1024 else None,
    }
