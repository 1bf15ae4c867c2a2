"""One file for each group of commands: parse, ask the core, render, exit."""
