"""What the vectors of the self-test ask about customers, accounts, retention and quality.

Importing this module registers its kinds beside those of ``selftest_kinds``; ``KINDS`` holds them all.
"""

from datetime import date
from typing import Literal

from tellertui.cli.selftest_kinds import KINDS as KINDS
from tellertui.cli.selftest_kinds import Facts, Said, kind, of_verdict
from tellertui.core import checkdigits
from tellertui.core.money import parse_money
from tellertui.core.tables import table
from tellertui.core.verdict import Gap
from tellertui.customers.rules import contacts, documents
from tellertui.workflows.accounts.rules import aml, classes, corporate, owners, restrictions
from tellertui.workflows.protection.rules import retention
from tellertui.workflows.quality import rules as quality


def _expiry(text: str) -> documents.Expiry:
    return documents.Term.LONG if text == documents.Term.LONG else date.fromisoformat(text)


def _words(text: str) -> list[str]:
    return text.split(",") if text else []


@kind("expiry")
def expiry(on: date, born: date, issued: date) -> Facts:
    """R-ID-09."""
    found = documents.expected_expiry(born, issued, table("identity"))
    return {"expires": documents.expiry_text(found)}


@kind("printed-expiry")
def printed_expiry(on: date, born: date, issued: date, printed: str) -> Facts:
    """R-ID-09."""
    return of_verdict(documents.check_printed_expiry(born, issued, _expiry(printed), table("identity")))


@kind("document-validity")
def document_validity(on: date, expires: str) -> Facts:
    """R-ID-10."""
    return of_verdict(documents.check_current(_expiry(expires), on, table("identity")))


@kind("documents")
def accepted(on: date, person: documents.Person, age: int, shown: str) -> Facts:
    """R-ID-11: the documents shown, with commas between them."""
    return of_verdict(documents.check_documents(person, age, set(_words(shown)), on, table("identity")))


@kind("capacity")
def capacity(on: date, born: date, own_income: Said = "no") -> Facts:
    """R-ID-12."""
    by_income = own_income == "yes"
    return of_verdict(documents.check_capacity(born, on, table("identity"), own_income=by_income))


@kind("postal-code")
def postal_code(on: date, code: str, country: str = "CN") -> Facts:
    """R-AD-01."""
    return of_verdict(contacts.check_postal_code(code, country, on, table("cards")))


@kind("beneficial-owners")
def beneficial_owners(on: date, stakes: str, persons: str, control: str = "") -> Facts:
    """R-OR-05: stakes ``HOLDER>HELD:PERCENT`` with commas between them; the target is T."""
    parsed = []
    for stake in _words(stakes):
        names, _, share = stake.partition(":")
        holder, _, held = names.partition(">")
        parsed.append(owners.Stake(holder, held, owners.percent(share)))
    rules = table("organisations")
    found = owners.beneficial_owners(
        "T", parsed, set(_words(persons)), on, rules, control=set(_words(control))
    )
    return {
        **of_verdict(owners.check_owners(found, on, rules)),
        "owners": [owner.person for owner in found],
        "shares": [f"{float(100 * owner.share):.2f}" for owner in found],
    }


@kind("owner-filing")
def owner_filing(
    on: date, form: str, capital: str, natural_holders: Said, filed: Said, founded: date
) -> Facts:
    """R-OR-05."""
    return of_verdict(
        owners.check_filing(
            form,
            parse_money(capital),
            on,
            table("organisations"),
            natural_holders=natural_holders == "yes",
            filed=filed == "yes",
            founded=founded,
        )
    )


@kind("corporate-opening")
def corporate_opening(on: date, kind: corporate.Kind, basic: int | Gap, until: date | None = None) -> Facts:
    """R-OR-06: ``basic`` counts basic accounts held, or says why the number is not known."""
    held = basic if isinstance(basic, Gap) else {"basic": basic}
    return of_verdict(corporate.check_opening(kind, held, until, on, table("organisations")))


@kind("corporate-cash")
def corporate_cash(on: date, kind: corporate.Kind, wages: Said = "no", for_purpose: Said = "no") -> Facts:
    """R-OR-06."""
    rules = table("organisations")
    verdict = corporate.check_cash_out(
        kind, on, rules, wages=wages == "yes", for_purpose=for_purpose == "yes"
    )
    return of_verdict(verdict)


@kind("corporate-transfer")
def corporate_transfer(on: date, amount: str, basis: Said, kind: corporate.Kind = "basic") -> Facts:
    """R-OR-06: to a personal account."""
    rules = table("organisations")
    return of_verdict(
        corporate.check_transfer_to_person(kind, parse_money(amount), on, rules, basis=basis == "yes")
    )


@kind("account-opening")
def account_opening(on: date, wanted: classes.AccountClass, held: int | Gap) -> Facts:
    """R-AC-01, R-AC-02: ``held`` counts accounts of the class wanted, or says why it is not known."""
    known = held if isinstance(held, Gap) else {wanted: held}
    return of_verdict(classes.check_opening(wanted, known, on, table("accounts")))


@kind("account-movement")
def account_movement(
    on: date,
    account: classes.AccountClass,
    direction: Literal["in", "out"],
    amount: str,
    day_used: str = "0",
    year_used: str = "0",
    balance: str = "0",
    cash: Said = "no",
    identified: Said = "no",
    counterpart: Literal["unbound", "bound", "own-product", "own-loan"] = "unbound",
) -> Facts:
    """R-AC-03."""
    day, year = parse_money(day_used), parse_money(year_used)
    used = classes.Usage(day, day, year, year, parse_money(balance))
    movement = classes.Movement(
        direction=direction, amount=parse_money(amount), cash=cash == "yes", counterpart=counterpart
    )
    return of_verdict(
        classes.check_movement(account, movement, used, on, table("accounts"), identified=identified == "yes")
    )


