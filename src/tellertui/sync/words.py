"""Where a branch stands towards head office, in sentences that anybody understands."""

from collections.abc import Callable

from tellertui.core.refusal import N_
from tellertui.sync.api import RejectionView, SyncView

Say = Callable[[str], str]

UNENROLLED = frozenset({"none", "asked"})
STANDALONE = N_("This branch was founded without a head office.")
NONE = N_("This branch is not enrolled at head office.")
ASKED = N_("Enrolment was asked for; head office has not answered yet.")
NEW = N_("Head office has not been heard yet; {waiting} entries wait here.")
ALL = N_("Head office has everything.")
WAITING = N_("{waiting} entries wait here, the oldest for {age}; head office has the rest.")
STOPPED = {
    "behind": N_("Head office holds more than this machine, which was set back."),
    "forked": N_("Head office holds another history than this machine."),
    "contested": N_("Two machines speak for this branch."),
    "closed": N_("Head office has closed this history."),
}
"""States in which nothing is sent until people have decided."""
DECIDE = {
    "behind": N_("Two officers must decide; nothing is sent until then."),
    "forked": N_("Two officers must decide; nothing is sent until then."),
    "contested": N_("Head office must choose one; nothing is sent, and work goes on here."),
    "closed": N_("Two officers must open a new one; nothing is sent until then."),
}
KEPT = N_("All that was written is safe on this machine.")
NOTHING = N_("Nothing waits here.")
BY_ITSELF = N_("They are safe on this machine and leave by themselves.")
WHEN_BACK = N_("They are safe on this machine and leave by themselves when the line returns.")
NO_CARRIER = N_("They are safe on this machine; nothing carries them: start tellertui courier.")
AS_FILES = N_("They are safe on this machine and leave as files.")
SECONDS = N_("{n} s")
MINUTES = N_("{n} min")
HOURS = N_("{n} h")
THIS_BRANCH = N_("this branch")
HEAD_OFFICE = N_("head office")

ERRORS = {
    "unreachable": N_("Head office cannot be reached."),
    "timeout": N_("Head office did not answer in time."),
    "certificate": N_("Whoever answered is not head office: the certificate is another one."),
    "certificate-time": N_("Head office's certificate does not hold at this time; look at the clock."),
    "tls": N_("The line to head office could not be secured."),
    "not-signed": N_("The answer was not signed by head office."),
    "malformed": N_("The answer was not head office's; something in between answered."),
    "not-pinned": N_("The keys offered are not those that the enrolment code names."),
    "bad-code": N_("Head office does not know the enrolment code."),
    "used-code": N_("The enrolment code was used already."),
    "expired-code": N_("The enrolment code has expired."),
    "unknown-branch": N_("Head office does not know this branch."),
    "wrong-key": N_("Head office knows another machine as this branch."),
    "other-store": N_("Head office knows another machine as this branch."),
    "unknown-protocol": N_("Head office runs another release that does not understand this one."),
    "busy": N_("Head office is busy and asked for a pause."),
    "too-large": N_("Head office takes less at a time; it is sent in smaller parts."),
    "expired-pack": N_("Head office's public keys have expired; it must renew them."),
    "safe-fell": N_("Head office's verified copy reaches less far than it said before."),
}
"""What went wrong last, by its code; others are shown as the code."""

REJECTED = {
    "unreadable": N_("head office cannot read it"),
    "unknown-event": N_("waits for head office's next release"),
    "unknown-version": N_("waits for head office's next release"),
    "bad-facts": N_("it does not say what it must"),
    "behind": N_("an earlier entry must be mended first"),
}
"""Why head office could not apply an entry, by its code; others are shown as the code."""


def sentence(view: SyncView, say: Say) -> str:
    """Return the state, what follows from it, and what went wrong last."""
    error = "" if view.last_error is None else trouble(view.last_error, say)
    return " ".join(part for part in (state(view, say), outlook(view, say), error) if part)


def state(view: SyncView, say: Say) -> str:
    """Return how things stand."""
    if view.state in STOPPED:
        return say(STOPPED[view.state])
    if view.state == "none":
        return say(STANDALONE if view.standalone else NONE)
    if view.state == "asked":
        return say(ASKED)
    if view.last_ok is None or view.state == "new":
        return say(NEW).format(waiting=f"{view.waiting:,}")
    if not view.waiting:
        return say(ALL)
    waited = age(view.oldest_waiting_s or 0, say)
    return say(WAITING).format(waiting=f"{view.waiting:,}", age=waited)


def outlook(view: SyncView, say: Say) -> str:
    """Return what happens next, or who must act."""
    if view.state in STOPPED:
        return say(DECIDE[view.state])
    if view.state in UNENROLLED:
        return "" if view.standalone else say(KEPT)
    if not view.waiting:
        return say(NOTHING)
    if by_file(view):
        return say(AS_FILES)
    if not view.courier:
        return say(NO_CARRIER)
    return say(WHEN_BACK if view.failures else BY_ITSELF)


def by_file(view: SyncView) -> bool:
    """Say whether entries travel as files in a folder rather than over a line."""
    return view.url.startswith("file:")


def trouble(code: str, say: Say) -> str:
    """Return what went wrong, in words where there are any; a state that says it already needs no more."""
    if code in STOPPED:
        return ""
    return say(ERRORS[code]) if code in ERRORS else f"({code})"


def reason(rejection: RejectionView, say: Say) -> str:
    """Return why head office could not apply an entry, in words where there are any."""
    return say(REJECTED[rejection.code]) if rejection.code in REJECTED else f"({rejection.code})"


def fingerprints(view: SyncView, say: Say) -> str:
    """Return by what two people compare the keys of both sides."""
    office = view.head_office or "-"
    return f"{say(THIS_BRANCH)} {view.device}   {say(HEAD_OFFICE)} {office}"


def age(seconds: int, say: Say) -> str:
    """Return a duration in its largest whole unit."""
    if seconds < 60:
        return say(SECONDS).format(n=seconds)
    if seconds < 7_200:
        return say(MINUTES).format(n=seconds // 60)
    return say(HOURS).format(n=seconds // 3600)
