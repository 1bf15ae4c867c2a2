"""The manifests for the options of `schedule init`: always valid, with fixed staggered minutes."""

import hashlib
import re
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kaizen_schedule_core import Manifest, RepositoryAgents, check_manifest
from kaizen_schedule_core.clock.cron import valid_cron as cron
from kaizen_schedule_core.clock.zones import known_zones
from kaizen_schedule_core.manifest.planning import BootstrapCadence, Engagement, Stagger, plan_manifest
from kaizen_schedule_core.manifest.scaffold import SCAFFOLD
from kaizen_schedule_core.repo.agents import packaged_agents

PACKAGED = sorted(packaged_agents())
SLUGS = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._-]{0,20}", fullmatch=True)
BOOTSTRAP = st.sampled_from(["hourly", "daily", "weekly"])


def valid(text: str, *, infos: int = 0) -> Manifest:
    checked = check_manifest(text.encode(), file="x", agents=RepositoryAgents(None), now=date(2026, 6, 1))
    assert [problem.severity for problem in checked.diagnostics] == ["info"] * infos, checked.diagnostics
    assert checked.manifest is not None
    return checked.manifest


def crons(manifest: Manifest) -> dict[str, str]:
    return {name: agent.cron.text for name, agent in manifest.agents.items()}


def test_without_options_the_manifest_is_the_example() -> None:
    assert plan_manifest() == SCAFFOLD
    assert plan_manifest(timezone="Asia/Tokyo") == SCAFFOLD.replace("Europe/Berlin", "Asia/Tokyo")


def test_chosen_agents_start_an_hour_apart_and_are_enabled() -> None:
    manifest = valid(plan_manifest(dict.fromkeys(("scope-analyst", "tdd-workflow", "coach"), "Helps.")))
    assert crons(manifest) == {"scope-analyst": "0 9 * * 1", "tdd-workflow": "0 9 1 * *", "coach": "0 10 * * 1"}
    assert all(agent.enabled for agent in manifest.agents.values())


@given(
    agents=st.none() | st.lists(st.sampled_from(PACKAGED), min_size=1, unique=True),
    zone=st.sampled_from(sorted(known_zones())),
    repo=SLUGS,
    minutes=st.none() | st.integers(min_value=1, max_value=180),
    bootstrap=st.none() | st.sampled_from(["daily", "weekly"]),
)
def test_any_options_give_a_manifest_without_diagnostics(
    agents: list[str] | None, zone: str, repo: str, minutes: int | None, bootstrap: BootstrapCadence | None
) -> None:
    text = plan_manifest(
        None if agents is None else dict.fromkeys(agents, 'Does: this # and "that".'),
        timezone=zone,
        stagger=None if minutes is None else Stagger(repo=repo, window=timedelta(minutes=minutes)),
        engagement=None if bootstrap is None else Engagement(slug=repo, cadence=bootstrap),
    )
    manifest = valid(text)
    assert manifest.timezone == zone
    assert list(manifest.agents) == (agents or ["coach", "optimization", "tdd-workflow"])
    if bootstrap is not None:
        assert {agent.cadence for agent in manifest.agents.values() if agent.enabled} == {bootstrap}
        assert f"Engagement {repo}," in text


@given(repo=SLUGS, window=st.integers(min_value=6, max_value=60))
def test_an_hourly_bootstrap_is_daily_with_staggered_agents(repo: str, window: int) -> None:
    text = plan_manifest(
        dict.fromkeys(PACKAGED, "Helps."),
        timezone="UTC",
        stagger=Stagger(repo=repo, window=timedelta(minutes=window)),
        engagement=Engagement(slug="acme", cadence="hourly"),
    )
    manifest = valid(text)
    assert {agent.cadence for agent in manifest.agents.values()} == {"daily"}
    minutes = [cron(agent.cron.text).minutes for agent in manifest.agents.values()]
    assert all(len(minute) == 1 and minute[0] < window for minute in minutes)
    assert len(set(minutes)) == len(minutes) == len(PACKAGED)
    assert all(text.endswith(" * * * *") for text in crons(manifest).values())


def test_an_engagement_leaves_a_paused_agent_paused_and_monthly() -> None:
    agents = valid(plan_manifest(engagement=Engagement(slug="acme", cadence="daily"))).agents
    assert (agents["tdd-workflow"].cadence, agents["tdd-workflow"].enabled) == ("monthly", False)


@pytest.mark.parametrize("repo", ["kaizen", "activity-core", "Zoo.1"])
def test_a_minute_depends_only_on_slug_and_agent(repo: str) -> None:
    def minute(name: str, others: list[str]) -> int:
        text = plan_manifest(dict.fromkeys([*others, name], "x"), stagger=Stagger(repo=repo))
        return cron(valid(text).agents[name].cron.text).minutes[0]

    for name in PACKAGED:
        seeded = int.from_bytes(hashlib.sha256(f"{repo}/{name}".encode()).digest()[:8], "big") % 60
        assert minute(name, []) == seeded
        assert minute(name, ["coach"] * (name != "coach")) == seeded  # they differ in the hour


def test_the_slug_is_in_a_comment_next_to_each_cron() -> None:
    lines = plan_manifest(stagger=Stagger(repo="my-repo")).splitlines()
    beside = [line for line in lines if line.lstrip().startswith("cron:")]
    assert len(beside) == 3
    assert all("staggered by my-repo" in line for line in beside)


@given(repo=SLUGS, minutes=st.integers(min_value=1, max_value=240))
def test_no_two_agents_start_together_if_the_window_allows(repo: str, minutes: int) -> None:
    text = plan_manifest(dict.fromkeys(PACKAGED, "x"), stagger=Stagger(repo=repo, window=timedelta(minutes=minutes)))
    starts = [(cron(one).hours, cron(one).minutes) for one in crons(valid(text)).values()]
    assert len(set(starts)) == len(starts) or minutes < len(starts)


@pytest.mark.parametrize(
    ("window", "cadence", "longest"),
    [
        (timedelta(0), "daily", 660),
        (timedelta(seconds=59), "weekly", 660),
        (timedelta(minutes=661), "daily", 660),
        (timedelta(minutes=61), "hourly", 60),
    ],
)
def test_a_window_that_is_too_long_gets_the_maximum(window: timedelta, cadence: BootstrapCadence, longest: int) -> None:
    with pytest.raises(ValueError, match=f"write 1m to {longest}m"):
        plan_manifest(stagger=Stagger(repo="x", window=window), engagement=Engagement(slug="acme", cadence=cadence))


@pytest.mark.parametrize("name", ["null", "true", "Yes", "off", "n"])
def test_a_name_that_yaml_1_1_reads_as_another_value_is_quoted(name: str) -> None:
    assert f'\n  "{name}":\n' in plan_manifest({name: "x"})


@pytest.mark.parametrize("about", ["a\nversion: 2", "a\x85b: c", "a\u2028b", "\x1b[31mred", "x" * 500])
def test_a_description_is_an_escaped_comment(about: str) -> None:
    text = plan_manifest({"coach": about})
    valid(text)
    _, described, _ = re.split(r"\nagents:\n|\n  coach:\n", text)
    assert all(line.startswith("  # ") for line in described.splitlines())
    assert max(map(len, text.splitlines())) <= 80
    assert "\x1b" not in text
