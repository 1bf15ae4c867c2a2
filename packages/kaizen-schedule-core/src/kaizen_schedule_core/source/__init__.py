"""Reading of text into values with positions: decoding, YAML, frontmatter, models."""
