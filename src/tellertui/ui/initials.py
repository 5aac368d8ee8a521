"""Pinyin initials: find Chinese words by the first letters of their syllables, without the input method.

The table is read when somebody first types a letter. A character with several readings answers to each of
them; as the first character of a person's name it answers to its reading as a surname.
"""

from functools import cache

from tellertui.core.tables import data_dir

FILE = "ui/initials.txt"
SURNAMES = {
    **dict.fromkeys("單单召折沈", "s"),
    **dict.fromkeys("曾查翟臧祭長长", "z"),
    **dict.fromkeys("仇覃", "q"),
    **dict.fromkeys("區区", "o"),
    **dict.fromkeys("解冼", "x"),
    **dict.fromkeys("樂乐員员尉葉叶", "y"),
    **dict.fromkeys("繆缪万", "m"),
    **dict.fromkeys("种車车", "c"),
    **dict.fromkeys("蓋盖", "g"),
    "任": "r",
    "朴": "p",
    "華": "h",
    "华": "h",
    "賈": "j",
    "贾": "j",
}
"""Characters whose reading as a surname is not that of the word."""


@cache
def table() -> dict[str, str]:
    """Return the letters of each character."""
    letters: dict[str, str] = {}
    for row in (data_dir() / FILE).read_text(encoding="utf-8").splitlines():
        letter, _, characters = row.partition(" ")
        for character in characters:
            letters[character] = letters.get(character, "") + letter
    return letters


def initials(text: str, *, person: bool = False) -> list[str]:
    """Return for each syllable and each word the letters it answers to."""
    found = []
    for place, character in enumerate(text):
        if person and place == 0 and character in SURNAMES:
            found.append(SURNAMES[character])
        elif character.isascii():
            if character.isalnum() and (
                place == 0 or not text[place - 1].isalnum() or not text[place - 1].isascii()
            ):
                found.append(character.lower())
        elif letters := table().get(character, ""):
            found.append(letters)
    return found


def answers(text: str, typed: str, *, person: bool = False) -> bool:
    """Say whether a text answers to typed letters: it contains them, or its initials do, in a row."""
    typed = typed.lower()
    if not typed or typed in text.lower():
        return True
    if not (typed.isascii() and typed.isalnum()):
        return False
    heads = initials(text, person=person)
    return any(
        all(letter in head for letter, head in zip(typed, heads[start:], strict=False))
        for start in range(len(heads) - len(typed) + 1)
    )
