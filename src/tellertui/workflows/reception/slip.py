"""What stands on a slip: a pure function from plain facts to lines, in the language of the ticket.

A slip names a ticket and never a person. Lines are whole sentences; the printer wraps them to its columns.
"""

from collections.abc import Callable

import msgspec

from tellertui.core.refusal import N_
from tellertui.workflows.reception.api import Language
from tellertui.workflows.reception.printing import Line, Slip

Say = Callable[[str], str]
BOX = {"zh_Hant": "□", "zh_Hans": "□", "en": "[ ]"}
COMMA = {"zh_Hant": "、", "zh_Hans": "、", "en": ", "}


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """What a slip says about a ticket."""

    language: Language
    branch_code: str
    branch: str
    day: str
    time: str
    """``HH:MM`` on the branch's wall."""
    number: str
    service: str
    ahead: int
    wait_lo_min: int
    wait_hi_min: int
    papers: tuple[str, ...]
    """Names of the papers to bring."""
    hours: tuple[str, str] | None
    """Opening and closing time of the day."""


def ticket_slip(facts: Facts, say: Say) -> Slip:
    """Return the slip of a number just given."""
    lines = [
        *_head(facts),
        Line(text=say(N_("People ahead: {count}")).format(count=facts.ahead)),
        Line(
            text=say(N_("Expected wait: {low} to {high} minutes")).format(
                low=facts.wait_lo_min, high=facts.wait_hi_min
            )
        ),
        *_papers(facts, say(N_("Please have ready:"))),
        *_foot(facts, say),
    ]
    return Slip(language=facts.language, lines=lines, qr=_code(facts))


def return_slip(facts: Facts, say: Say) -> Slip:
    """Return the slip of a customer who is to bring papers and then goes first."""
    names = COMMA[facts.language].join(facts.papers)
    needed = say(N_("Still needed: {papers}. Bring this slip and you go first")).format(papers=names)
    lines = [
        *_head(facts),
        Line(text=needed, size="strong"),
        *_papers(facts, say(N_("Please bring:"))),
        *_foot(facts, say),
    ]
    return Slip(language=facts.language, lines=lines, qr=_code(facts))


def _head(facts: Facts) -> list[Line]:
    return [
        Line(text=facts.branch, centred=True),
        Line(text=facts.service, size="strong", centred=True),
        Line(text=facts.number, size="large", centred=True),
        Line(text=f"{facts.day} {facts.time}", centred=True),
        Line(text=""),
    ]


def _papers(facts: Facts, title: str) -> list[Line]:
    if not facts.papers:
        return []
    box = BOX[facts.language]
    return [Line(text=""), Line(text=title), *(Line(text=f"{box} {paper}") for paper in facts.papers)]


def _foot(facts: Facts, say: Say) -> list[Line]:
    lines = [
        Line(text=""),
        Line(text=say(N_("The order follows the waiting time; we call you by number and voice."))),
    ]
    if facts.hours is not None:
        opens, closes = facts.hours
        lines.append(Line(text=say(N_("Open today {opens} to {closes}")).format(opens=opens, closes=closes)))
    return lines


def _code(facts: Facts) -> str:
    return f"tellertui:{facts.branch_code}:{facts.day}:{facts.number}"
