"""A branch that sends prepared batches as fast as head office takes them.

    python landing_load.py URL AUTHORITY FILE...

connects, prints ``ready``, waits for a line on standard input, sends every file in order, and prints the
seconds that took.
"""

import ssl
import sys
from http.client import HTTPSConnection
from pathlib import Path
from time import perf_counter
from urllib.parse import urlsplit


def main(url: str, authority: str, *files: str) -> None:
    """Send the files."""
    batches = [Path(file).read_bytes() for file in files]
    place = urlsplit(url)
    line = HTTPSConnection(
        place.hostname or "", place.port, context=ssl.create_default_context(cafile=authority)
    )
    assert ask(line, "GET", "/v1/pack") == 200
    print("ready", flush=True)
    sys.stdin.readline()
    started = perf_counter()
    for batch in batches:
        while (status := ask(line, "POST", "/v1/batch", batch)) in {429, 503}:
            pass
        assert status == 200
    print(perf_counter() - started, flush=True)


def ask(line: HTTPSConnection, method: str, path: str, body: bytes | None = None) -> int:
    """Send a request and return the status."""
    line.request(method, path, body)
    answer = line.getresponse()
    answer.read()
    return answer.status


if __name__ == "__main__":
    main(*sys.argv[1:])
