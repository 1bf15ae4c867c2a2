"""The keys whose value is a cron, which must be quoted: in manifests, and in the triggers of definitions."""

from kaizen_schedule_core.codes import reading
from kaizen_schedule_core.source.yaml.quoting import QuotedKeys

CRON_KEYS = QuotedKeys(
    keys=frozenset({"cron", "cron_expression"}), noun="cron", code=reading.UNQUOTED_CRON, form="five fields"
)
