"""`schedule init`."""

from __future__ import annotations

import os

import kaizen_schedule_core as core

from kaizen_schedule_cli.commands.options import Target, example
from kaizen_schedule_cli.commands.schedule.group import app
from kaizen_schedule_cli.render.streams import answer, remark


@app.command(epilog=example("kaizen-agentic schedule init && kaizen-agentic schedule validate"))
def init(target: Target = ".") -> None:
    """Opt a repository in: write .kaizen/schedule.yml and its schema."""
    root = core.repository_root(target)
    done = core.opt_in(root, shown=core.manifest_of(target, root).shown)
    answer("".join(f"wrote {path}\n" for path in done.written) + "".join(f"kept {path}\n" for path in done.kept))
    remark("\nNext: kaizen-agentic schedule validate, then commit the folder .kaizen.")
    if not os.path.lexists(os.path.join(root, ".git")):
        remark("This folder is no git repository yet: a schedule takes effect for others once it is committed.")
