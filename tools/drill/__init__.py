"""The drill: an end-to-end test on real servers, with this harness in place of activity-core (ADR-005).

Not part of any package. activity-core can copy `workflow`, `activities`, `schedules`, `heartbeat` and `worker`. The
other modules start servers, stop them and check the results. See README.md.
"""
