"""Pages of the kiosk on which digits are typed: an appointment's code, and a telephone number for a call.

Every digit is one of what is typed, so the other keys are Enter and two arrows; ``0`` calls nobody here, the
arrow up does.
"""

from textual.content import Content

from tellertui.ui.look import KEY, STRONG, Look
from tellertui.ui.text import Part, line
from tellertui.workflows.reception.phones import MOST_DIGITS
from tellertui.workflows.reception.screens.digits import TALL, WIDE, drawn
from tellertui.workflows.reception.screens.kiosk_hall import Hall
from tellertui.workflows.reception.screens.kiosk_pages import BACK, HELP, Answer, At, Page, Step

CODE_DIGITS = 4
LEAST_DIGITS = 3
"""Of a telephone number; shorter ones are not even asked about."""
OPEN = "_"


def appointment_page(at: At, hall: Hall, look: Look) -> Page:
    """Ask for the code of an appointment, which names nobody."""
    _ = look.say
    return Page(
        title=_("My appointment"),
        side=hall.lobby.name,
        says=(_("Please type the four digits of your appointment"),),
        more=(_("You were given them when you booked"),),
        typed=at.typed,
        room=CODE_DIGITS,
        foot=_foot(at, look, CODE_DIGITS, ("check_in", "")),
    )


def unbooked_page(at: At, hall: Hall, look: Look) -> Page:
    """Say that a code cannot be used, and never why: what it is for is nobody else's business."""
    _ = look.say
    return _end(
        _("My appointment"), hall, look, _("This appointment cannot be used here"), _("Please ask our staff")
    )


def phone_page(at: At, hall: Hall, look: Look) -> Page:
    """Offer to leave a telephone number for a call."""
    _ = look.say
    asks = _("If you like, leave a telephone number for a call at your turn")
    if at.wrong:
        asks = _("No such telephone number; please type it again")
    return Page(
        title=_("Phone"),
        side=hall.lobby.name,
        says=(asks,),
        more=(_("Only staff at a counter can see it; it is deleted when the day is over"),),
        typed=at.typed,
        room=MOST_DIGITS,
        foot=_foot(at, look, LEAST_DIGITS, ("leave", "")),
    )


def unsaved_page(at: At, hall: Hall, look: Look) -> Page:
    """Say that a telephone number cannot be left any more; the ticket is as good as before."""
    _ = look.say
    return _end(
        _("Phone"), hall, look, _("No telephone number can be left now"), _("Your number stays valid")
    )


PAGES = {
    "appointment": appointment_page,
    "unbooked": unbooked_page,
    "phone": phone_page,
    "unsaved": unsaved_page,
}


def _end(title: str, hall: Hall, look: Look, *says: str) -> Page:
    """Say where it ends; every digit leads on."""
    _ = look.say
    return Page(
        title=title,
        side=hall.lobby.name,
        says=says,
        more=(_("Press any digit to go on"),),
        foot=(Answer("0", HELP, _("Call our staff")), Answer("9", BACK, _("Back"))),
        any=BACK,
    )


def _foot(at: At, look: Look, least: int, done: Step) -> tuple[Answer, ...]:
    """Return the keys beside the digits: Enter goes back while nothing is typed."""
    _ = look.say
    staff = Answer("up", HELP, _("Call our staff"))
    if not at.typed:
        return (staff, Answer("enter", BACK, _("Back")))
    delete = Answer("left", ("delete", ""), _("Delete"))
    if len(at.typed) < least:
        return (staff, delete)
    return (staff, delete, Answer("enter", done, _("Confirm")))


def field_rows(page: Page, look: Look, indent: int, *, tall: bool) -> list[Content]:
    """Return what is typed, with an open place for each digit to come where there are few."""
    typed = page.typed or ""
    open_places = page.room - len(typed) if page.room <= CODE_DIGITS else min(1, page.room - len(typed))
    if not tall or look.plain:
        return [line(" " * indent, (" ".join(typed + OPEN * open_places), STRONG))]
    rows = drawn(typed) if typed else [""] * TALL
    gaps = [" " * (WIDE * open_places)] * (TALL - 1) + [("╶" + "─" * (WIDE - 2) + "╴") * open_places]
    return [line(" " * indent, (row, STRONG), gap) for row, gap in zip(rows, gaps, strict=True)]


def pad_row(answers: tuple[Answer, ...], cells: int) -> list[Part]:
    """Return digits to be touched, each so many cells wide."""
    return [(each.sign.center(cells), KEY) for each in answers]
