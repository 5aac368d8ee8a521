"""The whole verification in a process of its own, on a copy or on a store that no host has open.

    python -I -m tellertui.store.audit FILE ANCHOR [CHECK …]

reads the store's MAC key from standard input and prints the report as JSON. A check is
``module:function`` of this package. Exit code 0 when verified, 1 with findings, 3 when FILE cannot be
opened; then standard error has the code of the refusal.
"""

import asyncio
import importlib
import os
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec

from tellertui.core.refusal import NO, Refusal
from tellertui.store import schema, sqlite
from tellertui.store.anchor import sync_directory
from tellertui.store.findings import Report
from tellertui.store.verify import Check, verify
