"""Every package whose commands this host answers; importing them registers handlers, events and topics."""

import importlib

APIS = (
    "tellertui.host.api",
    "tellertui.branch.api",
    "tellertui.branch.people",
    "tellertui.workflows.reception.api",
    "tellertui.workflows.reception.printing",
    "tellertui.workflows.reception.paging",
    "tellertui.workflows.reception.phones",
    "tellertui.workflows.closing.api",
    "tellertui.workflows.today.api",
    "tellertui.sync.api",
)
SERVICES = (
    "tellertui.branch.service",
    "tellertui.branch.staff",
    "tellertui.workflows.reception.service",
    "tellertui.workflows.closing.service",
    "tellertui.workflows.today.service",
    "tellertui.sync.feeds",
)
EVENTS = (
    "tellertui.host.events",
    "tellertui.store.events",
    "tellertui.branch.grants",
    "tellertui.branch.founding",
    "tellertui.sync.events",
)


def load_apis() -> None:
    """Register every command, refusal and topic, without a store and without cryptography."""
    for name in APIS:
        importlib.import_module(name)


def load_services() -> None:
    """Register every handler and event."""
    for name in (*APIS, *EVENTS, *SERVICES):
        importlib.import_module(name)
