"""From the host's loop to the writer and back."""

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from typing import Any, TypeVar

from tellertui.core.refusal import Refusal
from tellertui.store.actor import SYSTEM, Actor
from tellertui.store.store import Store
from tellertui.store.work import Work
from tellertui.store.writer import Outcome, Task
from tellertui.vault.ring import Ring

log = logging.getLogger(__name__)

T = TypeVar("T")


async def carry(
    store: Store,
    body: Callable[[Work], T],
    actor: Actor = SYSTEM,
    ring: Ring | None = None,
    second: Ring | None = None,
    done: Callable[[], None] = lambda: None,
) -> T:
    """Run a body as one command and wait for its commit.

    Args:
        store: the store.
        body: what is done in the transaction.
        actor: who acts.
        ring: the keys of the session.
        second: the signing keys of a second person.
        done: called once the writer is through with the keys, also when nobody waits any more.

    Raises:
        Refusal: ``busy`` at once when too much waits; else whatever the body raised.
    """
    future: asyncio.Future[T] = asyncio.get_running_loop().create_future()

    def settle(outcome: Outcome) -> None:
        done()
        if future.cancelled():
            return
        if outcome.error is not None:
            future.set_exception(outcome.error)
        else:
            future.set_result(outcome.value)

    try:
        store.submit(Task(body, settle, actor, ring, second))
    except Refusal:
        done()
        raise
    return await future


def post(store: Store, body: Callable[[Work], Any], actor: Actor = SYSTEM) -> None:
    """Run a chunk of background work when no command waits; a failure is logged, nobody waits for it."""

    def settle(outcome: Outcome) -> None:
        if outcome.error is not None:
            log.error("background work failed: %s", type(outcome.error).__name__)

    with suppress(Refusal):
        store.writer.submit_job(Task(body, settle, actor))
