"""From a frame to an answer: listener, session, role, rate, repeat, then one transaction or one read."""

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable
from functools import cache
from typing import Any

import msgspec

from tellertui.branch.records import Person
from tellertui.core.command import METHODS, Command, Spec
from tellertui.core.refusal import (
    BAD_FRAME,
    BAD_PARAMS,
    BUSY,
    FAILED,
    NOT_PERMITTED,
    NOT_SIGNED_ON,
    UNKNOWN_METHOD,
    Refusal,
)
from tellertui.core.role import EVERYONE, Listener, Role
from tellertui.core.wire import Answer, Request, encode, error_of
from tellertui.host.guard import Bucket, Refusals
from tellertui.host.peer import Peer
from tellertui.host.running import carry
from tellertui.host.sessions import Session, Sessions
from tellertui.host.views import ViewCache
from tellertui.store.actor import Actor
from tellertui.store.handlers import answer_of
from tellertui.store.repeats import Envelope
from tellertui.store.store import Store
from tellertui.store.work import Work

log = logging.getLogger(__name__)

HostMethod = Callable[[Peer, Any], Awaitable[Any]]

_request = msgspec.json.Decoder(Request).decode
_VALUE = re.compile(r"'[^']*'")


class Dispatcher:
    """Answers requests of every listener; nothing a terminal hides or shows is a control."""

    def __init__(self, store: Store, sessions: Sessions, lobby_rate: int) -> None:
        self.refusals = Refusals()
        self.methods: dict[type[Command[Any]], HostMethod] = {}
        self.permitted: Callable[[Spec, frozenset[Role]], bool] = lambda spec, roles: bool(spec.roles & roles)
        self._store = store
        self._sessions = sessions
        self._lobby_rate = lobby_rate
        self._buckets: dict[int, Bucket] = {}
        self._views = ViewCache()

    async def handle(self, peer: Peer, frame: bytes) -> bytes:
        """Return the encoded answer to one frame."""
        try:
            request = _request(frame)
        except (msgspec.DecodeError, UnicodeDecodeError):
            self._count(peer, "frame", "bad-frame")
            return encode(Answer(None, error=error_of(BAD_FRAME())))
        try:
            result = await self._answer(peer, request)
        except Refusal as refused:
            self._count(peer, request.method, refused.code)
            return encode(Answer(request.id, error=error_of(refused)))
        except Exception as error:  # noqa: BLE001 - the boundary: one fault ends one request
            return encode(Answer(request.id, error=error_of(self._incident(request, error))))
        return encode(Answer(request.id, result=msgspec.Raw(result)))

    async def _answer(self, peer: Peer, request: Request) -> bytes:
        spec = METHODS.get(request.method)
        if spec is None:
            raise UNKNOWN_METHOD(method=_shown(request.method))
        if peer.listener not in spec.listeners:
            raise NOT_PERMITTED(method=spec.method)
        command = _read(spec, request)
        if (method := self.methods.get(spec.command)) is not None:
            self._check_own(peer, spec)
            return encode(await method(peer, command))
        session = self._admit(peer, spec)
        actor = actor_of(peer, session)
        if spec.reads:
            return await self._read(spec, command, actor)
        return encode(await self._write(spec, command, request, session, actor))

    def _check_own(self, peer: Peer, spec: Spec) -> None:
        """Check the role for a method of the host itself; some of them work before sign-on."""
        if peer.listener is Listener.STAFF and spec.roles != EVERYONE:
            session = self._sessions.fresh(peer.session)
            if not self.permitted(spec, session.roles):
                raise NOT_PERMITTED(method=spec.method)

    def _admit(self, peer: Peer, spec: Spec) -> Session | None:
        if peer.listener is Listener.STAFF:
            session = self._sessions.fresh(peer.session)
            if not self.permitted(spec, session.roles):
                raise NOT_PERMITTED(method=spec.method)
            return session
        if peer.listener is Listener.LOBBY:
            bucket = self._buckets.setdefault(peer.uid, Bucket(self._store.clock, self._lobby_rate))
            if not bucket.take():
                raise BUSY(retry_after_s=1)
        return None

    async def _read(self, spec: Spec, command: Command[Any], actor: Actor) -> bytes:
        async def make() -> bytes:
            function = answer_of(spec.command)
            view = await asyncio.wrap_future(self._store.read(lambda reads: function(reads, command), actor))
            return encode(view)

        if not spec.shared:
            return await make()
        store = self._store
        roles = tuple(sorted(actor.roles))
        second = store.clock.now() // 1000
        return await self._views.get(
            (spec.method, encode(command), store.journal.head.seq, second, roles), make
        )

    async def _write(
        self, spec: Spec, command: Command[Any], request: Request, session: Session | None, actor: Actor
    ) -> Any:
        caller = f"{actor.listener}:{session.person if session else actor.uid}"
        envelope = Envelope(request.id, caller, command, encode(command), self._store.identity.mac_key)

        def check(work: Work) -> None:
            if session is not None:
                self._still_valid(work, spec, session)

        def body(work: Work) -> Any:
            view = envelope.carry_out(work, self._store.journal, check)
            work.notify(*spec.topics)
            return view

        if session is None:
            return await carry(self._store, body, actor)
        with self._sessions.using(session) as ring:
            return await carry(self._store, body, actor, ring)

    def _still_valid(self, work: Work, spec: Spec, session: Session) -> None:
        person = work.get(Person, session.person)
        if session.ended or person is None or person.state != "active":
            raise NOT_SIGNED_ON()
        if not self.permitted(spec, frozenset(Role(name) for name in person.roles.split())):
            raise NOT_PERMITTED(method=spec.method)

    def _count(self, peer: Peer, method: str, code: str) -> None:
        known = method if method in METHODS or method == "frame" else "unknown"
        self.refusals.add(actor_of(peer, peer.session), known, code)

    @staticmethod
    def _incident(request: Request, error: Exception) -> Refusal:
        incident = str(request.id)[-12:]
        where = _place(error)
        log.error("incident %s: %s at %s", incident, type(error).__name__, where)
        return FAILED(incident=incident)


def actor_of(peer: Peer, session: Session | None) -> Actor:
    """Return who acts on a connection."""
    if session is not None:
        return session.actor
    name = {Listener.LOBBY: "kiosk", Listener.ADMIN: "operator", Listener.COURIER: "courier"}.get(
        peer.listener, "nobody"
    )
    return Actor(name, None, frozenset(), peer.listener, b"", peer.terminal, peer.uid)


@cache
def _decoder(command: type[Command[Any]]) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(command)


def _read(spec: Spec, request: Request) -> Command[Any]:
    try:
        command: Command[Any] = _decoder(spec.command).decode(request.params)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        where = _VALUE.sub("'…'", str(error)) if isinstance(error, msgspec.DecodeError) else "not UTF-8"
        raise BAD_PARAMS(method=spec.method, where=where) from None
    return command


def _shown(method: str) -> str:
    return method if method.isascii() and method.isprintable() and len(method) <= 64 else "?"


def _place(error: BaseException) -> str:
    """Return file and line where an exception arose, without any value."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return "?" if trace is None else f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}"
