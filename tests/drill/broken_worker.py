"""A worker with one fault, selected by the variable BROKEN."""

import os
from dataclasses import replace

from drill.activities import Activities, Fire, Part, Plan, Size
from drill.worker import main
from kaizen_schedule_core import RosterError
from temporalio import activity


class IgnoresEnabled(Activities):
    @activity.defn
    def look_up(self, fire: Fire) -> Plan:
        return replace(super().look_up(fire), enabled=True)


class RunsAllMissedFires(Activities):
    @activity.defn
    def look_up(self, fire: Fire) -> Plan:
        return replace(super().look_up(fire), superseded=False)


class TreatsFailureAsEmpty(Activities):
    @activity.defn
    def measure(self, part: Part) -> Size:
        try:
            return super().measure(part)
        except RosterError:
            return Size(digest="", entries=0, opted_in=0)

    @activity.defn
    def create_tasks(self, part: Part, digest: str) -> int:
        return super().create_tasks(part, digest) if digest else 0


class HasNoGuard(Activities):
    @activity.defn
    def guard(self, sizes: list[Size]) -> None:
        del sizes


class CountsWrong(Activities):
    @activity.defn
    def measure(self, part: Part) -> Size:
        size = super().measure(part)
        return replace(size, entries=size.entries + part.index)


class SkipsOnePart(Activities):
    @activity.defn
    def create_tasks(self, part: Part, digest: str) -> int:
        return 0 if part.index == 3 else super().create_tasks(part, digest)


if __name__ == "__main__":
    main({made.__name__: made for made in Activities.__subclasses__()}[os.environ["BROKEN"]])
