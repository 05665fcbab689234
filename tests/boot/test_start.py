"""What a start does not load: libraries that only some commands and calls need."""

import subprocess
import sys
from pathlib import Path

SLOW = ("sqlglot", "openai", "PIL")
PROGRAM = """
import sys
from blog_core import create_app
app = create_app({"plugins": ["db_opt", "cache", "workflow", "llm"], "data_dir": sys.argv[1]})
app.test_cli_runner().invoke(args=["blog", "db", "--help"])
print([name for name in sys.argv[2:] if name in sys.modules])
"""


def test_an_app_with_all_plugins_starts_without_the_slow_libraries(tmp_path: Path) -> None:
    run = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(tmp_path), *SLOW],
        capture_output=True,
        text=True,
        check=True,
    )
    assert run.stdout == "[]\n", run.stdout
