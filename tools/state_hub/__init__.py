"""The reference State Hub of the pilot, an example for the State Hub team.

Not part of any package. See docs/integrations/state-hub-roster-fields.md for the fields.
"""
