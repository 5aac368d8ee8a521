"""Four eyes at one terminal: the maker's session signs, then a second person who typed a passphrase for it.

Both signatures are made and checked inside the transaction that carries the command out, over the statement
and the decision of ``vault.requests``. Who they are is what their grants say at that moment.
"""

from dataclasses import dataclass
from uuid import UUID

from tellertui.branch.records import Person
from tellertui.core.refusal import N_, NOT_SIGNED_ON, SECOND_MISSING, refusal
from tellertui.core.role import Role
from tellertui.store.work import Signature, Work
from tellertui.vault.requests import Decision, Statement, check_decision, hash_of
from tellertui.vault.ring import Ring

NOT_SECOND = refusal("not-second", N_("That person's role may not sign this."))

MAKER, SECOND = "request", "decision"
"""What the two signatures of an entry are for."""


@dataclass(frozen=True)
class Countersigned:
    """A statement with the maker's signature, and the second person's decision on it with theirs."""

    request: UUID
    maker: Person
    second: Person
    statement: bytes
    maker_signature: bytes
    decision: bytes
    second_signature: bytes

    @property
    def signatures(self) -> list[Signature]:
        """Return both signatures as an entry of the journal carries them."""
        return [
            (MAKER, self.maker.ed25519, self.maker_signature),
            (SECOND, self.second.ed25519, self.second_signature),
        ]


def countersigned(
    work: Work,
    action: str,
    facts: tuple[int | str, ...],
    *,
    roles: frozenset[Role],
    expires_at: int,
    subjects: tuple[UUID, ...] = (),
) -> Countersigned:
    """Let both people sign what is about to be done, and check that they may.

    Args:
        work: the transaction in which it is done.
        action: its method name.
        facts: what is signed about it; codes and numbers, nothing personal.
        roles: who may be the second person.
        expires_at: until when the statement could be decided, milliseconds UTC.
        subjects: whom or what it concerns.

    Raises:
        Refusal: ``second-missing``, ``not-second`` or ``same-person``.
    """
    if work.ring is None:
        raise NOT_SIGNED_ON()
    if work.second is None:
        raise SECOND_MISSING()
    maker, second = _person(work, work.ring), _person(work, work.second)
    if not roles & {Role(name) for name in second.roles.split()}:
        raise NOT_SECOND()
    request = work.ids.new()
    asked = Statement(
        store=work.store,
        request=request,
        action=action,
        subjects=subjects,
        digests=(),
        facts=facts,
        commitment=b"",
        tables=(),
        maker=maker.id,
        maker_key=maker.ed25519,
        made_at=work.now,
        expires_at=expires_at,
    )
    statement, s1 = asked.encoded(), asked.signed(work.ring.keys)
    decided = Decision(
        request_hash=hash_of(statement, s1),
        verdict="approve",
        reason="",
        checker=second.id,
        checker_key=second.ed25519,
        at=work.now,
        presence="now",
        same_terminal=1,
    )
    decision, s2 = decided.encoded(), decided.signed(work.second.keys)
    check_decision(statement, s1, decision, s2, maker_key=maker.ed25519, checker_key=second.ed25519)
    return Countersigned(request, maker, second, statement, s1, decision, s2)


def _person(work: Work, ring: Ring) -> Person:
    person = work.get(Person, ring.person)
    if person is None or person.state != "active" or person.ed25519 != ring.public.ed25519:
        raise NOT_SIGNED_ON()
    return person
