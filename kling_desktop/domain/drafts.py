"""The form as one frozen value: widgets render a draft and emit the next one.

A draft keeps everything that was typed or dropped, also what the chosen provider does not take;
`request` leaves that out and `withheld` names it.
"""

from dataclasses import dataclass, replace

from kling_desktop.domain import alternatives
from kling_desktop.domain.media import ImageSource
from kling_desktop.domain.providers import Capabilities, TaskKind
from kling_desktop.domain.requests import (
    GenerationRequest,
    MultiImageToImage,
    MultiImageToVideo,
)

SLOTS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What stands in the form. `models` holds one choice per provider and kind, if one was made.

    The prompt may stand for several (`domain/alternatives.py`). `pinned` are the slots whose
    picture is used in every task: it stays when the form is cleared or filled with another task.
    """

    provider: str
    kind: TaskKind = TaskKind.IMAGE
    subjects: tuple[ImageSource | None, ...] = (None,) * SLOTS
    scene: ImageSource | None = None
    style: ImageSource | None = None
    prompt: str = ""
    negative_prompt: str = ""
    models: tuple[tuple[str, TaskKind, str], ...] = ()
    n: int = 1
    aspect_ratio: str = "16:9"
    video_aspect_ratio: str = "16:9"
    mode: str = "std"
    duration_s: int = 5
    watermark: bool = False
    callback_url: str = ""
    external_task_id: str = ""
    pinned: frozenset[str] = frozenset()

    def image(self, place: str) -> ImageSource | None:
        """The picture in a slot: `subjects[0]` to `subjects[3]`, `scene` or `style`."""
        if place in ("scene", "style"):
            return self.scene if place == "scene" else self.style
        return self.subjects[int(place[9:-1])]

    def with_image(self, place: str, image: ImageSource | None) -> "Draft":
        """The draft with another picture, or none, in that slot; an empty slot is not pinned."""
        pinned = self.pinned if image is not None else self.pinned - {place}
        if place == "scene":
            return replace(self, scene=image, pinned=pinned)
        if place == "style":
            return replace(self, style=image, pinned=pinned)
        number = int(place[9:-1])
        subjects = (*self.subjects[:number], image, *self.subjects[number + 1 :])
        return replace(self, subjects=subjects, pinned=pinned)

    def with_pin(self, place: str, *, is_pinned: bool) -> "Draft":
        """The draft with the picture of a slot used in every task, or no longer; empty ones not."""
        if is_pinned and self.image(place) is not None:
            return replace(self, pinned=self.pinned | {place})
        return replace(self, pinned=self.pinned - {place})

    def swapped(self, one: str, other: str) -> "Draft":
        """The draft with two slots exchanged; a pin goes along with its picture."""
        first, second = self.image(one), self.image(other)
        moved = {one: other, other: one}
        pinned = frozenset(moved.get(place, place) for place in self.pinned)
        draft = self.with_image(one, second).with_image(other, first)
        return replace(draft, pinned=pinned)

    def cleared(self) -> "Draft":
        """Without pictures and texts; pinned pictures and every other choice stay."""
        return replace(
            self,
            subjects=(None,) * SLOTS,
            scene=None,
            style=None,
            prompt="",
            negative_prompt="",
            callback_url="",
            external_task_id="",
            pinned=frozenset(),
        ).with_pinned_of(self)

    def with_pinned_of(self, other: "Draft") -> "Draft":
        """This draft with the pinned pictures of `other` in their slots."""
        draft = replace(self, pinned=other.pinned)
        for place in other.pinned:
            draft = draft.with_image(place, other.image(place))
        return draft

    def model(self, can: Capabilities) -> str:
        """The model chosen for this provider and kind, or the one it defaults to."""
        for provider, kind, model in self.models:
            if (provider, kind) == (self.provider, self.kind):
                return model
        return can.default_model

    def with_model(self, model: str) -> "Draft":
        """The draft with `model` chosen for the present provider and kind."""
        others = tuple(entry for entry in self.models if entry[:2] != (self.provider, self.kind))
        return replace(self, models=(*others, (self.provider, self.kind, model)))

    def places(self) -> tuple[str, ...]:
        """The slots that hold a subject, in the order in which they would be sent."""
        return tuple(f"subjects[{i}]" for i, image in enumerate(self.subjects) if image)

    def withheld(self, can: Capabilities) -> tuple[str, ...]:
        """The filled-in fields that this provider does not take: kept, not sent."""
        is_video = self.kind is TaskKind.VIDEO
        filled = {
            "scene": self.scene is not None,
            "style": self.style is not None,
            "negative_prompt": bool(self.negative_prompt),
            "watermark": self.watermark,
            "callback_url": bool(self.callback_url),
            "external_task_id": bool(self.external_task_id),
        }
        never = {"scene", "style"} if is_video else set[str]()
        return tuple(
            name
            for name, is_filled in filled.items()
            if is_filled and (name in never or name not in can.optional_fields)
        )

    def requests(self, can: Capabilities) -> tuple[GenerationRequest, ...]:
        """What would be sent, one for each prompt, the first `MOST_PROMPTS` of them."""
        first = self._request(can)
        made = (variant.text for variant in alternatives.variants(self.prompt))
        return tuple(replace(first, prompt=_sent(prompt)) for prompt in made)

    def request(self, can: Capabilities) -> GenerationRequest:
        """What would be sent, with the longest of the prompts."""
        made = alternatives.variants(self.prompt)
        longest = max((variant.text for variant in made), key=len)
        return replace(self._request(can), prompt=_sent(longest))

    def _request(self, can: Capabilities) -> GenerationRequest:
        """The draft less what the provider does not take, its prompt as it was typed."""
        withheld = self.withheld(can)
        pictures = tuple(image for image in self.subjects if image is not None)

        def text(name: str, value: str) -> str:
            return "" if name in withheld else value

        common = _Common(
            prompt=self.prompt,
            negative_prompt=text("negative_prompt", self.negative_prompt),
            watermark=self.watermark and "watermark" not in withheld,
            callback_url=text("callback_url", self.callback_url) or None,
            external_task_id=text("external_task_id", self.external_task_id) or None,
        )
        if self.kind is TaskKind.VIDEO:
            return self._video(can, pictures, common)
        return MultiImageToImage(
            model=self.model(can),
            subjects=pictures,
            scene=None if "scene" in withheld else self.scene,
            style=None if "style" in withheld else self.style,
            n=self.n,
            aspect_ratio=self.aspect_ratio,
            prompt=common.prompt,
            negative_prompt=common.negative_prompt,
            watermark=common.watermark,
            callback_url=common.callback_url,
            external_task_id=common.external_task_id,
        )

    def _video(
        self, can: Capabilities, pictures: tuple[ImageSource, ...], common: "_Common"
    ) -> MultiImageToVideo:
        return MultiImageToVideo(
            model=self.model(can),
            pictures=pictures,
            mode=self.mode,
            duration_s=self.duration_s,
            aspect_ratio=self.video_aspect_ratio,
            prompt=common.prompt,
            negative_prompt=common.negative_prompt,
            watermark=common.watermark,
            callback_url=common.callback_url,
            external_task_id=common.external_task_id,
        )


def _sent(prompt: str) -> str:
    """Blanks alone are no prompt."""
    return prompt if prompt.strip() else ""


@dataclass(frozen=True, slots=True)
class _Common:
    prompt: str
    negative_prompt: str
    watermark: bool
    callback_url: str | None
    external_task_id: str | None


def draft_of(request: GenerationRequest, provider: str) -> Draft:
    """The form filled with an earlier request. The external task id is never copied."""
    pictures = request.subjects if isinstance(request, MultiImageToImage) else request.pictures
    draft = Draft(
        provider=provider,
        kind=request.kind,
        subjects=(*pictures, *(None,) * (SLOTS - len(pictures))),
        prompt=alternatives.escaped(request.prompt),
        negative_prompt=request.negative_prompt,
        models=((provider, request.kind, request.model),),
        watermark=request.watermark,
        callback_url=request.callback_url or "",
    )
    if isinstance(request, MultiImageToVideo):
        return replace(
            draft,
            mode=request.mode,
            duration_s=request.duration_s,
            video_aspect_ratio=request.aspect_ratio,
        )
    return replace(
        draft,
        scene=request.scene,
        style=request.style,
        n=request.n,
        aspect_ratio=request.aspect_ratio,
    )
