"""Bounded, safe reading of files from outside, and atomic writing."""
