"""The words of outcome measures: which say nothing of what is measured, which mean the same, which define it.

Lists of the trade, not of any study: what the protocol sections of the registry are written in, and the phrases that
its results entry asks for ("Number of participants with ...", 42 CFR 11.48(a)(3)).
"""

from __future__ import annotations


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


# Particles, and what carries no meaning of its own.
PARTICLES = frozenset(
    _words(
        "a an and are as at be by been being both but did do does during each either every for from had has have if in "
        "into is it its ie eg no not of on or out over own per so such than that the their them then there these this "
        "those through thru to under up upon using via was were when where whether which while who whose will with "
        "within without would s i e co versus vs verses compared compare comparison comparing between among relative"
    )
)
# What every outcome may say, whatever it measures: counts little when two outcomes are matched.
STOCK = _words(
    "primary secondary other main key outcome endpoint end point objective measure measurement measured measuring "
    "variable parameter study trial efficacy effect evaluate evaluation evaluated assess assessed assessment assessing "
    "determine determined determination demonstrate investigate examine defined definition define described based "
    "according participant group arm treatment proportion number mean median average score total value level change "
    "difference baseline time rate incidence result analysis analyzed calculated test scale questionnaire reported "
    "reporting documented achieve achieving achieved show experience experiencing second minute hour day week month "
    "year after before first last period follow followup visit duration whole final start beginning directly"
)
# What says when, or that something is said, but not what is measured.
UNTELLING = _words(
    "until prior post pre approximately frame randomization expected conduct conducted decisive used use hypothesis "
    "tested see detail detailed description presence coprimary placebo control term include including per"
)
# One word for words between which no reader sees a difference.
ALIKE = {
    "subject": "participant", "patient": "participant", "people": "participant", "person": "participant",
    "individual": "participant", "volunteer": "participant", "percent": "proportion", "percentage": "proportion",
    "ratio": "proportion", "fraction": "proportion", "frequency": "incidence", "occurrence": "incidence",
    "occurence": "incidence", "variation": "change", "improvement": "change", "reduction": "change",
    "decrease": "change", "increase": "change", "evolution": "change", "development": "change",
    "effectiveness": "efficacy", "aim": "objective", "goal": "objective", "mortality": "death", "died": "death",
    "die": "death", "dying": "death", "dead": "death", "fatal": "death", "severe": "severity",
    "tolerated": "tolerability", "randomized": "randomization", "attain": "achieve", "reach": "achieve",
    "postoperative": "surgery", "operation": "surgery", "surgical": "surgery", "questionaire": "questionnaire",
    "drop": "change", "gain": "change", "decline": "change", "responder": "response", "wk": "week",
    "adjudicated": "adjudication",
    "confirmed": "confirmation", "documented": "documentation", "renal": "kidney", "triggered": "initiated",
}  # fmt: skip
# Abbreviations that are used without being spelled out.
SPELLED = {
    "pfs": "progression free survival", "os": "overall survival", "dfs": "disease free survival",
    "efs": "event free survival", "orr": "objective response rate", "dor": "duration response",
    "ttp": "time progression", "ae": "adverse event", "sae": "serious adverse event",
    "teae": "treatment emergent adverse event", "dlt": "dose limiting toxicity", "mtd": "maximum tolerated dose",
    "cr": "complete response", "pr": "partial response", "qol": "quality life",
    "hrqol": "health related quality life", "vas": "visual analog scale", "mi": "myocardial infarction",
    "hba1c": "glycated hemoglobin", "a1c": "glycated", "bp": "blood pressure", "mri": "magnetic resonance imaging",
    "ct": "computed tomography", "ecg": "electrocardiogram", "auc": "area curve", "bmi": "body mass index",
    "lvef": "left ventricular ejection fraction", "cns": "central nervous system", "pk": "pharmacokinetics",
    "ldl": "low density lipoprotein", "hdl": "high density lipoprotein", "fev1": "forced expiratory volume",
    "iop": "intraocular pressure", "hr": "hour", "h": "hour", "af": "atrial fibrillation", "hs": "high sensitivity",
    "6mwd": "minute walk distance", "6mwt": "minute walk test", "copd": "chronic obstructive pulmonary disease",
    "cv": "cardiovascular", "bicr": "blinded independent central review", "irc": "independent review committee",
}  # fmt: skip
# Safety goes by many names: outcomes that share this topic are likelier the same one.
SAFETY = _words("adverse toxicity tolerability safety side")
# A definition of an event or of the time to it.
DEFINING = _words(
    "defined criteria date death randomization censored due cause occurs first until objective progression documented "
    "definition whichever"
)
# Who judges: sites or a body that is independent of them.
JUDGING = _words(
    "independent independently committee adjudicated adjudication central blinded review reviewer investigator "
    "panel investigators masked rater radiologist radiology local"
)
# How an instrument is read, which the registry asks of results: an explanation, no other measurement.
EXPLAINING = _words(
    "range ranges ranging severe higher lower indicate indicating worst best symptoms symptom scored scores point "
    "points items item none full validated quality worse better"
)
# Ways to sum up over participants, as the head of a measure names them.
SUMMARIES = {
    "span": ("time", "duration", "hazard"),
    "share": ("proportion", "number", "rate", "incidence"),
    "centre": ("mean", "median", "average", "change"),
}
# What a time frame says besides its numbers and events.
TIMING = (
    *STOCK,
    *UNTELLING,
    *_words("assessed every randomized expected within"),
)
# Words that put another quantity in the place of the one that stood there.
OPPOSITES = (
    (
        _words("increase increased increasing rise gain improvement higher"),
        _words("decrease decreased decreasing reduction decline loss worsening lower"),
    ),
    (_words("mean average"), _words("median geometric")),
    (_words("maximum highest peak"), _words("minimum lowest trough")),
    (_words("number count"), _words("percentage proportion percent rate")),
    (_words("with"), _words("without")),
    (_words("fasting"), _words("postprandial")),
    (_words("systolic"), _words("diastolic")),
    (_words("left"), _words("right")),
    (_words("daily"), _words("weekly monthly")),
    (_words("weekly"), _words("monthly yearly")),
    (_words("inferiority noninferiority"), _words("superiority equivalence")),
    (_words("investigator investigators local"), _words("independent central blinded committee bicr")),
    (_words("any all"), _words("serious severe related")),
    (_words("complete"), _words("partial overall")),
)
# Words that narrow what counts.
QUALIFIERS = frozenset(_words("confirmed unconfirmed not no without never non except excluding"))
