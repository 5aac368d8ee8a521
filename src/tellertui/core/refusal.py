"""A refusal says what is wrong in a code, facts and words; it never carries a personal value.

Each package declares its refusals beside its commands::

    TOO_EARLY = refusal("too-early", N_("Wait {retry_after_s} s before the next call."))
    ...
    raise TOO_EARLY(retry_after_s=7)

The words are message ids of the catalogues; the terminal translates them.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

NO = 1
USAGE = 2
UNREACHABLE = 3
REFUSED = 4

Fact = int | str | None


class Refusal(Exception):  # noqa: N818 - the field's word, not a fault of the program
    """A command that was not carried out; the store is unchanged."""

    def __init__(self, kind: "RefusalKind", facts: Mapping[str, Fact]) -> None:
        super().__init__(kind.code)
        self.kind = kind
        self.facts = dict(facts)

    @property
    def code(self) -> str:
        """Return the stable code that scripts compare."""
        return self.kind.code

    def text(self, translate: Callable[[str], str] = str) -> str:
        """Return the sentence for a person, with the facts filled in."""
        return translate(self.kind.text).format_map(_Shown(self.facts))


class _Shown(dict[str, Fact]):
    def __missing__(self, key: str) -> str:
        return "?"


@dataclass(frozen=True)
class RefusalKind:
    """One way in which a command can be refused."""

    code: str
    text: str
    exit_code: int

    def __call__(self, **facts: Fact) -> Refusal:
        """Return the refusal with its facts, ready to be raised."""
        return Refusal(self, facts)


REFUSALS: dict[str, RefusalKind] = {}


def refusal(code: str, text: str, exit_code: int = REFUSED) -> RefusalKind:
    """Declare a refusal; the text is a message id with named facts in braces."""
    if code in REFUSALS:
        msg = f"refusal {code} is declared twice"
        raise ValueError(msg)
    kind = REFUSALS[code] = RefusalKind(code, text, exit_code)
    return kind


def N_(message: str) -> str:  # noqa: N802 - the name that message extractors know
    """Mark a text for translation where it is declared, not where it is shown."""
    return message


UNKNOWN_METHOD = refusal("unknown-method", N_("There is no method {method}. See call --list."), USAGE)
BAD_PARAMS = refusal("bad-params", N_("The parameters of {method} are not right: {where}."), USAGE)
BAD_FRAME = refusal("bad-frame", N_("That is not a JSON-RPC 2.0 request."), USAGE)
NOT_SIGNED_ON = refusal("not-signed-on", N_("Sign on first."))
NOT_PERMITTED = refusal("not-permitted", N_("Your role may not do this: {method}."))
NO_KEY = refusal("no-key", N_("No key for class {class_name} is held by this session."))
BUSY = refusal("busy", N_("The branch is busy; try again in {retry_after_s} s."))
ID_REUSED = refusal("id-reused", N_("This command id was used for something else."))
ID_FOREIGN = refusal("id-foreign", N_("This command id was used by somebody else."))
ID_EXPIRED = refusal("id-expired", N_("This command id is too old to be sent again; ask anew."))
ID_AHEAD = refusal("id-ahead", N_("This command id lies ahead of the branch's clock."))
SAME_PERSON = refusal("same-person", N_("The second person must be someone else."))
SECOND_MISSING = refusal(
    "second-missing", N_("A second person must sign this with a passphrase, at this terminal.")
)
ASK_AGAIN = refusal("ask-again", N_("The answer may no longer be repeated; ask again."))
RED = refusal("red", N_("The store did not pass its checks ({finding}); writing waits for two officers."))
FAILED = refusal(
    "failed",
    N_("Something went wrong in the branch host; incident {incident}. Nothing was changed."),
    UNREACHABLE,
)
INTEGRITY = refusal(
    "integrity", N_("A stored field failed its integrity check; the rest of the record is usable.")
)
UNREACHABLE_HOST = refusal("unreachable", N_("The branch host cannot be reached: {detail}."), UNREACHABLE)
