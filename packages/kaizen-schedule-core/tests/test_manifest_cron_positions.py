"""The position of a cron diagnostic: the wrong field, if the file contains the cron without escapes."""

import pytest
from kaizen_schedule_core import Diagnostic, RepositoryAgents, check_manifest

HEAD = 'version: "1"\nagents:\n  coach:\n    cadence: weekly\n'


def only_finding(text: str) -> Diagnostic:
    (found,) = check_manifest(text.encode(), file="x", agents=RepositoryAgents(None)).diagnostics
    return found


def place_of(text: str) -> tuple[object, ...]:
    found = only_finding(text)
    return found.code, found.line, found.column, found.end_line, found.end_column


@pytest.mark.parametrize(
    ("value", "code", "column", "end_column"),
    [
        ('"60 9 * * 1"', "KZ306", 12, 14),
        ('"0 24 * * 1"', "KZ306", 14, 16),
        ('"0 9 32 * *"', "KZ306", 16, 18),
        ('"0 9 * 13 *"', "KZ306", 18, 20),
        ('"0 9 * * 8"', "KZ306", 20, 21),
        ('"0 9 * * mon-wendesday"', "KZ312", 20, 33),
        ('"0 9,,17 * * 1"', "KZ312", 14, 19),
        ('"*/25 9 * * 1"', "KZ314", 12, 16),
        ('"0 9 30 2 *"', "KZ309", 16, 20),
        ('"0 9 1 * 1"', "KZ311", 16, 21),
        ("'0 24 * * 1'", "KZ306", 14, 16),
        ("0 24 * * 1", "KZ306", 13, 15),
        ("0 24 * * 1 # Mondays", "KZ306", 13, 15),
        ('"  0   24 * * 1 "', "KZ306", 18, 20),
        ('"0 9 * *"', "KZ302", 11, 20),
        ('"@weekly"', "KZ303", 11, 20),
        (r'"0\x20 24 * * 1"', "KZ306", 11, 27),
    ],
)
def test_a_wrong_field_is_underlined_in_any_quotes(value: str, code: str, column: int, end_column: int) -> None:
    assert place_of(f"{HEAD}    cron: {value}\n") == (code, 5, column, 5, end_column)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ('version: "1"\nagents:\n  coach: {cadence: weekly, cron: "0 9 * * 8"}\n', (3, 43, 3, 44)),
        ("version: '1'\nagents: {coach: {cron: '0 24 * * 1', cadence: weekly}}\n", (2, 27, 2, 29)),
        (f"{HEAD}    x-emoji: \U0001f600\n    x-next: {{a: \U0001f600}}\n    cron: '0 24 * * 1'\n", (7, 14, 7, 16)),
        (f'{HEAD}    cron:\n      "0 24 * * 1"\n'.replace("\n", "\r\n"), (6, 10, 6, 12)),
        ('\ufeffversion: "1"\nagents: {coach: {cadence: weekly, cron: "0 24 * * 1"}}\n', (2, 44, 2, 46)),
        (f"{HEAD}    cron: >-\n      0 24 * * 1\n", (5, 11, 6, 17)),
        (f'{HEAD}    cron: "0 24\n      * * 1"\n', (5, 11, 6, 13)),
    ],
    ids=["flow", "nested-flow", "after-emoji", "next-line-crlf", "byte-order-mark", "block", "two-lines"],
)
def test_a_wrong_field_is_underlined_in_any_layout(text: str, place: tuple[int, ...]) -> None:
    assert place_of(text) == ("KZ306", *place)


@pytest.mark.parametrize(
    ("cron", "hint"),
    [
        ("0 9 * * MODAY", 'did you mean "mon"?'),
        ("0 9 * * Wendesday", 'did you mean "wed"?'),
        ("0 9 * * mon-fry", 'did you mean "fri"?'),
        ("0 9 1 Sept *", 'did you mean "sep"?'),
        ("0 9 1 Febuary *", 'did you mean "feb"?'),
        ("0 9 * * someday", "write a number from 0 to 7 or a name from sun to sat"),
        ("0 9 * mon *", "write weekdays in the last of the five fields"),
    ],
)
def test_a_misspelled_weekday_or_month_gets_a_suggestion(cron: str, hint: str) -> None:
    found = only_finding(f'{HEAD}    cron: "{cron}"\n')
    assert (found.code, found.hint) == ("KZ312", hint)
