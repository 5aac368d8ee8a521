"""Enrolment: a one-time code is given out, a branch comes with it and is registered with its keys."""

import hmac
import os
import re

from sqlalchemy import Connection, insert, select, update

from tellertui.core.clock import DAY
from tellertui.core.enc import enc
from tellertui.core.refusal import N_, USAGE, Refusal, refusal
from tellertui.headoffice.refused import Refused
from tellertui.headoffice.store import Overtaken
from tellertui.headoffice.tables import BRANCH, CODE, INCARNATION
from tellertui.store.journal import root
from tellertui.sync.codes import SECRET, digest, made
from tellertui.sync.landing import OPEN
from tellertui.sync.wire import Enrol

CODE_LIFE = DAY
FOUNDERS = 8
_BRANCH = re.compile(r"[A-Za-z0-9][A-Za-z0-9.-]{0,31}")

BAD_BRANCH = refusal(
    "bad-branch-code",
    N_("A code begins with a letter or digit and has letters, digits, points and hyphens, 32 at most."),
    USAGE,
)


def give_code(connection: Connection, branch: str, root_key: bytes, now: int) -> str:
    """Return a new code for a branch, good for one enrolment within 24 hours.

    Raises:
        Refusal: ``bad-branch-code``.
    """
    if not _BRANCH.fullmatch(branch):
        raise BAD_BRANCH()
    code = made(os.urandom(SECRET), root_key)
    row = {"branch": branch, "digest": digest(code), "expires_at": now + CODE_LIFE, "used_at": 0}
    connection.execute(insert(CODE).values(**row, used_by=b""))
    return code


def register(connection: Connection, enrol: Enrol, now: int) -> int:
    """Register a branch, or its new device, and return since when its code is used.

    A repeat of the same enrolment changes nothing and returns the same instant.

    Raises:
        Refused: ``bad-branch``; ``bad-code``, ``expired-code`` or ``used-code``; ``bad-chain``, where the
            chain does not begin as the founders say; ``other-store``, where the branch is registered with
            another one.
    """
    if not _BRANCH.fullmatch(enrol.branch) or len(enrol.founders) > FOUNDERS:
        raise Refused(422, "bad-branch")
    if not hmac.compare_digest(enrol.root, root(enrol.branch, 1, 0, 0, b"", list(enrol.founders))):
        raise Refused(422, "bad-chain")
    used_at = _used(connection, enrol, now)
    if used_at:
        return used_at
    known = connection.execute(select(BRANCH.c.store).where(BRANCH.c.branch == enrol.branch)).scalar()
    if known is not None and known != enrol.store:
        raise Refused(403, "other-store")
    given = {"name": enrol.name, "device": enrol.device, "heard_at": now, "pack": enrol.pack}
    if known is not None:
        connection.execute(update(BRANCH).where(BRANCH.c.branch == enrol.branch).values(**given))
        return now
    begun = {"branch": enrol.branch, "store": enrol.store, "founders": enc(*enrol.founders)}
    connection.execute(insert(BRANCH).values(**given, **begun, incarnation=1, enrolled_at=now, build=""))
    first = {"branch": enrol.branch, "incarnation": 1, "state": OPEN, "root": enrol.root}
    connection.execute(insert(INCARNATION).values(**first, hash=enrol.root))
    return now


def _used(connection: Connection, enrol: Enrol, now: int) -> int:
    """Use the code up and return 0, or since when this very device has used it."""
    try:
        wanted = (CODE.c.branch == enrol.branch) & (CODE.c.digest == digest(enrol.code))
    except Refusal as refused:
        raise Refused(422, refused.code) from None
    code = connection.execute(select(CODE).where(wanted)).one_or_none()
    if code is None:
        raise Refused(403, "bad-code")
    if code.used_at:
        if code.used_by != enrol.device:
            raise Refused(403, "used-code")
        return int(code.used_at)
    if code.expires_at <= now:
        raise Refused(403, "expired-code")
    taken = update(CODE).where(wanted & (CODE.c.used_at == 0)).values(used_at=now, used_by=enrol.device)
    if connection.execute(taken).rowcount != 1:
        raise Overtaken
    return 0
