"""The texts that the clean-up is tried on. A final line end belongs to the file, not the text."""

from pathlib import Path

FOLDER = Path(__file__).parent


def load(kind: str) -> dict[str, str]:
    """The samples of one kind, `prompts` or `responses`, by name."""
    return {file.stem: _read(file) for file in sorted((FOLDER / kind).glob("*.txt"))}


def _read(file: Path) -> str:
    return file.read_bytes().decode().removesuffix("\n")


PROMPTS = load("prompts")
RESPONSES = load("responses")
