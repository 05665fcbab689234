"""Keywords: groups of one to three words that a text says again and again.

A group stands between small words and marks, and weighs its words times how often it is said. What
only repeats words of a weightier group is left out.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator

from plugins.llm.offline.plain import plain_text

MOST = 8
MAX_WORDS = 3
_PHRASE_END = re.compile(r"[.,;:!?…()\[\]\"“”«»/|–—]+|\s-+\s")
_TOKEN = re.compile(r"[^\W_]+(?:['’.+#-][^\W_]+)*[+#]*")

# Words that hold sentences together and say nothing of their subject, of the languages most blogs
# are written in.
_SMALL = frozenset(
    """
    a about above after again against all also am an and any are as at be because been before being
    below between both but by can can't could did do does doesn't doing don't down during each even
    every few first for from further get gets got had has have having he her here hers him his how
    however i if in into is isn't it it's its itself just last least less let like made make makes
    many may me might more most much must my need new no nor not now of off often on once one only
    or other our out over own per put same see set she should since so some still such take than
    that that's the their them then there these they thing things this those three through to too
    two under until up upon us use used uses using very want was way we well were what when where
    which while who whom why will with within without would yet you your
    aber alle als am an auch auf aus bei bin bis bist da damit dann das dass dem den denn der des
    die dies diese dieser du durch ein eine einem einen einer eines er es für hat haben ich ihr im
    in ist ja kann kein keine man mehr mit nach nicht noch nur ob oder ohne sehr sein sich sie sind
    so über um und uns unter vom von vor war was weil wenn werden wie wir wird wo zu zum zur
    à au aux avec ce ces cette comme dans de des du elle en est et il ils je la le les leur mais ne
    nous on ou où par pas plus pour que qui sa se ses son sont sur un une vous
    al como con de del el ella en entre es esta este hay las lo los más muy no o para pero por que
    se sin sobre su sus un una y ya
    """.split()
)


def keywords(markdown: str, most: int = MOST) -> tuple[str, ...]:
    """The subjects of a text as it names them, the weightiest first; none for a text that says
    nothing twice. The same text gives the same keywords."""
    often = Counter(
        group for block in plain_text(markdown) for run in _runs(block) for group in _groups(run)
    )
    weights = {group: len(group) * count for group, count in often.items() if count > 1}
    ranked = sorted(weights, key=lambda group: (-weights[group], group))
    return _without_parts(ranked, most)


def _groups(run: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    for size in range(1, MAX_WORDS + 1):
        for at in range(len(run) - size + 1):
            group = run[at : at + size]
            if any(len(word) > 2 and not word.isdigit() for word in group):
                yield group


def _runs(block: str) -> list[tuple[str, ...]]:
    """The runs of words that are not small, in small letters."""
    found: list[tuple[str, ...]] = []
    for piece in _PHRASE_END.split(block):
        run: list[str] = []
        for word in [*_TOKEN.findall(piece), ""]:
            if word and word.lower() not in _SMALL:
                run.append(word.lower())
            elif run:
                found.append(tuple(run))
                run = []
    return found


def _without_parts(ranked: Iterable[tuple[str, ...]], most: int) -> tuple[str, ...]:
    """The first ones, leaving out what only repeats words of one that stands before."""
    taken: list[tuple[str, ...]] = []
    for group in ranked:
        if len(taken) == most:
            break
        if not any(set(group) <= set(other) for other in taken):
            taken.append(group)
    return tuple(" ".join(group) for group in taken)
