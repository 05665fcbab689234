"""Saving: each explicit save is a revision, and nobody's text is ever overwritten."""

import pytest
from sqlalchemy import select

from blog_core.content import desk
from blog_core.content.posts import create_post, delete_post, set_authors
from blog_core.content.publishing import publish, set_tags
from blog_core.content.revisions import restore_revision, save_revision, text_of
from blog_core.content.text import PostText
from blog_core.content.working_copies import discard_working_copy, save_working_copy
from blog_core.errors import Conflict, Forbidden, NotFound, NotSignedIn, TooLarge, ValidationError
from blog_core.model import Post, Revision, WorkingCopy


def bodies(site, post_id):
    with site.transaction() as session:
        found = select(Revision.body).where(Revision.post_id == post_id).order_by(Revision.number)
        return list(session.scalars(found))


def test_a_save_makes_a_revision_and_moves_the_version(site, people, draft):
    post = draft(people.author, body="first")
    with site.transaction(people.author) as session:
        saved = save_revision(
            session, post_id=post.post_id, version=1, text=PostText(title="T", body="second")
        )
    assert (saved.version, saved.number) == (2, 2)
    assert bodies(site, post.post_id) == ["first", "second"]


def test_a_save_on_an_old_version_names_both_and_writes_nothing(site, people, draft):
    post = draft(people.editor, body="first")
    with site.transaction(people.editor) as session:
        save_revision(
            session, post_id=post.post_id, version=1, text=PostText(title="T", body="mine")
        )
    with (
        pytest.raises(Conflict, match="is at version 2, but the change was made on version 1") as e,
        site.transaction(people.admin) as session,
    ):
        save_revision(
            session, post_id=post.post_id, version=1, text=PostText(title="T", body="theirs")
        )
    assert (e.value.seen, e.value.current) == (1, 2)
    assert bodies(site, post.post_id) == ["first", "mine"]


def test_saving_the_same_text_twice_makes_one_revision(site, people, draft):
    post = draft(people.author, title="Same", body="text")
    with site.transaction(people.author) as session:
        saved = save_revision(
            session, post_id=post.post_id, version=1, text=PostText(title="Same", body="text")
        )
    assert (saved.version, saved.revision_id) == (1, post.revision_id)


def test_an_old_revision_comes_back_as_a_new_one(site, people, draft):
    post = draft(people.author, body="first")
    with site.transaction(people.author) as session:
        saved = save_revision(
            session, post_id=post.post_id, version=1, text=PostText(title="T", body="second")
        )
        restored = restore_revision(
            session, post_id=post.post_id, version=saved.version, revision_id=post.revision_id
        )
    assert restored.number == 3
    assert bodies(site, post.post_id) == ["first", "second", "first"]


def test_a_revision_of_another_post_cannot_be_restored(site, people, draft):
    one, other = draft(people.author), draft(people.author)
    with pytest.raises(NotFound), site.transaction(people.author) as session:
        restore_revision(session, post_id=one.post_id, version=1, revision_id=other.revision_id)


def test_all_faults_of_a_text_are_named_at_once(site, people):
    text = PostText(
        title="", excerpt="x" * 2_001, image="javascript:alert(1)", tags=("ok", "!!", "y" * 101)
    )
    with pytest.raises(ValidationError) as e, site.transaction(people.author) as session:
        create_post(session, text=text)
    assert [(error.field, error.code) for error in e.value.errors] == [
        ("title", "required"),
        ("excerpt", "too_long"),
        ("image", "invalid"),
        ("tags", "invalid"),
        ("tags", "too_long"),
    ]
    assert "title: found nothing, expected some text" in str(e.value)


def test_a_text_above_the_limit_is_refused_before_anything_else(site, people):
    with (
        pytest.raises(TooLarge, match="1,000,001 bytes; at most 1,000,000"),
        site.transaction(people.author) as session,
    ):
        create_post(session, text=PostText(title="", body="x" * 1_000_001))


def test_equal_titles_get_numbered_addresses(draft, people):
    slugs = [draft(people.author, title="Same again").slug for _ in range(12)]
    assert slugs == ["same-again", *(f"same-again-{n}" for n in range(2, 13))]


def test_a_given_slug_that_is_taken_is_refused(site, people, draft):
    draft(people.author, title="Mine")
    with (
        pytest.raises(ValidationError, match="slug: found 'mine', which another post has or had"),
        site.transaction(people.author) as session,
    ):
        create_post(session, text=PostText(title="Other"), slug="mine")


def test_a_contributor_edits_a_draft_of_their_own_and_nothing_else(site, people, draft, published):
    own, others, public = (
        draft(people.contributor),
        draft(people.author),
        published(people.author, authors=[people.contributor]),
    )
    new = PostText(title="T", body="new")
    with site.transaction(people.contributor) as session:
        save_revision(session, post_id=own.post_id, version=1, text=new)
    with pytest.raises(NotFound), site.transaction(people.contributor) as session:
        save_revision(session, post_id=others.post_id, version=1, text=new)
    with (
        pytest.raises(Forbidden, match="Contributor may not edit-posts on post"),
        site.transaction(people.contributor) as session,
    ):
        save_revision(session, post_id=public.post_id, version=None, text=new)


def test_a_stranger_makes_no_post(site, people):
    with pytest.raises(NotSignedIn), site.transaction(people.stranger) as session:
        create_post(session, text=PostText(title="T"))


