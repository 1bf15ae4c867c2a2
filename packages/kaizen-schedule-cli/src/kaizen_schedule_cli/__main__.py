"""The entry point of `python -m kaizen_schedule_cli`, the same as `kaizen-agentic`."""

from kaizen_schedule_cli.app import main

if __name__ == "__main__":
    main()
