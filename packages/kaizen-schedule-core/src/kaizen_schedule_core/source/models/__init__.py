"""Pydantic models of documents, with a diagnostic at the right position for every error."""
