"""The commands, one module each: parse the options, call core, render the result, exit."""
