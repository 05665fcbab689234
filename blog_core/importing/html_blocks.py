"""Where in a Markdown text HTML blocks stand: Markdown inside them would not be read."""

import re
from bisect import bisect_right

_BLOCK_TAGS = (
    "address|article|aside|blockquote|body|caption|center|col|colgroup|dd|details|dialog|dir|div|dl"
    "|dt|fieldset|figcaption|figure|footer|form|frame|frameset|h[1-6]|head|header|hr|html|iframe"
    "|legend|li|link|main|menu|menuitem|nav|noframes|ol|optgroup|option|p|param|search|section"
    "|summary|table|tbody|td|tfoot|th|thead|title|tr|track|ul"
)
_OPENS = re.compile(rf"[ ]{{0,3}}</?(?:{_BLOCK_TAGS})(?:[\s/>]|$)", re.IGNORECASE)
_OPENS_ALONE = re.compile(r"[ ]{0,3}</?[a-z][\w-]*(?:\s[^<>]*)?/?>[ \t]*$", re.IGNORECASE)


class HtmlBlocks:
    """The HTML blocks of one text, by CommonMark's rules 6 and 7: each ends at a blank line."""

    def __init__(self, text: str) -> None:
        self._starts: list[int] = []
        self._ends: list[int] = []
        self._find(text)

    def __contains__(self, position: int) -> bool:
        index = bisect_right(self._starts, position) - 1
        return index >= 0 and position < self._ends[index]

    def _find(self, text: str) -> None:
        position, is_open, after_blank = 0, False, True
        for line in text.splitlines(keepends=True):
            is_blank = not line.strip()
            if not is_open and self._opens(line.rstrip("\r\n"), after_blank):
                self._starts.append(position)
                self._ends.append(len(text))
                is_open = True
            elif is_open and is_blank:
                self._ends[-1] = position
                is_open = False
            position += len(line)
            after_blank = is_blank

    @staticmethod
    def _opens(line: str, after_blank: bool) -> bool:
        return bool(_OPENS.match(line) or (after_blank and _OPENS_ALONE.match(line)))
