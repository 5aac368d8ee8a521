"""Histories of branches and head office over a bad line, made from a seed and judged at their end.

The very code of the protocol runs between storage in memory and a line that loses, repeats, reorders, cuts
and changes messages. Both ends crash before and after what they write, are backed up and set back, and
branch hosts are cloned. In the end everybody is left in peace until nothing is left to say; then nothing
that was held may be missing, chains hold, and nothing counts twice.
"""

from histories.world import Tally, Violation, history

__all__ = ["Tally", "Violation", "history"]
