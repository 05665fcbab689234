"""The word of a browser that a post is open, and who else has it open, as JSON."""

from flask import Response, jsonify, request

from blog_core.api import current_site
from plugins.workflow.people.presence import EVERY_S, Other, gone, here


def presence(post_id: int) -> Response:
    """Asked every few seconds while the page is in sight, and once more when it is closed."""
    others: tuple[Other, ...] = ()
    with current_site().transaction() as session:
        if request.form.get("gone"):
            gone(session, post_id=post_id)
        else:
            others = here(session, post_id=post_id, place=request.form.get("place", ""))
    people = [{"name": other.name, "place": other.place} for other in others]
    return jsonify(others=people, again_s=EVERY_S)
