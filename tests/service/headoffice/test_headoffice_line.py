"""Head office's line: what it answers, and what it will not read."""

import asyncio
import logging
import signal
import ssl
from collections.abc import AsyncIterator
from threading import Event, Thread
from typing import Any

import httpx
import msgspec
import pytest
import zstandard
from sqlalchemy.exc import OperationalError

from offices import FOUNDERS, Branch, Office, plain_of, read_receipt
from tellertui.core.clock import SystemClock
from tellertui.headoffice import serving
from tellertui.headoffice.feeds import Given, publish
from tellertui.headoffice.keys import certify, signing_key
from tellertui.headoffice.receiver import BODY, Receiver
from tellertui.headoffice.server import Limits, application
from tellertui.sync.wire import (
    BATCH,
    BODY_LIMIT,
    FEED,
    Feed,
    Header,
    Receipt,
    Signed,
    decoded,
    encoded,
    key_id,
    nonce_of,
    signed,
)
from tellertui.vault.parties import seal_to, verify
from tellertui.workflows.reception import events as e


@pytest.fixture
async def line(embedded: Office) -> AsyncIterator[httpx.AsyncClient]:
    """A client on the line of a head office in this process."""
    async with client_of(embedded) as client:
        yield client


def client_of(office: Office, limits: Limits | None = None) -> httpx.AsyncClient:
    """Return a client on a head office's line."""
    app = application(office.receiver, office.projector, office.clock, limits)
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="https://office")


def written(office: Office, count: int = 5) -> Branch:
    """Return a registered branch with entries to send."""
    return office.enrolled().write(*(plain_of(e.CounterOpened("1"), number) for number in range(count)))


def resigned(branch: Branch, data: bytes, envelope: bytes | None = None, **header: Any) -> bytes:
    """Return a batch with another header or envelope, signed anew by the branch."""
    message = signed(data)
    changed = msgspec.structs.replace(decoded(message.payload, Header), **header)
    said = signed(branch.said(BATCH, encoded(changed)))
    kept = message.envelope if envelope is None else envelope
    return msgspec.structs.replace(said, envelope=kept).to_bytes()


async def refused(line: httpx.AsyncClient, path: str, data: bytes) -> tuple[int, str]:
    """Return status and code of an answer that is no receipt."""
    answer = await line.post(path, content=data)
    assert answer.headers["content-type"].startswith("text/plain")
    return answer.status_code, answer.text


async def test_a_day_of_a_branch_over_the_line(embedded: Office, line: httpx.AsyncClient) -> None:
    pack = await line.get("/v1/pack")
    assert pack.content == embedded.keys.signed_pack
    branch = Branch("B001", embedded.keys.pack).write(plain_of(e.CounterOpened("1"), 1))
    codes = []
    for path, data in (
        ("enrol", branch.enrol(embedded.code("B001"))),
        ("hello", branch.hello()),
        ("batch", branch.batch(1, 1)),
        ("batch", branch.batch(1, 1)),
    ):
        answer = await line.post(f"/v1/{path}", content=data)
        assert answer.status_code == 200
        codes.append(read_receipt(answer.content, embedded.keys.pack).code)
    assert codes == ["ok", "ok", "ok", "duplicate"]


async def test_nothing_else_is_there(line: httpx.AsyncClient) -> None:
    for path in ("/", "/docs", "/openapi.json", "/v1", "/v1/pack/", "/v2/batch"):
        assert (await line.get(path)).status_code in {404, 307}
    assert (await line.get("/v1/batch")).status_code == 405
    assert (await line.get("/v1/feed/rules")).status_code == 405


async def test_requests_that_prove_nothing_get_a_code(embedded: Office, line: httpx.AsyncClient) -> None:
    branch, stranger = written(embedded), Branch("B009", embedded.keys.pack)
    data = branch.batch(1, 5)
    message = signed(data)
    forged = msgspec.structs.replace(message, signature=bytes(64))
    found = {
        "empty": await refused(line, "/v1/batch", b""),
        "garbage": await refused(line, "/v1/hello", b"\x93\x01"),
        "nested": await refused(line, "/v1/batch", b"\x91" * 100_000),
        "wrong place": await refused(line, "/v1/hello", data),
        "unknown": await refused(line, "/v1/hello", stranger.hello()),
        "foreign key": await refused(line, "/v1/batch", branch.batch(1, 5, device=stranger.device)),
        "forged": await refused(line, "/v1/batch", forged.to_bytes()),
        "newer": await refused(line, "/v1/batch", Signed("tellertui.batch/2", b"", b"", b"").to_bytes()),
        "retired key": await refused(line, "/v1/batch", resigned(branch, data, ingest=b"12345678")),
        "code": await refused(line, "/v1/enrol", stranger.enrol("AAAA-" * 7 + "AAAA")),
        "feed": await refused(line, "/v1/feed/none", branch.hello()),
    }
    assert found == {
        "empty": (400, "malformed"),
        "garbage": (400, "malformed"),
        "nested": (400, "malformed"),
        "wrong place": (400, "malformed"),
        "unknown": (401, "unknown-branch"),
        "foreign key": (403, "wrong-key"),
        "forged": (422, "bad-signature"),
        "newer": (426, "unknown-protocol"),
        "retired key": (426, "unknown-ingest"),
        "code": (403, "bad-code"),
        "feed": (404, "unknown-feed"),
    }


