"""A name and how a piece uses it ─► person, organisation, place or thing.

An author can be for or against a person or an organisation. A country is where things happen, does them, and is
pitied or feared in one piece: its mentions say little of what the author thinks of it; so places, laws and wars get
no polarity. Pure. The word lists are by hand from general knowledge; none is taken from the measuring data.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from recommender.models import TargetKind
from recommender.stance.names import ALIASES, DEMONYMS, NOT_PERSON, ORGANISATION

MOSTLY_IN = (
    0.5  # share of a name's mentions right after "in", "near"...: half the time or more it is where, not who
)
_IN = re.compile(r"\b(?:in|near|across|throughout|outside|inside|into|from)\s+(?:the\s+)?$")


def _words(line: str) -> frozenset[str]:
    return frozenset(line.split())


def _names(line: str) -> frozenset[str]:
    return frozenset(name.strip() for name in line.split(","))


_GEOGRAPHY = _words(
    "Street Avenue River County City State States Islands Island Ocean Sea Gulf Bay Lake Valley District Airport "
    "Kingdom Emirates Republic Territory Province Peninsula Strait Coast Mountains Desert Canal Hemisphere Region "
    "Square Border Heights Bank Strip Hills Beach Park Road Boulevard"
)
_ORGANISES = _words(
    "Reserve World Party Council Committee Commission Department Court Authority Agency Guard University"
)
_THINGS = _words(
    "Act Amendment Bill Treaty Agreement Deal Accord Accords Plan Constitution Medicare Medicaid War Policy Code Law "
    "Security Doctrine Declaration Protocol Initiative Program Award Prize Day Week Year Era Revolution Spring "
    "Obamacare Brexit Internet Olympics Holocaust Covid Coronavirus Bible Quran Koran Twitter Facebook Christmas"
)
_COUNTRIES = _names(
    "Afghanistan, Albania, Algeria, Angola, Argentina, Armenia, Australia, Austria, Azerbaijan, Bahrain, Bangladesh, "
    "Belarus, Belgium, Bolivia, Bosnia, Botswana, Brazil, Bulgaria, Burma, Cambodia, Cameroon, Canada, Chad, Chile, "
    "China, Colombia, Congo, Costa Rica, Croatia, Cuba, Cyprus, Czechoslovakia, Denmark, Dominican Republic, Ecuador, "
    "Egypt, El Salvador, Eritrea, Estonia, Ethiopia, Finland, France, Gambia, Germany, Ghana, Greece, Greenland, "
    "Guatemala, Guinea, Guyana, Haiti, Honduras, Hong Kong, Hungary, Iceland, India, Indonesia, Iran, Iraq, Ireland, "
    "Israel, Italy, Ivory Coast, Jamaica, Japan, Jordan, Kazakhstan, Kenya, Kosovo, Kuwait, Kyrgyzstan, Laos, Latvia, "
    "Lebanon, Liberia, Libya, Lithuania, Luxembourg, Macedonia, Madagascar, Malawi, Malaysia, Mali, Malta, Mexico, "
    "Moldova, Mongolia, Montenegro, Morocco, Mozambique, Myanmar, Namibia, Nepal, Netherlands, New Zealand, "
    "Nicaragua, Niger, Nigeria, North Korea, Norway, Oman, Pakistan, Palestine, Palestinians, Panama, Paraguay, Peru, "
    "Philippines, Poland, Portugal, Puerto Rico, Qatar, Romania, Russia, Rwanda, Saudi Arabia, Scotland, Senegal, "
    "Serbia, Sierra Leone, Singapore, Slovakia, Slovenia, Somalia, South Africa, South Korea, Korea, Soviet Union, "
    "Spain, Sri Lanka, Sudan, South Sudan, Sweden, Switzerland, Syria, Taiwan, Tajikistan, Tanzania, Thailand, Tibet, "
    "Tunisia, Turkey, Turkmenistan, Uganda, Ukraine, United Arab Emirates, UAE, United Kingdom, England, Wales, "
    "United States, Uruguay, Uzbekistan, Vatican, Venezuela, Vietnam, Yemen, Zambia, Zimbabwe, Crimea, Chechnya, "
    "Gaza, West Bank, Kashmir, Kurdistan, Persia, Prussia, Yugoslavia, European Union, NATO, United Nations"
)
_REGIONS = _names(
    "Africa, Asia, Europe, America, North America, South America, Latin America, Central America, Middle East, "
    "Near East, Far East, Eastern Europe, Western Europe, Southeast Asia, Persian Gulf, Caribbean, Balkans, Arctic, "
    "Antarctica, Pacific, Atlantic, Mediterranean, West, East, North, South, Midwest, Northeast, Southwest, "
    "Deep South, Appalachia, New England, Silicon Valley, Wall Street, Main Street, Capitol Hill, Earth, Mars, Moon"
)
_STATES = _names(
    "Alabama, Alaska, Arizona, Arkansas, California, Colorado, Connecticut, Delaware, Florida, Hawaii, Idaho, "
    "Illinois, Indiana, Iowa, Kansas, Kentucky, Louisiana, Maine, Maryland, Massachusetts, Michigan, Minnesota, "
    "Mississippi, Missouri, Montana, Nebraska, Nevada, New Hampshire, New Jersey, New Mexico, New York, "
    "North Carolina, North Dakota, Ohio, Oklahoma, Oregon, Pennsylvania, Rhode Island, South Carolina, South Dakota, "
    "Tennessee, Texas, Utah, Vermont, Virginia, West Virginia, Wisconsin, Wyoming, Ontario, Quebec, Bavaria, Catalonia"
)
_CITIES = _names(
    "Aleppo, Amsterdam, Ankara, Athens, Atlanta, Austin, Baghdad, Baltimore, Bangkok, Barcelona, Beijing, Beirut, "
    "Belfast, Belgrade, Benghazi, Berlin, Boston, Brooklyn, Brussels, Bucharest, Budapest, Buenos Aires, Buffalo, "
    "Cairo, Caracas, Charleston, Charlotte, Charlottesville, Chicago, Cincinnati, Cleveland, Copenhagen, Dallas, "
    "Damascus, Davos, Delhi, Denver, Des Moines, Detroit, Doha, Dubai, Dublin, Edinburgh, El Paso, Ferguson, Flint, "
    "Frankfurt, Geneva, Glasgow, Guantanamo, Hanoi, Havana, Helsinki, Hiroshima, Hollywood, Houston, Indianapolis, "
    "Islamabad, Istanbul, Jakarta, Jerusalem, Johannesburg, Kabul, Kandahar, Kansas City, Karachi, Kiev, Kyiv, "
    "Las Vegas, Lisbon, London, Los Angeles, Madrid, Manhattan, Manila, Mecca, Memphis, Miami, Milan, Milwaukee, "
    "Minneapolis, Montreal, Moscow, Mosul, Mumbai, Munich, Nairobi, Nashville, New Delhi, New Orleans, "
    "New York City, Newark, Oakland, Orlando, Oslo, Oxford, Paris, Philadelphia, Phoenix, Pittsburgh, Portland, "
    "Prague, Pyongyang, Riyadh, Rome, Sacramento, Salt Lake City, San Antonio, San Diego, San Francisco, "
    "San Bernardino, Santiago, Seattle, Seoul, Shanghai, Sochi, St. Louis, Stockholm, Sydney, Tampa, Tehran, "
    "Tel Aviv, Tokyo, Toronto, Tripoli, Tucson, Tunis, Tulsa, Vancouver, Vienna, Warsaw, Washington, "
    "Washington D.C., D.C., Zurich"
)
PLACES = (
    _COUNTRIES | _REGIONS | _STATES | _CITIES | frozenset(DEMONYMS) | frozenset(DEMONYMS.values())
) | frozenset(form for form, name in ALIASES.items() if name in _COUNTRIES)
_BODIES = _words(
    "Republicans Democrats Congress Parliament Pentagon Kremlin Hezbollah Hamas Taliban"
)  # of one word


def kind_of(name: str, *, titled: bool, before: Sequence[str]) -> TargetKind:
    """What a name stands for.

    Args:
        name: its fullest form, without titles.
        titled: whether a title stands before one of its mentions: "Mayor", "Gen.".
        before: for each mention the text that precedes it; a few words are enough.
    """
    words = name.split()
    found = set(words)
    if titled:
        return TargetKind.PERSON
    if name in PLACES:
        return TargetKind.PLACE
    if not found & _ORGANISES and found & (_GEOGRAPHY | _THINGS):
        return TargetKind.PLACE if found & _GEOGRAPHY else TargetKind.THING
    acronym = len(words) == 1 and name.isupper() and len(name) > 1
    if found & (ORGANISATION | _BODIES) or acronym:
        return TargetKind.ORGANISATION
    if sum(bool(_IN.search(text)) for text in before) >= MOSTLY_IN * max(1, len(before)):
        return TargetKind.PLACE
    return TargetKind.PERSON if 2 <= len(words) <= 4 and words[0] not in NOT_PERSON else TargetKind.UNKNOWN