@kind("class-three-turnover")
def class_three_turnover(on: date, turnover: str, reached: date) -> Facts:
    """R-AC-03."""
    return of_verdict(
        classes.check_class_three_turnover(parse_money(turnover), reached, on, table("accounts"))
    )


@kind("account-unused")
def account_unused(on: date, opened: date, used: date | None = None) -> Facts:
    """R-AC-04."""
    return of_verdict(classes.check_unused(opened, used, on, table("accounts")))


@kind("restriction")
def restriction(on: date, action: restrictions.Action, since: date, until: date | None = None) -> Facts:
    """R-AC-05."""
    entry = restrictions.Restriction(action, since, "lent-account", until)
    return of_verdict(restrictions.check_restrictions([entry], action, on, table("accounts")))


@kind("opening-refusal")
def opening_refusal(on: date, maker: str, reason: str | None = None, second: str | None = None) -> Facts:
    """R-AC-06."""
    return of_verdict(restrictions.check_refusal(reason, maker, second, on, table("accounts")))


@kind("revocable")
def revocable(on: date, ordered: int) -> Facts:
    """R-AC-07: instants in milliseconds."""
    return {"until": restrictions.revocable_until(ordered, on, table("accounts"))}


@kind("loss-report")
def loss_report(on: date, reported: date, given: str | None = None) -> Facts:
    """R-AC-08: what the written report contains, with commas between it."""
    written = None if given is None else set(_words(given))
    return of_verdict(restrictions.check_loss_report(reported, written, on, table("accounts")))


@kind("due-diligence")
def due_diligence(
    on: date,
    what: str,
    cny: str = "0",
    usd: str = "0",
    risk: aml.Risk = "normal",
    new_relation: Said = "no",
    suspicion: Said = "no",
    agent: Said = "no",
    changed: str = "",
    identity: aml.Identity = "genuine",
    done: str = "",
) -> Facts:
    """R-AML-01 to 04, 07, 10, 11: the rules that ask for something by amount and by risk."""
    service = aml.Service(
        what=what,
        amount=aml.Amount(parse_money(cny), parse_money(usd)),
        risk=risk,
        new_relation=new_relation == "yes",
        suspicion=suspicion == "yes",
        agent=agent == "yes",
        changed=frozenset(_words(changed)),
        identity=identity,
    )
    rules = table("aml")
    cdd, edd = aml.cdd_duties(service, on, rules), aml.edd_duties(service, on, rules)
    verdicts = aml.check_service(service, set(_words(done)), on, rules)
    return {
        "verdict": worst.verdict if (worst := aml.worst(verdicts)) else "valid",
        "cdd": [duty.rule for duty in cdd],
        "edd": edd if isinstance(edd, Gap) else [duty.rule for duty in edd],
    }


@kind("large-cash")
def large_cash(on: date, cny: str = "0", usd: str = "0") -> Facts:
    """R-AML-05."""
    amount = aml.Amount(parse_money(cny), parse_money(usd))
    return {"verdict": "flagged" if aml.check_large_cash(amount, on, table("aml")) else "clear"}


@kind("large-transfers")
def large_transfers(on: date, amount: str, person: Said = "yes", cross_border: Said = "no") -> Facts:
    """R-AML-06."""
    found = aml.check_large_transfers(
        parse_money(amount), on, table("aml"), person=person == "yes", cross_border=cross_border == "yes"
    )
    return {"verdict": "flagged" if found else "clear"}


@kind("screening")
def screening(on: date, answered: str = "", hit: str = "") -> Facts:
    """R-AML-08: the lists that were answered and those with a hit, with commas between them."""
    answers = [aml.Screening(name, "1", name in _words(hit)) for name in _words(answered)]
    return of_verdict(aml.check_screening(answers or Gap.NOT_ASKED, on, table("aml")))


@kind("retention")
def keep(on: date, record: retention.Record, begun: date) -> Facts:
    """B12."""
    rules = table("retention")
    verdict = retention.check_erasure(record, begun, on, rules)
    return {**of_verdict(verdict), "until": retention.keep_until(record, begun, on, rules)}


@kind("quality")
def measure(on: date, measure: str, values: str) -> Facts:
    """C7: whole numbers with commas between them."""
    numbers = [int(value) for value in _words(values)]
    rules = table("quality")
    match measure:
        case "satisfaction":
            found = quality.satisfaction(numbers, on, rules)
            return {"value": found.value, "n": found.n}
        case "net-promoter":
            return {"value": quality.net_promoter(numbers, on, rules), "n": len(numbers)}
        case "mean":
            return {"value": quality.mean_seconds(numbers), "n": len(numbers)}
        case "p90":
            return {"value": quality.percentile(numbers, 90), "n": len(numbers)}
        case _:
            rate = quality.share(*numbers)
            return {"value": rate.value, "n": rate.n}


def luhn(value: str, on: date) -> Facts:
    """R-CD-01: the test alone, at any length."""
    return {"verdict": "valid" if checkdigits.luhn(value) else "invalid"}


def mod97_10(value: str, on: date) -> Facts:
    """R-CD-02: the check digits of a body."""
    return {"digits": checkdigits.mod97_10(value)}


def mrz_digit(value: str, on: date) -> Facts:
    """R-ID-08: the check digit of a field."""
    return {"digit": checkdigits.machine_readable(value)}


KINDS |= {"luhn": luhn, "mod97-10": mod97_10, "mrz-digit": mrz_digit}
