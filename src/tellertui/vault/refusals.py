"""What the vault refuses, in words for people."""

from tellertui.core.refusal import N_, UNREACHABLE, refusal

NO_KEY_PROVIDER = refusal(
    "no-key-provider", N_("The key provider {provider} cannot be used ({reason})."), UNREACHABLE
)
HOST_SECRET_MISSING = refusal(
    "host-secret-missing",
    N_("Host secret missing: {provider} holds none for this store. Nothing was made; see keys recover."),
    UNREACHABLE,
)
HOST_SECRET_LOCKED = refusal(
    "host-secret-locked",
    N_("The host secret with {provider} stays locked: its passphrase is missing or not the right one."),
    UNREACHABLE,
)
HOST_SECRET_DAMAGED = refusal(
    "host-secret-damaged",
    N_("What {provider} holds is not this store's host secret, or others could have changed it."),
    UNREACHABLE,
)
HOST_SECRET_PRESENT = refusal(
    "host-secret-present",
    N_("{provider} already holds a host secret for this store; it is never written over."),
    UNREACHABLE,
)

CODE_INCOMPLETE = refusal("code-incomplete", N_("A recovery code has {groups} groups of six characters."))
CODE_MISTYPED = refusal(
    "code-mistyped", N_("Group {group} of the recovery code is not right; read it again.")
)
CODE_TWICE = refusal("code-twice", N_("That is the same code twice; both officers' codes are needed."))
CODE_FOREIGN = refusal("code-foreign", N_("The recovery code belongs to another store."))
CODE_WRONG = refusal("code-wrong", N_("These recovery codes do not open this store."))

BAD_SIGNATURE = refusal("bad-signature", N_("A signature of this request does not hold."))
REQUEST_EXPIRED = refusal("request-expired", N_("The request has expired; make it again."))
