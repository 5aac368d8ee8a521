"""When a customer is contacted, how often at most, and by whom (R-CAL-05 to R-CAL-07)."""

from collections.abc import Set as AbstractSet
from datetime import date, timedelta
from typing import Literal

import msgspec

from tellertui.core.refusal import N_, USAGE, refusal
from tellertui.core.tables import Table, table
from tellertui.core.verdict import Facts, Verdict, ground

NO_WINDOW = refusal("no-window", N_("No follow-up window is set for {occasion}."), USAGE)

MAY_CONTACT = N_("The customer may be contacted.")
ASKED_FOR = N_("The customer asked for it.")
TOO_SOON = N_("The last contact of this kind was on {last}; the next is possible from {next} on.")
NO_CONSENT = N_("There is no consent to commercial messages.")
PARTS_MISSING = N_("A commercial message also carries: {missing}.")

Purpose = Literal["service", "marketing"]


class Cadence(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Values of R-CAL-05: days between contacts, and the window of days after each occasion."""

    marketing_days: int
    service_days: int
    windows: dict[str, tuple[int, int]]


class Tiers(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Values of R-CAL-06: assets in whole yuan from which somebody looks after a customer, rising."""

    tiers: list[tuple[int, str]]


class Commercial(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Values of R-CAL-07: what every commercial message carries."""

    needed: list[str]


def follow_up(occasion: str, day: date, rules: Table | None = None) -> tuple[date, date]:
    """Return the first and last day of the contact that follows an occasion (R-CAL-05).

    Raises:
        Refusal: the occasion has no window.
    """
    windows = ground(rules or table("care"), "R-CAL-05", day, Cadence).values.windows
    if occasion not in windows:
        raise NO_WINDOW(occasion=occasion)
    first, last = windows[occasion]
    return day + timedelta(days=first), day + timedelta(days=last)


def may_contact(
    purpose: Purpose, last: date | None, on: date, *, by_customer: bool = False, rules: Table | None = None
) -> Verdict:
    """Say whether the cap on contacts allows one more; what the customer asked for has none (R-CAL-05)."""
    found = ground(rules or table("care"), "R-CAL-05", on, Cadence)
    judge = found.judge("contact-cap")
    if by_customer:
        return judge.valid(ASKED_FOR)
    days = found.values.marketing_days if purpose == "marketing" else found.values.service_days
    if last is None or (on - last).days >= days:
        return judge.valid(MAY_CONTACT)
    facts: Facts = {"last": last.isoformat(), "next": (last + timedelta(days=days)).isoformat()}
    return judge.invalid(TOO_SOON, facts, "block")


def purpose_of(*, with_offer: bool) -> Purpose:
    """Return what a greeting is: service when it only greets, marketing as soon as it offers (R-CAL-07)."""
    return "marketing" if with_offer else "service"


def may_send(
    purpose: Purpose, *, consent: bool, parts: AbstractSet[str], on: date, rules: Table | None = None
) -> Verdict:
    """Say whether a message may go out: a commercial one needs consent and some parts (R-CAL-07)."""
    found = ground(rules or table("care"), "R-CAL-07", on, Commercial)
    judge = found.judge("message")
    missing = [name for name in found.values.needed if name not in parts]
    if purpose == "marketing" and not consent:
        return judge.invalid(NO_CONSENT)
    if purpose == "marketing" and missing:
        return judge.invalid(PARTS_MISSING, {"missing": ", ".join(missing)})
    return judge.valid(MAY_CONTACT)


def looked_after_by(assets_yuan: int, on: date, rules: Table | None = None) -> str | None:
    """Return who looks after a customer with so many assets, or None below the first tier (R-CAL-06)."""
    tiers = ground(rules or table("care"), "R-CAL-06", on, Tiers).values.tiers
    return max((tier for tier in tiers if tier[0] <= assets_yuan), default=(0, None))[1]
