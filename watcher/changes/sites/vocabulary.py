"""Words in the names of facilities: other languages and short forms of the frequent ones, and how much a word tells."""

from __future__ import annotations

from watcher.changes.sites.plain import plain


def _plain_words(text: str) -> list[str]:
    """The words of a table as they stand in names in normal form."""
    return [plain(word) for word in text.split()]


# One word = how else it is written; a compound stands for several words.
_TABLE = """
university = univ universite universitat universita universitas universidad universidade universitair universitaire
 universitaires universitario universitaria universitarie universitari universiteit universitar universitare
 universitets uniwersytet uniwersytecki uniwersytetu univerzita univerzitni univerzitna univerzitet universitesi
 universitat universitaria universitario unv uni universitarios
hospital = hosp hosps hospitals hopital hopitaux hospitalier hospitaliere hospitaliers hospitales hospitalario ospedale
 ospedali ospedaliera ospedaliero szpital szpitala nemocnice nemocnica sjukhus sjukhuset sykehus sygehus ziekenhuis
 krankenhaus spital spitalul bolnica hastanesi hastane korhaz kliniki klinikum clinicum kliniken hospitalar sairaala
center = centre centers centres ctr cntr centro centros zentrum centrum centar merkezi centralny kozpont
clinic = clinica clinicas clinique cliniques klinik klinika kliniek clinics klinikai
institute = inst institut institutes instituto institutos istituto istituti instytut institutul instituut
medical = med medico medica medicos medicas medicale medizinische medisch medyczny medyczne tip lekarski
medicine = medicina medizin medecine medycyny geneeskunde
faculty = facultad fakultesi faculte fakultat faculdade facolta fakulteta fakultni fac
school = escuela escola ecole schule
college = colegio
department = dept dep departement departamento dipartimento abteilung departments
national = nacional nazionale nationale nationales narodowy narodni
general = generale generali allgemeines allgemeine
regional = regionale regionales regionalny
provincial = provinciale provincia
research = recherche recherches investigacion investigaciones ricerca ricerche forschung investigacao resch
science = sciences scientific scientifico ciencias
foundation = fundacion fondazione fondation stiftung fundacao fundacio found
health = salud saude sante salute gesundheit
cancer = cancers krebs cancerologie cancerologia cancerologico rak tumori tumor tumour
oncology = oncologia oncologico oncologica oncologie oncologique onkologie onkologii onkologiczne onkologia oncol
 onkologiczny
hematology = haematology hematologia hematologie hamatologie hematol ematologia
children = childrens child infantil enfants kinder pediatric paediatric pediatrics pediatria pediatrico pediatrique
 kinderklinik bambini
women = womens woman mujer femme frauen
veterans = va veteran
saint = st ste sankt san santa santo sao sint sancta
mount = mt
fort = ft
north = northern
associates = assoc assocs associate association asociacion associazione
physicians = physician
specialists = specialist specialties specialty
international = intl internacional
investigational = investigative investigator investigators
trials = trial
services = service servicio servizio servicos
affiliated = affiliate affil
first = 1st prim
second = 2nd
third = 3rd
fourth = 4th
fifth = 5th
sixth = 6th
seventh = 7th
eighth = 8th
ninth = 9th
tenth = 10th
central = zentral
universityhospital = uz
"""
# Short for several words.
_COMPOUNDS = {
    "universitatsklinikum": "university hospital",
    "uniklinikum": "university hospital",
    "uniklinik": "university hospital",
    "universitatsklinik": "university hospital",
    "universitatskliniken": "university hospital",
    "universitatskrankenhaus": "university hospital",
    "universitatsspital": "university hospital",
    "universitatsmedizin": "university medicine",
    "universitetssykehus": "university hospital",
    "universitetssjukhus": "university hospital",
    "universitetssjukhuset": "university hospital",
    "universitetshospital": "university hospital",
    "inselspital": "insel hospital",
    "kinderspital": "children hospital",
    "kinderkrankenhaus": "children hospital",
    "policlinico": "poli clinic",
    "poliklinika": "poli clinic",
    "poliklinik": "poli clinic",
    "chu": "center hospital university",
    "chru": "center hospital regional university",
    "universityhospital": "university hospital",
    "umc": "university medical center",
    "aphp": "assistance publique hospital paris",
    "aphm": "assistance publique hospital marseille",
}
# Articles, connectors and legal forms.
_DROPPED = """
the of at and for in on d l de la le les du des del della delle degli di da do dos das der die das den von van und et
e y zu im i inc incorporated llc ltd limited pllc pa pc plc gmbh ag sa srl spa sro bv nv corp corporation company co lp
llp pty kft doo ooo jsc ao zao sp zoo as oy ab
"""
DROPPED = frozenset(_plain_words(_DROPPED))
# Words that say what a facility is, not which.
_COMMON = """
university hospital center clinic institute medical medicine faculty school college department national general
regional provincial research science foundation health healthcare care system services associates physicians
specialists international investigational trials clinical saint affiliated first second third fourth fifth sixth
seventh eighth ninth tenth central office doctor dr prof professor trust nhs people group practice campus main
building unit division laboratory memorial state public private budgetary institution assistance publique study
education teaching comprehensive community network district municipal county city site facility oncology cancer
hematology surgery treatment attn branch outpatient hospices civils azienda irccs republic military poli wing floor
room tower no number road street avenue ave rd blvd gen hospitalization drug therapy program unity secretariat
ministry north south east west
"""
COMMON = frozenset(_plain_words(_COMMON))
# Names that differ in one of these name different houses, however alike they are: a parent and its children.
_SPECIALTIES = """
cancer eye ophthalmology heart cardiology cardiovascular children women veterans dental kidney nephrology lung chest
pulmonary skin dermatology urology orthopedic orthopaedic neurology brain psychiatric psychiatry mental
maternity rehabilitation diabetes allergy asthma ent
"""
SPECIALTIES = frozenset(_plain_words(_SPECIALTIES))
_SPELT = {"oncology": "cancer", "ophthalmology": "eye", "cardiology": "heart", "cardiovascular": "heart"}
_SPELT |= {"nephrology": "kidney", "dermatology": "skin", "pulmonary": "lung", "chest": "lung"}
_SPELT |= {"orthopaedic": "orthopedic", "psychiatry": "psychiatric", "asthma": "allergy"}
ORDINALS = {
    word: str(place)
    for place, word in enumerate(
        ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"), 1
    )
}
_ROMAN = {"ii": "2", "iii": "3", "iv": "4", "vi": "6", "vii": "7", "viii": "8"}


