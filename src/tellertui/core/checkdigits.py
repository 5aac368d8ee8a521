"""Check-digit algorithms. Arguments are normalised: ASCII digits and capital letters, no separators.

Every function computes the check character of a body or tests a whole number; none of them knows a
document, a country or a date.
"""

from itertools import cycle

_ALNUM = {character: value for value, character in enumerate("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ")}
_ALNUM_CHARACTERS = "".join(_ALNUM)

_USCC_CHARACTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_USCC = {character: value for value, character in enumerate(_USCC_CHARACTERS)}
_USCC_WEIGHTS = tuple(pow(3, place, 31) for place in range(17))
_ORG_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)

_MRZ = {**_ALNUM, "<": 0}
_MRZ_WEIGHTS = (7, 3, 1)

_HKID = {**_ALNUM, " ": 36}
_HKID_WEIGHTS = (9, 8, 7, 6, 5, 4, 3, 2)

_TAIWAN_LETTERS = {letter: value for value, letter in enumerate("ABCDEFGHJKLMNPQRSTUVXYWZIO", start=10)}
_TAIWAN_WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 1)
_UBN_WEIGHTS = (1, 2, 1, 2, 1, 2, 4, 1)


def mod11_2(body: str) -> str:
    """Return the ISO 7064 MOD 11-2 check character of digits: 0 to 9 or X (R-ID-01).

    Read in base 13, the body is congruent to its sum with doubling weights, because 13 is 2 modulo 11.
    """
    return "0123456789X"[(1 - 2 * int(body, 13)) % 11]


def mod11_10(body: str) -> str:
    """Return the ISO 7064 MOD 11,10 check digit of digits (R-OR-03)."""
    product = 10
    for digit in body:
        total = (product + int(digit)) % 10 or 10
        product = total * 2 % 11
    return str((11 - product) % 10)


def mod97_10(body: str) -> str:
    """Return the two ISO 7064 MOD 97-10 check digits of digits and letters (R-CD-03)."""
    return f"{98 - mod97(body + '00'):02d}"


def mod97(number: str) -> int:
    """Return a number of digits and letters modulo 97, A standing for 10; a valid one leaves 1 (R-CD-02)."""
    return int("".join(str(_ALNUM[character]) for character in number)) % 97


def mod37_36(body: str) -> str:
    """Return the ISO 7064 MOD 37,36 check character of digits and letters (R-CD-03)."""
    product = 36
    for character in body:
        total = (product + _ALNUM[character]) % 36 or 36
        product = total * 2 % 37
    return _ALNUM_CHARACTERS[(37 - product) % 36]


def luhn(number: str) -> bool:
    """Say whether the digits pass the Luhn test (R-CD-01)."""
    total = 0
    for place, character in enumerate(reversed(number)):
        digit = int(character)
        total += sum(divmod(2 * digit, 10)) if place % 2 else digit
    return bool(number) and total % 10 == 0


def social_credit(body: str) -> str:
    """Return the 18th character of a unified social credit code (R-OR-01, GB 32100-2015).

    Raises:
        KeyError: a character outside its alphabet, which has no I, O, S, V, Z.
    """
    total = sum(_USCC[character] * weight for character, weight in zip(body, _USCC_WEIGHTS, strict=True))
    return _USCC_CHARACTERS[-total % 31]


def organisation(body: str) -> str:
    """Return the ninth character of an organisation code (R-OR-02, GB 11714)."""
    total = sum(_ALNUM[character] * weight for character, weight in zip(body, _ORG_WEIGHTS, strict=True))
    return "0123456789X"[-total % 11]


def machine_readable(field: str) -> str:
    """Return the ICAO 9303 check digit of a field; the filler counts as zero (R-ID-08)."""
    return str(
        sum(_MRZ[character] * weight for character, weight in zip(field, cycle(_MRZ_WEIGHTS), strict=False))
        % 10
    )


def hong_kong(body: str) -> str:
    """Return the check character of a Hong Kong identity card number without it (R-ID-07)."""
    total = sum(
        _HKID[character] * weight for character, weight in zip(f"{body:>8}", _HKID_WEIGHTS, strict=True)
    )
    return "0123456789A"[-total % 11]


def taiwan(number: str) -> bool:
    """Say whether a Taiwan identity or residence number passes its check (R-ID-06).

    The first letter counts as two digits; a letter in second place counts as the last digit of its value.
    """
    tens, ones = divmod(_TAIWAN_LETTERS[number[0]], 10)
    second = _TAIWAN_LETTERS[number[1]] % 10 if number[1] in _TAIWAN_LETTERS else int(number[1])
    digits = (second, *map(int, number[2:9]))
    total = (
        tens + 9 * ones + sum(digit * weight for digit, weight in zip(digits, _TAIWAN_WEIGHTS, strict=True))
    )
    return (total + int(number[9])) % 10 == 0


def taiwan_business(number: str, modulus: int) -> bool:
    """Say whether a Taiwan business number passes its check for a modulus (R-OR-04).

    A product of two digits counts as the sum of its digits; 7 in seventh place may count one more.
    """
    total = sum(
        sum(divmod(int(digit) * weight, 10)) for digit, weight in zip(number, _UBN_WEIGHTS, strict=True)
    )
    return total % modulus == 0 or (number[6] == "7" and (total + 1) % modulus == 0)
