"""Handlers of closing; importing the package registers them."""

from tellertui.workflows.closing.service import day, live, opening

__all__ = ["day", "live", "opening"]
