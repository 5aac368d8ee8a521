"""The words of reception on screens, as message ids."""

from tellertui.core.refusal import N_
from tellertui.workflows.reception.rules.policy import CLASSES

CARE = {
    "normal": N_("general"),
    "senior": N_("senior"),
    "disabled": N_("disabled"),
    "expecting": N_("infant"),
    "soldier": N_("soldier"),
    "vip": N_("VIP"),
    "appointment": N_("booked"),
}
"""Classes as columns show them: four cells in Chinese, eight in English."""

CARE_NAMES = {**CARE, "disabled": N_("disabled person")}
"""Classes where there is room."""

CARE_DIGITS = {str(place): care for place, care in enumerate(CLASSES)}
"""The second digit of a command: ``31`` is the third service for a senior."""

TICKET_STATES = {
    "waiting": N_("waiting"),
    "called": N_("called"),
    "serving": N_("being served"),
    "missed": N_("missed"),
    "on_hold": N_("on hold"),
    "served": N_("finished"),
    "abandoned": N_("gone"),
    "expired": N_("expired"),
}

COUNTER_WORK = {"called": N_("calling"), "serving": N_("serving")}
"""What a counter does that has a number in hand."""

COUNTER_STATES = {"open": N_("free"), "paused": N_("paused"), "closed": N_("shut")}

LANGUAGES = {"zh_Hant": N_("Traditional"), "zh_Hans": N_("Simplified"), "en": N_("English")}

NOBODY_WAITS = N_("No one is waiting.")
