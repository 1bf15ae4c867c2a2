"""Floor 1: reading and writing files that come from outside, strictly and with positions."""
