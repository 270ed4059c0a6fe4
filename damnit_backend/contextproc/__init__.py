"""Starting a context process, the only place where user code runs, and speaking with it."""
