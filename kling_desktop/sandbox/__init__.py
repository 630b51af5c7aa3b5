"""A Kling that runs on this computer, free: real HTTP on loopback, pictures it paints itself.

An independent reading of the provider documents: nothing of `kling/` is imported here, so a
mistake in one reading shows up against the other. Imports only the domain (its errors),
Starlette, uvicorn, SQLite and Pillow; the heavy ones when a sandbox starts.
"""

from kling_desktop.sandbox.faults import Fault, Faults
from kling_desktop.sandbox.key import sandbox_key
from kling_desktop.sandbox.server import Sandbox, serve_forever
from kling_desktop.sandbox.world import created_external_ids

__all__ = ["Fault", "Faults", "Sandbox", "created_external_ids", "sandbox_key", "serve_forever"]
