"""Roles of people and listeners of connections: together they decide what a caller may ask."""

from enum import StrEnum


class Role(StrEnum):
    """A signed list of rights; a person may hold several."""

    LOBBY = "lobby"
    TELLER = "teller"
    REVIEWER = "reviewer"
    COMPLAINT_OFFICER = "complaint_officer"
    RELATIONSHIP_MANAGER = "relationship_manager"
    COMPLIANCE_OFFICER = "compliance_officer"
    MANAGER = "manager"
    AUDITOR = "auditor"


class Listener(StrEnum):
    """The socket a connection came in on."""

    STAFF = "staff"
    SIGNON = "signon"
    LOBBY = "lobby"
    COURIER = "courier"
    ADMIN = "admin"


EVERYONE = frozenset(Role)
FLOOR = frozenset(
    {Role.LOBBY, Role.TELLER, Role.REVIEWER, Role.RELATIONSHIP_MANAGER, Role.COMPLAINT_OFFICER, Role.MANAGER}
)
COUNTER = FLOOR - {Role.LOBBY}
OFFICERS = frozenset({Role.MANAGER, Role.REVIEWER})

CLASSES = ("mask", "customer", "case", "aml", "lookup")
"""Sensitivity classes that have a secret of their own, in the order in which they are sealed."""

HOLDERS: dict[str, frozenset[Role]] = {
    "mask": EVERYONE - {Role.AUDITOR},
    "customer": frozenset(
        {Role.TELLER, Role.REVIEWER, Role.RELATIONSHIP_MANAGER, Role.COMPLAINT_OFFICER, Role.MANAGER}
    ),
    "lookup": frozenset(
        {Role.TELLER, Role.REVIEWER, Role.RELATIONSHIP_MANAGER, Role.COMPLAINT_OFFICER, Role.MANAGER}
    ),
    "case": frozenset({Role.COMPLAINT_OFFICER, Role.MANAGER}),
    "aml": frozenset({Role.COMPLIANCE_OFFICER}),
}
"""Which roles hold which class secret (DESIGN §5)."""


def classes_of(roles: frozenset[Role]) -> tuple[str, ...]:
    """Return the classes whose secrets a person with these roles holds."""
    return tuple(name for name in CLASSES if roles & HOLDERS[name])
