"""One door to every number that can be checked without a store: a kind, a value, a day, a verdict."""

from collections.abc import Callable
from datetime import date
from typing import NamedTuple

from tellertui.core.refusal import N_, USAGE, refusal
from tellertui.core.tables import OutOfTable, Table, table
from tellertui.core.verdict import Verdict, hide, no_rule
from tellertui.customers.rules import cards, contacts, identity, mrz, organisations, permits
from tellertui.customers.rules.normalise import compact

UNKNOWN_KIND = refusal("unknown-kind", N_("There is no such kind. Known are: {kinds}."), USAGE)

Tables = Callable[[str], Table]
"""Where rule tables come from, by name: the shipped ones, or those with head office's newer ones on top."""


class Kind(NamedTuple):
    """A kind of number: the rule and table that decide it, and the function that applies them."""

    rule: str
    table: str
    apply: Callable[[str, date, Table], Verdict]


KINDS: dict[str, Kind] = {
    identity.RESIDENT: Kind("R-ID-01", "identity", identity.check_resident_id),
    identity.PERMANENT: Kind("R-ID-03", "identity", identity.check_permanent_resident_id),
    permits.CN_TRAVEL: Kind("R-ID-04", "identity", permits.check_cn_travel_permit),
    permits.TW_TRAVEL: Kind("R-ID-05", "identity", permits.check_tw_travel_permit),
    permits.TW_ID: Kind("R-ID-06", "identity", permits.check_tw_id),
    permits.HK_ID: Kind("R-ID-07", "identity", permits.check_hk_id),
    mrz.KIND: Kind("R-ID-08", "identity", mrz.check_mrz),
    organisations.USCC: Kind("R-OR-01", "organisations", organisations.check_social_credit_code),
    organisations.ORG_CODE: Kind("R-OR-02", "organisations", organisations.check_organisation_code),
    cards.CARD: Kind("R-CD-01", "cards", cards.check_bank_card),
    cards.IBAN: Kind("R-CD-02", "cards", cards.check_iban),
    contacts.PHONE: Kind("R-PH-01", "cards", contacts.check_phone),
}
"""The kinds of ``tellertui rules check``."""

MORE_KINDS: dict[str, Kind] = {
    organisations.REGISTRATION: Kind("R-OR-03", "organisations", organisations.check_registration_number),
    organisations.TW_BUSINESS: Kind("R-OR-04", "organisations", organisations.check_tw_business_number),
    cards.OWN: Kind("R-CD-03", "cards", cards.check_own_number),
}
"""Further kinds, for other parts of the program and the self-test."""


def check(kind: str, value: str, on: date, tables: Tables = table) -> Verdict:
    """Return the verdict on a value of a kind by the rules in force on a day.

    Raises:
        Refusal: there is no such kind.
    """
    found = KINDS.get(kind) or MORE_KINDS.get(kind)
    if found is None:
        raise UNKNOWN_KIND(kinds=" ".join(KINDS))
    rules = tables(found.table)
    try:
        return found.apply(value, on, rules)
    except OutOfTable:
        return no_rule(kind, hide(compact(value), 1, 1), found.rule, rules, on)
