"""What the kiosk says on each page, in the language of the moment, and what each digit does there.

A page is words and answers; ``kiosk_rows`` and ``kiosk_large`` lay it out. Numbers on a page are keys and
nothing else. One question to a page, six answers at most, help on each.
"""

from collections.abc import Iterable

import msgspec

from tellertui.core.refusal import N_
from tellertui.ui.look import Look
from tellertui.workflows.reception.rules.policy import policy_on
from tellertui.workflows.reception.screens.kiosk_hall import (
    Hall,
    door_time,
    in_the_way,
    moment_text,
    opens_again,
    range_text,
    shut,
)
from tellertui.workflows.reception.views import Issued, ServiceOffer

Step = tuple[str, str]
"""What a digit does: a verb of the kiosk and what it is done with."""

ASK = "enquiry"
"""The service of whoever does not know; it always has the last digit."""
ASK_KEY, MORE_KEY = "6", "5"
FEW = 5
"""So many services besides have room on one page; else one page holds four and turns to the next."""
NEAR = 3
"""More counters than these are no help in choosing a seat."""
LANGUAGES = {"en": "English", "zh_Hant": "繁體中文", "zh_Hans": "简体中文"}
"""Each in its own words, in the order in which they are offered."""

DIGITS = "1234567890"
BACK, HOME, HELP = ("back", ""), ("home", ""), ("help", "")
NO_PROOF = N_("You need not give a name or a document number here")
NOT_SURE = N_("I am not sure, please ask me")


SIGNS = {"enter": "Enter", "left": "<", "up": "^"}
"""What keys that are no digits are called."""


class Answer(msgspec.Struct, frozen=True):
    """A key and what it stands for."""

    key: str
    does: Step
    text: str
    about: str = ""
    mark: str = ""
    """One word, where something is in the way: it can be pressed all the same and says why."""

    @property
    def sign(self) -> str:
        """Return what stands on the key."""
        return SIGNS.get(self.key, self.key)


class Page(msgspec.Struct, frozen=True, kw_only=True):
    """One page."""

    title: str
    question: str = ""
    """The title where there is little room."""
    side: str = ""
    number: str = ""
    """To be drawn large."""
    says: tuple[str, ...] = ()
    listed: tuple[str, ...] = ()
    brief: tuple[str, ...] = ()
    """The same list in fewer words, where there is little room."""
    more: tuple[str, ...] = ()
    """What may be left out where there is little room."""
    answers: tuple[Answer, ...] = ()
    foot: tuple[Answer, ...] = ()
    note: str = ""
    any: Step | None = None
    """What every key does that stands for nothing else."""
    typed: str | None = None
    """The digits typed so far, where digits are typed: every digit is one of them then."""
    room: int = 0
    """How many can be typed."""

    @property
    def pad(self) -> tuple[Answer, ...]:
        """Return the digits to be touched, where digits are typed."""
        return () if self.typed is None else tuple(Answer(each, ("type", each), each) for each in DIGITS)

    def does(self, key: str) -> Step | None:
        """Return what a key does here."""
        return next((each.does for each in self.all_keys if each.key == key), self.any)

    @property
    def all_keys(self) -> tuple[Answer, ...]:
        """Return everything that can be pressed."""
        return (*self.answers, *self.pad, *self.foot)


class At(msgspec.Struct, frozen=True):
    """Where a customer is."""

    page: str = "choose"
    service: str = ""
    turn: int = 0
    issued: Issued | None = None
    care: str = "normal"
    typed: str = ""
    wrong: bool = False
    """What was typed is nothing that can be used."""
    phone: bool = False
    """A telephone number was left."""


# The pages.


def choose_page(at: At, hall: Hall, look: Look) -> Page:
    """Return the first page: what for?"""
    _ = look.say
    opened, closes = door_time(hall.lobby.open), door_time(hall.lobby.close)
    hours = _("Today {open}-{close}").format(open=opened, close=closes)
    turns = turned(hall.offers)
    here = turns[at.turn % len(turns)] if turns else []
    answers = [_service(str(place), offer, hall, look) for place, offer in enumerate(here, 1)]
    if len(turns) > 1:
        following = (at.turn + 1) % len(turns)
        names = "   ".join(offer.name.said(look.language) for offer in turns[following])
        more = Answer(MORE_KEY, ("turn", str(following)), _("Other services"), names)
        answers = [each for each in answers if each.key < MORE_KEY] + [more]
    return Page(
        title=hall.lobby.name,
        question=_("Please press a number"),
        side=hours,
        says=(_("Welcome. Please press a number for what you need today."),),
        answers=(*answers, _unsure(hall, look)),
        foot=_foot(look, _booked(look), *_switches(look), help_=True),
    )


def _booked(look: Look) -> Answer:
    return Answer("enter", ("page", "appointment"), look.say(N_("My appointment")))


def turned(offers: Iterable[ServiceOffer]) -> list[list[ServiceOffer]]:
    """Return the services of each turn of the first page, without the one for whoever does not know."""
    others = [offer for offer in offers if offer.service != ASK]
    if len(others) <= FEW:
        return [others]
    return [others[first : first + FEW - 1] for first in range(0, len(others), FEW - 1)]


