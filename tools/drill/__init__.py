"""The drill: the whole loop on real servers, with this harness in activity-core's place (ADR-005).

Not part of any package. `workflow`, `activities`, `schedules` and `worker` are for activity-core to lift; the rest
starts servers, breaks them and looks. README.md describes it.
"""
