"""What tells the listener that there is work: new data in the proposal's directory."""
