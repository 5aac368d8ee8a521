"""The words of the end-of-day sheet, as message ids."""

from tellertui.core.refusal import N_

STATES = {"open": N_("open"), "signed": N_("signed")}

SEATS = {"maker": N_("Signed by"), "second": N_("Second person")}

FIGURES = {
    "issued": N_("Tickets issued"),
    "served": N_("Customers served"),
    "no_show": N_("No-shows"),
    "abandoned": N_("Left before service"),
    "wait_mean_s": N_("Mean wait, s"),
    "wait_p90_s": N_("90 % waited at most, s"),
    "wait_max_s": N_("Longest wait, s"),
    "service_mean_s": N_("Mean service, s"),
    "diverted": N_("Helped without a ticket"),
    "returned": N_("Came back with papers"),
    "papers_missing": N_("Papers missing"),
    "rating_asked": N_("Ratings asked"),
    "csat": N_("Satisfied (4 and 5 of 5)"),
    "csat_n": N_("Ratings given"),
    "consultations": N_("Consultations"),
    "consultations_due": N_("Consultations due"),
    "applications": N_("Applications"),
    "complaints_received": N_("Complaints received"),
    "complaints_closed": N_("Complaints closed"),
    "complaints_overdue": N_("Complaints overdue"),
    "oldest_approval_s": N_("Oldest item awaiting approval, s"),
    "unsynced": N_("Entries not yet at head office"),
}

ITEMS = {
    "open_tickets": N_("Tickets still open"),
    "counters_open": N_("Counters still open"),
    "tickets_expired": N_("Tickets that expired at closing"),
    "days_unsigned": N_("Earlier days not signed"),
    "calendar_ends": N_("The working-day calendar ends soon"),
}

COLUMNS = FIGURES | {
    "service": N_("Service"),
    "staff": N_("Staff"),
}
