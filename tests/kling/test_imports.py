"""Looking at the providers must stay cheap: the window does it before it is painted."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_profiles_load_no_http_library():
    look = (
        "import sys; import kling_desktop.kling.profiles, kling_desktop.credentials; "
        "print(sorted({'httpx', 'jwt', 'truststore', 'keyring'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", look], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
