"""The commands that only read, and the sandbox on its own: none of them owns the home."""

import asyncio
import json
import sys
from collections.abc import Mapping
from dataclasses import asdict

from kling_desktop.cli.exits import Exit
from kling_desktop.cli.output import (
    Json,
    Voice,
    state_words,
    stray_line,
    stray_values,
    task_values,
    when,
)
from kling_desktop.credentials import Keys
from kling_desktop.domain.facts import AccountChanged, KeyPlace
from kling_desktop.domain.media import Asset
from kling_desktop.domain.providers import ProviderProfile
from kling_desktop.kling.provider_file import load_profiles
from kling_desktop.library.index import Gallery, GalleryFilter, cursor_of
from kling_desktop.library.ledger import read_tasks
from kling_desktop.library.notebook import read_strays
from kling_desktop.paths import AppPaths
from kling_desktop.settings import load_settings
from kling_desktop.text import t

_PAGE = 200


def list_tasks(paths: AppPaths, voice: Voice) -> Exit:
    """Every task, oldest first. Raises StorageError."""
    library = load_settings(paths.settings).settings.library(paths.library)
    for task in read_tasks(paths.ledger):
        words = f"{task.id[:8]}  {when(task.created_at_ms)}  {task.provider:16}"
        about = f"{state_words(task.state):24}  {task.request.prompt[:60]}"
        voice.print(task_values(task, library), f"{words}  {about}".rstrip())
    return Exit.DONE


def list_found(paths: AppPaths, voice: Voice) -> Exit:
    """What the accounts have and no list here, as it was last looked for. Raises StorageError."""
    for stray in read_strays(paths.ledger):
        voice.print(stray_values(stray), stray_line(stray))
    return Exit.DONE


def list_library(paths: AppPaths, search: str, voice: Voice) -> Exit:
    """Every result that fits, newest first. Raises StorageError."""
    root = load_settings(paths.settings).settings.library(paths.library)
    gallery, wanted = Gallery(paths.index), GalleryFilter(text=search)
    after = None
    while page := gallery.page(wanted, after, _PAGE):
        for asset in page:
            path = str(root / asset.file)
            voice.print(_asset_values(asset, path), path)
        after = cursor_of(page[-1])
    return Exit.DONE


def list_providers(paths: AppPaths, environment: Mapping[str, str], voice: Voice) -> Exit:
    """Every provider, whether there is a key for it, and the proxy on the way there."""
    from kling_desktop.kling.proxies import proxy_in_use

    loaded = load_profiles(paths.providers)
    own_address = load_settings(paths.settings).settings.custom_base_url or None

    async def states() -> list[AccountChanged]:
        keys = Keys(paths.keyring_service, environment)
        return [
            await keys.state(
                profile, profile.base_url or (None if profile.is_free else own_address)
            )
            for profile in loaded.profiles.values()
        ]

    for problem in loaded.problems:
        voice.error(problem)
    for profile, account in zip(loaded.profiles.values(), asyncio.run(states()), strict=True):
        kinds = ", ".join(kind.value for kind in profile.routes)
        line = f"{profile.id:16}  {kinds:12}  {_key_words(profile, account):28}  {profile.title}"
        proxy = proxy_in_use(account.base_url) if account.base_url else None
        voice.print(_provider_values(profile, account, proxy), line + _proxy_words(proxy))
    return Exit.DONE


def serve_sandbox(
    paths: AppPaths, port: int, *, document: str | None = None, strict: bool = False
) -> Exit:
    """Run the sandbox until it is told to end. Raises AppError."""
    from kling_desktop.sandbox import Sandbox, SandboxKeys, serve_forever

    def announce(base_url: str, keys: SandboxKeys) -> None:
        sys.stdout.write(json.dumps({"base_url": base_url, **asdict(keys)}) + "\n")
        sys.stdout.flush()

    sandbox = Sandbox(paths.sandbox, port=port, document=document, strict=strict)
    serve_forever(sandbox, announce)
    return Exit.DONE


def _key_words(profile: ProviderProfile, account: AccountChanged) -> str:
    if profile.is_free:
        return t("free, on this computer")
    words = {
        KeyPlace.NONE: t("no key"),
        KeyPlace.KEYRING: t("key in the keyring"),
        KeyPlace.SESSION: t("key for this run"),
        KeyPlace.ENVIRONMENT: t("key from the environment"),
    }
    return words[account.place]


def _proxy_words(proxy: str | None) -> str:
    return "  " + t("through {proxy}", proxy=proxy) if proxy else ""


def _provider_values(profile: ProviderProfile, account: AccountChanged, proxy: str | None) -> Json:
    return {
        "id": profile.id,
        "title": profile.title,
        "base_url": account.base_url,
        "is_free": profile.is_free,
        "key": account.place.value,
        "proxy": proxy,
        "kinds": {
            kind.value: {
                "models": list(route.capabilities.models),
                "default_model": route.capabilities.default_model,
                "advised_models": [
                    model
                    for model, note in route.capabilities.model_notes.items()
                    if note.is_advised
                ],
                "retired_models": {
                    model: note.retired_on.isoformat()
                    for model, note in route.capabilities.model_notes.items()
                    if note.retired_on
                },
                "fields": sorted(route.capabilities.optional_fields),
                "required": sorted(route.capabilities.required_fields),
                "fewest_images": route.capabilities.fewest_images,
                "most_images": route.capabilities.most_images,
                "aspect_ratios": list(route.capabilities.aspect_ratios),
                "most_results": route.capabilities.most_results,
                "modes": list(route.capabilities.modes),
                "durations_s": list(route.capabilities.durations_s),
            }
            for kind, route in profile.routes.items()
        },
    }


def _asset_values(asset: Asset, path: str) -> Json:
    return {
        "file": path,
        "task": asset.task,
        "index": asset.index,
        "kind": asset.media.value,
        "width": asset.width,
        "height": asset.height,
        "duration_s": asset.duration_s,
        "size_bytes": asset.size_bytes,
        "sha256": asset.sha256,
        "created_at_ms": asset.created_at_ms,
        "provider": asset.provider,
        "model": asset.model,
        "prompt": asset.prompt,
        "is_sandbox": asset.is_sandbox,
    }
