"""The habits of Jekyll, Hugo, Zola and Eleventy, each in small archives."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from blog_core.importing.archive import Archive, ReadOptions
from blog_core.importing.dialect import Dialect
from blog_core.importing.post import ImportedAuthor, ImportedPost
from tests.importing.conftest import NOW

Read = Callable[..., ImportedPost]
Write = Callable[[dict[str, str]], Path]


def posts_of(folder: Path) -> dict[str, ImportedPost]:
    return {post.source_key: post for post in Archive(folder, ReadOptions(now=NOW))}


def test_a_jekyll_site_is_read_by_its_own_rules(write: Write) -> None:
    folder = write(
        {
            "_config.yml": "permalink: /blog/:year/:title.html\n",
            "_posts/2026-02-03-Rye-Bread.md": (
                "---\nlayout: post\ntitle: Rye <em>bread</em> &amp; butter\ntags: rye slow-dough\n"
                "categories: [baking, Rye]\nauthor: ada\nredirect_from:\n  - /old/rye/\n---\n\n"
                "{% highlight sh %}\nknead\n{% endhighlight %}\n"
            ),
            "food/_posts/2026-02-04-beans.markdown": (
                "---\ntitle: Beans\npublished: false\n---\nText"
            ),
            "_drafts/soup.md": "---\ntitle: Soup\n---\nSoon.",
            "_includes/head.md": "never a post",
            "about.md": "---\ntitle: About\n---\nMe.",
            "_site/2026-02-03-rye-bread.md": "built",
        }
    )
    archive = Archive(folder, ReadOptions(now=NOW))
    posts = {post.slug: post for post in archive}
    assert sorted(posts) == ["beans", "rye-bread", "soup"]
    assert archive.habits.dialect is Dialect.JEKYLL
    rye = posts["rye-bread"]
    assert rye.title == "Rye bread & butter"
    assert rye.extra == {"title": "Rye <em>bread</em> &amp; butter", "layout": "post"}
    assert rye.tags == ("rye", "slow-dough", "baking")
    assert rye.authors == (ImportedAuthor("ada"),)
    assert rye.body == "```sh\nknead\n```\n"
    assert rye.redirects == ("/old/rye/", "/blog/2026/Rye-Bread.html")
    assert rye.publish_at == datetime(2026, 2, 3, tzinfo=UTC)
    assert (posts["beans"].status, posts["beans"].tags) == ("draft", ("food",))
    assert (posts["soup"].status, posts["soup"].publish_at) == ("draft", None)
    assert [(skipped.path, skipped.reason) for skipped in archive.report.skipped] == [
        ("about.md", "a page outside _posts and _drafts")
    ]


def test_a_hugo_site_is_read_by_its_own_rules(write: Write) -> None:
    folder = write(
        {
            "hugo.toml": "baseURL = 'https://example.org'\n",
            "content/_index.md": "home",
            "content/posts/_index.md": "section",
            "content/posts/rye/index.md": (
                '+++\ntitle = "Rye"\ndate = 2026-02-03T10:00:00+01:00\nlastmod = 2026-02-05\n'
                'tags = ["rye"]\naliases = ["/rye/", "https://old.example/bread"]\n'
                '[params]\nauthor = "Ada"\ncover = {image = "rye.png", alt = "A loaf"}\n+++\n'
                "![Loaf](rye.png)\n"
            ),
            "content/posts/rye/rye.png": "image",
            "content/posts/rye/notes.md": "a resource of the page",
            "content/posts/beans.md": (
                "---\ntitle: Beans\ndate: 2026-01-01\npublishDate: 2026-05-01T08:00:00Z\n"
                "slug: white-beans\nsummary: On *beans*.\n---\nText"
            ),
            "content/posts/old.md": (
                "---\ntitle: Old\ndate: 2020-01-01\nexpiryDate: 2021-01-01\n---\n"
            ),
        }
    )
    archive = Archive(folder, ReadOptions(now=NOW))
    posts = {post.slug: post for post in archive}
    assert sorted(posts) == ["old", "rye", "white-beans"]
    rye = posts["rye"]
    assert rye.publish_at == datetime(2026, 2, 3, 9, tzinfo=UTC)
    assert rye.updated_at == datetime(2026, 2, 5, tzinfo=UTC)
    assert rye.authors == (ImportedAuthor("Ada"),)
    assert rye.redirects == ("/rye/", "/bread", "/posts/rye/")
    assert rye.image == "rye.png"
    assert [(image.target, image.file) for image in rye.images] == [
        ("rye.png", folder / "content/posts/rye/rye.png")
    ]
    assert rye.extra == {
        "params": {"author": "Ada", "cover": {"image": "rye.png", "alt": "A loaf"}}
    }
    beans = posts["white-beans"]
    assert beans.created_at == datetime(2026, 1, 1, tzinfo=UTC)
    assert beans.publish_at == datetime(2026, 5, 1, 8, tzinfo=UTC)
    assert (beans.status, beans.excerpt) == ("published", "On beans.")
    assert beans.extra == {"summary": "On *beans*."}
    assert beans.redirects == ("/posts/white-beans/",)
    assert posts["old"].status == "archived"
    assert sorted(skipped.reason for skipped in archive.report.skipped) == [
        "part of the page in its folder's index.md",
        "the page of a section",
        "the page of a section",
    ]


def test_a_zola_site_is_read_by_its_own_rules(write: Write) -> None:
    folder = write(
        {
            "config.toml": 'base_url = "https://example.org"\n',
            "content/blog/2026-02-03-rye.md": (
                '+++\ntitle = "Rye"\nauthors = ["Ada", "Grace"]\ndraft = true\n'
                '[taxonomies]\ntags = ["rye"]\ncategories = ["baking"]\n[extra]\nhours = 18\n+++\n'
                "[more](@/blog/beans.md)\n"
            ),
        }
    )
    (rye,) = posts_of(folder).values()
    assert rye.status == "draft"
    assert rye.publish_at == datetime(2026, 2, 3, tzinfo=UTC)
    assert rye.authors == (ImportedAuthor("Ada"), ImportedAuthor("Grace"))
    assert rye.tags == ("rye", "baking")
    assert rye.extra == {"extra": {"hours": 18}}
    assert rye.body == "[more](/blog/beans/)\n"
    assert rye.redirects == ("/blog/rye/",)


def test_an_eleventy_site_is_read_by_its_own_rules(write: Write) -> None:
    folder = write(
        {
            "eleventy.config.js": "export default {}",
            "posts/index.md": "a list of posts",
            "posts/2026-02-03-rye.md": (
                '---json\n{"title": "Rye", "tags": "rye, slow dough", "image": "/img/rye.png",'
                ' "permalink": "/bread/rye/index.html"}\n---\n\nText {{ "/about/" | url }}\n'
            ),
            "img/rye.png": "image",
        }
    )
    (rye,) = posts_of(folder).values()
    assert rye.slug == "rye"
    assert rye.tags == ("rye", "slow dough")
    assert rye.body == "Text /about/\n"
    assert rye.redirects == ("/bread/rye/index.html",)
    assert rye.images[0].file == folder / "img/rye.png"


def test_a_file_without_front_matter_is_a_post_too(read_one: Read) -> None:
    post = read_one("# Bread *and* water\n\nText\n", "notes/bread.md")
    assert (post.title, post.slug, post.body) == ("Bread and water", "bread", "Text\n")
    assert post.status == "published"


@pytest.mark.parametrize(
    "body, name, title",
    [
        ("Bread\n=====\n\nText", "x.md", "Bread"),
        ("Text only", "2026-02-03-why_bread-wins.md", "Why bread wins"),
        ("Text\n\n# Later heading", "bread.md", "Bread"),
    ],
)
def test_a_missing_title_comes_from_the_heading_or_the_file_name(
    read_one: Read, body: str, name: str, title: str
) -> None:
    assert read_one(body, name).title == title


@pytest.mark.parametrize(
    "written, title",
    [
        ("Using `git` **well**", "Using git well"),
        ("O*NET today", "O*NET today"),
        ("5 * 3 * 2", "5 * 3 * 2"),
        ("snake_case_names", "snake_case_names"),
        ("A generic Vec<T> in Rust", "A generic Vec<T> in Rust"),
        ("[Bread](/bread) today", "Bread today"),
        ("Interior&#39;s feeds", "Interior's feeds"),
        ("2026", "2026"),
        ("true", "true"),
    ],
)
def test_titles_become_plain_text(read_one: Read, written: str, title: str) -> None:
    assert read_one(f"---\ntitle: '{written}'\n---\n").title == title


def test_a_long_title_is_cut_and_kept(read_one: Read) -> None:
    post = read_one(f"---\ntitle: {'long ' * 100}\n---\n")
    assert len(post.title) <= 255
    assert post.title.endswith("…")
    assert post.extra["title"] == ("long " * 100).strip()


@pytest.mark.parametrize(
    "head, status",
    [
        ("draft: true", "draft"),
        ("draft: yes", "draft"),
        ("draft: false", "published"),
        ("published: false", "draft"),
        ("published: no", "draft"),
        ("published: 2026-02-05", "published"),
        ("status: hidden", "hidden"),
        ("status: Draft", "draft"),
        ("private: true", "hidden"),
    ],
)
def test_whether_readers_may_see_a_post(read_one: Read, head: str, status: str) -> None:
    assert read_one(f"---\ntitle: x\n{head}\n---\n").status == status


def test_a_date_to_come_makes_a_post_scheduled(read_one: Read) -> None:
    post = read_one("---\ntitle: x\ndate: 2027-01-01\n---\n")
    assert (post.status, post.publish_at) == ("published", datetime(2027, 1, 1, tzinfo=UTC))


def test_dates_without_an_offset_are_in_the_zone_given(read_one: Read) -> None:
    post = read_one(
        "---\ntitle: x\ndate: 2026-07-03 10:00\n---\n", zone=ZoneInfo("America/New_York")
    )
    assert post.publish_at == datetime(2026, 7, 3, 14, tzinfo=UTC)


def test_a_date_that_is_none_is_noted_and_kept(write: Write) -> None:
    archive = Archive(
        write({"2026-02-03-x.md": "---\ntitle: x\ndate: soon\n---\n"}), ReadOptions(now=NOW)
    )
    (post,) = archive
    assert post.publish_at == datetime(2026, 2, 3, tzinfo=UTC)
    assert post.extra == {"date": "soon"}
    assert archive.report.files[0].notes == (
        "date: found 'soon', expected a date; left in the extras",
    )


@pytest.mark.parametrize(
    "head, names",
    [
        ("author: Ada", ["Ada"]),
        ("author: King, Jr.", ["King, Jr."]),
        ("authors: ada, grace", ["ada", "grace"]),
        ("authors: ada and grace", ["ada", "grace"]),
        ("authors: [ada, grace, Ada]", ["Ada", "grace"]),
        ("authors:\n  - name: Ada\n    email: ada@example.org\n  - grace", ["Ada", "grace"]),
        ("author: {name: Ada, url: 'https://example.org'}", ["Ada"]),
        ("title2: x", []),
    ],
)
def test_authors_in_every_form(read_one: Read, head: str, names: list[str]) -> None:
    assert [author.name for author in read_one(f"---\ntitle: x\n{head}\n---\n").authors] == names


def test_an_author_may_bring_an_address(read_one: Read) -> None:
    post = read_one("---\ntitle: x\nauthors: ['Ada <ada@example.org>']\n---\n")
    assert post.authors == (ImportedAuthor("Ada", "ada@example.org"),)


@pytest.mark.parametrize(
    "head, tags",
    [
        ("tags: rye slow", ("rye", "slow")),
        ("tags: rye, slow dough", ("rye", "slow dough")),
        ("tags: [Rye, rye, 2026, null]", ("Rye", "2026")),
        ("category: slow dough", ("slow dough",)),
        ("tags: []", ()),
        ("tags: ['!!!', C++]", ("C++",)),
    ],
)
def test_tags_in_every_form(read_one: Read, head: str, tags: tuple[str, ...]) -> None:
    assert read_one(f"---\ntitle: x\n{head}\n---\n").tags == tags


@pytest.mark.parametrize(
    "head, image",
    [
        ("image: /a.png", "/a.png"),
        ("hero: false\nimage:\ncover: a.png", "a.png"),
        ("images: [a.png, b.png]", "a.png"),
        ("header:\n  image: a.png", "a.png"),
        ("featured_image: {src: a.png, alt: A}", "a.png"),
        ("hero: true", None),
    ],
)
def test_the_image_in_every_form(read_one: Read, head: str, image: str | None) -> None:
    assert read_one(f"---\ntitle: x\n{head}\n---\n").image == image


@pytest.mark.parametrize(
    "alias, path",
    [
        ("/a/b/", "/a/b/"),
        ("a/b", "/a/b"),
        ("https://old.example/a?b#c", "/a"),
        ("/caf%C3%A9", "/café"),
    ],
)
def test_old_addresses_become_paths(read_one: Read, alias: str, path: str) -> None:
    assert path in read_one(f"---\ntitle: x\naliases: ['{alias}']\n---\n").redirects


@pytest.mark.parametrize(
    "alias", ["/../etc/passwd", "/a\\\\b", "/a b", "/a%0d%0aSet-Cookie:x", "/:year/x"]
)
def test_an_address_that_can_be_no_redirect_is_kept_as_an_extra(read_one: Read, alias: str) -> None:
    post = read_one(f'---\ntitle: x\naliases: ["{alias}"]\n---\n')
    assert post.redirects == ("/2026/02/03/a-post/",)
    assert "aliases" in post.extra


def test_both_days_of_an_address_lead_to_the_post(read_one: Read) -> None:
    """Some generators take the day of the file name, others that of the date as it is written."""
    post = read_one("---\ntitle: x\ndate: 2026-02-02T23:00:00-05:00\n---\n")
    assert post.redirects == ("/2026/02/03/a-post/", "/2026/02/02/a-post/")


def test_comments_can_be_closed(read_one: Read) -> None:
    assert read_one("---\ntitle: x\ncomments: false\n---\n").comments_open is False
    assert read_one("---\ntitle: x\n---\n").comments_open is True


def test_what_has_no_place_is_kept_and_reported(write: Write) -> None:
    head = "title: x\nlayout: post\nmood: calm\nparts: [1, {a: 2.5}]\nempty:\n"
    archive = Archive(write({"2026-02-03-x.md": f"---\n{head}---\n"}), ReadOptions(now=NOW))
    (post,) = archive
    assert post.extra == {"layout": "post", "mood": "calm", "parts": [1, {"a": 2.5}]}
    assert archive.report.files[0].unknown_keys == ("mood", "parts")
