"""The scripted face: the same engine without a window. Its options and outputs are stable."""