async def test_bombs_do_not_unpack(embedded: Office, line: httpx.AsyncClient) -> None:
    branch = written(embedded)
    public = embedded.keys.pack.ingests[0]

    def sealed(body: bytes) -> bytes:
        return branch.batch(1, 5, seal=lambda info, _: seal_to(public, info, body))

    huge = zstandard.compress(bytes(256 * 1024 * 1024))
    assert len(huge) < BODY
    honest = sealed(zstandard.compress(bytes(BODY_LIMIT + 1)))
    length = decoded(signed(honest).payload, Header).length
    liar = zstandard.ZstdCompressor(write_content_size=False).compress(bytes(BODY_LIMIT))
    nested = zstandard.compress(b"\x92" + b"\x91" * (length - 1))
    found = [
        await refused(line, "/v1/batch", sealed(huge)),
        await refused(line, "/v1/batch", resigned(branch, honest, length=BODY_LIMIT + 1)),
        await refused(line, "/v1/batch", resigned(branch, sealed(huge), length=256 * 1024 * 1024)),
        await refused(line, "/v1/batch", sealed(liar)),
        await refused(line, "/v1/batch", sealed(b"no frame at all")),
        await refused(line, "/v1/batch", sealed(nested)),
    ]
    assert [status for status, _ in found] == [422] * 6
    assert [code for _, code in found] == [
        "bad-length",
        "too-large",
        "too-large",
        "bad-length",
        "bad-length",
        "bad-body",
    ]


async def test_long_bodies_are_refused_unread(embedded: Office, line: httpx.AsyncClient) -> None:
    read = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal read
        while True:
            read += 64 * 1024
            yield bytes(64 * 1024)

    assert await refused(line, "/v1/batch", bytes(BODY + 1)) == (413, "too-large")
    answer = await line.post("/v1/batch", content=endless())
    assert (answer.status_code, answer.text) == (413, "too-large")
    assert read <= BODY + 128 * 1024
    answer = await line.post("/v1/batch", content=b"x", headers={"content-encoding": "gzip"})
    assert (answer.status_code, answer.text) == (400, "malformed")


async def test_a_body_that_stops_coming_is_given_up(embedded: Office) -> None:
    async def slow() -> AsyncIterator[bytes]:
        yield b"x"
        await asyncio.Event().wait()

    async with client_of(embedded, Limits(silence_s=0.01)) as line:
        answer = await line.post("/v1/batch", content=slow())
    assert (answer.status_code, answer.text) == (408, "too-slow")


class Held(Receiver):
    """A receiver that answers when it is let."""

    def __init__(self, office: Office) -> None:
        super().__init__(office.store, office.keys, office.clock)
        self.begun, self.go = Event(), Event()

    def answer(self, heard: Any) -> bytes:
        self.begun.set()
        assert self.go.wait(10)
        return super().answer(heard)


async def test_one_request_of_a_branch_at_a_time_and_no_more_than_can_wait(embedded: Office) -> None:
    branch, other = written(embedded), embedded.enrolled("B002")
    embedded.receiver = held = Held(embedded)
    async with client_of(embedded, Limits(threads=2, waiting=2)) as line:
        first = asyncio.create_task(line.post("/v1/batch", content=branch.batch(1, 5)))
        await asyncio.to_thread(held.begun.wait)
        second = await line.post("/v1/hello", content=branch.hello())
        assert (second.status_code, second.text, second.headers["retry-after"]) == (429, "under-way", "1")
        held.begun.clear()
        third = asyncio.create_task(line.post("/v1/hello", content=other.hello()))
        await asyncio.to_thread(held.begun.wait)
        fourth = await line.post("/v1/hello", content=other.hello())
        assert (fourth.status_code, fourth.text, fourth.headers["retry-after"]) == (503, "busy", "2")
        held.go.set()
        assert [answer.status_code for answer in await asyncio.gather(first, third)] == [200, 200]
        assert (await line.post("/v1/hello", content=branch.hello())).status_code == 200


