"""``sign-on``, ``sign-off`` and ``call``: the branch for scripts, over the structs that the screens use."""

import asyncio
import sys
from typing import Annotated, Any
from uuid import UUID

import msgspec
import typer

from tellertui.cli.context import current, session_value
from tellertui.cli.output import print_json, print_line, print_raw, print_table
from tellertui.client import Client
from tellertui.core.command import METHODS, Spec
from tellertui.core.refusal import BAD_FRAME, BAD_PARAMS, N_, NOT_SIGNED_ON, USAGE, Refusal, refusal
from tellertui.core.role import Listener
from tellertui.core.wire import Answer, encode, error_of

NO_METHOD = refusal("no-method", N_("Name a method, - for one request a line, or --list."), USAGE)


def register(app: typer.Typer) -> None:
    """Attach the commands."""
    app.command("sign-on")(sign_on)
    app.command("sign-off")(sign_off)
    app.command("call")(call)


def sign_on(
    code: Annotated[str, typer.Argument(help="Staff code; the passphrase comes on standard input.")],
    as_json: Annotated[bool, typer.Option("--json")] = False,
    terminal: Annotated[str, typer.Option(help="Registered terminal.")] = "",
) -> None:
    """Sign on for scripts and print the session value."""
    from tellertui.cli.hosting import reach
    from tellertui.cli.passphrases import read_passphrase
    from tellertui.host import api
    from tellertui.settings import settings_of

    directory = current.directory()
    settings = settings_of(directory)

    async def run() -> api.MachineSession:
        # Nobody is asked for a passphrase before the other end has proved to be the host's account.
        client = await reach(settings, directory, Listener.STAFF, terminal=terminal)
        passphrase = bytearray()
        try:
            passphrase = read_passphrase(code)
            await client.sign_on(code, passphrase)
            return await client.do(api.KeepForScripts())
        finally:
            passphrase[:] = bytes(len(passphrase))
            await client.close()

    session = asyncio.run(run())
    if as_json:
        print_json(session)
    else:
        print_line(session.session)


def sign_off(as_json: Annotated[bool, typer.Option("--json")] = False) -> None:
    """End the session of TELLERTUI_SESSION."""
    if session_value() is None:
        raise NOT_SIGNED_ON()
    result = ask("session.sign_off")
    if as_json:
        print_json(result)
    else:
        print_line("signed off")


def call(
    method: Annotated[
        str, typer.Argument(help="Method name, or - to read JSON-RPC requests, one a line.")
    ] = "",
    params: Annotated[str, typer.Option(help="Parameters as a JSON object.")] = "{}",
    listing: Annotated[bool, typer.Option("--list", help="Print every method.")] = False,
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """Send commands to the running branch and print their JSON answers."""
    from tellertui.host.services import load_apis

    load_apis()
    if listing:
        _list_methods(as_json=as_json or not sys.stdout.isatty())
    elif method == "-":
        asyncio.run(_converse())
    elif method:
        print_raw(asyncio.run(_once(method, _object(method, params))))
    else:
        raise NO_METHOD()


def ask(method: str, params: bytes = b"{}") -> Any:
    """Send one command in the session of this environment and return the decoded result."""
    from tellertui.host.services import load_apis

    load_apis()
    return msgspec.json.decode(asyncio.run(_once(method, params)))


async def _once(method: str, params: bytes) -> bytes:
    client = await _connected(method)
    try:
        return await client.call(method, params)
    finally:
        await client.close()


async def _connected(method: str) -> Client:
    from tellertui.cli.hosting import reach
    from tellertui.settings import settings_of

    directory = current.directory()
    machine = session_value()
    spec = METHODS.get(method)
    if machine is None and spec is not None and spec.listeners == {Listener.STAFF}:
        raise NOT_SIGNED_ON()
    listener = Listener.STAFF if machine else _listener(spec)
    return await reach(settings_of(directory), directory, listener, machine=machine)


def _listener(spec: Spec | None) -> Listener:
    """Return where a call without a session goes: the lobby, or the operator's own socket."""
    if spec is not None and Listener.LOBBY not in spec.listeners and Listener.ADMIN in spec.listeners:
        return Listener.ADMIN
    return Listener.LOBBY


def _object(method: str, text: str) -> bytes:
    try:
        found = msgspec.json.decode(text, type=dict[str, msgspec.Raw])
    except (msgspec.DecodeError, UnicodeEncodeError):
        raise BAD_PARAMS(method=method, where="not a JSON object") from None
    return msgspec.json.encode(found)


class _Line(msgspec.Struct):
    method: str
    params: dict[str, msgspec.Raw] | None = None
    id: Any = None
    jsonrpc: str = "2.0"


async def _converse() -> None:
    """Answer one JSON-RPC request per line over one connection.

    An id that is a UUIDv7 is the command's own id, so that sending the line again repeats the command; any
    other id is only echoed.
    """
    client = await _connected("-")
    loop = asyncio.get_running_loop()
    try:
        while line := await loop.run_in_executor(None, sys.stdin.buffer.readline):
            if line.strip():
                sys.stdout.write((await _answer(client, line)).decode() + "\n")
                sys.stdout.flush()
    finally:
        await client.close()


async def _answer(client: Client, line: bytes) -> bytes:
    try:
        request = msgspec.json.decode(line, type=_Line)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return encode(Answer(None, error=error_of(BAD_FRAME())))
    try:
        result = await client.call(
            request.method, msgspec.json.encode(request.params or {}), _own_id(request.id)
        )
    except Refusal as refused:
        error = error_of(refused)
        return encode({"jsonrpc": "2.0", "id": request.id, "error": error})
    return encode({"jsonrpc": "2.0", "id": request.id, "result": msgspec.Raw(result)})


def _own_id(given: Any) -> UUID | None:
    try:
        found = UUID(given) if isinstance(given, str) else None
    except ValueError:
        return None
    return found if found is not None and found.version == 7 else None


def _list_methods(*, as_json: bool) -> None:
    specs = [METHODS[name] for name in sorted(METHODS) if METHODS[name].listeners]
    if as_json:
        print_json([_described(spec) for spec in specs])
        return
    rows = [
        (
            spec.method,
            ", ".join(_described(spec)["params"]),
            " ".join(sorted(spec.listeners)),
            " ".join(sorted(spec.roles)),
        )
        for spec in specs
    ]
    print_table(("method", "params", "listeners", "roles"), rows)


def _described(spec: Spec) -> dict[str, Any]:
    (schema,), components = msgspec.json.schema_components([spec.command], ref_template="{name}")
    name = str(schema.get("$ref", ""))
    body = components.get(name, schema)
    required = set(body.get("required", ()))
    params = {
        field: {"required": field in required, **detail}
        for field, detail in body.get("properties", {}).items()
    }
    return {
        "method": spec.method,
        "params": params,
        "listeners": sorted(spec.listeners),
        "roles": sorted(spec.roles),
        "events": list(spec.events),
        "topics": list(spec.topics),
        "reads": spec.reads,
    }
