#!/usr/bin/env python3
"""Sets the project up and runs it: `run`, `test`, `check`, `bench`. Needs only Python 3.11."""

# Annotations stay text, so that an old Python reaches the sentence that asks for a newer one.
from __future__ import annotations

import argparse
import contextlib
import hashlib
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parent
ON_WINDOWS = os.name == "nt"
TYPED = ("blog_core", "plugins", "bench", "tests", "dev.py", "wsgi.py")
LINTED = (*TYPED, "docs")
BROWSERS = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "microsoft-edge",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)


class SetupError(Exception):
    """The machine lacks something; the text is one sentence that says what to do."""


class Environment:
    """The virtual environment of one checkout, and what was installed into it last."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.folder = root / ".venv"
        self.bin = self.folder / ("Scripts" if ON_WINDOWS else "bin")
        self.python = self.bin / ("python.exe" if ON_WINDOWS else "python")
        self.stamp = self.folder / "installed.json"

    def digest(self) -> str:
        """What an installation depends on: the declared and the pinned dependencies."""
        files = (self.root / "pyproject.toml", self.root / "constraints.txt")
        return hashlib.sha256(b"\0".join(file.read_bytes() for file in files)).hexdigest()

    def installed(self) -> dict[str, object]:
        """What the stamp says, or nothing when there is no readable one."""
        try:
            return dict(json.loads(self.stamp.read_text()))
        except (OSError, ValueError):
            return {}

    def is_ready(self, *, dev: bool) -> bool:
        """True when the last installation was complete, here, and of what is asked for now."""
        found = self.installed()
        return (
            self.python.exists()
            and found.get("root") == str(self.root)
            and found.get("digest") == self.digest()
            and bool(found.get("dev") or not dev)
        )

    def prepare(self, *, dev: bool) -> None:
        """Make the environment and install into it, unless that has been done."""
        if self.is_ready(dev=dev):
            return
        with one_at_a_time(self.root / ".venv.lock"):
            if not self.is_ready(dev=dev):
                self._make()
                self._install(".[dev]" if dev else ".")
                self.remember(dev=dev)

    def remember(self, *, dev: bool) -> None:
        """Note that the installation is complete."""
        stamp = {"root": str(self.root), "digest": self.digest(), "dev": dev}
        self.stamp.write_text(json.dumps(stamp))

    def _make(self) -> None:
        moved = self.installed().get("root", str(self.root)) != str(self.root)
        if self.python.exists() and not moved:
            return
        say("Making .venv ...")
        if self._venv() != 0:
            # Debian and Ubuntu leave it out of python3.
            apt_install("python{}.{}-venv".format(*sys.version_info))
            if self._venv() != 0:
                raise SetupError(
                    f"`{sys.executable} -m venv` does not work here; run it and mend what it names."
                )

    def _venv(self) -> int:
        command = [sys.executable, "-m", "venv", "--clear", str(self.folder)]
        code = -1
        try:
            code = subprocess.call(command, stdout=subprocess.DEVNULL)
        finally:
            if code != 0:  # a half-made environment would be taken for a whole one
                shutil.rmtree(self.folder, ignore_errors=True)
        return code

    def _install(self, target: str) -> None:
        say(f"Installing {target} (a quarter of a minute the first time) ...")
        wanted = ["-e", target, "-c", "constraints.txt"]
        pip = [str(self.python), "-m", "pip", "--disable-pip-version-check"]
        uv = self._uv(pip)
        if uv is not None:
            command = [uv, "pip", "install", "--quiet", "--python", str(self.python), *wanted]
            with_system_certificates = os.environ | {"UV_SYSTEM_CERTS": "1"}
            if subprocess.call(command, cwd=self.root, env=with_system_certificates) == 0:
                return
            say("uv could not install; pip, which knows other settings, tries now ...")
        if subprocess.call([*pip, "install", "--quiet", *wanted], cwd=self.root) != 0:
            raise SetupError("The dependencies could not be installed; the lines above say why.")

    def _uv(self, pip: list[str]) -> str | None:
        """The path of uv, which installs several times faster than pip, if it can be had."""
        mine = self.bin / ("uv.exe" if ON_WINDOWS else "uv")
        found = shutil.which("uv")
        if found is None and not mine.exists():
            subprocess.run([*pip, "install", "--quiet", "uv"], check=False, capture_output=True)
        return found or (str(mine) if mine.exists() else None)


def find_browser(environ: Mapping[str, str] = os.environ) -> str | None:
    """The Chromium that tests drive: BLOG_BROWSER, else one on the path, else Playwright's own."""
    named = environ.get("BLOG_BROWSER")
    if named:
        if shutil.which(named) is None:
            raise SetupError(
                f"BLOG_BROWSER names {named!r}, which is not a program; correct or unset it."
            )
        return shutil.which(named)
    on_path = (shutil.which(name, path=environ.get("PATH")) for name in BROWSERS)
    return next(filter(None, on_path), None) or playwright_browser(environ)


def playwright_browser(environ: Mapping[str, str]) -> str | None:
    """The newest Chromium that `playwright install` has left on this machine."""
    caches = {"darwin": "~/Library/Caches", "win32": "~/AppData/Local"}
    default = f"{caches.get(sys.platform, '~/.cache')}/ms-playwright"
    folder = Path(environ.get("PLAYWRIGHT_BROWSERS_PATH") or default).expanduser()
    names = {"chrome", "headless_shell", "chrome-headless-shell", "chrome.exe", "Chromium"}
    found = [
        path for path in folder.glob("chromium*/**/*") if path.name in names and path.is_file()
    ]
    return str(max(found)) if found else None


