"""The portable cron dialect: the values of valid expressions, and the codes of invalid ones."""

import re
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kaizen_schedule_core import CODES, Cron, CronProblem, parse_cron

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
WEEKDAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
LONGEST = {month: 30 if month in {4, 6, 9, 11} else 29 if month == 2 else 31 for month in range(1, 13)}


def read(text: str) -> Cron:
    cron = parse_cron(text)
    assert isinstance(cron, Cron), cron
    return cron


def refused(text: str) -> CronProblem:
    problem = parse_cron(text)
    assert isinstance(problem, CronProblem), problem
    assert problem.code is CODES[problem.code.id]
    assert problem.message.isprintable()
    assert problem.hint
    return problem


@pytest.mark.parametrize(
    ("field", "text", "values"),
    [
        ("minutes", "*", range(60)),
        ("minutes", "*/15", (0, 15, 30, 45)),
        ("minutes", "*/59", (0, 59)),
        ("minutes", "*/1", range(60)),
        ("minutes", "007", (7,)),
        ("minutes", "5,3,5,1-2", (1, 2, 3, 5)),
        ("minutes", "10-30/10", (10, 20, 30)),
        ("minutes", "10-35/10,0", (0, 10, 20, 30)),
        ("minutes", "7-7", (7,)),
        ("hours", "*", range(24)),
        ("hours", "0,23", (0, 23)),
        ("hours", "9-17/4", (9, 13, 17)),
        ("days", "*", range(1, 32)),
        ("days", "*/10", (1, 11, 21, 31)),
        ("months", "jan", (1,)),
        ("months", "JAN-Mar,dec", (1, 2, 3, 12)),
        ("months", "*/6", (1, 7)),
        ("weekdays", "0", (0,)),
        ("weekdays", "7", (0,)),
        ("weekdays", "0,7", (0,)),
        ("weekdays", "5-7", (0, 5, 6)),
        ("weekdays", "0-7", range(7)),
        ("weekdays", "1-7/2", (0, 1, 3, 5)),
        ("weekdays", "sun", (0,)),
        ("weekdays", "Mon-FRI", (1, 2, 3, 4, 5)),
        ("weekdays", "sun-sat", range(7)),
        ("weekdays", "*/2", (0, 2, 4, 6)),
    ],
    ids=str,
)
def test_values_of_a_field(field: str, text: str, values: tuple[int, ...]) -> None:
    fields = dict.fromkeys(("minutes", "hours", "days", "months", "weekdays"), "*") | {field: text}
    cron = read(" ".join(fields.values()))
    assert getattr(cron, field) == tuple(values)


def test_spaces_and_tabs_separate_and_surround_fields() -> None:
    cron = read(" \t0  9\t*\t * 1 ")
    assert (cron.minutes, cron.hours, cron.weekdays) == ((0,), (9,), (1,))
    assert cron.text == " \t0  9\t*\t * 1 "


@pytest.mark.parametrize(
    ("text", "days", "weekdays"),
    [("0 9 * * *", False, False), ("0 9 1 * *", True, False), ("0 9 * * 1", False, True), ("0 9 */1 * *", True, False)],
)
def test_every_field_except_a_star_is_restricted(text: str, days: bool, weekdays: bool) -> None:  # noqa: FBT001
    cron = read(text)
    assert (cron.days_restricted, cron.weekdays_restricted) == (days, weekdays)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        *[
            (text, "KZ302")
            for text in ("", " ", "*", "0 9 * *", "0 0 9 * * 1", "0 0 9 * * 1 2026", "0 9 * * 1\n0 9 * * 2")
        ],
        *[(f"@{name}", "KZ303") for name in ("yearly", "annually", "monthly", "weekly", "daily", "midnight", "hourly")],
        *[(text, "KZ303") for text in ("@reboot", "@every 1h", "@WEEKLY", "@", " @weekly ")],
        *[(f"0 9 {day} * *", "KZ304") for day in ("L", "l", "LW", "15W", "L-3", "?", "1,L")],
        *[(f"0 9 * * {day}", "KZ304") for day in ("5L", "2#2", "mon#1", "?", "friL")],
        *[(f"{zone} 0 9 * * 1", "KZ305") for zone in ("TZ=UTC", "CRON_TZ=Europe/Berlin", "tz=UTC")],
        *[
            (text, "KZ306")
            for text in ("60 * * * *", "* 24 * * *", "* * 0 * *", "* * 32 * *", "* * * 0 *", "* * * 13 *")
        ],
        *[(text, "KZ306") for text in ("* * * * 8", "0-60 * * * *", "999999999 * * * *")],
        *[
            (text, "KZ307")
            for text in ("30-10 * * * *", "* 22-6 * * *", "* * 31-1 * *", "* * * nov-feb *", "* * * * 6-1")
        ],
        *[(text, "KZ307") for text in ("* * * * fri-sun", "* * * * sat-mon")],
        *[(text, "KZ308") for text in ("*/60 * * * *", "*/90 * * * *", "*/0 * * * *", "*/ * * * *", "5/10 * * * *")],
        *[(text, "KZ308") for text in ("* */24 * * *", "* 9-12/4 * * *", "*/x * * * *", "*/-1 * * * *", "* * * * */7")],
        *[(text, "KZ309") for text in ("0 9 30 2 *", "0 9 31 feb *", "0 9 31 4,6,9,11 *", "0 9 30,31 2 *")],
        *[
            (text, "KZ310")
            for text in ("0 \u0669 * * *", "0 \uff19 * * *", "0 9 * * 1\u20135", "0\u00a09 * * 1", "\uff10 9 * * 1")
        ],
        *[(text, "KZ311") for text in ("0 9 1 * 1", "0 9 */2 * 1", "0 9 1 * */2", "0 9 1-31 * 0-7", "0 9 29 2 1")],
        *[
            (text, "KZ312")
            for text in ("nine * * * *", "* * * * monday", "* * * january *", "1,,2 * * * *", "-1 * * * *")
        ],
        *[
            (text, "KZ312")
            for text in (", * * * *", "1- * * * *", "1-2-3 * * * *", "+1 * * * *", "1.5 * * * *", "** * * * *")
        ],
        *[(text, "KZ312") for text in ("jan * * * *", "* * * mon *", "* * * * jan", "1_0 * * * *", "0x1 * * * *")],
    ],
    ids=ascii,
)
def test_non_portable_expressions_have_their_own_code(text: str, code: str) -> None:
    assert refused(text).code.id == code


