"""Commands for those who work on the project: pictures of the window, the list of modules."""
