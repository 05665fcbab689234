"""Text to safe HTML. Plain functions: no Flask, no database, no settings."""

from blog_core.rendering.characters import legal_text
from blog_core.rendering.limits import MAX_COMMENT_BYTES, MAX_TEXT_BYTES
from blog_core.rendering.markdown import render_comment, render_markdown
from blog_core.rendering.pictures import Picture, Pictures, Source
from blog_core.rendering.plain_text import MAX_EXCERPT_CHARS, shorten, word_count
from blog_core.rendering.rendered import Heading, Image, Rendered
from blog_core.rendering.sanitiser import Profile, sanitise
from blog_core.rendering.trusted import json_data, stored_html

__all__ = [
    "MAX_COMMENT_BYTES",
    "MAX_EXCERPT_CHARS",
    "MAX_TEXT_BYTES",
    "Heading",
    "Image",
    "Picture",
    "Pictures",
    "Profile",
    "Rendered",
    "Source",
    "json_data",
    "legal_text",
    "render_comment",
    "render_markdown",
    "sanitise",
    "shorten",
    "stored_html",
    "word_count",
]
