"""Cadences, the portable cron and its fires. Pure: reads no user's file and never asks for the time."""
