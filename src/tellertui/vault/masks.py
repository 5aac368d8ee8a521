"""What a masked value shows: enough for the person in front of the counter to recognise it, no more.

A mask is made when the value is written and is a value of its own; where a rule does not apply to a
value, nothing of it is shown. The number of stars never tells a length (domain rules, B12).
"""

import re

HIDDEN = "****"

_NAME_STARS = "**"
_DOCUMENT_STARS = "*" * 16
_CARD_STARS = "*" * 9
_HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
_COMPOUND_SURNAME = re.compile(
    "歐陽|欧阳|司馬|司马|上官|諸葛|诸葛|司徒|東方|东方|尉遲|尉迟|皇甫|令狐|公孫|公孙|慕容|宇文|長孫|长孙|夏侯|"
    "軒轅|轩辕|鍾離|钟离|端木|南宮|南宫|獨孤|独孤|聞人|闻人|澹臺|澹台|赫連|赫连|呼延|拓跋|西門|西门|太史|申屠|"
    "公冶|濮陽|濮阳|淳于|單于|单于|范姜|張簡|张简"
)
# The words for streets and numbers end what may be a place; a few places begin with one of them.
_WORD = r"\D[^\d号號街巷弄路道]{0,9}?"
_PROVINCE = rf"(?:{_WORD}(?:自治[区區]|特[别別]行政[区區]|省))?"
_CITY = rf"(?:{_WORD}(?:自治州|地[区區]|(?<!超)市|盟))?"
_DISTRICT = rf"(?:{_WORD}(?:(?<![小社园園校厂廠景])[区區]|[县縣]|旗(?![区區])|(?<!超)市))?"
_PLACE = re.compile(_PROVINCE + _CITY + _DISTRICT)
_MOBILE = re.compile(r"(?:\+?86|0086)?(1\d{10})")
_MIN_SHOWN = 8
_CARD_DIGITS = range(13, 20)


def mask_name(name: str) -> str:
    """Keep the surname: 陳**, 歐陽**, CHEN**; in Latin letters it is the first of several words."""
    plain = name.strip()
    if not plain:
        return HIDDEN
    if _HAN.match(plain):
        surname = plain[:2] if len(plain) > 2 and _COMPOUND_SURNAME.match(plain) else plain[0]
    else:
        surname, *given = re.split(r"[,，\s]+", plain, maxsplit=1)
        surname = surname if given else surname[0]
    return surname + _NAME_STARS


def mask_phone(number: str) -> str:
    """Keep the first three and last four of a mainland mobile number, the last four of any other."""
    digits = re.sub(r"[^\d+]", "", number)
    mobile = _MOBILE.fullmatch(digits)
    if mobile:
        return mobile[1][:3] + HIDDEN + mobile[1][-4:]
    return HIDDEN + digits[-4:] if len(digits) >= _MIN_SHOWN else HIDDEN


def mask_document(number: str) -> str:
    """Keep the first and last character of an identity document's number."""
    plain = re.sub(r"[\s()（）-]", "", number)
    return plain[0] + _DOCUMENT_STARS + plain[-1] if len(plain) >= _MIN_SHOWN else _DOCUMENT_STARS


def mask_card(number: str) -> str:
    """Keep the first six and last four digits of a card or account number, of a short one the last four."""
    digits = re.sub(r"[\s-]", "", number)
    if len(digits) in _CARD_DIGITS:
        return digits[:6] + _CARD_STARS + digits[-4:]
    return _CARD_STARS + digits[-4:] if len(digits) >= _MIN_SHOWN else _CARD_STARS


def mask_address(address: str) -> str:
    """Keep province, city and district of a Chinese address."""
    place = _PLACE.match(re.sub(r"\s", "", address))
    return (place[0] if place else "") + HIDDEN


def mask_email(address: str) -> str:
    """Keep the first three characters before the @, of a short name the first, and the domain."""
    local, at, domain = address.strip().rpartition("@")
    if not local or not domain:
        return HIDDEN
    return local[: 3 if len(local) > 3 else 1] + "***" + at + domain