@pytest.mark.parametrize(
    ("text", "instead"),
    [
        *[("@weekly", "0 0 * * 0"), ("@daily", "0 0 * * *"), ("@hourly", "0 * * * *"), ("@monthly", "0 0 1 * *")],
        *[
            ("@yearly", "0 0 1 1 *"),
            ("0 9 * * fri-sun", "5-7"),
            ("0 22-6 * * *", "22-23,0-6"),
            ("5/15 * * * *", "5-50/15"),
        ],
        *[("0 9 ? * 1", "*"), ("0 9 * nov-feb *", "11-12,1-2"), ("0 9 30 2 *", "29"), ("0 9 * * monday", "mon")],
    ],
)
def test_the_hint_contains_a_valid_replacement(text: str, instead: str) -> None:
    problem = refused(text)
    assert instead in problem.hint
    if problem.code.id == "KZ303":
        assert isinstance(parse_cron(instead), Cron)


@pytest.mark.parametrize(
    ("field", "wrong", "instead"),
    [
        *[(4, "fri-sun", "5-7"), (4, "sat-sun", "6-7"), (4, "sat-mon", "6,0-1"), (4, "7-1", "0-1"), (4, "7-0", "0")],
        *[(4, "mon-sun", "*"), (4, "1-0", "*"), (3, "nov-feb", "11-12,1-2"), (1, "22-6", "22-23,0-6")],
        *[(0, "0/15", "*/15"), (0, "5/15", "5-50/15"), (0, "55/15", "55"), (0, "5/0", "5"), (3, "jan/3", "*/3")],
        *[(4, "0-1/7", "0-1"), (4, "3-3/2", "3"), (4, "friL", "fri"), (4, "5L", "5"), (4, "mon#2", "mon")],
    ],
)
def test_the_suggested_field_is_valid_without_a_remark(field: int, wrong: str, instead: str) -> None:
    fields = ["0", "9", "*", "*", "*"]
    fields[field] = wrong
    assert refused(" ".join(fields)).hint.startswith(f"write {instead}")
    fields[field] = instead
    assert read(" ".join(fields)).remarks == ()


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("0 9 * * *\n", "on one line"),
        ("0 9\r\n* * *", "on one line"),
        ("0 9, 17 * * *", "without spaces"),
        ("* * * *", '"0 9 * * 1"'),
        ("0 9 * * mon..fri", "sun to sat"),
    ],
)
def test_the_hint_fits_the_mistake(text: str, hint: str) -> None:
    assert hint in refused(text).hint


@pytest.mark.parametrize(
    ("text", "wrong", "in_hint"),
    [("0 9 L * *", "L", "28"), ("0 9 15W * *", "15W", "15"), ("0 -9 * * *", "-9", "0 to 23")],
)
def test_an_extension_is_quoted_and_gets_a_replacement(text: str, wrong: str, in_hint: str) -> None:
    problem = refused(text)
    assert f'"{wrong}"' in problem.message
    assert in_hint in problem.hint


