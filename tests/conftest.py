"""What holds for every test: no screen, no network, no key and no language of the machine's own."""

import errno
import ipaddress
import os
import signal
import socket
import sys

import pytest
from hypothesis import HealthCheck, settings

from kling_desktop.kling.profiles import PROFILES

# How fast a busy machine draws an example says nothing about the app.
settings.register_profile("kling", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("kling")

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ["LANGUAGE"] = "en"
os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.fail.Keyring"
for profile in PROFILES.values():
    for variables in profile.key_variables.values():
        for variable in variables:
            os.environ.pop(variable, None)


def pytest_addoption(parser: pytest.Parser) -> None:
    """How thorough the random tests are; a little is enough for every day."""
    parser.addoption("--kills", type=int, default=4, help="how often to kill at a random time")
    parser.addoption("--seeds", type=int, default=0, help="more seeds to run the engine by")


# A busy machine draws slowly; that says nothing about the code.
settings.register_profile("house", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("house")


def _is_on_this_machine(host: object) -> bool:
    if host is None or host in ("localhost", b"localhost", ""):
        return True
    try:
        return ipaddress.ip_address(str(host)).is_loopback
    except ValueError:
        return False


def _unplug(event: str, arguments: tuple[object, ...]) -> None:
    """An audit hook: the tests behave as on a machine that has no network at all."""
    if event == "socket.getaddrinfo" and not _is_on_this_machine(arguments[0]):
        raise socket.gaierror(socket.EAI_NONAME, "tests have no network")
    if event in ("socket.connect", "socket.sendto"):
        address = arguments[1]
        if isinstance(address, tuple) and not _is_on_this_machine(address[0]):
            raise OSError(errno.ENETUNREACH, "tests have no network")


sys.addaudithook(_unplug)

# A run in the background was told to ignore Ctrl+C, and so would be every process it starts.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture
def anyio_backend() -> str:
    """Async tests run on asyncio, as the engine does."""
    return "asyncio"
