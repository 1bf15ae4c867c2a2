"""The content of a checkout: its root, agents, memory, metrics and documents."""