async def test_a_database_in_trouble_is_said_to_be_busy(
    embedded: Office, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    branch = written(embedded)

    def fails(*_: Any) -> None:
        raise OperationalError("secret statement", {"name": "陳大文"}, Exception("disk full"))

    monkeypatch.setattr(embedded.store, "write", fails)
    with caplog.at_level(logging.INFO, "tellertui.headoffice"):
        async with client_of(embedded) as line:
            answer = await line.post("/v1/batch", content=branch.batch(1, 5))
    assert (answer.status_code, answer.text, answer.headers["retry-after"]) == (503, "busy", "30")
    assert "POST /v1/batch B001 503" in caplog.text
    assert "陳大文" not in caplog.text
    assert "secret" not in caplog.text


async def test_feeds_are_served_as_signed_and_not_twice(embedded: Office, line: httpx.AsyncClient) -> None:
    from datetime import date

    branch, other = written(embedded), embedded.enrolled("B002")
    key = signing_key(embedded.place, "publish")
    for given in (
        Given("rates", date(2026, 12, 1), b"one"),
        Given("rates", date(2026, 12, 2), b"two", branch="B001", widens=True),
        Given("papers", date(2026, 12, 1), b"all", expires=date(2027, 1, 1)),
    ):
        embedded.store.write(lambda connection, given=given: publish(connection, key, given, 0))
    hello = read_receipt((await line.post("/v1/hello", content=branch.hello())).content, embedded.keys.pack)
    assert hello.feeds == (("papers", 1), ("rates", 2))
    answer = await line.post("/v1/feed/rates", content=branch.hello())
    message = signed(answer.content)
    assert verify(embedded.keys.pack.publish, FEED, message.payload, message.signature)
    assert message.key == key_id(embedded.keys.pack.publish)
    assert decoded(message.payload, Feed) == Feed("rates", "B001", 2, "2026-12-02", "", True, b"two")
    tag = answer.headers["etag"]
    again = await line.post("/v1/feed/rates", content=branch.hello(), headers={"if-none-match": tag})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    theirs = await line.post("/v1/feed/rates", content=other.hello(), headers={"if-none-match": tag})
    assert decoded(signed(theirs.content).payload, Feed).version == 1


async def test_landing_at_once_from_two_threads_lands_once(office: Office) -> None:
    branch = office.enrolled().write(*(plain_of(e.CounterOpened("1"), number) for number in range(40)))
    answers: list[Receipt] = []

    def send(first: int) -> None:
        answers.append(office.answer(branch.batch(first, 40), BATCH))

    threads = [Thread(target=send, args=(first,)) for first in (1, 1, 1, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answer.code for answer in answers) == ["duplicate"] * 3 + ["ok"]
    assert {answer.cursor for answer in answers} == {40}


def test_a_receipt_answers_one_request(embedded: Office) -> None:
    branch = written(embedded)
    one, two = branch.batch(1, 5), branch.batch(1, 5)
    assert embedded.answer(one, BATCH).nonce == nonce_of(signed(one).payload)
    assert embedded.answer(two, BATCH).nonce == nonce_of(signed(two).payload) != nonce_of(signed(one).payload)
    assert len(FOUNDERS) == 2


async def test_a_connection_that_asks_nothing_is_closed(
    embedded: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(serving, "SILENT_S", 0.05)
    certify(embedded.place, ["127.0.0.1"], SystemClock().now())
    listens: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    app = application(embedded.receiver, embedded.projector, embedded.clock)
    running = asyncio.create_task(
        serving.serve(app, embedded.place, "127.0.0.1", 0, lambda _, port: listens.set_result(port))
    )
    trusted = ssl.create_default_context(cadata=embedded.keys.pack.authority)
    for said in (b"", b"POST /v1/batch HTTP/1.1\r\nHost: a\r\nX-Slow: "):
        reader, writer = await asyncio.open_connection("127.0.0.1", await listens, ssl=trusted)
        writer.write(said)
        assert await asyncio.wait_for(reader.read(), 5) == b""
        writer.close()
    signal.raise_signal(signal.SIGTERM)
    await asyncio.wait_for(running, 10)