def _table(text: str) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for line in text.replace("\n ", " ").strip().splitlines():
        word, _, others = line.partition(" = ")
        found |= dict.fromkeys(_plain_words(others), (plain(word),))
    return found | {plain(word): tuple(_plain_words(said)) for word, said in _COMPOUNDS.items()}


_ALIASES = _table(_TABLE)


def words_of(plain_text: str) -> tuple[str, ...]:
    """The words of a name in one language and spelling, without articles and legal forms, in their order."""
    found: list[str] = []
    for word in plain_text.split():
        if word not in DROPPED:
            for part in _ALIASES.get(word, (word,)):
                found += _ALIASES.get(part, (part,))
    return tuple(found)


def specialties_of(words: frozenset[str]) -> frozenset[str]:
    """The specialties that a name states, under one word each."""
    return frozenset(_SPELT.get(word, word) for word in words if word in SPECIALTIES or word in _SPELT)


def designators_of(words: frozenset[str]) -> frozenset[str]:
    """What counts houses of one name: numbers, ordinals, single letters ("No. 7", "Second", "B")."""
    found = {ORDINALS.get(word) or _ROMAN.get(word) or word for word in words if _designates(word)}
    return frozenset(word.lstrip("0") or "0" for word in found)


def _designates(word: str) -> bool:
    return word in ORDINALS or word in _ROMAN or word.isdecimal() or len(word) == 1