def _service(key: str, offer: ServiceOffer, hall: Hall, look: Look) -> Answer:
    mark, why = in_the_way(offer, hall, look)
    about = why or look.say(N_("{count} ahead   about {wait} min")).format(
        count=offer.waiting, wait=range_text(offer.wait_lo_min, offer.wait_hi_min)
    )
    return Answer(key, ("service", offer.service), hall.words(offer, look), about, mark)


def _unsure(hall: Hall, look: Look) -> Answer:
    """Return the answer of whoever does not know: a number where one can be given, and a person."""
    offer = hall.offer(ASK)
    comes = look.say(N_("our staff come to you"))
    if offer is None or in_the_way(offer, hall, look)[0]:
        return Answer(ASK_KEY, HELP, look.say(NOT_SURE), comes)
    return Answer(ASK_KEY, ("service", ASK), hall.words(offer, look), comes)


def papers_page(at: At, hall: Hall, look: Look) -> Page:
    """Return what a service asks for, before a number is taken."""
    _, offer = look.say, hall.offer(at.service)
    if offer is None:
        return sorry_page(at, hall, look)
    bring = {each.paper: each.bring.said(look.language) for each in hall.lobby.papers}
    names = [(paper.paper, paper.name.said(look.language)) for paper in offer.papers]
    note = next((each.note for each in hall.lobby.offers if each.service == offer.service), None)
    takes = _("It takes about {minutes} minutes; {count} ahead, a wait of about {wait} minutes").format(
        minutes=offer.minutes,
        count=offer.waiting,
        wait=range_text(offer.wait_lo_min, offer.wait_hi_min),
    )
    return Page(
        title=hall.words(offer, look),
        side=hall.lobby.name,
        says=(_("Please see whether you have all of these"),),
        listed=tuple(bring.get(code, name) for code, name in names),
        brief=tuple(name for _code, name in names),
        more=(*([note.said(look.language)] if note else []), takes),
        answers=(
            Answer("1", ("take", "normal"), _("Take a number"), _("I have all of them")),
            Answer("2", ("care", ""), _("Take a priority number"), _(PRIORITY)),
            Answer("3", HELP, _("Something is missing"), _("talk it over with our staff")),
            Answer("4", BACK, _("No number"), _("back to the page before")),
        ),
        foot=_foot(look, _back(look), help_=True),
        note=_(NO_PROOF),
    )


PRIORITY = N_("senior, disabled, infant, soldier")
CARE = (
    ("senior", N_("Senior")),
    ("disabled", N_("Disabled, or unsteady")),
    ("expecting", N_("Pregnant, or with an infant")),
    ("soldier", N_("Soldier")),
)
"""What a customer may say of themselves, each by one key and without proof."""


def care_page(at: At, hall: Hall, look: Look) -> Page:
    """Return the classes that go first, for everybody to choose."""
    _, offer = look.say, hall.offer(at.service)
    does = "take" if at.issued is None else "declare"
    answers = [Answer(str(place), (does, care), _(text)) for place, (care, text) in enumerate(CARE, 1)]
    answers.append(Answer("5", HELP, _(NOT_SURE), _("our staff come to you")))
    if at.issued is None:
        answers.append(Answer("6", ("take", "normal"), _("None of these"), _("an ordinary number")))
    return Page(
        title=_("Priority number"),
        side=hall.words(offer, look) if offer else hall.lobby.name,
        says=(_("Please choose for yourself; nothing need be shown"),),
        answers=tuple(answers),
        foot=_foot(look, _back(look), help_=True),
        note=_(NO_PROOF),
    )


def ticket_page(at: At, hall: Hall, look: Look) -> Page:
    """Return a number just taken, and what its holder may expect."""
    _, offer, issued = look.say, hall.offer(at.service), at.issued
    if issued is None:
        return sorry_page(at, hall, look)
    calls = policy_on(hall.lobby.day).calls
    missed = _("Called {calls} times and not there? Tell our staff within {minutes} minutes to rejoin")
    wait = range_text(issued.wait_lo_min, issued.wait_hi_min)
    ahead = _("{count} ahead, about {wait} minutes")
    if at.care == "appointment":
        ahead = _("Appointment: {count} ahead, about {wait} min")
    elif at.care != "normal":
        ahead = _("Priority: {count} ahead, about {wait} min")
    declares = at.care == "normal" and offer is not None
    leaves = [] if at.phone else [Answer("3", ("page", "phone"), _("Phone"))]
    return Page(
        title=hall.words(offer, look) if offer else "",
        side=_("Your number"),
        number=issued.number,
        says=(
            ahead.format(count=issued.ahead, wait=wait),
            _seat(offer, look),
            _("No slip: please note your number") if hall.printer == "off" else "",
        ),
        more=(
            _phoned(at, look),
            *([_("The slip says what to bring and what happens next")] if hall.printer == "ready" else []),
            _("When it is your turn the screen shows your number and a voice reads it out"),
            missed.format(calls=calls.calls, minutes=calls.reactivate_minutes),
            _("Press any digit to go back to the start"),
        ),
        foot=_foot(look, *([_declare(look)] if declares else []), *leaves, help_=True),
        any=HOME,
    )


