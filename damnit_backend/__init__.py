"""The part of DAMNIT Desktop without a window: storage, listener, executors, notebooks' interface, command line."""
