"""How an instruction, a rule, and the announcement of data look in an English prompt.

By these lists a text in another language has no instructions, so it loses no repeats.
"""

from collections.abc import Sequence
from itertools import pairwise

VERBS = frozenset(
    "act add address adjust adopt aim allow analyse analyze annotate answer append apply "
    "arrange ask assume attach avoid base be begin break bring build calculate capitalise "
    "capitalize change check choose cite classify clean close combine compare compose "
    "compress compute consider continue convert copy correct count cover create decide define "
    "deliver describe design detect draft edit emphasise emphasize end enforce ensure "
    "evaluate exclude expand explain extract fill find finish fix focus follow format "
    "generate give group handle highlight identify ignore imagine improve include indent "
    "infer insert introduce invent join judge keep label leave let limit link list look "
    "maintain make mark match mention merge minimise minimize move name note number obey omit "
    "open optimise optimize order organise organize outline output paraphrase pick place "
    "polish prefer prepare present preserve print prioritise prioritize produce propose "
    "provide put quote rank rate read refer reject remember remove repeat rephrase replace "
    "reply report respect respond restructure return review revise rewrite round say score "
    "select separate set shorten show simplify skip sort speak specify spell split start "
    "state stay stick stop structure suggest summarise summarize support suppose tag take "
    "target tell think tighten translate treat trim try turn use validate vary verify weave "
    "wrap write".split()
)
OPENERS = VERBS | frozenset("please never always only don't do".split())
MODALS = frozenset("must should shall".split())
NARRATORS = frozenset("i we he she they".split())
SUBJECTS = frozenset(
    "answer answers article audience content copy draft format heading headings introduction "
    "language length output paragraph paragraphs post posts reader readers reply response "
    "result sentence sentences style summary text title titles tone voice".split()
)
ADVERBS = frozenset("also again finally first just next now then carefully".split())
ROLES = frozenset({("you", "are"), ("your", "job"), ("your", "task")})
DETERMINERS = frozenset({"all", "each", "every", "the", "your"})
COPULAS = frozenset("is are has have needs need".split())

RULE_NOUNS = frozenset(
    "attention audience checklist constraint constraints format goal guideline guidelines "
    "important instruction instructions language length note please remember reminder "
    "requirement requirements restriction restrictions role rule rules style task tasks tone "
    "voice warning".split()
)
DATA_NOUNS = frozenset(
    "answer answers article articles background chat code comment comments content context "
    "conversation copy data description dialogue document documents draft email essay example "
    "examples excerpt fact facts feedback history information ingredients input inputs "
    "interview letter log lyrics mail material message messages notes outline output "
    "paragraph passage poem post posts question questions quote quotes recipe record records "
    "reference references report response responses result results review reviews sample "
    "samples script section snippet song source sources speech story summary text texts "
    "ticket tickets title titles transcript verse".split()
)
POINTERS = frozenset("above attached below following given here my next these this".split())
# Words that lean on what was said before. Early in a sentence they have nothing else to lean on.
LEANING = frozenset(
    "he her hers him his it it's its same she that's their them these they this those".split()
)
RELATING = frozenset("above again below following former instead latter otherwise previous".split())
# "Below 500 words" sets a limit; "the text below" points.
LIMITS = frozenset({"above", "below"})
SEQUENCE = frozenset(
    "afterwards finally first firstly lastly next second secondly step then third".split()
)
EARLY_WORDS = 4


def is_instruction(said: Sequence[str]) -> bool:
    """True for an order, a rule with must or should, a role, or a statement on the wanted text."""
    first = next((place for place, word in enumerate(said) if word not in ADVERBS), len(said))
    said = said[first:]
    if not said:
        return False
    if said[0] in OPENERS or tuple(said[:2]) in ROLES:
        return True
    if said[0] in DETERMINERS and not COPULAS.isdisjoint(said[1:8]):
        return not SUBJECTS.isdisjoint(said[1:5])
    return not MODALS.isdisjoint(said) and said[0] not in NARRATORS


def names_rules(said: Sequence[str]) -> bool:
    """True when a heading or a lead-in announces rules."""
    return not RULE_NOUNS.isdisjoint(said)


def names_data(said: Sequence[str]) -> bool:
    """True when a heading or a label announces material to work on, or examples."""
    return not DATA_NOUNS.isdisjoint(said) and RULE_NOUNS.isdisjoint(said)


def points_at_data(said: Sequence[str]) -> bool:
    """True when a sentence says that material to work on follows ("the article below")."""
    return not POINTERS.isdisjoint(said) and not DATA_NOUNS.isdisjoint(said)


def leans_on_others(said: Sequence[str]) -> bool:
    """True when a sentence needs the one before it ("Keep it short."): its place matters."""
    if not LEANING.isdisjoint(said[:EARLY_WORDS]) or said[:1] == ["that"]:
        return True
    return any(
        word in RELATING and not (word in LIMITS and following[:1].isdigit())
        for word, following in pairwise([*said, ""])
    )


def tells_a_sequence(said: Sequence[str]) -> bool:
    """True when a sentence says when something is done, as the steps of a procedure do."""
    return not SEQUENCE.isdisjoint(said[:3])
