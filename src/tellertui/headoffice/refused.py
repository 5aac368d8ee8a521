"""What is answered without a signature: the request proved nothing, so it gets a code and no more."""


class Refused(Exception):  # noqa: N818 - the field's word, not a fault of the program
    """A request that changed nothing; a line sees the status and the code as plain text."""

    def __init__(self, status: int, code: str, retry_after_s: int | None = None) -> None:
        super().__init__(code)
        self.status = status
        self.code = code
        self.retry_after_s = retry_after_s
