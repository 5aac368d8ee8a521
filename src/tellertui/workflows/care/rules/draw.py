"""Prize draws that anybody can recompute (R-DR-01 to R-DR-03).

Before the draw, the branch publishes the SHA-256 of two sealed seeds, one from the branch manager and one
from head office or a witness, and of the entry list. Afterwards the seeds are opened. For prize k::

    index = int(SHA-256(seeds in order ‖ "prize-k" ‖ list hash)) mod weight still in the draw

The entry list is text: the lines ``name:weight`` sorted and joined by line feeds. The index counts
through the weights in that order; a winner leaves the draw.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from hashlib import sha256
from itertools import zip_longest

import msgspec

from tellertui.core.dates import add_years
from tellertui.core.money import parse_money
from tellertui.core.refusal import N_, USAGE, refusal
from tellertui.core.tables import Table, table
from tellertui.core.verdict import Facts, Verdict, ground

SEEDS = 2
SEED_BYTES = 16
LINE = re.compile(r".+:[0-9]{1,10}")
MOST_ENTRIES = 1_000_000
MOST_WEIGHT = 1_000_000_000

BAD_DRAW = refusal("bad-draw", N_("The draw file is not complete: {what}."), USAGE)

PRIZE_FITS = N_("The prize is within {highest}.")
PRIZE_TOO_HIGH = N_("A prize that is drawn is worth at most {highest}, at its market price.")
PUBLISHED = N_("Everything that must be known before the start is published.")
NOT_PUBLISHED = N_("Not yet published: {missing}.")


class Draw(msgspec.Struct, frozen=True):
    """The file of a finished draw; hashes and seeds in hexadecimal, entries as ``name:weight`` lines.

    ``list_hash`` and ``prizes`` are what was published of them; where they are absent, the list has no
    hash to agree with and there are as many prizes as winners.
    """

    commitments: list[str]
    seeds: list[str]
    entries: list[str]
    winners: list[str]
    list_hash: str | None = None
    prizes: int | None = None


class Mismatch(msgspec.Struct, frozen=True):
    """What does not agree: ``commitment``, ``list`` or ``winner``, which one from 0, what it should be."""

    what: str
    n: int
    given: str
    recomputed: str


class Verified(msgspec.Struct, frozen=True):
    """A draw recomputed."""

    commitments: list[str]
    list_hash: str
    winners: list[str]
    mismatches: list[Mismatch]

    @property
    def verified(self) -> bool:
        """Say whether everything agrees."""
        return not self.mismatches


def read_draw(text: bytes) -> Draw:
    """Read a draw file.

    Raises:
        Refusal: it is not JSON of that form; the values are not repeated.
    """
    try:
        return msgspec.json.decode(text, type=Draw)
    except msgspec.ValidationError as error:
        raise BAD_DRAW(what=str(error)) from None
    except msgspec.DecodeError:
        raise BAD_DRAW(what="not JSON") from None


def commitment(seed: bytes) -> str:
    """Return what is published about a sealed seed."""
    return sha256(seed).hexdigest()


def hash_of_list(entries: Sequence[str]) -> str:
    """Return what is published about the entry list."""
    return sha256("\n".join(sorted(entries)).encode()).hexdigest()


def winners(seeds: Sequence[bytes], entries: Sequence[str], prizes: int) -> list[str]:
    """Return the winner of each prize in turn; fewer winners than prizes if the entries run out.

    Raises:
        Refusal: an entry has no name or no weight, stands twice, or there are none.
    """
    left = _weights(entries)
    list_hash = bytes.fromhex(hash_of_list(entries))
    won: list[str] = []
    for prize in range(min(prizes, len(left))):
        digest = sha256(b"".join(seeds) + f"prize-{prize}".encode() + list_hash).digest()
        index = int.from_bytes(digest, "big") % sum(left.values())
        won.append(_at(left, index))
        del left[won[-1]]
    return won


def verify(draw: Draw) -> Verified:
    """Recompute a draw and list every difference.

    Raises:
        Refusal: seeds or entries cannot be used at all.
    """
    seeds = [_seed(text) for text in draw.seeds]
    if len(seeds) < SEEDS or len(draw.commitments) != len(seeds):
        raise BAD_DRAW(what="two sealed seeds and their commitments")
    committed = [commitment(seed) for seed in seeds]
    list_hash = hash_of_list(draw.entries)
    prizes = len(draw.winners) if draw.prizes is None else draw.prizes
    won = winners(seeds, draw.entries, prizes)
    found = _differences("commitment", [text.lower() for text in draw.commitments], committed)
    if draw.list_hash is not None:
        found += _differences("list", [draw.list_hash.lower()], [list_hash])
    found += _differences("winner", draw.winners, won)
    return Verified(committed, list_hash, won, found)


def prize_allowed(market_price: int, on: date, rules: Table | None = None) -> Verdict:
    """Say whether a prize may be drawn, by its market price in minor units (R-DR-01)."""
    found = ground(rules or table("care"), "R-DR-01", on, Cap)
    judge = found.judge("prize")
    facts: Facts = {"highest": found.values.highest_prize}
    fits = market_price <= parse_money(found.values.highest_prize)
    return judge.valid(PRIZE_FITS, facts) if fits else judge.invalid(PRIZE_TOO_HIGH, facts)


def publication(published: Mapping[str, str], on: date, rules: Table | None = None) -> Verdict:
    """Say whether all that a campaign must publish before its start has a text (R-DR-02)."""
    found = ground(rules or table("care"), "R-DR-02", on, Publication)
    judge = found.judge("publication")
    missing = [name for name in found.values.published if not published.get(name, "").strip()]
    return (
        judge.invalid(NOT_PUBLISHED, {"missing": ", ".join(missing)}) if missing else judge.valid(PUBLISHED)
    )


def file_kept_until(ended: date, rules: Table | None = None) -> date:
    """Return the day until which the file of a campaign is kept (R-DR-02)."""
    return add_years(ended, ground(rules or table("care"), "R-DR-02", ended, Publication).values.keep_years)


class Cap(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Values of R-DR-01."""

    highest_prize: str


class Publication(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Values of R-DR-02: what is published, what is shown as it is won, how long the file is kept."""

    published: list[str]
    shown_at_once_above: str
    keep_years: int


def _seed(text: str) -> bytes:
    try:
        seed = bytes.fromhex(text)
    except ValueError:
        raise BAD_DRAW(what="a seed is not hexadecimal") from None
    if len(seed) < SEED_BYTES:
        raise BAD_DRAW(what="a seed is too short")
    return seed


def _weights(entries: Sequence[str]) -> dict[str, int]:
    weights: dict[str, int] = {}
    for line in sorted(entries):
        name, _, weight = line.rpartition(":")
        if not LINE.fullmatch(line) or name in weights or not 0 < int(weight) <= MOST_WEIGHT:
            raise BAD_DRAW(what="an entry is not one name:weight line")
        weights[name] = int(weight)
    if not 0 < len(weights) <= MOST_ENTRIES:
        raise BAD_DRAW(what="no entries")
    return weights


def _at(weights: Mapping[str, int], index: int) -> str:
    for name, weight in weights.items():
        index -= weight
        if index < 0:
            return name
    msg = "the index lies beyond the weights"
    raise AssertionError(msg)


def _differences(what: str, given: Sequence[str], recomputed: Sequence[str]) -> list[Mismatch]:
    pairs = enumerate(zip_longest(given, recomputed, fillvalue=""))
    return [Mismatch(what, n, left, right) for n, (left, right) in pairs if left != right]
