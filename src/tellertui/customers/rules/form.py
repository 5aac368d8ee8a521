"""What every number has: a length and permitted characters; and the words for what is wrong with them."""

import re
from collections.abc import Sequence

from tellertui.core.refusal import N_
from tellertui.core.verdict import Judge, Verdict

EMPTY = N_("Nothing was entered.")
LENGTH = N_("{length} characters were entered; the number has {expected}.")
NOT_A_DIGIT = N_("Character {position} must be a digit.")
NOT_A_LETTER = N_("Character {position} must be a letter.")
NOT_ALPHANUMERIC = N_("Character {position} must be a digit or a letter from A to Z.")

CHECKED = N_("The form is right and the check digit fits.")
FORM_ONLY = N_("The form is right; this number has no check digit.")

_no_digit = re.compile(r"[^0-9]").search
_no_letter = re.compile(r"[^A-Z]").search
_no_alphanumeric = re.compile(r"[^0-9A-Z]").search


def wrong_length(judge: Judge, number: str, lengths: Sequence[int]) -> Verdict | None:
    """Find a length that the number cannot have."""
    if len(number) in lengths:
        return None
    if not number:
        return judge.invalid(EMPTY)
    return judge.invalid(LENGTH, {"length": len(number), "expected": span(lengths)})


def wrong_digits(judge: Judge, part: str, first: int = 1) -> Verdict | None:
    """Find a character that is not a digit; the part begins at character ``first`` of the number."""
    found = _no_digit(part)
    return judge.invalid(NOT_A_DIGIT, {"position": first + found.start()}) if found else None


def wrong_letters(judge: Judge, part: str, first: int = 1) -> Verdict | None:
    """Find a character that is not a capital letter."""
    found = _no_letter(part)
    return judge.invalid(NOT_A_LETTER, {"position": first + found.start()}) if found else None


def wrong_alphanumerics(judge: Judge, part: str, first: int = 1) -> Verdict | None:
    """Find a character that is neither a digit nor a capital letter."""
    found = _no_alphanumeric(part)
    return judge.invalid(NOT_ALPHANUMERIC, {"position": first + found.start()}) if found else None


def span(lengths: Sequence[int]) -> str:
    """Return lengths in words of digits: one, a range if they follow each other, or a list."""
    if len(lengths) > 2 and list(lengths) == list(range(lengths[0], lengths[-1] + 1)):
        return f"{lengths[0]}-{lengths[-1]}"
    return " / ".join(map(str, lengths))
