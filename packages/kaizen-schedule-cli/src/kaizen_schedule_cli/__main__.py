"""`python -m kaizen_schedule_cli` is `kaizen-agentic`."""

from kaizen_schedule_cli.app import main

if __name__ == "__main__":
    main()
