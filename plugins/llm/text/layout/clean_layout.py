"""The layout step: cut the blanks that carry nothing, prove the result, or leave the text alone."""

from collections.abc import Iterable, Iterator

from plugins.llm.text.layout import lists, prose, spacing, tables
from plugins.llm.text.markdown.cuts import Cut, apply, tidy
from plugins.llm.text.markdown.document import Block, Document, parse_blocks
from plugins.llm.text.markdown.keep import Spans, kept_spans
from plugins.llm.text.markdown.proof import same_blocks, same_structure


def clean_layout(document: Document) -> tuple[Document, list[Cut]]:
    """The document without needless blanks, and the cuts; unproved, the same and none."""
    if not document.may_have_blanks:
        return document, []
    kept = kept_spans(document.text)
    between = [
        *spacing.line_ends(document, kept),
        *_free(spacing.blank_lines(document), kept),
    ]
    for choose in (_all_cuts, _proved_cuts):
        inside = [cut for block in document.blocks for cut in choose(document, block, kept)]
        cuts = tidy([*between, *inside])
        if not cuts:
            break
        after = Document(apply(document.text, cuts))
        if same_structure(document, after):
            return after, cuts
    return document, []


def _all_cuts(document: Document, block: Block, kept: Spans) -> list[Cut]:
    """Every cut that one block allows."""
    indent = list(_indent_cuts(document, block))
    if any(kept.touch(cut.start, cut.end) for cut in indent):
        indent = []
    return [*indent, *_free(_small_cuts(document, block), kept)]


def _proved_cuts(document: Document, block: Block, kept: Spans) -> list[Cut]:
    """The cuts with which a block parses to the same block: all, those inside its lines, or none.

    It takes longer than one proof of the whole text, so it is for texts that failed that one.
    """
    everything = tidy(_all_cuts(document, block, kept))
    small = tidy(_free(_small_cuts(document, block), kept))
    return next(
        (cuts for cuts in (everything, small) if cuts and _is_same_block(document, block, cuts)), []
    )


def _indent_cuts(document: Document, block: Block) -> Iterable[Cut]:
    """Cuts at the starts of a block's lines, which belong together."""
    match block.kind:
        case "bullet_list" | "ordered_list":
            return lists.padding(document, block)
        case "paragraph" | "heading" | "table" | "blockquote":
            if document.lines[block.first].startswith(" ") and _may_edit_all(document, block):
                return prose.margin(document, block.first, block.last)
    return ()


def _small_cuts(document: Document, block: Block) -> Iterator[Cut]:
    """Cuts inside a block that do not depend on each other."""
    in_table = False
    for token in document.tokens[block.token : block.token_end]:
        if token.type == "table_open" and token.map:
            in_table = True
            yield from tables.padding(document, *token.map)
        elif token.type == "table_close":
            in_table = False
        elif token.type == "inline" and not in_table:
            yield from prose.blanks(document, token)


def _may_edit_all(document: Document, block: Block) -> bool:
    tokens = document.tokens[block.token : block.token_end]
    return all(prose.may_edit(token) for token in tokens if token.type == "inline")


def _free(cuts: Iterable[Cut], kept: Spans) -> list[Cut]:
    """The cuts that touch nothing that stays."""
    return [cut for cut in cuts if not kept.touch(cut.start, cut.end)]


def _is_same_block(document: Document, block: Block, cuts: list[Cut]) -> bool:
    """True when the lines of the block, cut, parse to the block."""
    start, end = document.starts[block.first], document.ends[block.last - 1]
    moved = [Cut(cut.start - start, cut.end - start, cut.kind) for cut in cuts]
    source = apply(document.text[start:end], moved).replace("\r\n", "\n").replace("\r", "\n")
    tokens, _ = parse_blocks(source)
    return same_blocks(document.tokens[block.token : block.token_end], tokens)
