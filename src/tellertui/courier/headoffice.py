"""The courier's line to head office: one exchange after another, over HTTPS with head office's own authority.

It carries bytes it cannot read and reports what came back; it holds no key and decides nothing.
"""

import asyncio
import ssl

import httpx

from tellertui.client import Client
from tellertui.core.refusal import Refusal
from tellertui.sync.api import OTHER_COURIER, SYNC, Answered, Exchange, ExchangeFailed, NextExchange

PATHS = {
    "pack": "/v1/pack",
    "enrol": "/v1/enrol",
    "hello": "/v1/hello",
    "batch": "/v1/batch",
    "feed": "/v1/feed/",
}
TIMEOUT = httpx.Timeout(30.0, connect=10.0)
LARGEST = 1024 * 1024
"""An answer may be so long; a page of a portal in between is not read to its end."""
UNTIMELY = frozenset({9, 10})
"""Codes of OpenSSL for a certificate that does not hold yet and one that holds no longer."""
LATER_S = 5.0
"""Pause after the host refused or went away."""


class Trouble(Exception):  # noqa: N818 - names what happened
    """No answer of head office; ``code`` says why."""

    def __init__(self, code: str, retry_after_s: int | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.retry_after_s = retry_after_s


class HeadOfficeLine:
    """Carries exchanges until cancelled."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._woken = asyncio.Event()
        self._http: httpx.AsyncClient | None = None
        self._trusted: str | None = None

    async def run(self) -> None:
        """Ask for an exchange, carry it, report it, for ever.

        Raises:
            Refusal: ``other-courier``.
        """
        watching = False
        try:
            while True:
                try:
                    if not watching:
                        await self._client.watch(SYNC, lambda _: self._woken.set())
                        watching = True
                    await self._once()
                except Refusal as refused:
                    if refused.code == OTHER_COURIER.code:
                        raise
                    await asyncio.sleep(LATER_S)
        finally:
            await self._closed()

    async def _once(self) -> None:
        self._woken.clear()
        exchange = await self._client.do(NextExchange())
        if exchange.kind == "idle":
            try:
                await asyncio.wait_for(self._woken.wait(), exchange.wait_s)
            except TimeoutError:
                return
            return
        try:
            body = await self._carried(exchange)
        except Trouble as trouble:
            failed = ExchangeFailed(id=exchange.id, code=trouble.code, retry_after_s=trouble.retry_after_s)
            await self._client.do(failed)
        else:
            await self._client.do(Answered(id=exchange.id, body=body))

    async def _carried(self, exchange: Exchange) -> bytes:
        """Return what head office answered.

        Raises:
            Trouble: it did not, or not with success.
        """
        http = await self._trusting(exchange)
        method = "GET" if exchange.kind == "pack" else "POST"
        url = exchange.url + PATHS[exchange.kind] + exchange.name
        try:
            async with http.stream(method, url, content=exchange.body or None) as response:
                body = bytearray()
                async for part in response.aiter_raw():
                    body += part
                    if len(body) > LARGEST:
                        raise Trouble("too-long")
        except httpx.TimeoutException:
            raise Trouble("timeout") from None
        except (httpx.HTTPError, httpx.InvalidURL, ssl.SSLError) as error:
            raise Trouble(_why(error)) from None
        if response.status_code != httpx.codes.OK:
            raise Trouble(_code(response, bytes(body)), _retry_after(response))
        return bytes(body)

    async def _trusting(self, exchange: Exchange) -> httpx.AsyncClient:
        """Return a client that trusts one authority and no other, or reads the public keys before it can.

        Raises:
            Trouble: ``certificate``, head office's keys name no authority.
        """
        wanted = None if exchange.kind == "pack" else exchange.authority
        if self._http is None or self._trusted != wanted:
            await self._closed()
            self._http = httpx.AsyncClient(
                verify=_context(wanted), timeout=TIMEOUT, trust_env=False, follow_redirects=False
            )
            self._trusted = wanted
        return self._http

    async def _closed(self) -> None:
        if self._http is not None:
            await self._http.aclose()
            self._http = None


def _context(authority: str | None) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    if authority is None:
        # The public keys carry their own proof: the enrolment code names the key that signed them.
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        return context
    try:
        context.load_verify_locations(cadata=authority)
    except (ssl.SSLError, ValueError, TypeError):
        raise Trouble("certificate") from None
    return context


def _why(error: BaseException) -> str:
    """Return a code for a request without an answer, by what went wrong underneath."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return "certificate-time" if cause.verify_code in UNTIMELY else "certificate"
        if isinstance(cause, ssl.SSLError):
            return "tls"
        cause = cause.__cause__ or cause.__context__
    return "unreachable"


def _code(response: httpx.Response, body: bytes) -> str:
    """Return head office's own word for a refusal; a proxy's page is only a number."""
    text = body.decode("ascii", "replace").strip()
    fits = 0 < len(text) <= 40 and text[0].isalpha() and text.islower() and text.replace("-", "").isalnum()
    return text if fits else f"http-{response.status_code}"


def _retry_after(response: httpx.Response) -> int | None:
    value = response.headers.get("Retry-After", "")
    return int(value) if value.isdigit() and len(value) <= 6 else None
