"""KZ1xx: reading the file. KZ101 to KZ109 say that it could not be had at all."""

from __future__ import annotations

from kaizen_schedule_core.codes.code import Code

ABSENT = Code(
    id="KZ101",
    title="file not found",
    explanation="The file is not there. A repository without .kaizen/schedule.yml has not opted in.",
    wrong="kaizen-agentic schedule validate    # in a repository that never ran init",
    right="kaizen-agentic schedule init && kaizen-agentic schedule validate",
    unavailable=True,
)
NOT_A_FILE = Code(
    id="KZ102",
    title="not a regular file",
    explanation="A folder, a FIFO, a socket or a device stands where a regular file is expected.",
    wrong="mkdir -p .kaizen/schedule.yml",
    right="rmdir .kaizen/schedule.yml && kaizen-agentic schedule init",
    unavailable=True,
)
NO_PERMISSION = Code(
    id="KZ103",
    title="no permission",
    explanation="The operating system refuses access to the file or to a folder above it.",
    wrong="chmod 000 .kaizen/schedule.yml",
    right="chmod 644 .kaizen/schedule.yml",
    unavailable=True,
)
LEADS_OUTSIDE = Code(
    id="KZ104",
    title="symlink that leads outside or in a circle",
    explanation="Nothing outside the repository's root is read or written, through a symlink or `..` either, so "
    "that a checkout cannot make a session read a file of the machine it runs on.",
    wrong="ln -s /etc/hostname SCOPE.md",
    right="cp the content into the repository and commit it",
    unavailable=True,
)
CHANGED = Code(
    id="KZ105",
    title="changed while it was read",
    explanation="The file was written to while it was read, so what was read may be half of each. Nothing is "
    "concluded from it.",
    wrong="an editor or a merge writing the file at the same moment",
    right="run the command again when the file is at rest",
    unavailable=True,
)
UNREADABLE = Code(
    id="KZ106",
    title="the system could not read or write it",
    explanation="The operating system reported a failure other than a missing file or permission, such as a full "
    "disk or a broken device.",
    wrong="a disk with no space left",
    right="mend what the message names and run the command again",
    unavailable=True,
)
NOT_THE_ROOT = Code(
    id="KZ107",
    title="not the repository's root",
    explanation="A command acts on a repository's root: the folder that holds .git or .kaizen/schedule.yml. "
    "The message names the root found above.",
    wrong="cd docs && kaizen-agentic schedule list",
    right="kaizen-agentic schedule list --target ..",
    unavailable=True,
)
BAD_ROOT = Code(
    id="KZ108",
    title="a root that cannot be used",
    explanation="A root is an absolute path in UTF-8 without control characters, because it stands in commands "
    "and reports that people and programs copy.",
    wrong="a folder whose name holds a line feed",
    right="rename the folder",
    unavailable=True,
)
NOT_UTF8 = Code(
    id="KZ110",
    title="not UTF-8",
    explanation="Files are read as UTF-8. The position is that of the first byte that does not fit.",
    wrong="a file saved as Latin-1 or UTF-16",
    right="save the file as UTF-8",
)
CONTROL_CHARACTER = Code(
    id="KZ111",
    title="control character",
    explanation="NUL and other control characters do not belong in a text file and hide what a person sees.",
    wrong="a NUL byte inside a value",
    right="delete the character; \\t and line ends are the only ones allowed",
)
TOO_LARGE = Code(
    id="KZ112",
    title="too large",
    explanation="Every file read from outside has a limit: manifest and definition 256 KiB, agent file 1 MiB, "
    "memory 8 MiB, one metrics line 64 KiB, roster 64 MiB.",
    wrong="a manifest of 300 KiB",
    right="a manifest of a few hundred bytes",
)
TOO_DEEP = Code(
    id="KZ113",
    title="nested too deep",
    explanation="More than 64 levels of nesting are refused while reading, before anything is built from them.",
    wrong="agents: [[[[[[ ... ]]]]]]",
    right="agents:\n  coach:\n    cadence: weekly",
)
EMPTY = Code(
    id="KZ114",
    title="empty file",
    explanation="The file holds nothing but blank space or comments.",
    wrong="# nothing here yet",
    right='version: "1"\nagents:\n  coach:\n    cadence: weekly',
)
SYNTAX = Code(
    id="KZ115",
    title="not valid YAML",
    explanation="The text cannot be read as YAML from this place on, so nothing after it was checked.",
    wrong="timezone: Europe/Berlin: Germany",
    right="timezone: Europe/Berlin",
)
NOT_PLAIN_YAML = Code(
    id="KZ116",
    title="anchor, alias, tag or merge key",
    explanation="Manifests are plain data: what stands there is what is meant. Anchors, aliases, tags and merge "
    "keys are refused.",
    wrong="coach: &base\n  cadence: weekly\noptimization: *base",
    right="coach:\n  cadence: weekly\noptimization:\n  cadence: weekly",
)
SECOND_DOCUMENT = Code(
    id="KZ117",
    title="second document",
    explanation="One file holds one document; a line `---` in the middle starts another.",
    wrong='version: "1"\n---\nversion: "1"',
    right='version: "1"',
)
REPEATED_KEY = Code(
    id="KZ118",
    title="key given twice",
    explanation="The same key stands twice in one mapping; most readers silently keep the last.",
    wrong="coach: {cadence: weekly, cadence: daily}",
    right="coach: {cadence: weekly}",
)
TAB = Code(
    id="KZ119",
    title="tab used for indentation",
    explanation="YAML is indented with spaces; a tab has no agreed width.",
    wrong="agents:\n\tcoach:",
    right="agents:\n  coach:",
)
UNQUOTED_CRON = Code(
    id="KZ120",
    title="cron without quotes",
    explanation="A cron expression that begins with `*` is a YAML alias, other signs at its beginning are YAML's own "
    "too, and inside `{...}` its comma ends the value: quote it always.",
    wrong="cron: */5 * * * *",
    right='cron: "*/5 * * * *"',
)
NO_FRONTMATTER = Code(
    id="KZ121",
    title="no frontmatter",
    explanation="The file must begin with a line `---`, some YAML, and a closing line `---`.",
    wrong="# Coach",
    right="---\nname: coach\n---\n# Coach",
)
