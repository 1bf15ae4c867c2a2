"""Run workflows and activities: `python -m drill.worker`. activity-core can copy this module."""

from __future__ import annotations

import argparse
import asyncio
from concurrent.futures import ThreadPoolExecutor

from temporalio.client import Client
from temporalio.worker import Worker

from drill.activities import Activities
from drill.schedules import QUEUE
from drill.workflow import FireDefinition

_READY = "ready"


async def serve(address: str, namespace: str, activities: Activities, *, threads: int) -> None:
    """Work until the process ends. Resolving uses one core, so start one worker per core instead of more threads."""
    client = await Client.connect(address, namespace=namespace)
    with ThreadPoolExecutor(threads) as executor:
        worker = Worker(
            client,
            task_queue=QUEUE,
            workflows=[FireDefinition],
            activities=[activities.look_up, activities.measure, activities.guard, activities.create_tasks],
            activity_executor=executor,
            max_concurrent_activities=threads,
        )
        print(_READY, flush=True)
        await worker.run()


def main(make: type[Activities] = Activities) -> None:
    """Parse the options of the site and start the worker."""
    parser = argparse.ArgumentParser(prog="drill.worker", description=__doc__)
    for name in ("address", "namespace", "catalog", "hub", "sink", "state", "records"):
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("--host", help="host whose roster paths are used (default: this machine)")
    parser.add_argument("--threads", type=int, default=4)
    options = vars(parser.parse_args())
    address, namespace, threads = (options.pop(name) for name in ("address", "namespace", "threads"))
    asyncio.run(serve(address, namespace, make(**options), threads=threads))


if __name__ == "__main__":
    main()
