"""The diagnostic in the picture is the real one, and the third-party scripts are unchanged."""

import hashlib
import html
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
VENDOR = ROOT / "docs/assets/vendor"
MANIFEST = 'version: "1"\ntimezone: Europe/Berlin\n\nagents:\n  coach:\n    cadence: weekley\n'


def test_diagnostic_in_the_picture_is_the_real_output(tmp_path: Path) -> None:
    picture = (ROOT / "docs/pictures/diagnostic-anatomy.html").read_text(encoding="utf-8")
    drawn = re.findall(r"<pre>(.*?)</pre>", picture, re.DOTALL)
    assert len(drawn) == 1
    text = html.unescape(re.sub(r"</?(?:b|span)\b[^>]*>", "", drawn[0]))
    file = tmp_path / ".kaizen/schedule.yml"
    file.parent.mkdir()
    file.write_text(MANIFEST, encoding="utf-8")
    (tmp_path / ".git").mkdir()
    command = [sys.executable, "-m", "kaizen_schedule_cli", "schedule", "validate"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 1, done.stderr
    assert text in done.stdout


def test_third_party_scripts_are_unchanged() -> None:
    listed = dict(
        re.findall(r"^(\S+\.js) .*\nsha256 ([0-9a-f]{64})$", (VENDOR / "NOTICE.txt").read_text(), re.MULTILINE)
    )
    assert listed == {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in VENDOR.glob("*.js")}
    assert len(listed) == 2
