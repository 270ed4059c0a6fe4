"""Making folders, and finding, starting, watching and asking their listener: for the window and the command line."""
