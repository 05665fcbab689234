"""The closed list of phrases that models put around an answer.

A name, a number, a subject, a language or a refusal is in no list, so a phrase with one stays.
"""

import re

from plugins.llm.text.markdown.sentences import sentences, words

MAX_PHRASE_CHARACTERS = 400

INTERJECTIONS = re.compile(
    r"(?:(?:absolutely|certainly|definitely|gladly|good question|great|great question|happy to help"
    r"|no problem|of course|okay|ok|sure thing|sure|understood"
    r"|i'd be (?:happy|glad) to (?:help|assist)(?: you)?(?: with (?:that|this))?"
    r"|(?:thank you|thanks) for (?:the|your) (?:details|draft|notes|question|request))"
    r"\s*[!.,:–—-]+\s*)*",
    re.IGNORECASE,
)
LEAD = re.compile(
    r"(?:here is|here's|here are|below is|below are|below you'll find|please find"
    r"|i(?:'ve| have) (?:cleaned up|drafted|edited|improved|polished|prepared|revised|rewritten"
    r"|shortened|tightened|updated|written))\b",
    re.IGNORECASE,
)
# What a lead-in may say besides: that a text follows, of which form, and that it was asked for.
LEAD_WORDS = frozenset(
    "a an and answer answers article as asked based below better blog breakdown caption "
    "captions changes checklist clean cleaned clear code complete concise config content copy "
    "corrected critique csv description descriptions detailed draft drafts edited email "
    "engaging excerpt expanded few file final fixed following for form format formatted full "
    "function haiku have headline headlines html i i've idea ideas improved introduction is "
    "it json key letter list made mail main markdown meta more my new notes notice of on one "
    "option options outline overview paragraph paragraphs piece plan poem points polished "
    "possible post proofread provided query questions rephrased reply request requested "
    "response result results revised revision rewrite rewritten schedule script section "
    "sections sentence sentences short shortened shorter simple simplified some steps "
    "streamlined structure structured suggested suggestion suggestions summarised summarized "
    "summary table tagline taglines tags take text that the this tightened title titles to "
    "translated translation up updated version versions view with you you'd you've your".split()
)
CLOSINGS = re.compile(
    r"(?:i )?(?:really )?hope (?:this|that|it) helps?\b"
    r"|(?:please )?(?:just )?let me know (?:if|whether|how|what)\b"
    r"|(?:please )?feel free to (?:adjust|ask|change|edit|let|modify|reach|tweak)\b"
    r"|(?:would|do) you (?:like|want) me to\b"
    r"|(?:i'm|i am) (?:always )?(?:glad|happy|here) to (?:adjust|assist|help|make|revise)\b"
    r"|if you(?:'d like| have| need| want| would like)\b.*\b(?:ask|feel free|let me know)\b",
    re.IGNORECASE | re.DOTALL,
)
CLOSING_WORDS = frozenset(
    "a about add additional adjust adjusted adjustment adjustments always another any "
    "anything are article as ask assist assistance at be can change changed changes "
    "clarification draft edit edits else expand feedback feel find for free from further glad "
    "happy have help helpful helps here hope how i i'd i'll i'm if is it it's its just know "
    "length let like made make me modification modifications modify more need needed needs of "
    "on or other out please post preferences question questions reach really refine refined "
    "revise revised revision revisions rewrite rewritten section sections shorten shorter "
    "should some something specific style suit text that the these thing things think this to "
    "tone tweak tweaked tweaks useful version want way what whether with works would you "
    "you'd you're your".split()
)
# In a letter the last line asks for an answer in the writer's name.
SALUTATION = re.compile(
    r"^[*_]*(?:subject\b|dear\b|hi\b|hello\b|hey\b|to whom\b)", re.IGNORECASE | re.MULTILINE
)


def is_opening(text: str) -> bool:
    """True for "Certainly! Here is the revised text:"; an interjection alone may be an answer."""
    phrase = _plain(text)
    if len(phrase) > MAX_PHRASE_CHARACTERS or not phrase.endswith((":", ".", "!")):
        return False
    start = INTERJECTIONS.match(phrase)
    said = phrase[start.end() :] if start else phrase
    lead = LEAD.match(said)
    return (
        bool(lead)
        and len(sentences(said)) == 1
        and LEAD_WORDS.issuperset(words(said[lead.end() if lead else 0 :]))
    )


def is_closing(text: str) -> bool:
    """True for "I hope this helps! Let me know if you have any questions." and its like."""
    phrase = _plain(text)
    if len(phrase) > MAX_PHRASE_CHARACTERS:
        return False
    said = sentences(phrase)
    return bool(said) and all(
        CLOSINGS.match(sentence.text) and CLOSING_WORDS.issuperset(sentence.words)
        for sentence in said
    )


def is_letter(text: str) -> bool:
    """True for a text with a salutation or a subject line."""
    return bool(SALUTATION.search(text))


def _plain(text: str) -> str:
    """The text in one line with straight apostrophes, without emphasis around it."""
    return (
        " ".join(text.replace("’", "'").split()).strip("*_ ")
        if len(text) <= 2 * MAX_PHRASE_CHARACTERS
        else text
    )
