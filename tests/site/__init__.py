"""Tests of the published site in a browser."""
