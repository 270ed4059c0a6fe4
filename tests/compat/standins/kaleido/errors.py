"""What Plotly looks for when a browser is missing; never raised here."""


class ChromeNotFoundError(RuntimeError):
    pass
