"""The points ledger: append-only entries, spending from the grant that expires first (R-PT-01 to R-PT-05).

A spend holds its allocations, so that a reversal returns each point to the grant it came from. Balances
are never stored: they are what the entries say.
"""

from datetime import date, timedelta
from typing import Literal

import msgspec

from tellertui.core.refusal import N_, refusal
from tellertui.core.tables import Table, table
from tellertui.core.verdict import ground

BAD_POINTS = refusal(
    "bad-points", N_("Points are whole numbers above zero, and a grant expires after its day.")
)
POINTS_SHORT = refusal("points-short", N_("{needed} points are asked for, {spendable} may be spent."))
POINTS_ID_USED = refusal("points-id-used", N_("This entry id stands for something else."))
NO_SPEND = refusal("no-spend", N_("There is no such spend, or it was reversed."))

Downgrade = Literal["none", "automatic", "after-days"]


class Grant(msgspec.Struct, frozen=True, tag="grant"):
    """Points earned: usable from a day and up to the end of the day they expire."""

    id: str
    points: int
    on: date
    expires: date
    usable_from: date


class Allocation(msgspec.Struct, frozen=True):
    """Points that a spend took from one grant."""

    grant: str
    points: int


class Spend(msgspec.Struct, frozen=True, tag="spend"):
    """Points spent, with the grants they came from."""

    id: str
    points: int
    on: date
    allocations: tuple[Allocation, ...]


class Reversal(msgspec.Struct, frozen=True, tag="reversal"):
    """A spend taken back; what returned to a grant that has expired meanwhile is in an expiry beside it."""

    id: str
    spend: str
    on: date


class Expiry(msgspec.Struct, frozen=True, tag="expiry"):
    """The counter-entry for the unspent rest of a grant; the grant and the day are its key."""

    grant: str
    points: int
    on: date


Keyed = Grant | Spend | Reversal
Entry = Keyed | Expiry


class Totals(msgspec.Struct, frozen=True):
    """The three totals (R-PT-02): ``earned`` never falls by spending and decides the tier."""

    spendable: int
    earned: int
    spent: int