def _phoned(at: At, look: Look) -> str:
    """Say what a telephone number is for, or that there is one."""
    if at.phone:
        return look.say(N_("If you are not here at your turn, we call the number you left"))
    return look.say(N_("Leave a phone number if you like: we call if you miss your turn"))


def _declare(look: Look) -> Answer:
    return Answer("2", ("care", ""), look.say(N_("Priority")), look.say(PRIORITY))


def _seat(offer: ServiceOffer | None, look: Look) -> str:
    """Say where to sit: near the counters that call, unless there are so many that it is all the same."""
    _ = look.say
    if offer is None or not 0 < len(offer.counters) <= NEAR:
        return _("Please take a seat")
    return _("Please sit near counter {counters}").format(counters=_(", ").join(offer.counters))


def help_page(at: At, hall: Hall, look: Look) -> Page:
    """Say that a person is on the way."""
    _ = look.say
    return Page(
        title=_("Help is on its way"),
        side=hall.lobby.name,
        says=(_("Our staff come to you; please wait here for a moment"),),
        more=(_("Press any digit to go on"),),
        foot=_foot(look, _back(look)),
        any=BACK,
    )


def sorry_page(at: At, hall: Hall, look: Look) -> Page:
    """Say why there is no number: the service is stopped, the last one was given, or something else."""
    _, offer = look.say, hall.offer(at.service)
    says: tuple[str, ...] = (_("Please ask our staff for a number"),)
    if offer is not None and in_the_way(offer, hall, look)[0]:
        says = _why_not(offer, hall, look)
    return Page(
        title=hall.words(offer, look) if offer else hall.lobby.name,
        side=hall.lobby.name if offer else "",
        says=says,
        more=(_("Press any digit to go on"),),
        foot=_foot(look, _back(look), help_=True),
        any=BACK,
    )


def _why_not(offer: ServiceOffer, hall: Hall, look: Look) -> tuple[str, ...]:
    _, name = look.say, offer.name.said(look.language)
    if offer.stopped is None:
        return (_("{service}: no more numbers today").format(service=name), opens_again(hall, look))
    if offer.stopped_until is None:
        return (_("{service} has stopped; numbers already given stay valid").format(service=name),)
    stays = _("{service} has stopped, back at about {time}; numbers already given stay valid")
    return (stays.format(service=name, time=moment_text(offer.stopped_until, hall, look)),)


def still_page(look: Look, name: str) -> Page:
    """Ask whether somebody is still there."""
    _ = look.say
    return Page(
        title=name,
        says=(_("Still there? Press any digit"),),
        more=(_("Otherwise this screen soon goes back to its start"),),
        any=BACK,
    )


def closed_page(hall: Hall, look: Look) -> Page:
    """Say that no numbers are given now, and when they are again."""
    return Page(
        title=hall.lobby.name,
        says=shut(hall, look),
        foot=_foot(look, *_switches(look), help_=True),
    )


def away_page(look: Look, name: str) -> Page:
    """Say whom to ask while the host of the branch does not answer."""
    _ = look.say
    return Page(
        title=name,
        says=(_("Please ask our staff for a number"),),
        more=(_("This machine is out of order at the moment"),),
        foot=_foot(look, *_switches(look)),
    )


def moment_page(look: Look, name: str) -> Page:
    """Say that an answer is on its way."""
    return Page(title=name, says=(look.say(N_("One moment, please")),))


PAGES = {
    "choose": choose_page,
    "papers": papers_page,
    "care": care_page,
    "ticket": ticket_page,
    "help": help_page,
    "sorry": sorry_page,
}


# The foot.


def _foot(look: Look, *others: Answer, help_: bool = False) -> tuple[Answer, ...]:
    ask = Answer("0", HELP, look.say(N_("Call our staff")))
    return (*([ask] if help_ else []), *others)


def _back(look: Look) -> Answer:
    return Answer("9", BACK, look.say(N_("Back")))


def _switches(look: Look) -> list[Answer]:
    """Return the keys of the other two languages."""
    others = [code for code in LANGUAGES if code != look.language]
    return [Answer(key, ("speak", code), LANGUAGES[code]) for key, code in zip("89", others, strict=True)]


def with_print(page: Page, look: Look, *, large: bool) -> Page:
    """Return a page with the key that changes the size of the print, where the window is big enough."""
    if look.small or not any(answer.does[0] == "speak" for answer in page.foot):
        return page
    text = look.say(N_("Ordinary print")) if large else look.say(N_("Large print"))
    place = next(at for at, answer in enumerate(page.foot) if answer.does[0] == "speak")
    foot = (*page.foot[:place], Answer("7", ("print", ""), text), *page.foot[place:])
    return msgspec.structs.replace(page, foot=foot)
