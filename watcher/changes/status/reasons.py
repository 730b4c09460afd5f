"""What a sponsor's reason for stopping is about: a tag beside the verbatim text, never in its place.

The classes are those of the literature on stopped trials (Williams et al. 2015, PLoS ONE 10:e0127242; Razuvayevskaya
et al. 2023), in the order in which they matter to a reader. What is denied is not tagged: "not due to safety
concerns" is no safety reason.
"""

from __future__ import annotations

import re

from watcher.record import folded

OTHER = "other"

# Every pattern is read over the text in normal form: lower case, no accents, no punctuation but sentence ends.
_PATTERNS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (
        "safety",
        (
            r"safety|toxicit\w*|adverse (?:event|reaction|effect)\w*|side effects?|serious events?",
            r"clinical hold|risk benefit|benefit risk|deaths?|mortality|hepatotoxic\w*|tolerab\w*|harm\w*",
        ),
    ),
    (
        "efficacy",
        (
            r"futil\w*|lack of (?:\w+ )?(?:efficacy|effect\w*|benefit|response|activity)|in?efficac\w*",
            r"efficacy|no (?:clinical |significant )?(?:benefit|effect|response|difference)",
            r"interim (?:analys\w+|results?)|insufficient (?:activity|benefit|response|clinical)|not effective",
            r"unlikely to (?:meet|show|reach)|(?:did|does|would) not meet|end ?points? (?:was|were)? ?not met",
            r"lack of (?:\w+ )?activity|primary end ?point",
        ),
    ),
    (
        "accrual",
        (
            r"accru\w*|enrol\w*|recruit\w*|inclusion rate",
            r"(?:no|few|low number of|lack of|insufficient|not enough|unable to find|small number"
            r"|lower number|limited number|eligible|difficult\w* (?:in )?finding)"
            r" (?:\w+ ){0,3}(?:participants?|patients?|subjects?|volunteers?|cases?)",
            r"not enough|lack of interest|sample size|low inclusion|slow inclusion|screen fail\w*",
        ),
    ),
    (
        "funding",
        (
            r"(?:financial|pharmaceutical|industry) support|fund\w*|financ\w*|budget\w*|grants?|sponsorship",
            r"lack of (?:money|resources)|resource constraints?|insufficient resources|insolven\w*|bankrupt\w*",
            r"cost\w*|economic\w*",
        ),
    ),
    (
        "regulatory",
        (
            r"regulator\w*|fda|ema|irb|ethic\w*|competent authorit\w*|health authorit\w*|ministry",
            r"(?:dis)?approv\w*|authori[sz]ation|ind (?:was|application|withdrawn)|permission|agency|legal\w*",
        ),
    ),
    (
        "supply",
        (
            r"suppl(?:y|ies|ier)\w*|drug availab\w*|unavailab\w*|not available|shortage\w*|manufactur\w*",
            r"(?:drug|product|lot|batch)\w* expir\w*|stock",
            r"(?:drug|device|product) (?:is|was)? ?(?:no longer|discontinu\w*)|production",
        ),
    ),
    (
        "staff",
        (
            r"(?:principal )?investigator\w*|\bpi\b|staff\w*|personnel|coordinator\w*",
            r"left (?:the )?(?:institution|university|hospital|company|site)|relocat\w*|moved to (?:an)?other",
            r"retire\w*|resign\w*|study team|departure",
        ),
    ),
    (
        "business",
        (
            r"business|strateg\w*|sponsor\w* (?:\w+ )?decision|decision (?:\w+ ){0,4}(?:sponsor|company)",
            r"company|portfolio|priorit\w*|reprioriti\w*|commercial\w*|corporate",
            r"development (?:program\w*|plan\w*)",
            r"program\w* (?:was |has been )?(?:terminat\w*|discontinu\w*|stop\w*)|acqui\w*|market\w*|licens\w*",
            r"partner\w*|discontinu\w* (?:of )?(?:the )?development",
        ),
    ),
)
_RULES = tuple((tag, re.compile(rf"\b(?:{'|'.join(patterns)})\b")) for tag, patterns in _PATTERNS)

# A denial reaches over the next six words, and over the words that a list of denied things adds with "or" and "nor".
_NO = r"(?:not|no|without|unrelated to|independent of|nothing to do with|rather than|nor|never|neither)\b"
_DENIAL = re.compile(rf"\b{_NO}(?P<denied>(?: (?!{_NO})\w+){{0,6}}(?: (?:or|nor|and) (?:(?!{_NO})\w+ ?){{1,3}})?)")
# "No patients", "not enough accrual", "lack of": here the denial is the reason itself.
_LACK = re.compile(
    r"^ (?:\w+ )?(?:enough|longer|further|more|available|accru\w*|enrol\w*|recruit\w*|participants?|patients?|subjects?"
    r"|fund\w*|benefit|effect\w*|efficac\w*|response|difference|met?|meet|approv\w*|suppl\w*|money|investigator|staff)\b"
)
_SENTENCE = re.compile(r"[.;!?]+(?:\s|$)|\bbut\b|\bhowever\b")


def reasons(text: str) -> tuple[str, ...]:
    """The tags of a reason for stopping, the weightiest first; ("other",) where none fits, () for an empty text."""
    if not text.strip():
        return ()
    said = [_affirmed(folded(part)) for part in _SENTENCE.split(text) if part]
    found = tuple(tag for tag, pattern in _RULES if any(pattern.search(part) for part in said))
    return found or (OTHER,)


def _affirmed(sentence: str) -> str:
    """A sentence without what it denies."""
    return _DENIAL.sub(lambda found: found[0] if _LACK.match(found["denied"]) else " ", sentence)
