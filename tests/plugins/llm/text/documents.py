"""Generated Markdown: documents of blocks as people and models write them, and soups of marks."""

from hypothesis import strategies as st

WORDS = tuple(
    "castle;harbour;tide;never;always;use;the;a;of;in;and;12;3.5;**bold**;*soft*;`a  b`;``c ` d``;"
    '[link](/to);[data:title  x];{{ name  }};$x  = 1$;<b>b</b>;it\'s;“so”;"as  is";&amp;;a\\*;'
    '~~no~~;https://a.example/b;e.g.;Café;港;🌊;snake_case;[ref][r];![alt](/i.png "t  t");|;'
    "<https://b.c>;`;*;_;[;](;\\;{{;$".split(";")
)
SENTENCES = (
    "Use short words in every sentence.",
    "Never invent names or dates.",
    "Keep it short and to the point.",
    "The tide came in over the wall.",
    "Do not mention the price of the boat!",
    "Write for readers who know nothing of it.",
    "Is the walk possible with a pram?",
    "**Answer in plain English at all times.**",
    'Say "use short words in every sentence." and stop.',
    "Use short words",
    "Here is the text:",
    "I hope this helps!",
)

gaps = st.sampled_from(["", "", "", " ", "  ", "   ", "\t"])
runs = st.sampled_from([" ", " ", " ", " ", "  ", "   ", "\t"])
breaks = st.sampled_from(["\n", "\n", "\n", "  \n", " \n", "   \n", "\\\n", "\n  ", "\n    "])
between = st.sampled_from(["\n\n", "\n\n", "\n\n", "\n", "\n\n\n", "\n \n\n", "\n\n\n\n", "  \n\n"])


@st.composite
def lines(draw: st.DrawFn) -> str:
    """Words with blanks of different widths between them."""
    words = draw(st.lists(st.sampled_from(WORDS), min_size=1, max_size=6))
    return "".join(word + draw(runs) for word in words[:-1]) + words[-1]


@st.composite
def paragraphs(draw: st.DrawFn) -> str:
    """Lines or sentences."""
    if draw(st.booleans()):
        said = draw(st.lists(st.sampled_from(SENTENCES), min_size=1, max_size=5))
        return "".join(one + draw(st.sampled_from([" ", " ", "  ", "\n"])) for one in said).rstrip()
    parts = draw(st.lists(lines(), min_size=1, max_size=3))
    return draw(gaps) + "".join(part + draw(breaks) for part in parts[:-1]) + parts[-1] + draw(gaps)


@st.composite
def lists(draw: st.DrawFn, depth: int = 0) -> str:
    """Lists with wide and narrow gaps, with paragraphs, code and lists inside."""
    markers = draw(
        st.sampled_from([["-"] * 4, ["*"] * 4, ["1.", "2.", "3.", "4."], ["9)", "10)"] * 2])
    )
    gap = " " * draw(st.integers(1, 5))
    indent = draw(st.sampled_from(["", "", "", " ", "   "]))
    items = []
    for marker in markers[: draw(st.integers(1, 4))]:
        content = [draw(st.one_of(lines(), st.sampled_from(SENTENCES)))]
        if depth < 3 and draw(st.integers(0, 3)) == 0:
            content.append(draw(st.one_of(lists(depth + 1), fences(), paragraphs(), indented())))
        hanging = indent + " " * (len(marker) + len(gap))
        body = draw(st.sampled_from(["\n", "\n\n"])).join(content).split("\n")
        rest = [hanging + line if line else "" for line in body[1:]]
        items.append("\n".join([f"{indent}{marker}{gap}{body[0]}", *rest]))
    return draw(st.sampled_from(["\n", "\n", "\n\n", "\n\n\n"])).join(items)


