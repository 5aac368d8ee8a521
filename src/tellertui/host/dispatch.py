"""From a frame to an answer: listener, session, role, rate, repeat, then one transaction or one read."""

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from functools import cache, lru_cache
from typing import Any
from uuid import UUID

import msgspec

from tellertui.branch.records import Person
from tellertui.core.command import METHODS, Command, Spec
from tellertui.core.enc import enc
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
from tellertui.host import api
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

UNREADABLE = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
"""What a frame can raise that is no request, too deep a nesting among it."""

_request = msgspec.json.Decoder(Request).decode
_PLACE = re.compile(r" - at `\$(?:\.[a-z_0-9]+|\[(?:\d+|\.\.\.)\])*`\Z")
_OF_SCHEMA = ("Expected ", "Object missing ", "JSON is malformed", "Input data ")
"""Beginnings of messages in which nothing stands but what the schema says."""
_NO_WORD = re.compile(r"[^A-Za-z ].*", re.DOTALL)
_METHOD = re.compile(r"[a-z_.]{1,40}")


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
        request = _readable(frame)
        identifier, method = (request.id, request.method) if request else (None, "frame")
        try:
            result = await self._answer(peer, request)
        except Refusal as refused:
            self._count(peer, method, refused.code)
            return encode(Answer(identifier, error=error_of(refused)))
        except Exception as error:  # noqa: BLE001 - the boundary: one fault ends one request
            return encode(Answer(identifier, error=error_of(self._incident(identifier, error))))
        return encode(Answer(identifier, result=msgspec.Raw(result)))

    async def _answer(self, peer: Peer, request: Request | None) -> bytes:
        self._keep_rate(peer)
        if request is None:
            raise BAD_FRAME()
        spec = METHODS.get(request.method)
        if spec is None:
            raise UNKNOWN_METHOD(method=_shown(request.method))
        if peer.listener not in spec.listeners:
            raise NOT_PERMITTED(method=spec.method)
        if not peer.greeted and spec.command is not api.Hello:
            raise api.GREET_FIRST()
        command = _read(spec, request)
        if (method := self.methods.get(spec.command)) is not None:
            self._check_own(peer, spec)
            return encode(await method(peer, command))
        session = self._admit(peer, spec)
        actor = actor_of(peer, session)
        if spec.reads:
            return await self._read(spec, command, actor)
        return encode(await self._write(spec, command, request, session, actor))

    def _keep_rate(self, peer: Peer) -> None:
        """Count whatever comes from the lobby, so that nothing it can send is free."""
        if peer.listener is Listener.LOBBY:
            bucket = self._buckets.setdefault(peer.uid, Bucket(self._store.clock, self._lobby_rate))
            if not bucket.take():
                raise BUSY(retry_after_s=1)

    def _check_own(self, peer: Peer, spec: Spec) -> None:
        """Check the role for a method of the host itself; some of them work before sign-on."""
        if peer.listener is Listener.STAFF and spec.roles != EVERYONE:
            session = self._sessions.fresh(peer.session)
            if not self.permitted(spec, session.roles):
                raise NOT_PERMITTED(method=spec.method)

    def _admit(self, peer: Peer, spec: Spec) -> Session | None:
        if peer.listener is not Listener.STAFF:
            return None
        session = self._sessions.fresh(peer.session)
        if not self.permitted(spec, session.roles):
            raise NOT_PERMITTED(method=spec.method)
        if not spec.reads:
            # A terminal reads by itself after every notice; only what a person does keeps a session awake.
            self._sessions.touch(session)
        return session

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
            (spec.method, encode(command), store.writer.committed.seq, second, roles), make
        )

    async def _write(
        self, spec: Spec, command: Command[Any], request: Request, session: Session | None, actor: Actor
    ) -> Any:
        caller = f"{actor.listener}:{session.person if session else actor.uid}"
        digest = self._store.journal.mac(enc("tt/params", encode(command)))
        envelope = Envelope(request.id, caller, command, digest)

        def check(work: Work) -> None:
            if session is not None:
                self._still_valid(work, spec, session)

        def body(work: Work) -> Any:
            view = envelope.carry_out(work, self._store.journal, check)
            work.notify(*spec.topics)
            return view

        if session is None:
            return await carry(self._store, body, actor)
        lent = ExitStack()
        ring = lent.enter_context(self._sessions.using(session))
        second = lent.enter_context(self._sessions.seconding(session, request.id))
        return await carry(self._store, body, actor, ring, second, lent.close)

    def _still_valid(self, work: Work, spec: Spec, session: Session) -> None:
        person = work.get(Person, session.person)
        if session.ended or person is None or person.state != "active":
            raise NOT_SIGNED_ON()
        if not self.permitted(spec, roles_of(person.roles)):
            raise NOT_PERMITTED(method=spec.method)

    def _count(self, peer: Peer, method: str, code: str) -> None:
        known = method if method in METHODS or method == "frame" else "unknown"
        self.refusals.add(actor_of(peer, peer.session), known, code)

    @staticmethod
    def _incident(identifier: UUID | None, error: Exception) -> Refusal:
        incident = str(identifier)[-12:]
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


@lru_cache
def roles_of(names: str) -> frozenset[Role]:
    """Return the roles that a person's row names."""
    return frozenset(map(Role, names.split()))


@cache
def _decoder(command: type[Command[Any]]) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(command)


def _read(spec: Spec, request: Request) -> Command[Any]:
    try:
        command: Command[Any] = _decoder(spec.command).decode(request.params)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        where = _where(str(error)) if isinstance(error, msgspec.DecodeError) else "not UTF-8"
        raise BAD_PARAMS(method=spec.method, where=where) from None
    return command


def _readable(frame: bytes) -> Request | None:
    try:
        return _request(frame)
    except UNREADABLE:
        return None


def _where(message: str) -> str:
    """Return what is wrong and in which field, without what was sent: it can be somebody's name."""
    place = _PLACE.search(message)
    what = message[: place.start()] if place else message
    if not what.startswith(_OF_SCHEMA):
        what = _NO_WORD.sub("", what).rstrip()
    return what + (place[0] if place else "")


def _shown(method: str) -> str:
    return method if _METHOD.fullmatch(method) else "?"


def _place(error: BaseException) -> str:
    """Return file and line where an exception arose, without any value."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return "?" if trace is None else f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}"
