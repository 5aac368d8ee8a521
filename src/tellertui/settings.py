"""Settings of one installation: a TOML file beside the store, or ``/etc/tellertui/settings.toml``.

Under profile ``branch`` nothing here is read from the environment, so that a terminal cannot be pointed at a
lookalike; under ``desk`` ``TELLERTUI_STORE`` names the store's folder.
"""

import hashlib
import os
import stat
import tomllib
from pathlib import Path
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from tellertui.core.refusal import N_, UNREACHABLE, USAGE, refusal
from tellertui.core.role import Listener

SYSTEM_FILE = Path("/etc/tellertui/settings.toml")
FILE = "settings.toml"
SOCKET_PATH_MAX = 100

NO_STORE = refusal(
    "no-store", N_("There is no store in {directory}. Found one with: tellertui init"), UNREACHABLE
)
BAD_SETTINGS = refusal("bad-settings", N_("The settings file is not right: {where}."), USAGE)
UNSAFE_RUNTIME = refusal(
    "unsafe-runtime", N_("The socket folder is not safe ({why}); nothing was sent to it."), UNREACHABLE
)

Profile = Literal["branch", "desk"]
Environment = Literal["production", "demo", "test"]
PrinterTarget = Annotated[
    str, Meta(pattern=r"\A(none|file:/[^\x00-\x1f]+|tcp://[A-Za-z0-9.-]{1,253}:[0-9]{1,5})\Z")
]
Provider = Literal["systemd-creds", "keyring", "sealed-file", "memory"]
VoiceKind = Literal["off", "command", "clips", "file"]


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What an installation can be told."""

    store_id: str
    """UUID of the store, as on the founding sheet."""

    profile: Profile = "desk"
    """``branch``: host, lobby, staff have their own accounts. ``desk``: one account, one trust domain."""

    environment: Environment = "production"
    """``production`` refuses the in-memory host secret and a clock that can be moved."""

    host_secret: Provider = "keyring"
    """Where the 32-byte host secret lives; named here, never chosen by itself."""

    time_zone: str = "Asia/Shanghai"
    """IANA name of the branch's time zone; it decides the business date."""

    host_uid: int = 0
    """Operating-system account of the host; terminals refuse a server of any other."""

    runtime: str = "/run/tellertui"
    """Folder of the sockets under profile ``branch``; it belongs to root or to the host."""

    staff_group: str = "tellertui-staff"
    """Group that may reach the staff and sign-on sockets under profile ``branch``."""

    lobby_group: str = "tellertui-lobby"
    """Group that may reach the lobby socket under profile ``branch``."""

    courier_group: str = "tellertui-courier"
    """Group that may reach the courier socket under profile ``branch``."""

    idle_lock_s: int = 480
    """Seconds without a change or a key press after which a session locks and drops its keys."""

    machine_idle_s: int = 300
    """Seconds without any request after which a session of ``tellertui call`` ends."""

    machine_absolute_s: int = 3_600
    """Longest life of a session of ``tellertui call``, in seconds."""

    absolute_s: int = 43_200
    """Longest life of any session, in seconds."""

    lobby_rate: int = 100
    """Requests per second that all lobby connections of one account may send together."""

    argon_memory_kib: int = 65_536
    """Memory of Argon2id for passphrases set from now on, in KiB."""

    argon_passes: int = 3
    """Passes of Argon2id for passphrases set from now on."""

    printer: PrinterTarget = "none"
    """Where slips are printed: ``none``, ``file:/folder`` or ``tcp://host:port`` of an ESC/POS printer."""

    printer_columns: Annotated[int, Meta(ge=24, le=96)] = 48
    """Columns of the paper: 48 on 80 mm."""

    printer_encoding: Literal["auto", "gb18030", "cp950", "ascii"] = "auto"
    """Code page of the printer; ``auto`` takes GB18030, for slips in traditional Chinese CP950."""

    printer_answers: bool = True
    """Whether the printer answers status requests; only then is it known that a slip came out."""

    voice: VoiceKind = "off"
    """Who says the calls beside the board: nobody, a speech command, recorded clips, or a file for trials."""

    voice_command: tuple[str, ...] = ()
    """Speech program and its arguments, started without a shell. ``{language}`` in them becomes a name of
    ``voice_languages``; the sentence comes on standard input, or in place of a last argument ``{text}``."""

    voice_languages: tuple[str, str, str] = ("zh", "zh", "en")
    """What the speech program calls Traditional Chinese, Simplified Chinese and English."""

    voice_clips: str = ""
    """Folder of recorded clips with one folder per language (``zh_Hant``, ``zh_Hans``, ``en``), in each the
    files ``call``, ``counter``, ``please``, ``0`` to ``9`` and the letters of the services."""

    voice_player: tuple[str, ...] = ()
    """Program and arguments that play one clip; its path is added as the last argument."""

    voice_file: str = ""
    """File to which voice ``file`` appends what would be said, one JSON line each."""


