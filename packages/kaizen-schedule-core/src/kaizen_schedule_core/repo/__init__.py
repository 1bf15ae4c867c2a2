"""What a checkout holds: its root, agents, memory, metrics and documents."""
