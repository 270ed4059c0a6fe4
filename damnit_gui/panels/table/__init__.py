"""The run table: its view, headers, menus, and the line above it."""
