"""The smoke test of a roster: the whole hand-over, tried on copies (docs: the pilot)."""
