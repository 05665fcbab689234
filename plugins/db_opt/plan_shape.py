"""What of a plan matters: which steps on which tables by which indexes, not what they may cost."""

import re
from hashlib import blake2b

_FIGURES = re.compile(r"\s*\((?:cost|actual|~?\d).*?\)")
_WHOLE = re.compile(r"(?:Parallel )?Seq Scan on (\w+)|^\s*SCAN (\w+)(?!.*USING)", re.MULTILINE)


def digest_of(plan: str) -> str:
    """The same for two plans that do the same."""
    bare = "\n".join(_FIGURES.sub("", line).strip() for line in plan.splitlines())
    return blake2b(bare.encode(), digest_size=8).hexdigest()


def whole_tables(plan: str) -> frozenset[str]:
    """The tables that are read from one end to the other."""
    return frozenset(one or other for one, other in _WHOLE.findall(plan))
