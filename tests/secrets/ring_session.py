"""One step against the keyring of the session it runs in: `python -m tests.secrets.ring_session`.

Prints what `Keys` says as one JSON line. Steps: "keep" a key and a pair, "look", "change".
"""

import asyncio
import json
import sys
from dataclasses import asdict

from keyring import get_keyring

from kling_desktop.credentials import Keys
from kling_desktop.domain.errors import KeyUnavailableError
from kling_desktop.domain.facts import AccountChanged
from kling_desktop.domain.keys import AccessKeyPair, ApiKey, Credential, Secret
from kling_desktop.kling.profiles import PROFILES

SERVICE = "kling-desktop test"
PAIR = AccessKeyPair(Secret("access-ключ-0123456789"), Secret("secret-“key”-0123456789"))
API = ApiKey(Secret("sk-canary-0123456789"))
KLING, COMET = PROFILES["kling"], PROFILES["cometapi"]


async def found(keys: Keys) -> dict[str, object]:
    try:
        credential: Credential = await keys.find(KLING, None)
    except KeyUnavailableError as problem:
        return {"error": problem.record.title, "detail": problem.record.detail}
    return {"is_pair": credential == PAIR, "is_api": credential == API}


def told(account: AccountChanged) -> dict[str, object]:
    return {"place": account.place.value, "error": account.error and asdict(account.error)["title"]}


async def step(name: str) -> dict[str, object]:
    keys = Keys(SERVICE, {})
    said: dict[str, object] = {"backend": type(get_keyring()).__module__}
    if name == "keep":
        said["other"] = told(await keys.save(COMET, API))
        said["api"] = told(await keys.save(KLING, API))
        said["api_found"] = await found(Keys(SERVICE, {}))
        said["pair"] = told(await keys.save(KLING, PAIR))
        said["removed"] = told(await keys.remove(COMET))
        said["other_after"] = told(await Keys(SERVICE, {}).state(COMET))
    if name == "change":
        said["saved"] = told(await keys.save(KLING, API))
        said["removed"] = told(await Keys(SERVICE, {}).remove(KLING))
    said["found"] = await found(Keys(SERVICE, {}))
    said["state"] = told(await Keys(SERVICE, {}).state(KLING))
    return said


if __name__ == "__main__":
    print(json.dumps(asyncio.run(step(sys.argv[1]))))
