"""KZ1xx: reading files. KZ101 to KZ109: the file could not be read at all."""

from kaizen_schedule_core.codes.code import Code

ABSENT = Code("KZ101", "file not found", unavailable=True)
NOT_A_FILE = Code("KZ102", "not a regular file", unavailable=True)
NO_PERMISSION = Code("KZ103", "no permission", unavailable=True)
LEADS_OUTSIDE = Code("KZ104", "symlink outside the repository or in a loop", unavailable=True)
CHANGED = Code("KZ105", "file changed while being read", unavailable=True)
UNREADABLE = Code("KZ106", "file cannot be read or written", unavailable=True)
NOT_THE_ROOT = Code("KZ107", "not a repository root", unavailable=True)
BAD_ROOT = Code("KZ108", "unusable repository root", unavailable=True)
NOT_UTF8 = Code("KZ110", "not UTF-8")
CONTROL_CHARACTER = Code("KZ111", "control character")
TOO_LARGE = Code("KZ112", "too large")
TOO_DEEP = Code("KZ113", "nested too deeply")
EMPTY = Code("KZ114", "empty file")
SYNTAX = Code("KZ115", "invalid YAML")
NOT_PLAIN_YAML = Code("KZ116", "anchor, alias, tag or merge key")
SECOND_DOCUMENT = Code("KZ117", "multiple YAML documents")
REPEATED_KEY = Code("KZ118", "duplicate key")
TAB = Code("KZ119", "tab used for indentation")
UNQUOTED_CRON = Code("KZ120", "cron without quotes")
NO_FRONTMATTER = Code("KZ121", "missing frontmatter")
