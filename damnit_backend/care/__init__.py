"""Care for a folder: checking and mending it, making it anew from its files, and copying it while it is in use."""
