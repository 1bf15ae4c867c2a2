"""The reference State Hub of the pilot: what a hub answers, and how, for its own team to copy.

Not part of any package. The fields are told in docs/integrations/state-hub-roster-fields.md.
"""
