"""Where the Variables of a run are executed: warm workers on this machine."""
