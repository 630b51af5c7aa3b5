"""Money, results and secrets: every failure that could cost one has a test that carries its id.

A is about sending and B about following, all of them; of C, results and downloads, of D, what is
kept on this computer, and of E, what people give, the gravest.
"""

import re
from pathlib import Path

TESTS = Path(__file__).parents[1]
SENDING = {f"a{number:02}" for number in range(1, 63)}
FOLLOWING = {f"b{number:02}" for number in range(1, 25)}
GRAVEST = {
    "c01": "the address of a result has expired",
    "c02": "results are gone for good",
    "c03": "a redirect to another host",
    "c05": "an address that is no web address",
    "c06": "an address that leads inside",
    "c08": "a body that ends early",
    "c09": "a body without a length that ends early",
    "c10": "a server that ignores the range",
    "c11": "another version under way",
    "c13": "a page instead of a picture",
    "c17": "killed while downloading",
    "c18": "killed between name and row",
    "c20": "the disk is full while downloading",
    "c21": "the library is read-only or away",
    "c22": "the sync of a result fails",
    "c24": "names that lead elsewhere",
    "c25": "extensions that could be run",
    "c27": "some results of several fail",
    "c30": "a provider that deletes early",
    "d01": "the disk is full at a commit",
    "d03": "a damaged or truncated ledger",
    "d04": "the ledger's log is lost or another's",
    "d05": "the ledger is deleted or replaced while open",
    "d07": "the drive of the library is gone",
    "d09": "a ledger on a network drive",
    "d10": "the power fails",
    "d11": "a migration that is cut off",
    "d12": "a ledger from a newer version",
    "d15": "the sync of a commit fails",
    "d21": "two that start together",
    "e11": "folders, links, pipes and devices",
    "e12": "addresses, also those that lead inside",
    "e17": "a picture on a drive that is slow",
    "e19": "a file replaced after it was seen",
}
_NAME = re.compile(r"def test_((?:[a-h]\d\d_)+)")


def ids_of_tests() -> set[str]:
    found: set[str] = set()
    for path in TESTS.rglob("test_*.py"):
        for ids in _NAME.findall(path.read_text(encoding="utf-8")):
            found.update(ids.rstrip("_").split("_"))
    return found


def test_every_failure_that_costs_has_a_test_with_its_id() -> None:
    demanded = SENDING | FOLLOWING | GRAVEST.keys()
    assert demanded - ids_of_tests() == set()
