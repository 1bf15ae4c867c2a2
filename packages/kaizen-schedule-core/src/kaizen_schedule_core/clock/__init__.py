"""Cadences, portable crons and their fires. Pure: reads no user files, and takes the time as an argument."""