def read_settings(file: Path) -> Settings:
    """Return the settings of a file.

    Raises:
        Refusal: ``bad-settings`` names what is wrong.
    """
    try:
        return msgspec.convert(tomllib.loads(file.read_text(encoding="utf-8")), Settings)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError, UnicodeDecodeError) as error:
        raise BAD_SETTINGS(where=f"{file.name}: {error}") from error


def settings_of(directory: Path) -> Settings:
    """Return the settings of a store's folder, or those of the system.

    They name the account a terminal trusts, so they come from root or from whoever runs this process.

    Raises:
        Refusal: ``no-store`` when neither exists, ``bad-settings`` when it is not readable as such or
            somebody else could have written it.
    """
    for file in (directory / FILE, SYSTEM_FILE):
        try:
            _check_writer(file)
            return read_settings(file)
        except (FileNotFoundError, PermissionError, NotADirectoryError):
            continue
    raise NO_STORE(directory=str(directory))


def _check_writer(file: Path) -> None:
    found = file.stat()
    own = os.getuid()
    if (own and found.st_uid not in (0, own)) or found.st_mode & 0o022:
        raise BAD_SETTINGS(where=f"{file.name}: somebody else could have written it")


def write_settings(directory: Path, settings: Settings) -> None:
    """Write the settings of a new store."""
    lines = [f"{name} = {_toml(value)}" for name, value in msgspec.structs.asdict(settings).items()]
    descriptor = os.open(directory / FILE, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    with open(descriptor, "w", encoding="utf-8") as file:  # noqa: PTH123 - the descriptor carries the mode
        file.write("\n".join(lines) + "\n")
        file.flush()
        os.fsync(file.fileno())


def _toml(value: str | int | tuple[str, ...]) -> str:
    return msgspec.json.encode(value).decode()


def store_directory(given: Path | None = None) -> Path:
    """Return the store's folder: the option, ``TELLERTUI_STORE``, or the platform's data folder."""
    if given is not None:
        return given
    if named := os.environ.get("TELLERTUI_STORE"):
        return Path(named)
    from platformdirs import user_data_path

    return user_data_path("tellertui", appauthor=False) / "branch"


def runtime_directory(settings: Settings, directory: Path) -> Path:
    """Return the folder of the sockets."""
    if settings.profile == "branch":
        return Path(settings.runtime)
    name = hashlib.sha256(os.fsencode(directory.resolve())).hexdigest()[:16]
    runtime = os.environ.get("XDG_RUNTIME_DIR")
    if runtime and Path(runtime).is_dir() and len(runtime) + len(name) + 24 <= SOCKET_PATH_MAX:
        return Path(runtime) / "tellertui" / name
    return Path("/tmp") / f"tellertui-{os.getuid()}" / name  # noqa: S108 - owner, mode and links are checked


def socket_path(settings: Settings, directory: Path, listener: Listener) -> Path:
    """Return the path of one listener's socket."""
    return runtime_directory(settings, directory) / f"{listener}.sock"


def check_runtime(folder: Path, owners: frozenset[int], *, private: bool) -> None:
    """Refuse a socket folder that somebody else could have made or can write to.

    Raises:
        Refusal: ``unsafe-runtime`` says why; a missing folder is no refusal.
    """
    for part in (folder, folder.parent) if private else (folder,):
        try:
            found = part.lstat()
        except FileNotFoundError:
            return
        if not stat.S_ISDIR(found.st_mode):
            raise UNSAFE_RUNTIME(why="not-a-folder")
        if found.st_uid not in owners:
            raise UNSAFE_RUNTIME(why="owner")
        if found.st_mode & (0o077 if private else 0o022):
            raise UNSAFE_RUNTIME(why="mode")
