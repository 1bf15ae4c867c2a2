"""Pydantic models of a document, with a diagnostic at the right place for every error."""
