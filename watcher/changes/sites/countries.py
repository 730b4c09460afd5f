"""Countries by the registry's own vocabulary, which it revises from time to time: the old names mean the same country.

The names are those of the location index of ClinicalTrials.gov; the long forms are ISO 3166 as the registry used them.
"""

from __future__ import annotations

from functools import lru_cache

from watcher.changes.sites.plain import plain

# Today's name = the names before it.
_TABLE = """
Bahamas = The Bahamas; Bahamas, The
Bolivia = Bolivia, Plurinational State of
Bosnia and Herzegovina = Bosnia-Herzegovina; Bosnia & Herzegovina
Brunei = Brunei Darussalam
Cabo Verde = Cape Verde
Cote d'Ivoire = Côte D'Ivoire; Ivory Coast
Curaçao = Curacao
Czechia = Czech Republic; The Czech Republic
Democratic Republic of the Congo = Congo, The Democratic Republic of the; Congo, Democratic Republic of; Zaire
Eswatini = Swaziland; eSwatini; Kingdom of Eswatini
Gambia = The Gambia; Gambia, The
Hong Kong = Hong Kong SAR, China; Hong Kong SAR; China, Hong Kong; Hong Kong, China
Iran = Iran, Islamic Republic of; Islamic Republic of Iran
Kyrgyzstan = Kyrgyz Republic
Laos = Lao People's Democratic Republic; Lao PDR
Libya = Libyan Arab Jamahiriya; Libyan Arab Jamahirya
Macau = Macao; Macao SAR; Macau SAR
Micronesia = Micronesia, Federated States of; Federated States of Micronesia
Moldova = Moldova, Republic of; Republic of Moldova
Myanmar = Burma; Myanmar (Burma); Burma (Myanmar)
Netherlands = The Netherlands; Netherlands, The; Holland
North Korea = Korea, Democratic People's Republic of; Democratic People's Republic of Korea; Korea, North
North Macedonia = Macedonia; Macedonia, The Former Yugoslav Republic of; Former Yugoslav Republic of Macedonia;
 Republic of Macedonia; Republic of North Macedonia; North Macedonia, Republic of; FYROM
Palestinian Territories = Palestinian Territory, occupied; Palestinian Territories, Occupied; Palestine;
 Palestinian Territory; Palestine, State of; State of Palestine
Republic of the Congo = Congo; Congo, Republic of the; Congo, Republic of
Russia = Russian Federation; The Russian Federation
Réunion = Reunion; Reunion Island
Saint Lucia = St. Lucia; St Lucia
Slovakia = Slovak Republic
South Korea = Korea, Republic of; Republic of Korea; Korea, South; Korea; Korea (South); Korea, Rep. of
Syria = Syrian Arab Republic
Taiwan = Taiwan, Province of China; Taiwan, Republic of China; Taiwan, ROC; Taiwan (Province of China); Chinese Taipei;
 Taiwan, China; Taiwan, R.O.C.
Tanzania = Tanzania, United Republic of; United Republic of Tanzania
Timor-Leste = East Timor
Turkey (Türkiye) = Turkey; Türkiye; Turkiye; Turkey (Turkiye); Türkiye (Turkey); Republic of Türkiye
U.S. Virgin Islands = Virgin Islands (U.S.); Virgin Islands, U.S.; Virgin Islands (USA); United States Virgin Islands
United Kingdom = UK; U.K.; Great Britain; United Kingdom of Great Britain and Northern Ireland
United States = United States of America; USA; U.S.A.; US; U.S.
Vatican City = Holy See (Vatican City State); Holy See; Vatican City State
Venezuela = Venezuela, Bolivarian Republic of; Bolivarian Republic of Venezuela
Vietnam = Viet Nam; Socialist Republic of Vietnam
"""


def _table(text: str) -> dict[str, str]:
    names: dict[str, str] = {}
    for line in text.replace(";\n ", "; ").strip().splitlines():
        today, _, before = line.partition(" = ")
        names |= {plain(name): today for name in (today, *before.split(";"))}
    return names


_NAMES = _table(_TABLE)


@lru_cache(maxsize=1024)
def country_name(text: str) -> str:
    """A country under its name of today; an unknown one under its own."""
    return _NAMES.get(plain(text)) or text.strip()


@lru_cache(maxsize=1024)
def country_key(text: str) -> str:
    """What tells a country from others, whatever the vocabulary."""
    return plain(country_name(text))


def same_country(a: str, b: str) -> bool:
    """Whether two names of a country differ in vocabulary at most."""
    return country_key(a) == country_key(b)
