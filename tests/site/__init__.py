"""The published site, tried in a browser."""
