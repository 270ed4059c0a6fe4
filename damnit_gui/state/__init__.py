"""Plain values behind the window: what is loaded, and what of it is shown how. Pure functions, no Qt."""
