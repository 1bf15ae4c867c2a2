"""Loading of the manifest for a command."""

from datetime import UTC, datetime

from kaizen_schedule_core.errors import KaizenError
from kaizen_schedule_core.manifest.discovery import manifest_of
from kaizen_schedule_core.manifest.loading import load_manifest
from kaizen_schedule_core.manifest.model import Manifest
from kaizen_schedule_core.repo.agents import RepositoryAgents
from kaizen_schedule_core.source.document import Document


def load_valid_manifest(root: str, target: str) -> tuple[Manifest, Document]:
    """Load the manifest of a repository. Raises KaizenError with all problems if it is invalid."""
    shown = manifest_of(target, root).shown
    checked = load_manifest(root, agents=RepositoryAgents(root), now=datetime.now(UTC), shown=shown)
    if checked.manifest is None:
        raise KaizenError(checked.diagnostics)
    return checked.manifest, checked.document
