"""The name `plugins` may belong to somebody else: the boot says to whom."""

import subprocess
import sys
from pathlib import Path

PROGRAM = """
from blog_core.host import PluginHost
from blog_core.settings import load_settings
PluginHost(load_settings(environ={}, overrides={"plugins": ["cache"]})).load()
"""


def test_the_boot_says_whose_package_plugins_is(tmp_path: Path) -> None:
    package = tmp_path / "plugins"
    package.mkdir()
    (package / "__init__.py").write_text("")
    run = subprocess.run(
        [sys.executable, "-c", PROGRAM], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert f"the name 'plugins' belongs to {package}/__init__.py" in run.stderr
    assert "PluginNotFound" in run.stderr
