"""A slip printer on loopback: a raw port that keeps what it is sent, with the faults of real ones."""

import socket
import threading

STATUS = b"\x1dr\x01"


class FakePrinter:
    """Answers that there is paper, unless it is told to fall silent, run out of paper or hang up."""

    def __init__(self) -> None:
        self.received: list[bytes] = []
        self.silent = False
        self.paper = b"\x00"
        self.hangs_up_after_slip = False
        self._listening: socket.socket | None = None
        with socket.create_server(("127.0.0.1", 0)) as found:
            self.port: int = found.getsockname()[1]

    @property
    def target(self) -> str:
        """Return what the settings call it."""
        return f"tcp://127.0.0.1:{self.port}"

    def switch_on(self) -> None:
        """Begin to listen."""
        self._listening = socket.create_server(("127.0.0.1", self.port))
        threading.Thread(target=self._serve, args=(self._listening,), daemon=True).start()

    def switch_off(self) -> None:
        """Refuse connections."""
        if self._listening is not None:
            self._listening.shutdown(socket.SHUT_RDWR)
            self._listening.close()
            self._listening = None

    def _serve(self, listening: socket.socket) -> None:
        while True:
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            with connection:
                self._talk(connection)

    def _talk(self, connection: socket.socket) -> None:
        content = b""
        while data := connection.recv(65536):
            content += data
            if self.hangs_up_after_slip and b"\x1dV" in content:
                self.hangs_up_after_slip = False
                break
            if not self.silent:
                connection.sendall(self.paper * data.count(STATUS))
        if b"\x1b@" in content:
            self.received.append(content)
