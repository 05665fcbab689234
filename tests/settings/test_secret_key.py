"""The key that a blog without one makes for itself."""

from pathlib import Path

from blog_core.settings import kept_secret_key


def test_a_key_is_made_once_and_kept_for_the_owner_alone(tmp_path: Path) -> None:
    key = kept_secret_key(tmp_path)
    assert len(key) >= 43
    assert kept_secret_key(tmp_path) == key
    assert [file.name for file in tmp_path.iterdir()] == ["secret_key"]
    assert (tmp_path / "secret_key").stat().st_mode & 0o777 == 0o600


def test_two_blogs_have_two_keys(tmp_path: Path) -> None:
    folders = [tmp_path / "a", tmp_path / "b"]
    for folder in folders:
        folder.mkdir()
    assert kept_secret_key(folders[0]) != kept_secret_key(folders[1])
