"""A Kling that runs on this computer, free: real HTTP on loopback, pictures it paints itself.

An independent reading of the provider documents: nothing of `kling/` is imported here, so a
mistake in one reading shows up against the other. Imports only the domain (its errors), PyJWT,
Starlette, uvicorn, SQLite and Pillow; the heavy ones when a sandbox starts.
"""

from kling_desktop.sandbox.faults import Fault, Faults, Page, Step
from kling_desktop.sandbox.key import SandboxKeys, sandbox_key, sandbox_keys
from kling_desktop.sandbox.server import DOCUMENT_NAMES, Sandbox, serve_forever
from kling_desktop.sandbox.world import created_external_ids

__all__ = [
    "DOCUMENT_NAMES",
    "Fault",
    "Faults",
    "Page",
    "Sandbox",
    "SandboxKeys",
    "Step",
    "created_external_ids",
    "sandbox_key",
    "sandbox_keys",
    "serve_forever",
]
