"""KZ1xx: reading the file. KZ101 to KZ109 say that it could not be had at all."""

from kaizen_schedule_core.codes.code import Code

ABSENT = Code("KZ101", "file not found", unavailable=True)
NOT_A_FILE = Code("KZ102", "not a regular file", unavailable=True)
NO_PERMISSION = Code("KZ103", "no permission", unavailable=True)
LEADS_OUTSIDE = Code("KZ104", "symlink that leads outside or in a circle", unavailable=True)
CHANGED = Code("KZ105", "changed while it was read", unavailable=True)
UNREADABLE = Code("KZ106", "the system could not read or write it", unavailable=True)
NOT_THE_ROOT = Code("KZ107", "not the repository's root", unavailable=True)
BAD_ROOT = Code("KZ108", "a root that cannot be used", unavailable=True)
NOT_UTF8 = Code("KZ110", "not UTF-8")
CONTROL_CHARACTER = Code("KZ111", "control character")
TOO_LARGE = Code("KZ112", "too large")
TOO_DEEP = Code("KZ113", "nested too deep")
EMPTY = Code("KZ114", "empty file")
SYNTAX = Code("KZ115", "not valid YAML")
NOT_PLAIN_YAML = Code("KZ116", "anchor, alias, tag or merge key")
SECOND_DOCUMENT = Code("KZ117", "second document")
REPEATED_KEY = Code("KZ118", "key given twice")
TAB = Code("KZ119", "tab used for indentation")
UNQUOTED_CRON = Code("KZ120", "cron without quotes")
NO_FRONTMATTER = Code("KZ121", "no frontmatter")
