"""The command field's grammar, pure: what a person or a scanner has typed, and what it means.

One or two digits are a verb or a line, three digits a screen, ``.18`` or ``A018`` a ticket, a long number the
look-up of a customer, ``CN-0917`` a case. Full-width characters count as their narrow twins, ``。`` as ``.``.
What came from a scanner is one command and never a verb.
"""

import re
import unicodedata

import msgspec

LONGEST = 256
"""No number that a person or a card carries is longer."""

_VERB = re.compile(r"\d{1,2}")
_SCREEN = re.compile(r"\d{3}")
_TICKET_END = re.compile(r"\.(\d{1,3})")
_TICKET = re.compile(r"[A-Z]\d{3,4}")
_CASE = re.compile(r"[A-Z]{2}-(\d{4}-)?\d{4}(-[0-9A-Z]{1,2})?")
_NUMBER = re.compile(r"\+?[0-9A-Z*]{7,}")
_SEPARATORS = re.compile(r"[\s()/\-]")


class Nothing(msgspec.Struct, frozen=True):
    """Enter in an empty field."""


class Verb(msgspec.Struct, frozen=True):
    """A verb, a service or a line, as it was typed: ``3``, ``31``, ``00``."""

    digits: str


class Go(msgspec.Struct, frozen=True):
    """A screen by its code."""

    code: str


class TicketEnd(msgspec.Struct, frozen=True):
    """The ticket whose number ends so."""

    digits: str


class TicketNumber(msgspec.Struct, frozen=True):
    """A ticket by its whole number."""

    number: str


class Lookup(msgspec.Struct, frozen=True):
    """A document, card or telephone number: find the customer."""

    text: str
    """Normalised: narrow, upper case, without separators."""
    scanned: bool = False


class Case(msgspec.Struct, frozen=True):
    """A case by its number with check characters."""

    number: str


class Unknown(msgspec.Struct, frozen=True):
    """Nothing that the field understands."""

    text: str


Typed = Nothing | Verb | Go | TicketEnd | TicketNumber | Lookup | Case | Unknown


def normal(text: str) -> str:
    """Return what was typed in narrow characters and upper case, without space around it."""
    return unicodedata.normalize("NFKC", text).replace("。", ".").replace("、", ",").strip().upper()


def parse(text: str, *, scanned: bool = False) -> Typed:
    """Return what the text of a command field means; a burst of a scanner is never a verb or a screen."""
    typed = normal(text)
    if not typed:
        return Nothing()
    if len(typed) > LONGEST:
        return Unknown(typed[:LONGEST])
    return _ticket_or_case(typed) or (None if scanned else _short(typed)) or _number(typed, scanned)


def _short(typed: str) -> Verb | Go | None:
    if not typed.isascii():
        return None
    if _VERB.fullmatch(typed):
        return Verb(typed)
    return Go(typed) if _SCREEN.fullmatch(typed) else None


def _ticket_or_case(typed: str) -> TicketEnd | TicketNumber | Case | None:
    if not typed.isascii():
        return None
    if end := _TICKET_END.fullmatch(typed):
        return TicketEnd(end[1])
    if _TICKET.fullmatch(typed):
        return TicketNumber(typed)
    return Case(typed) if _CASE.fullmatch(typed) else None


def _number(typed: str, scanned: bool) -> Lookup | Unknown:
    bare = _SEPARATORS.sub("", typed)
    enough = sum(character in "0123456789" for character in bare) >= 4
    if (_NUMBER.fullmatch(bare) and enough) or (scanned and bare.isalnum() and enough):
        return Lookup(bare, scanned)
    return Unknown(typed)
