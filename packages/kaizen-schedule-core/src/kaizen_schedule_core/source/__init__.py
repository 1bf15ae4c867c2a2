"""Text from outside as values with positions: decoding, YAML, frontmatter, models."""
