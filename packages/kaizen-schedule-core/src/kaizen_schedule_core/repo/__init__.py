"""Floor 2: what a checkout holds: agents, memory, metrics, and the documents it offers."""
