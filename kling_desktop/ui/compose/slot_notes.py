"""What is remarked below the slots: what was not taken, what is on its way, what is there twice."""

from kling_desktop.domain.drafts import Draft
from kling_desktop.domain.media import ImageSource, UrlImage
from kling_desktop.domain.providers import TaskKind
from kling_desktop.text import t, tn
from kling_desktop.ui.compose.pictures import InputPictures
from kling_desktop.ui.compose.slot_filler import PLACES, SlotFiller, refused_words
from kling_desktop.ui.compose.verdict import slot_name


def note_words(filler: SlotFiller, draft: Draft, pictures: InputPictures) -> str:
    """All of it in one, the most important first; "" for nothing."""
    said = [refused_words(filler.refused)]
    if filler.leftover:
        said.append(
            tn(
                "{count} more picture found no free slot.",
                "{count} more pictures found no free slot.",
                filler.leftover,
            )
        )
    said.append(filler.web.words())
    said += _twice(draft, pictures)
    if draft.kind is TaskKind.VIDEO and (draft.scene or draft.style):
        said.append(_kept_from_video(draft))
    return " ".join(words for words in said if words)


def _twice(draft: Draft, pictures: InputPictures) -> list[str]:
    is_video = draft.kind is TaskKind.VIDEO
    shown = [p for p in PLACES if not is_video or p.startswith("subjects")]
    by_content: dict[object, list[str]] = {}
    for place in shown:
        content = _content(draft.image(place), pictures)
        if content is not None:
            by_content.setdefault(content, []).append(slot_name(place, is_video=is_video))
    return [
        t("{slots} hold the same picture.", slots=", ".join(names))
        for names in by_content.values()
        if len(names) > 1
    ]


def _content(image: ImageSource | None, pictures: InputPictures) -> object:
    """Equal for pictures that would be sent alike; None while it is not known."""
    if image is None:
        return None
    if isinstance(image, UrlImage):
        return image.url
    sha256 = pictures.sha256(image)
    return (sha256, image.edit) if sha256 else image


def _kept_from_video(draft: Draft) -> str:
    if draft.scene and draft.style:
        return t("Scene and style are kept, not sent: video has none.")
    if draft.scene:
        return t("The scene is kept, not sent: video has none.")
    return t("The style is kept, not sent: video has none.")
