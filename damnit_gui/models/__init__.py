"""Item models for Qt's views, thin over the plain values of `state`."""