@given(
    field=st.integers(0, 4),
    wrong=st.from_regex(r"([0-9]{1,2}|[a-z]{3}|MON-)?[#LW?][0-9]?(#[0-9])?", fullmatch=True)
    | st.text("0123456789-/*#LW?monfri", min_size=1, max_size=6),
)
def test_a_value_that_a_hint_tells_to_write_is_valid(field: int, wrong: str) -> None:
    fields = ["0", "9", "*", "*", "*"]
    fields[field] = wrong
    problem = parse_cron(" ".join(fields))
    if isinstance(problem, Cron):
        return
    match = re.fullmatch(r"write ([^ ,]*(?:,[0-9-]+)?)(?:, .*)?", problem.hint)
    if match is not None:
        fields[field] = match[1]
        assert isinstance(parse_cron(" ".join(fields)), Cron), problem.hint


@pytest.mark.parametrize("text", ["0 9,,17 * * *", "0 , * * *", "0 -9 * * *", "0 9- * * *", "0 /2 * * *"])
def test_a_missing_number_is_reported_with_the_text_around_it(text: str) -> None:
    assert '""' not in refused(text).message


def test_both_days_restricted_shows_the_next_dates_of_both_readings() -> None:
    problem = parse_cron("0 9 1 * 1", now=datetime.fromisoformat("2026-06-17"))
    assert isinstance(problem, CronProblem)
    either, both = problem.notes
    assert "Debian" in either
    assert [word for word in either.replace(",", "").split() if word[:2] == "20"] == [
        "2026-06-22",
        "2026-06-29",
        "2026-07-01",
    ]
    assert "Temporal" in both
    assert [word for word in both.replace(",", "").split() if word[:2] == "20"] == [
        "2027-02-01",
        "2027-03-01",
        "2027-11-01",
    ]


def test_both_readings_start_today_if_a_fire_is_left() -> None:
    for now, first in (("2026-06-01T08:59", "2026-06-01"), ("2026-06-01T09:00", "2026-06-08")):
        problem = parse_cron("0 9 1 * 1", now=datetime.fromisoformat(now))
        assert isinstance(problem, CronProblem)
        assert first in problem.notes[0]
        assert ("2026-06-01" in problem.notes[1]) == (first == "2026-06-01")


def test_29_february_is_valid() -> None:
    assert read("0 9 29 2 *").days == (29,)


def field(low: int, high: int, names: tuple[str, ...] = ()) -> st.SearchStrategy[str]:
    """Generate any valid text for a field."""

    def show(value: int) -> st.SearchStrategy[str]:
        shown = [str(value), f"{value:02}"]
        if names and value - low < len(names):
            name = names[value - low]
            shown += [name, name.upper(), name.title()]
        return st.sampled_from(shown)

    one = st.integers(low, high).flatmap(show)
    pair = st.tuples(st.integers(low, high), st.integers(low, high)).map(sorted)
    span = pair.flatmap(lambda ends: st.tuples(show(ends[0]), show(ends[1])).map("-".join))
    stepped = pair.filter(lambda ends: ends[0] < ends[1]).flatmap(
        lambda ends: st.integers(1, ends[1] - ends[0]).map(lambda step: f"{ends[0]}-{ends[1]}/{step}")
    )
    entry = one | span | stepped
    return st.just("*") | st.lists(entry, min_size=1, max_size=4).map(",".join)


DAYS = field(1, 31)
CRONS = st.tuples(
    field(0, 59),
    field(0, 23),
    st.one_of(st.tuples(DAYS, st.just("*")), st.tuples(st.just("*"), field(0, 7, WEEKDAYS))),
    field(1, 12, MONTHS),
).map(lambda parts: " ".join((parts[0], parts[1], parts[2][0], parts[3], parts[2][1])))


@given(CRONS)
def test_every_expression_of_the_dialect_has_values_in_range(text: str) -> None:
    cron = parse_cron(text)
    if isinstance(cron, CronProblem):
        assert cron.code.id == "KZ309"
        return
    for values, low, high in [
        *[(cron.minutes, 0, 59), (cron.hours, 0, 23), (cron.days, 1, 31), (cron.months, 1, 12), (cron.weekdays, 0, 6)]
    ]:
        assert values
        assert list(values) == sorted(set(values))
        assert low <= values[0] <= values[-1] <= high
    assert any(day <= LONGEST[month] for day in cron.days for month in cron.months)
    assert not (cron.days_restricted and cron.weekdays_restricted)


@given(st.text("0123456789*/,-LW#?@ monTZ=\t\n٣", max_size=20) | st.text(max_size=20))
def test_any_text_is_parsed_or_has_a_printable_message(text: str) -> None:
    found = parse_cron(text)
    if isinstance(found, CronProblem):
        assert found.message.isprintable()
        assert found.hint.isprintable()
    else:
        assert len(found.text.split()) == 5


@pytest.mark.parametrize("text", ["*" * 250_000, "1," * 125_000, "-" * 250_000, "L" * 250_000, "9" * 250_000])
def test_the_message_for_a_long_field_is_short(text: str) -> None:
    problem = refused(f"{text} * * * *")
    assert len(problem.message) < 300
    assert len(problem.hint) < 300
