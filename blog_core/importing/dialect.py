"""The habits of site generators: how an archive shows whose it is, and what follows from that."""

import re
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from blog_core.importing.yaml_values import YamlFault, parse_yaml


class Dialect(StrEnum):
    """Who read these files before. `MIXED` knows the tags of all; `PLAIN` leaves tags alone."""

    JEKYLL = "jekyll"
    HUGO = "hugo"
    ZOLA = "zola"
    ELEVENTY = "eleventy"
    MIXED = "mixed"
    PLAIN = "plain"

    @property
    def has_liquid(self) -> bool:
        """Whether `{% tag %}` and `{{ name | filter }}` mean something."""
        return self in {Dialect.JEKYLL, Dialect.ELEVENTY, Dialect.MIXED}

    @property
    def has_hugo_shortcodes(self) -> bool:
        """Whether `{{< name >}}` and `{{% name %}}` mean something."""
        return self in {Dialect.HUGO, Dialect.MIXED}

    @property
    def has_calls(self) -> bool:
        """Whether `{{ name(key="value") }}` means something."""
        return self in {Dialect.ZOLA, Dialect.ELEVENTY, Dialect.MIXED}


_SIGNS: tuple[tuple[Dialect, tuple[str, ...]], ...] = (
    (Dialect.ELEVENTY, (".eleventy.js", "eleventy.config.js", "eleventy.config.mjs",
                        "eleventy.config.cjs", "eleventy.config.ts")),
    (Dialect.HUGO, ("hugo.toml", "hugo.yaml", "hugo.yml", "hugo.json", "config/_default",
                    "archetypes")),
    (Dialect.JEKYLL, ("_config.yml", "_config.yaml", "_posts", "_drafts")),
)  # fmt: skip
_NAMED_PATTERNS = {
    "date": "/:categories/:year/:month/:day/:title.html",
    "pretty": "/:categories/:year/:month/:day/:title/",
    "ordinal": "/:categories/:year/:y_day/:title.html",
    "none": "/:categories/:title.html",
}
_USUAL_PATTERN = "/:year/:month/:day/:title/"
_MAX_CONFIG_BYTES = 256 * 1024


@dataclass(frozen=True, slots=True)
class Habits:
    """What an archive's generator tells about it.

    `address_patterns` give the old address of a dated file; with `has_path_addresses` a file's old
    address is its path below `content`. `only_post_folders` says that posts lie in `_posts` and
    `_drafts` and nowhere else.
    """

    dialect: Dialect
    address_patterns: tuple[str, ...] = (_USUAL_PATTERN,)
    has_path_addresses: bool = False
    only_post_folders: bool = False
    content_folder: str = ""


def habits_of(root: Path, dialect: Dialect | None = None) -> Habits:
    """The habits of the archive at `root`, of the generator named or else of the one recognised."""
    dialect = dialect or recognise(root)
    if dialect in {Dialect.HUGO, Dialect.ZOLA}:
        content = "content" if (root / "content").is_dir() else ""
        return Habits(dialect, (), has_path_addresses=True, content_folder=content)
    if dialect is Dialect.JEKYLL:
        has_posts = (root / "_posts").is_dir() or (root / "_drafts").is_dir()
        return Habits(dialect, _jekyll_patterns(root), only_post_folders=has_posts)
    if dialect is Dialect.PLAIN:
        return Habits(dialect, ())
    return Habits(dialect)


def recognise(root: Path) -> Dialect:
    """Whose archive this is, by the configuration files and folders at its top."""
    for dialect, names in _SIGNS:
        if any((root / name).exists() for name in names):
            return dialect
    config = _small_text(root / "config.toml") or _small_text(root / "zola.toml")
    if re.search(r"^\s*base_url\s*=", config, re.MULTILINE):
        return Dialect.ZOLA
    if re.search(r"^\s*baseURL\s*=", config, re.MULTILINE | re.IGNORECASE):
        return Dialect.HUGO
    return Dialect.MIXED


def _jekyll_patterns(root: Path) -> tuple[str, ...]:
    """The permalink of `_config.yml`; Jekyll's own default when it names none."""
    config = _small_text(root / "_config.yml") or _small_text(root / "_config.yaml")
    if not config:
        return (_USUAL_PATTERN,)
    try:
        values = parse_yaml(config)
    except YamlFault:
        return (_USUAL_PATTERN,)
    named = values.get("permalink") if isinstance(values, dict) else None
    pattern = named if isinstance(named, str) else "date"
    return (_NAMED_PATTERNS.get(pattern, pattern),)


def _small_text(path: Path) -> str:
    if path.is_symlink() or not path.is_file() or path.stat().st_size > _MAX_CONFIG_BYTES:
        return ""
    return path.read_text(encoding="utf-8", errors="replace")
