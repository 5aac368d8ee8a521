"""A customer panel's connection to a host in this process."""

from collections.abc import Callable
from typing import Any

from hosts import LocalBranch
from tellertui.host.host import Host


class PanelLine(LocalBranch):
    """A connection of the lobby that the host knows, as it knows those of its sockets."""

    def __init__(self, host: Host, terminal: str = "") -> None:
        super().__init__(host)
        self.peer.terminal = terminal
        host.connections.peers[id(self.peer)] = self.peer

    async def watch(self, topic: str, changed: Callable[[int], Any]) -> None:
        """Call ``changed`` at every notice of a topic."""
        self.peer.watching.add(topic)
        await super().watch(topic, changed)

    def leave(self) -> None:
        """Be cut off."""
        self.host.connections.peers.pop(id(self.peer))
