"""An EXtra-proposal without the facility's catalogue, for both programs."""


class _Run:
    def __init__(self, number):
        self._number = number

    def run_type(self):
        return "Calibration" if self._number == 12 else "Scan"

    def sample_name(self):
        return f"sample {self._number}"

    def techniques(self):
        return [{"identifier": "PaNET01168", "name": "SFX"}, {"identifier": "PaNET01188", "name": "SAXS"}]


class Proposal:
    """Has every run."""

    def __init__(self, proposal):
        self.proposal = proposal

    def __getitem__(self, run):
        return _Run(run)
