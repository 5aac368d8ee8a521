"""The words of the program in three languages: English message ids, gettext catalogues beside this file.

Words that belong to a branch (its services, papers and notices) are data and are not translated here.
"""

from collections.abc import Callable, Mapping
from functools import cache
from gettext import GNUTranslations
from pathlib import Path

DOMAIN = "tellertui"
LANGUAGES = ("zh_Hant", "zh_Hans", "en")

_TRADITIONAL = {"hant", "tw", "hk", "mo"}


@cache
def translator(language: str) -> Callable[[str], str]:
    """Return the function that says a message id in one of the three languages.

    Raises:
        FileNotFoundError: the language is none of them.
    """
    with catalogue_file(language, ".mo").open("rb") as file:
        found = GNUTranslations(file)
    # gettext answers an empty text with the catalogue's own header.
    return lambda message: found.gettext(message) if message else ""


def negotiate(option: str | None, environ: Mapping[str, str]) -> str:
    """Return the language to speak: the first that is set of ``--lang``, ``TELLERTUI_LANG`` and ``LANG``."""
    return language_of(option or environ.get("TELLERTUI_LANG") or environ.get("LANG") or "")


def language_of(wish: str) -> str:
    """Return the nearest of the three languages for a tag or a POSIX locale such as ``zh_HK.UTF-8``."""
    tag, *rest = wish.split(".")[0].split("@")[0].replace("-", "_").lower().split("_")
    if tag != "zh":
        return "en"
    return "zh_Hant" if _TRADITIONAL & {*rest} and "hans" not in rest else "zh_Hans"


def catalogue_file(language: str, suffix: str) -> Path:
    """Return where the catalogue of a language lies; the suffix is ``.po`` or ``.mo``."""
    return Path(__file__).parent / "locale" / language / "LC_MESSAGES" / f"{DOMAIN}{suffix}"