class Ledger(msgspec.Struct, frozen=True):
    """The entries of one customer in the order of writing; every operation returns a longer ledger.

    The id of an entry is its idempotency key (R-PT-03): the same operation under the same id changes
    nothing, another one under it is refused.
    """

    entries: tuple[Entry, ...] = ()

    def grant(self, id_: str, points: int, on: date, expires: date, lock_days: int = 0) -> "Ledger":
        """Add points.

        Raises:
            Refusal: they are not above zero, expire before they can be used, or the id is used.
        """
        usable_from = on + timedelta(days=lock_days)
        entry = Grant(id_, points, on, expires, usable_from)
        if points <= 0 or expires < usable_from:
            raise BAD_POINTS()
        return self._with(entry)

    def spend(self, id_: str, points: int, on: date) -> "Ledger":
        """Spend points, first-expiring grant first, then the lower id.

        Raises:
            Refusal: there are not enough, or the id is used.
        """
        earlier = self._find(id_)
        if earlier is not None:
            if isinstance(earlier, Spend) and (earlier.points, earlier.on) == (points, on):
                return self
            raise POINTS_ID_USED()
        return self._with(Spend(id_, points, on, self.allocate(points, on)))

    def allocate(self, points: int, on: date) -> tuple[Allocation, ...]:
        """Return where a spend would take its points from.

        Raises:
            Refusal: the points are not above zero or exceed what may be spent.
        """
        if points <= 0:
            raise BAD_POINTS()
        left = self.left()
        taken: list[Allocation] = []
        needed = points
        for grant in sorted(self._usable(on), key=lambda grant: (grant.expires, grant.id)):
            part = min(needed, left[grant.id])
            if part:
                taken.append(Allocation(grant.id, part))
                needed -= part
        if needed:
            raise POINTS_SHORT(needed=points, spendable=points - needed)
        return tuple(taken)

    def reverse(self, id_: str, spend: str, on: date) -> "Ledger":
        """Return the points of a spend to its grants; an expired grant loses them again at once (R-PT-04).

        Raises:
            Refusal: there is no such spend, it was reversed, or the id is used.
        """
        earlier = self._find(id_)
        if earlier is not None:
            if earlier == Reversal(id_, spend, on):
                return self
            raise POINTS_ID_USED()
        reversed_ = {entry.spend for entry in self.entries if isinstance(entry, Reversal)}
        if spend in reversed_ or not isinstance(self._find(spend), Spend):
            raise NO_SPEND()
        return self._with(Reversal(id_, spend, on)).expire(on)

    def expire(self, on: date) -> "Ledger":
        """Write off what is left of every grant whose last day has passed; a second run finds nothing."""
        left = self.left()
        rest = (grant.id for grant in self._grants() if grant.expires < on and left[grant.id])
        return Ledger((*self.entries, *(Expiry(grant, left[grant], on) for grant in rest)))

    def left(self) -> dict[str, int]:
        """Return what is left of each grant."""
        left = {grant.id: grant.points for grant in self._grants()}
        spends = {entry.id: entry for entry in self.entries if isinstance(entry, Spend)}
        for entry in self.entries:
            if isinstance(entry, Expiry):
                left[entry.grant] -= entry.points
            elif isinstance(entry, Spend | Reversal):
                sign, spend = (-1, entry) if isinstance(entry, Spend) else (1, spends[entry.spend])
                for taken in spend.allocations:
                    left[taken.grant] += sign * taken.points
        return left

    def totals(self, on: date) -> Totals:
        """Return what may be spent on a day, what was ever earned and what was spent and not reversed."""
        left = self.left()
        reversed_ = {entry.spend for entry in self.entries if isinstance(entry, Reversal)}
        spends = [entry for entry in self.entries if isinstance(entry, Spend) and entry.id not in reversed_]
        return Totals(
            spendable=sum(left[grant.id] for grant in self._usable(on)),
            earned=sum(grant.points for grant in self._grants()),
            spent=sum(spend.points for spend in spends),
        )

    @property
    def balance(self) -> int:
        """Return all points left, also those that are not usable yet or wait for the expiry run."""
        return sum(self.left().values())

    def _grants(self) -> list[Grant]:
        return [entry for entry in self.entries if isinstance(entry, Grant)]

    def _usable(self, on: date) -> list[Grant]:
        return [grant for grant in self._grants() if grant.usable_from <= on <= grant.expires]

    def _find(self, id_: str) -> Keyed | None:
        keyed = (entry for entry in self.entries if not isinstance(entry, Expiry))
        return next((entry for entry in keyed if entry.id == id_), None)

    def _with(self, entry: Keyed) -> "Ledger":
        earlier = self._find(entry.id)
        if earlier is None:
            return Ledger((*self.entries, entry))
        if earlier != entry:
            raise POINTS_ID_USED()
        return self


class Policy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Values of R-PT-05: days until points may be used, tiers by points earned, and when a tier is lost."""

    lock_days: int
    downgrade: Downgrade
    downgrade_days: int
    tiers: list[tuple[int, str]]

    def tier(self, points: int) -> str:
        """Return the highest tier that a number of points reaches."""
        return max((tier for tier in self.tiers if tier[0] <= points), default=self.tiers[0])[1]

    def tier_now(self, held: str, reached: str, below_since: date | None, on: date) -> str:
        """Return the tier a customer keeps.

        Args:
            held: the tier so far.
            reached: the tier that the points reach today.
            below_since: since when they reach less than the tier held.
            on: today.
        """
        order = [name for _, name in self.tiers]
        if order.index(reached) >= order.index(held) or self.downgrade == "automatic":
            return reached
        if self.downgrade == "none" or below_since is None:
            return held
        return reached if on >= below_since + timedelta(days=self.downgrade_days) else held


def policy(on: date, rules: Table | None = None) -> Policy:
    """Return the points policy in force on a day."""
    return ground(rules or table("care"), "R-PT-05", on, Policy).values
