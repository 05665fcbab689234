"""`blog backup` and `blog restore` from the command line."""

from pathlib import Path

from tests.flows.world import World


def run(world: World, *arguments: str, exit_code: int = 0) -> str:
    result = world.app.test_cli_runner().invoke(args=["blog", *arguments])
    assert result.exit_code == exit_code, result.output
    return str(result.output)


def test_the_commands_tell_what_they_did_and_what_comes_next(
    blog: World, empty: World, tmp_path: Path
) -> None:
    file = tmp_path / "saved.zip"
    said = run(blog, "backup", str(file))
    assert f"{file}: " in said
    assert "1 in account, 1 in comment, 1 in media, 2 in post" in said
    drilled = run(empty, "restore", str(file), "--drill")
    assert "The drill went well: this backup can be restored. Nothing here was changed." in drilled
    assert "Restored. Start `blog serve` again." in run(empty, "restore", str(file))
    refused = run(empty, "restore", str(file), exit_code=1)
    assert "the blog here has content" in refused
    replaced = run(empty, "restore", str(file), "--replace")
    assert "What was here before is kept in " in replaced