def install_browser(environment: Environment) -> str:
    """Install Chromium, from Debian or by Playwright; without one the tests do not start."""
    if is_root_with_apt():
        with contextlib.suppress(SetupError):
            apt_install("chromium")
    found = find_browser()
    if found is None:
        say("Asking Playwright for a Chromium ...")
        install = ["-m", "playwright", "install", "--only-shell", "chromium"]
        with contextlib.suppress(subprocess.TimeoutExpired):
            subprocess.run(
                [str(environment.python), *install], check=False, timeout=300, capture_output=True
            )
        found = find_browser()
    if found is None:
        raise SetupError(
            "The tests need Chromium: install it (Debian: apt-get install -y chromium), "
            "or set BLOG_BROWSER to the program of a Chromium, Chrome or Edge."
        )
    return found


def is_root_with_apt() -> bool:
    """True where Debian packages can be installed without asking anybody."""
    return not ON_WINDOWS and os.geteuid() == 0 and shutil.which("apt-get") is not None


def apt_install(package: str) -> None:
    """Install a Debian package when that is allowed, else say the command that does it."""
    if not is_root_with_apt():
        raise SetupError(
            f"{package} is missing: run `sudo apt-get install -y {package}`, then this again."
        )
    say(f"Installing {package} ...")
    quiet = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    subprocess.call(["apt-get", "update", "-qq"], env=quiet, stdout=subprocess.DEVNULL)
    install = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", package]
    if subprocess.call(install, env=quiet, stdout=subprocess.DEVNULL) != 0:
        raise SetupError(f"apt-get could not install {package}; the lines above say why.")


@contextlib.contextmanager
def one_at_a_time(path: Path) -> Iterator[None]:
    """Let two starts in one checkout set up one after the other."""
    try:
        import fcntl
    except ImportError:  # Windows
        yield
        return
    with path.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def say(line: str) -> None:
    """Tell what is going on, beside the output of the command."""
    print(line, file=sys.stderr, flush=True)


def become(program: Path, *arguments: str) -> int:
    """Run a program of the environment in place of this one."""
    command = [str(program), *arguments]
    if not ON_WINDOWS:
        os.execv(command[0], command)
    return subprocess.call(command)


def run(environment: Environment, options: argparse.Namespace) -> int:
    """A blog with sample content, at an address that is printed."""
    environment.prepare(dev=False)
    return become(environment.bin / ("blog.exe" if ON_WINDOWS else "blog"), "demo", *options.rest)


def test(environment: Environment, options: argparse.Namespace) -> int:
    """All tests, on a PostgreSQL, a Valkey and a Chromium of their own."""
    if options.archive is not None:
        if not options.archive.is_dir():
            raise SetupError(f"--archive: there is no folder {options.archive}.")
        os.environ["BLOG_TEST_ARCHIVE"] = str(options.archive.resolve())
    if options.full:
        os.environ["BLOG_TEST_FULL"] = "1"
    browser = find_browser()
    environment.prepare(dev=True)
    os.environ["BLOG_BROWSER"] = browser or install_browser(environment)
    os.chdir(ROOT)
    return become(
        environment.python, "-m", "pytest", "-n", "2", "--dist", "loadfile", *options.rest
    )


def check(environment: Environment, options: argparse.Namespace) -> int:
    """Format, lint, types and import contracts."""
    environment.prepare(dev=True)
    checks = {
        "format": ["ruff", "format", *([] if options.fix else ["--check"]), *LINTED],
        "lint": ["ruff", "check", *(["--fix"] if options.fix else []), *LINTED],
        "types": ["mypy", *TYPED],
        "imports": ["lint-imports", "--no-logo"],
    }
    results = {name: timed(environment, command) for name, command in checks.items()}
    for name, (code, seconds) in results.items():
        print(f"{name:<8} {'ok' if code == 0 else 'FAILED':<7} {seconds:5.1f} s")
    return int(any(code for code, _ in results.values()))


def timed(environment: Environment, command: list[str]) -> tuple[int, float]:
    """Run a program of the environment: its exit code and how long it took."""
    began = time.perf_counter()
    print(f"$ {' '.join(command)}", flush=True)
    code = subprocess.call([environment.bin / command[0], *command[1:]], cwd=ROOT)
    return code, time.perf_counter() - began


def bench(environment: Environment, options: argparse.Namespace) -> int:
    """Ratios between this blog and what it is compared with, as a table and build/bench.json."""
    environment.prepare(dev=True)
    os.chdir(ROOT)
    return become(environment.python, "-m", "bench", *options.rest)


def parser() -> argparse.ArgumentParser:
    """The command line; what it does not know goes on to the program behind the command."""
    top = argparse.ArgumentParser(prog="dev.py", description=__doc__, allow_abbrev=False)
    commands = top.add_subparsers(required=True, metavar="COMMAND")
    for function in (run, test, check, bench):
        command = commands.add_parser(function.__name__, help=function.__doc__, allow_abbrev=False)
        command.set_defaults(function=function)
        if function is test:
            command.add_argument("--full", action="store_true", help="the large counts")
            command.add_argument(
                "--archive", type=Path, metavar="DIR", help="an archive of Markdown posts to import"
            )
        if function is check:
            command.add_argument("--fix", action="store_true", help="mend what can be mended")
    return top


def main(arguments: list[str]) -> int:
    """Run one command; its exit code."""
    if sys.version_info < (3, 11):
        say(f"Python 3.11 or newer is needed; this is {sys.version.split()[0]}.")
        return 1
    options, rest = parser().parse_known_args(arguments)
    options.rest = rest
    try:
        return int(options.function(Environment(ROOT), options))
    except SetupError as problem:
        say(str(problem))
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
