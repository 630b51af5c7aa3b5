"""The pictures that come with the app, put into the form."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from kling_desktop.domain.drafts import SLOTS, Draft
from kling_desktop.domain.media import FileImage
from kling_desktop.domain.providers import ProviderProfile, TaskKind
from kling_desktop.text import t


def with_samples(
    draft: Draft, files: Sequence[Path], profiles: Mapping[str, ProviderProfile]
) -> Draft:
    """The draft with these pictures at the free provider.

    The last of three or more is the scene, as on the page that offers them.
    """
    images = [FileImage(Path(file)) for file in files]
    scene = images.pop() if len(images) > 2 else None
    free = next((profile.id for profile in profiles.values() if profile.is_free), draft.provider)
    return replace(
        draft,
        kind=TaskKind.IMAGE,
        provider=free,
        subjects=(*images[:SLOTS], *(None,) * (SLOTS - len(images))),
        scene=scene,
        prompt=draft.prompt or t("Both stand in this landscape, late light, long shadows"),
    )
