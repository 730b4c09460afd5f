"""What a facility's label says: a site code of the sponsor's, a name, or a stand-in that names nobody."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from functools import lru_cache

from watcher.changes.language.encoding import repaired
from watcher.changes.sites.plain import plain, without_accents
from watcher.changes.sites.vocabulary import designators_of, specialties_of, words_of
from watcher.record import tidy

# The forms in which sponsors write the number of a site into its label; the last ones only at the end of it.
_CODES = tuple(
    re.compile(form, re.IGNORECASE)
    for form in (
        r"[(\[]\s*site\s*(?:id|no|number|num)?\.?\s*[#:]*\s*(?P<code>[a-z]{0,4}[-_ ]?\d[\w-]*)\s*[)\]]",
        r"/?\s*\bID\s*#\s*:?\s*(?P<code>[a-z]{0,4}-?\d[\w-]*)",
        r"(?:^|(?<=\blocal institution))\s*-+\s*(?P<code>[a-z]{0,4}-?\d[\w-]*)",
        r"(?:\binvestigat\w+\s+)?\bsite\s*(?:number|num|no\b\.?|id\b|code|ref|#)\s*[:#.]*\s*(?P<code>[a-z]{0,4}[-_]?\d[\w-]*)",
        r"\bfacility\s+id\s*:?\s*(?P<code>[a-z]{0,4}[- ]?\d[\w-]*)",
        r"\b(?:site|center|centre)\s*(?P<code>[a-z]{0,3}-?\d[\w-]*)\s*$",
        r"\b(?:investigat\w+|study|research|clinical|trial)\s+site\s*[-–(:]+\s*(?P<code>[a-z]{0,4}-?\d[\w-]*)\s*\)?\s*$",
        r"^(?:site|center|centre)\s*[-#:]?\s*(?P<code>[a-z]{0,4}-?\d[\w-]*)\s*[-:,]\s+",
    )
)
_DIGIT = re.compile(r"\d")
# Sponsors that list sites under their own name; before "site" their names name nobody.
_SPONSORS = (
    "abbott|abbvie|actelion|akebia|alexion|alkermes|allergan|almirall|alnylam|amgen|ardelyx|argenx|astellas|astrazeneca|"
    "astra zeneca|basilea|bausch|baxter|bayer|beigene|biogen|biomarin|bioverativ|bms|boehringer|boehringer ingelheim|"
    "bristol myers squibb|celgene|chiesi|csl behring|cubist|daiichi sankyo|dendreon|eisai|eli lilly|lilly|emd serono|"
    "exelixis|ferring|forest|galderma|genentech|genmab|genzyme|gilead|glaxosmithkline|grifols|gsk|hoffmann roche|"
    "imclone|incyte|ipsen|janssen|jazz|johnson johnson|kyowa kirin|leo pharma|lundbeck|medimmune|menarini|merck|"
    "merck serono|moderna|msd|mylan|novartis|novo nordisk|octapharma|otsuka|pfizer|pharmacyclics|purdue|regeneron|"
    "roche|sandoz|sanofi|sanofi aventis|seagen|seattle genetics|servier|shire|shionogi|sobi|sunovion|takeda|teva|ucb|"
    "united therapeutics|vertex|viiv|wyeth|zai lab"
).replace(" ", "[ ]")
_STAND_IN = re.compile(
    rf"""(?:
      (?:.{{1,60}}\ )?investigat(?:ional|ive|or|ors|ion)\ (?:sites?|centers?|centres?|locations?)
    | (?:(?:{_SPONSORS})(?:\ \w+)?\ )?(?:clinical\ )?(?:(?:clinical|study|trials?|research|recruiting)\ )?
      (?:research\ )?(?:sites?|(?:study|trial)\ (?:centers?|centres?|locations?))
    | (?:{_SPONSORS})(?:\ \w+)?
    | local\ institution | (?:(?:research|medical|clinical|study)\ )?facility
    | (?:investigational|clinical|study|research|trial)\ sites?\ \w{{1,4}}
    | for\ (?:additional|more|further)\ information.* | (?:see|use)\ central\ contact.*
    | please\ (?:contact|call|refer)\b.* | contact\ (?:the|us|study|sponsor|central|site)\b.* | call\ \d.*
    | (?:many|multiple|various|several)\ (?:sites?|locations?|centers?)
    | investigator | unknown | tbd | na | none | pending | not\ (?:applicable|provided)
    | to\ be\ (?:determined|announced).*
    )?""",
    re.VERBOSE,
)
# No facility's name is longer; a stand-in may be a sentence.
_LONGEST = 500


@dataclass(frozen=True, slots=True)
class Label:
    """A facility's label as it is compared. `words` are in one spelling, in their order; a stand-in has none."""

    plain: str
    codes: frozenset[str]
    generic: bool
    words: tuple[str, ...]
    bag: frozenset[str]
    designators: frozenset[str]
    specialties: frozenset[str]
    joined: str


@lru_cache(maxsize=8192)
def label_of(text: str) -> Label:
    """Read a label; "" is a stand-in like any other."""
    codes, rest = _codes_apart(without_accents(tidy(repaired(html.unescape(text[:_LONGEST])))))
    said = plain(rest)
    # "Research Site 101" is a research site: the word went with its code.
    generic = _names_nobody(said) or (bool(codes) and _names_nobody(f"{said} site"))
    words = () if generic else words_of(said) or tuple(said.split())
    bag = frozenset(words)
    return Label(said, codes, generic, words, bag, designators_of(bag), specialties_of(bag), "".join(words))


def _names_nobody(said: str) -> bool:
    return bool(_STAND_IN.fullmatch(said))


def _codes_apart(text: str) -> tuple[frozenset[str], str]:
    """The codes of the site in a label, in normal form, and the label without them."""
    if not _DIGIT.search(text):
        return frozenset(), text
    codes = set()
    for form in _CODES:
        if found := form.search(text):
            code = plain(found["code"]).replace(" ", "")
            codes.add(code.lstrip("0") or "0")
            text = f"{text[: found.start()]} {text[found.end() :]}".strip()
    return frozenset(codes), text
