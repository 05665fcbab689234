"""The README's example runs, and its commands exist."""

import re
from pathlib import Path

from flask import Flask

from blog_core.cli.commands import COMMANDS
from blog_core.model.migrate import migrate

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_example_of_a_host_app_runs(tmp_path: Path):
    code = re.search(r"```python\n(.*?)```", README, re.DOTALL)
    assert code is not None
    names: dict[str, object] = {"__name__": "readme_example"}
    source = code[1].replace(
        'app.config["BLOG"] = {', f'app.config["BLOG"] = {{"data_dir": {str(tmp_path)!r}, '
    )
    exec(compile(source, "README.md", "exec"), names)  # our own text
    app = names["app"]
    assert isinstance(app, Flask)
    site = app.extensions["blog"]["blog"]
    with site.activate():
        migrate(site)
    assert b"The workshop journal" in app.test_client().get("/journal/").data
    site.ports.executor.close()


def test_every_command_of_the_readme_exists():
    lines = re.findall(r"^blog ([a-z]+)|`blog ([a-z]+)", README, re.MULTILINE)
    commands = {first or second for first, second in lines}
    assert commands <= set(COMMANDS), commands - set(COMMANDS)
    assert {"init", "migrate", "serve", "import", "export"} <= commands


def test_every_file_that_the_readme_links_to_is_there():
    for target in re.findall(r"\]\(([^)#]+)\)", README):
        assert (ROOT / target).exists(), target
