"""The smoke test of a roster, on copies of its repositories."""
