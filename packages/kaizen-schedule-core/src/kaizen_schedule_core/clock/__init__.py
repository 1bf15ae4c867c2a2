"""Floor 1: cadence words, the portable cron, and its fires. Pure: no file of a user, no `now`."""
