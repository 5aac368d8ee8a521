"""The appointments of a day, drawn purely."""

from collections.abc import Sequence
from dataclasses import dataclass

from textual.content import Content

from tellertui.core.refusal import N_
from tellertui.ui.chrome import Head, day_text
from tellertui.ui.look import KEY, MUTED, STRONG, WARN, Look
from tellertui.ui.text import Part, fit, line, right
from tellertui.workflows.reception.screens.parts import Lexicon
from tellertui.workflows.reception.views import Promised

CODE = "205"
NAME = N_("Appointments")
NONE = N_("No appointments on this day; F10 books one.")
STATES = {
    "booked": N_("expected"),
    "arrived": N_("came"),
    "cancelled": N_("cancelled"),
    "lapsed": N_("did not come"),
}
CODE_CELLS, TIME, SERVICE, STATE = 7, 8, 16, 16


@dataclass(frozen=True)
class Appointments:
    """What the screen knows and where its person is."""

    day: str = ""
    today: str = ""
    promised: Sequence[Promised] | None = None
    """None before the branch has answered."""
    words: Lexicon = Lexicon()  # noqa: RUF009 - frozen
    now: int = 0
    late_ms: int = 0
    """How long after its time an appointment is still kept."""
    first: int = 0


def head(shown: Appointments, look: Look) -> Head:
    """Return the day and how many are expected, came, or did not."""
    _ = look.say
    if shown.promised is None:
        return Head(CODE, NAME)
    states = [each.state for each in shown.promised]
    counts = [_("expected {count}"), _("came {count}"), _("did not come {count}")]
    numbers = [states.count("booked"), states.count("arrived"), states.count("lapsed")]
    parts = [text.format(count=number) for text, number in zip(counts, numbers, strict=True)]
    day = day_text(shown.day, look)
    if shown.day == shown.today:
        day += "   " + _("today")
    return Head(CODE, NAME, day, "   ".join(parts))


def page_rows(rows: int) -> int:
    """Return how many appointments a page has where the body has so many rows."""
    return rows - 3


def body(shown: Appointments, rows: int, look: Look) -> list[Content]:
    """Return the body above the command field, in so many rows."""
    _, promised = look.say, shown.promised
    if promised is None:
        return []
    if not promised:
        return [Content(""), line(" ", (_(NONE), MUTED))]
    page = promised[shown.first : shown.first + page_rows(rows)]
    titles = fit(_("Time"), TIME) + fit(_("Code"), CODE_CELLS) + fit(_("Service"), SERVICE)
    found = [line(("     " + titles + fit(_("State"), STATE) + _("No."), MUTED))]
    found += [_row(place, each, shown, look) for place, each in enumerate(page, shown.first + 1)]
    found += [Content("")] * (rows - 2 - len(found))
    last = shown.first + len(page)
    return [*found, line(" ", (f"{shown.first + 1}-{last} / {len(promised)}", MUTED))]


def _row(place: int, each: Promised, shown: Appointments, look: Look) -> Content:
    late = each.state == "booked" and shown.now > each.at + shown.late_ms
    state: Part = fit(look.say(N_("late")) if late else look.say(STATES[each.state]), STATE)
    if late:
        state = (str(state), WARN)
    parts: list[Part] = [(right(str(place), 3), KEY), "  ", (fit(look.clock(each.at), TIME), STRONG)]
    parts += [fit(each.code, CODE_CELLS), fit(shown.words.service(each.service, look), SERVICE)]
    return line(*parts, state, (each.number or "", STRONG))
