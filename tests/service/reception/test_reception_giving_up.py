"""Appointments that are given up."""

from lobby import LIN, Lobby
from tellertui.workflows.reception import api
from tellertui.workflows.reception.events import AppointmentCancelled


def test_a_promised_time_is_given_up_once(lobby: Lobby) -> None:
    booked = lobby.do(api.Book(service="wealth", at="09:20"), LIN)
    given_up = lobby.do(api.Cancel(appointment=str(booked.id)), LIN)
    assert (given_up.state, given_up.number) == ("cancelled", None)
    assert lobby.newest(AppointmentCancelled) == (AppointmentCancelled(booked.id, "wealth"), [booked.id])
    assert lobby.refused(api.Cancel(appointment=str(booked.id)), LIN).code == "checked-in"
    assert lobby.refused(api.CheckIn(appointment=booked.code), LIN).code == "checked-in"


def test_who_came_cannot_be_cancelled(lobby: Lobby) -> None:
    booked = lobby.do(api.Book(service="wealth", at="09:20"), LIN)
    lobby.do(api.CheckIn(appointment=booked.code), LIN)
    assert lobby.refused(api.Cancel(appointment=str(booked.id)), LIN).code == "checked-in"


def test_an_unknown_appointment(lobby: Lobby) -> None:
    unknown = "00000000-0000-0000-0000-000000000001"
    assert lobby.refused(api.Cancel(appointment=unknown), LIN).code == "unknown-appointment"
