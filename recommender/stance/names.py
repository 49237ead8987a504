"""Words that tell names apart: titles, organisations, countries and what never is a target.

Written down by hand from general knowledge; none is taken from the measuring data.
"""

from __future__ import annotations

import re
from collections.abc import Iterator


def _words(line: str) -> frozenset[str]:
    return frozenset(line.split())


class TITLES:
    """Words before a person's name that are no part of it."""

    _plain = _words(
        "President Vice Former Sen Rep Gov Gen Col Lt Maj Capt Sgt Adm Dr Prof Mr Mrs Ms Rev Hon Sir Lord "
        "Lady Dame "
        "Senator Representative Congressman Congresswoman Governor General Colonel Lieutenant Major "
        "Captain Admiral Professor Secretary Minister Prime Chancellor Chairman Chairwoman Chairperson Chair "
        "Speaker Leader Supreme Ayatollah Judge Justice Attorney Mayor Director Chief Ambassador Commander "
        "Deputy King Queen Prince Princess Pope Sheikh Imam Rabbi Cardinal Bishop Archbishop Officer "
        "Detective Sheriff Premier Majority Minority Councilman Councilwoman Counselor Adviser Advisor "
        "Spokesman Spokeswoman Foreign Defense Interior Candidate Mr. Mrs. Ms. Dr. Sen. Rep. Gov. Gen. Col. "
        "Lt. Maj. Capt. Sgt. Adm. Prof. Rev. Hon. Brig. Reps. Sens. Sgt. Cmdr."
    )
    _office = re.compile(r"(?:Secretary|Minister|Undersecretary) of (?:the )?[A-Z]\w+")
    _word = re.compile(r"(?:Secretary|Minister|Undersecretary) of (?:the )?[A-Z]\w+|\S+")
    _followed = _words("Supreme Justice Defense Foreign Interior Majority Minority Chief Major General Prime")

    @classmethod
    def split_words(cls, run: str, start: int) -> Iterator[tuple[str, int, int]]:
        """The words of a run with their offsets; "Secretary of State" is one."""
        for match in cls._word.finditer(run):
            yield match.group(), start + match.start(), start + match.end()

    @classmethod
    def holds(cls, word: str) -> bool:
        """Whether a word is a title or an office."""
        return word in cls._plain or cls._office.fullmatch(word) is not None


