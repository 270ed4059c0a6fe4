"""The service of a folder: notices new runs, has them processed, merges the results and tells the windows."""