@st.composite
def fences(draw: st.DrawFn) -> str:
    """Code with blanks and empty lines in it; not always closed."""
    fence = draw(st.sampled_from(["```", "~~~", "````"]))
    code = draw(
        st.sampled_from(["x  =  1", "    if a:\n        b  \n\n\n", "", "| a   | b |\n- c  d\n"])
    )
    return f"{fence}{draw(st.sampled_from(['', 'py', ' js  x']))}\n{code}\n" + draw(
        st.sampled_from([fence, fence, fence, fence, ""])
    )


def indented() -> st.SearchStrategy[str]:
    """Indented code."""
    return st.sampled_from(
        ["    x  = 1  \n\n\n    y", "        a   b", "\tcode  here", "    Use it.  Now."]
    )


@st.composite
def tables(draw: st.DrawFn) -> str:
    """Padded tables."""
    columns = draw(st.integers(1, 4))
    cell = st.one_of(st.sampled_from(["a", "", "long cell", "`a  b`", "x \\|  y", "2.40"]), lines())

    def row() -> str:
        pads = (draw(st.sampled_from([" ", "  ", "     ", ""])) for _ in range(columns * 2))
        return "|" + "|".join(f"{next(pads)}{draw(cell)}{next(pads)}" for _ in range(columns)) + "|"

    rule = draw(st.sampled_from(["---", ":-----", "-------:", ":----:", "-"]))
    rows = [row(), "|" + "|".join([f" {rule} "] * columns) + "|"]
    return "\n".join([*rows, *(row() for _ in range(draw(st.integers(0, 3))))])


SPECIAL = (
    "# Heading",
    "##   Wide   heading  ##",
    "## Rules",
    "Title  of  it\n=====",
    "---",
    "***",
    "> quoted  words  \n> and   more",
    ">    > twice\nlazy  line",
    "> - a\n>   b",
    "<div>\n  a   b\n</div>",
    "<!-- a  b\n\nc -->",
    "<document>\n\nUse short words in every sentence.\n\n</document>",
    "<pre>\na   b\n\n\nc\n</pre>",
    "$$\na  =  b\n\n\nc\n$$",
    "\\[ a  =  b \\]",
    "{% raw %}\n{{  a  }}\n\n\nb\n{% endraw %}",
    "{% if a %}\nUse short words in every sentence.\n{% endif %}",
    "[r]: /target  'a  title'",
    "[r]: <b>\n  'x'",
    "Roses are red,\n  violets are blue,\n    the third line is indented.",
    "Item      Price\nOats       2.40\nTablet    13.75",
    "14 Shore Street\nAnstruther\nKY10 3EA",
    "Rules:",
    "**Opening**",
    "Text:",
    "[^1]: a note\n    goes  on",
    "term\n:   what it  means",
    "| not | a table",
    "1986\\. A  year",
    "a  \n\nb",
)

blocks = st.one_of(
    paragraphs(),
    paragraphs(),
    lists(),
    lists(),
    tables(),
    fences(),
    indented(),
    st.sampled_from(SPECIAL),
)


@st.composite
def documents(draw: st.DrawFn) -> str:
    """A few blocks with blank lines between them, in one of several dresses."""
    parts = draw(st.lists(blocks, min_size=1, max_size=6))
    joined = "".join(part + draw(between) for part in parts[:-1]) + parts[-1]
    text: str = draw(st.sampled_from(["", "", "", "\n", "\n\n", "\ufeff", " "])) + joined
    text += draw(st.sampled_from(["", "", "\n", "\n\n \n", "  "]))
    match draw(st.integers(0, 11)):
        case 0:
            return "---\ntitle:   a\n\n\ntags: [x,  y]\n---\n" + text
        case 1:
            return text.replace("\n", "\r\n")
        case 2:
            indent = " " * draw(st.integers(1, 9))
            return "\n".join(indent + line if line else line for line in text.split("\n"))
    return text


SOUP = (
    *" \n\n\t-+*_`~<>[](){}|#=:.!?\"'\\$&%1a",
    "  ",
    "   ",
    "    ",
    "```",
    "<!--",
    "-->",
    "</a>",
    "\r\n",
)
soups = st.lists(st.sampled_from(SOUP), max_size=30).map("".join)
