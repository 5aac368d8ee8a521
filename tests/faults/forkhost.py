"""A server of hosts that are born ready: what takes long to load is loaded once, then each is a fork.

    python tests/faults/forkhost.py DIRECTORY OFFSET

For each line on standard input one host starts, its process id is printed, and its end is awaited.
"""

import ctypes
import os
import signal
import sys
from pathlib import Path

import realhost
from tellertui.branch.grants_check import check_grants
from tellertui.host.services import load_services
from tellertui.store import schema
from tellertui.workflows.reception.rules.lists import lists
from tellertui.workflows.reception.rules.policy import policy_on

PR_SET_PDEATHSIG = 1


def main(directory: Path, offset: int) -> None:
    load_services()
    schema.built_in()
    lists()
    policy_on("2026-11-23")
    assert callable(check_grants)
    for _ in sys.stdin:
        pid = os.fork()
        if not pid:
            ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
            realhost.run(directory, offset)
            os._exit(0)
        print(pid, flush=True)
        os.waitpid(pid, 0)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