def test_a_deleted_post_takes_all_that_was_its_own_along(site, people, published):
    post = published(people.author, tags=("x",))
    with site.transaction(people.author) as session:
        delete_post(session, post_id=post.post_id, version=post.version)
    with site.transaction() as session:
        assert session.scalars(select(Post)).all() == []
        assert session.scalars(select(Revision)).all() == []


# --- working copies -------------------------------------------------------------------------------


def test_autosave_overwrites_one_row_and_leaves_the_post_alone(site, people, draft):
    post = draft(people.author)
    version = None
    for body in ("a", "ab", "abc"):
        with site.transaction(people.author) as session:
            saved = save_working_copy(
                session, post_id=post.post_id, version=version, text=PostText(title="", body=body)
            )
            version = saved.version
    assert (saved.version, saved.post_version) == (3, 1)
    assert desk.post(site, people.author, post.post_id).working_copy["body"] == "abc"
    assert bodies(site, post.post_id) == ["text"]


def test_a_second_window_does_not_overwrite_the_first(site, people, draft):
    post = draft(people.author)

    def keep(version, body):
        with site.transaction(people.author) as session:
            return save_working_copy(
                session, post_id=post.post_id, version=version, text=PostText(title="", body=body)
            )

    keep(None, "first window")
    for version in (None, 7):
        with pytest.raises(Conflict, match="working copy of post"):
            keep(version, "second window")
    assert desk.post(site, people.author, post.post_id).working_copy["body"] == "first window"


def test_each_editor_has_a_copy_of_their_own(site, people, draft):
    post = draft(people.author)
    for actor in (people.author, people.editor):
        with site.transaction(actor) as session:
            text = PostText(title="", body=actor.name)
            save_working_copy(session, post_id=post.post_id, version=None, text=text)
    assert desk.post(site, people.editor, post.post_id).working_copy["body"] == "Editor"


def test_a_save_keeps_a_copy_that_holds_newer_text(site, people, draft):
    post = draft(people.author)
    with site.transaction(people.author) as session:
        newer = PostText(title="", body="typed in another window")
        save_working_copy(session, post_id=post.post_id, version=None, text=newer)
        save_revision(
            session, post_id=post.post_id, version=1, text=PostText(title="T", body="saved")
        )
        assert session.scalars(select(WorkingCopy.body)).all() == ["typed in another window"]
        save_revision(
            session,
            post_id=post.post_id,
            version=2,
            text=PostText(title="T", body="saved again"),
            working_copy_version=1,
        )
        assert session.scalars(select(WorkingCopy.body)).all() == []


def test_only_the_copy_that_was_seen_is_thrown_away(site, people, draft):
    post = draft(people.author)
    with site.transaction(people.author) as session:
        text = PostText(title="", body="x")
        save_working_copy(session, post_id=post.post_id, version=None, text=text)
        with pytest.raises(Conflict):
            discard_working_copy(session, post_id=post.post_id, version=9)
        discard_working_copy(session, post_id=post.post_id, version=1)
        with pytest.raises(NotFound):
            discard_working_copy(session, post_id=post.post_id, version=1)


# --- authors and tags -----------------------------------------------------------------------------


def test_only_editors_name_other_authors(site, people, draft):
    post = draft(people.author)
    with (
        pytest.raises(Forbidden, match="may not assign-authors"),
        site.transaction(people.author) as session,
    ):
        set_authors(session, post_id=post.post_id, version=1, author_ids=[1, 3])
    with site.transaction(people.editor) as session:
        set_authors(session, post_id=post.post_id, version=1, author_ids=[1, 3, 1])
    row = desk.post(site, people.editor, post.post_id).row
    assert [author["id"] for author in row["authors"]] == [1, 3]
    assert row["author_id"] == 1


def test_unknown_authors_are_named(site, people, draft):
    post = draft(people.author)
    with (
        pytest.raises(ValidationError, match="authors: found no account 98, 99"),
        site.transaction(people.editor) as session,
    ):
        set_authors(session, post_id=post.post_id, version=1, author_ids=[1, 98, 99])


def test_new_tags_of_a_published_post_wait_for_its_other_changes(site, people, published):
    post = published(people.author, tags=("old",))
    with site.transaction(people.author) as session:
        at_once = set_tags(session, post_id=post.post_id, version=post.version, tags=("new",))
        row = session.get(Post, post.post_id)
        assert row.head_revision_id == row.published_revision_id
        saved = save_revision(
            session, post_id=post.post_id, version=at_once, text=PostText(title="T", body="more")
        )
        set_tags(session, post_id=post.post_id, version=saved.version, tags=("later",))
    row = desk.post(site, people.author, post.post_id).row
    assert [tag["name"] for tag in row["tags"]] == ["new"]
    assert row["head_tags"] == ["later"]
    with site.transaction(people.author) as session:
        publish(session, post_id=post.post_id, version=row["version"])
    tags = desk.post(site, people.author, post.post_id).row["tags"]
    assert [tag["name"] for tag in tags] == ["later"]


def test_a_revision_gives_its_text_back_as_it_was(site, people, draft):
    text = PostText(
        title="Tïtle", body="# 😀\n\ttabs \n", excerpt="e", image="/i.png", tags=("b", "a")
    )
    with site.transaction(people.author) as session:
        saved = create_post(session, text=text)
        assert text_of(session.get(Revision, saved.revision_id)) == text
