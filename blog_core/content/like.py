"""Patterns of LIKE for what people look for: every character means itself."""

ESCAPE = "\\"


def containing(text: str) -> str:
    """The pattern of everything that contains `text`; the statement says `escape=ESCAPE`."""
    for special in (ESCAPE, "%", "_"):
        text = text.replace(special, ESCAPE + special)
    return f"%{text}%"
