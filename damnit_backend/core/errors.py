"""The error that people are shown. Every other exception that reaches an edge is a bug and is logged as one."""


class UserError(Exception):
    """The world failed, or a person asked for what cannot be done: shown without a traceback.

    ``message`` is one sentence that says what is wrong; ``hint`` says what to do next, and may be empty.
    """

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message}\n{self.hint}" if self.hint else self.message