CONNECTORS = _words("of for the on and de del der den van von bin ibn al el la le da dos di")
_CAP = (
    r"(?:(?:Mr|Mrs|Ms|Dr|Sen|Rep|Gov|Gen|Col|Lt|Maj|Capt|Sgt|Adm|Prof|Rev|Hon|Brig|Reps|Sens|Cmdr|St)\."
    r"|(?:[A-Z]\.){2,}|[A-Z]\.(?=\s[A-Z])"
    r"|(?:al-|el-|[A-Z][’'])?[A-Z][^\W_]*(?:-[A-Z][^\W_]*)*)"
)
_PARTY = (
    r"(?:Republican|Democratic|GOP)[ \u00a0]"
    r"(?:lawmakers|leaders|senators|members|leadership|officials|candidates|party)"
)
_LINK = r"(?:(?:of|for|de|del|der|den|van|von|bin|ibn|al|el|la|le|da|dos|di)[ \u00a0](?:the )?)?"
CAPITALISED = re.compile(rf"(?<![\w’'.])(?:{_PARTY}|{_CAP}(?:[ \u00a0]{_LINK}{_CAP})*)")
ORGANISATION = _words(
    "Party Authority Embassy Mosque Department Ministry Committee Court House Senate Congress Parliament University "
    "College School Council Commission Agency Administration Bureau Corps Army Navy Force Forces Guard "
    "Union Association Foundation Institute Center Centre Bank Fund Board Group Company Corporation Corp "
    "Inc Times Post Journal News Press Network Church Organization Organisation League Alliance Coalition "
    "Front Movement Brotherhood Service Office Nations Republic Act Amendment Bill Treaty Agreement Deal "
    "Accord Plan Constitution Security Medicare Medicaid States Kingdom Federation Chamber Society "
    "Conference Convention Caucus Republicans Democrats Street Avenue River County City State Islands War "
    "Ocean Sea Gulf Bay Lake Valley District Airport Hospital Hotel Hall Building Affairs Rights "
    "Parenthood Reserve Academy Team Project Campaign Initiative Program Law Code Supreme Health Care "
    "Policy"
)
NOT_PERSON = _words(
    "U.S. UN New North South East West Northern Southern Eastern Western Central United Saudi San Santa "
    "Los Las El Middle Great Hong Sri Costa Puerto Wall White Black Capitol American National Federal "
    "International World European African Asian Islamic Latin Fox Planned Affordable Social Tea Al Big "
    "Green Red Second First"
)
NEVER = _words(
    "Monday Tuesday Wednesday Thursday Friday Saturday Sunday January February March April May June July "
    "August September October November December Jan Feb Aug Sept Oct Nov Dec Mon Tue Wed Thu Fri Sat Sun "
    "I The A An This That These Those It He She They We You And But Or If In On At For To As Of My Our "
    "Your His Her Its Their Yes No Not So What Who Why How When Where Which Video Photo Image Read Click "
    "Related Advertisement Mr Mrs Ms Dr Sen Rep Gov Gen AP AFP Reuters Getty Update Editor Story Photos "
    "More Here There Now Then Also Just Only All Some Many Most Christmas Easter Thanksgiving Internet TV "
    "OK CEO Q D R English God Twitter Facebook Unlike Like Even Both Either Neither Whether Since Until "
    "Because Although Though While After Before During Under Over Despite Instead Meanwhile However Yet "
    "Still Perhaps Maybe Do Does Did Can Could Would Should Is Are Was Were Has Have Had Really Once With "
    "Without From By Among Between Against American Americans Western Republican Democratic Conservative "
    "Liberal Islamic Muslim Christian Jewish Arab European"
)
_DEMONYM_LINES = """Iran: Iranian Iranians
Russia: Russian Russians
China: Chinese
Syria: Syrian Syrians
Iraq: Iraqi Iraqis
Israel: Israeli Israelis
Turkey: Turkish Turks
Ukraine: Ukrainian Ukrainians
North Korea: DPRK
Saudi Arabia: Saudi Saudis
United Kingdom: UK U.K. Britain British Britons
France: French
Germany: German Germans
Mexico: Mexican Mexicans
Canada: Canadian Canadians
Japan: Japanese
India: Indian Indians
Pakistan: Pakistani Pakistanis
Afghanistan: Afghan Afghans
Egypt: Egyptian Egyptians
Libya: Libyan Libyans
Venezuela: Venezuelan Venezuelans
Cuba: Cuban Cubans
Brazil: Brazilian Brazilians
Palestinians: Palestinian Palestine
Poland: Polish
Hungary: Hungarian Hungarians
Italy: Italian Italians
Spain: Spanish
Greece: Greek Greeks
Vietnam: Vietnamese
Yemen: Yemeni Yemenis
Lebanon: Lebanese
Australia: Australian Australians"""
DEMONYMS = {
    form: country
    for line in _DEMONYM_LINES.splitlines()
    for country, forms in [line.split(": ")]
    for form in forms.split()
}
ALIASES = {
    "U.S": "United States",
    "U.S.": "United States",
    "US": "United States",
    "USA": "United States",
    "U.S.A.": "United States",
    "America": "United States",
    "U.N.": "United Nations",
    "UN": "United Nations",
    "E.U.": "European Union",
    "EU": "European Union",
    "Republican": "Republicans",  # only with a noun after it: see CAPITALISED
    "Democratic": "Democrats",
    "GOP": "Republicans",
    "G.O.P.": "Republicans",
    "Republican Party": "Republicans",
    "Democrat": "Democrats",
    "Democratic Party": "Democrats",
    "Obamacare": "Affordable Care Act",
    "ObamaCare": "Affordable Care Act",
    "ACA": "Affordable Care Act",
    "F.B.I.": "FBI",
    "C.I.A.": "CIA",
}
KNOWN = (
    frozenset(DEMONYMS) | frozenset(DEMONYMS.values()) | frozenset(ALIASES)
)  # names even where they open a sentence
