"""The keys with a cron as their value, which must be quoted, in manifests and definitions."""

from kaizen_schedule_core.codes import reading
from kaizen_schedule_core.source.yaml.quoting import QuotedKeys

CRON_KEYS = QuotedKeys(
    keys=frozenset({"cron", "cron_expression"}), noun="cron", code=reading.UNQUOTED_CRON, form="five fields"
)
