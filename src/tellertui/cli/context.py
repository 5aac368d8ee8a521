"""What is the same for every command: which store, which language, which session."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from tellertui.core.refusal import N_, USAGE, refusal

BAD_OPTION = refusal("bad-option", N_("The option {option} needs a value."), USAGE)
BAD_SESSION_FILE = refusal(
    "bad-session-file",
    N_("The session must be a value of sign-on, or @FILE that only you can read (mode 0600)."),
    USAGE,
)


@dataclass
class Globals:
    """Options that may stand anywhere on the command line."""

    store: Path | None = None
    lang: str = "en"

    def directory(self) -> Path:
        """Return the store's folder."""
        from tellertui.settings import store_directory

        return store_directory(self.store).absolute()


current = Globals()
"""The options of this run of the program."""


def take_globals(arguments: list[str]) -> list[str]:
    """Take ``--store`` and ``--lang`` out of the arguments, wherever they stand.

    Raises:
        Refusal: ``bad-option``; the value is missing.
    """
    from tellertui.i18n import negotiate

    rest: list[str] = []
    found: dict[str, str] = {}
    waiting = iter(arguments)
    for argument in waiting:
        name, equals, value = argument.partition("=")
        if name not in ("--store", "--lang"):
            rest.append(argument)
            continue
        if not equals:
            value = next(waiting, "")
        if not value:
            raise BAD_OPTION(option=name)
        found[name] = value
    current.store = Path(found["--store"]) if "--store" in found else None
    current.lang = negotiate(found.get("--lang"), os.environ)
    return rest


def session_value() -> str | None:
    """Return ``TELLERTUI_SESSION``: the value itself or the contents of ``@FILE``.

    Raises:
        Refusal: ``bad-session-file``; others may read the file, or it is not there.
    """
    value = os.environ.get("TELLERTUI_SESSION", "").strip()
    if not value.startswith("@"):
        return _value_in(value) or None
    file = Path(value[1:])
    try:
        if file.stat().st_mode & 0o077:
            raise BAD_SESSION_FILE()
        return _value_in(file.read_text(encoding="ascii").strip())
    except (OSError, UnicodeDecodeError):
        raise BAD_SESSION_FILE() from None


def _value_in(text: str) -> str:
    """Return the value itself, also from what ``sign-on --json`` printed."""
    if not text.startswith("{"):
        return text
    try:
        return str(msgspec.json.decode(text, type=dict[str, Any])["session"])
    except (msgspec.DecodeError, KeyError):
        raise BAD_SESSION_FILE() from None
