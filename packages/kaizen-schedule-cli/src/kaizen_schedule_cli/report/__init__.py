"""The report of a fleet as one HTML page."""
