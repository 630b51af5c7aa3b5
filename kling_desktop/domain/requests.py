"""What the person asks for: frozen values with everything that a generation needs.

Field meanings and limits: `kling-official-multi-image-to-image.md` (S1) and the CometAPI
documents (S0, S2, S3); what differs by provider comes in as `Capabilities`.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from ipaddress import ip_address
from typing import ClassVar
from urllib.parse import urlsplit

from kling_desktop.domain.media import FileImage, ImageFacts, ImageSource, UrlImage
from kling_desktop.domain.problems import Problem, Rule
from kling_desktop.domain.providers import Capabilities, TaskKind, Weight

Facts = Mapping[ImageSource, ImageFacts]
LONGEST_EXTERNAL_ID = 128


@dataclass(frozen=True, slots=True, kw_only=True)
class MultiImageToImage:
    """Make pictures from 1 to 4 subjects and, if wanted, a scene and a style.

    `external_task_id` is the person's own id, None to have one minted. `problems` says what of
    it a provider would refuse.
    """

    kind: ClassVar[TaskKind] = TaskKind.IMAGE

    model: str
    subjects: tuple[ImageSource, ...]
    scene: ImageSource | None = None
    style: ImageSource | None = None
    prompt: str = ""
    negative_prompt: str = ""
    n: int = 1
    aspect_ratio: str = "16:9"
    watermark: bool = False
    callback_url: str | None = None
    external_task_id: str | None = None

    def images(self) -> Iterator[tuple[str, ImageSource]]:
        """Every picture with the name of the field it stands in, in the order of sending."""
        yield from ((f"subjects[{i}]", image) for i, image in enumerate(self.subjects))
        if self.scene is not None:
            yield "scene", self.scene
        if self.style is not None:
            yield "style", self.style

    def problems(self, provider: str, can: Capabilities, facts: Facts) -> list[Problem]:
        """Every rule this request breaks at the provider (named for people in `provider`).

        Pictures without an entry in `facts` are not judged.
        """
        given = {
            "scene": self.scene is not None,
            "style": self.style is not None,
            "negative_prompt": bool(self.negative_prompt),
            "watermark": self.watermark,
            "callback_url": self.callback_url is not None,
            "external_task_id": self.external_task_id is not None,
        }
        return [
            *_not_offered(given, provider, can),
            *_count("subjects", self.subjects, can),
            *_choice("model", self.model, can.models),
            *_choice("aspect_ratio", self.aspect_ratio, can.aspect_ratios),
            *_results(self.n, can),
            *_shared(self, can, facts),
        ]

    @property
    def results(self) -> int:
        """How many results one task makes."""
        return self.n


@dataclass(frozen=True, slots=True, kw_only=True)
class MultiImageToVideo:
    """Make one video from 1 to 4 pictures. `duration_s` is 5 or 10, `mode` std or pro (S2)."""

    kind: ClassVar[TaskKind] = TaskKind.VIDEO

    model: str
    pictures: tuple[ImageSource, ...]
    prompt: str = ""
    negative_prompt: str = ""
    mode: str = "std"
    duration_s: int = 5
    aspect_ratio: str = "16:9"
    watermark: bool = False
    callback_url: str | None = None
    external_task_id: str | None = None

    def images(self) -> Iterator[tuple[str, ImageSource]]:
        """Every picture with the name of the field it stands in, in the order of sending."""
        yield from ((f"images[{i}]", image) for i, image in enumerate(self.pictures))

    def problems(self, provider: str, can: Capabilities, facts: Facts) -> list[Problem]:
        """Every rule this request breaks at the provider; see `MultiImageToImage.problems`."""
        given = {
            "negative_prompt": bool(self.negative_prompt),
            "watermark": self.watermark,
            "callback_url": self.callback_url is not None,
            "external_task_id": self.external_task_id is not None,
        }
        durations = tuple(str(seconds) for seconds in can.durations_s)
        return [
            *_not_offered(given, provider, can),
            *_count("images", self.pictures, can),
            *_choice("model", self.model, can.models),
            *_choice("aspect_ratio", self.aspect_ratio, can.aspect_ratios),
            *_choice("mode", self.mode, can.modes),
            *_choice("duration_s", str(self.duration_s), durations),
            *_shared(self, can, facts),
        ]

    @property
    def results(self) -> int:
        """How many results one task makes."""
        return 1


GenerationRequest = MultiImageToImage | MultiImageToVideo


def is_not_known(request: GenerationRequest) -> bool:
    """Whether it only stands for a task that was found at a provider, whose request nobody has.

    No request that was sent from here is without pictures.
    """
    return next(request.images(), None) is None


def slots(request: GenerationRequest, can: Capabilities) -> int:
    """How much of the account's concurrency one task takes."""
    return request.results if can.weight is Weight.RESULTS else 1


def _not_offered(given: Mapping[str, bool], provider: str, can: Capabilities) -> Iterator[Problem]:
    for field, is_given in given.items():
        if is_given and field not in can.optional_fields:
            yield Problem(field, Rule.NOT_OFFERED, provider, field)


def _count(field: str, images: Sequence[ImageSource], can: Capabilities) -> Iterator[Problem]:
    if not images:
        yield Problem(field, Rule.REQUIRED, str(can.fewest_images), "0")
    elif len(images) < can.fewest_images:
        yield Problem(field, Rule.TOO_FEW, str(can.fewest_images), str(len(images)))
    elif len(images) > can.most_images:
        yield Problem(field, Rule.TOO_MANY, str(can.most_images), str(len(images)))


def _choice(field: str, value: str, choices: Sequence[str]) -> Iterator[Problem]:
    # A provider whose models nobody listed (custom) is not second-guessed.
    if choices and value not in choices:
        yield Problem(field, Rule.CHOICE, ", ".join(choices), value)


def _results(n: int, can: Capabilities) -> Iterator[Problem]:
    if not 1 <= n <= can.most_results:
        yield Problem("n", Rule.RANGE, f"1 to {can.most_results}", str(n))


# Always there: pictures are counted, a model is chosen, an id is minted.
_SELF_FILLED = frozenset({"subjects", "images", "model", "external_task_id"})


def _required(request: GenerationRequest, can: Capabilities) -> Iterator[Problem]:
    for field in sorted(can.required_fields - _SELF_FILLED):
        value: object = getattr(request, field, None)
        if not (value.strip() if isinstance(value, str) else value):
            yield Problem(field, Rule.REQUIRED, "1", "0")


def _shared(request: GenerationRequest, can: Capabilities, facts: Facts) -> Iterator[Problem]:
    yield from _required(request, can)
    for field, text in (
        ("prompt", request.prompt),
        ("negative_prompt", request.negative_prompt),
    ):
        if len(text) > can.prompt_limit:
            yield Problem(field, Rule.LENGTH, str(can.prompt_limit), str(len(text)))
    if request.callback_url is not None and not is_web_address(request.callback_url):
        yield Problem("callback_url", Rule.URL, "http, https", request.callback_url)
    if request.external_task_id is not None and not is_external_id(request.external_task_id):
        limit = str(LONGEST_EXTERNAL_ID)
        yield Problem("external_task_id", Rule.EXTERNAL_ID, limit, request.external_task_id)
    for field, image in request.images():
        if isinstance(image, UrlImage):
            if not is_web_address(image.url):
                yield Problem(field, Rule.URL, "http, https", image.url)
        elif image in facts:
            name = image.path.name if isinstance(image, FileImage) else image.name
            yield from facts[image].problems(field, can.limits, name)


def is_web_address(url: str) -> bool:
    """Whether a provider could fetch this: http or https with a host and no blanks."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    is_web = parts.scheme in ("http", "https") and bool(parts.hostname)
    # Half a pair of surrogates, as from a file name that is no text, can be written nowhere.
    return is_web and url.isprintable() and not _has_blank(url)


def base_url(text: str) -> str | None:
    """Scheme, host and port as `https://host:port` without a slash, or None when it is not that.

    Plain http is for this computer's own addresses only. A host is ASCII (`xn--…` for others): a
    key goes there, and letters of other alphabets look like it.
    """
    try:
        parts = urlsplit(text)
        port = f":{parts.port}" if parts.port is not None else ""
    except ValueError:
        return None
    host = parts.hostname or ""
    is_bare = parts.path in ("", "/") and not (parts.query or parts.fragment or parts.username)
    is_safe = parts.scheme == "https" or (parts.scheme == "http" and is_loopback(host))
    is_plain = host != "" and host.isascii()
    if not is_plain or not is_bare or not is_safe or not is_web_address(text):
        return None
    return f"{parts.scheme}://{f'[{host}]' if ':' in host else host}{port}"


def is_loopback(host: str) -> bool:
    """Whether a host name or address can only be this computer."""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def is_external_id(text: str) -> bool:
    """Whether a person's own id is safe: never all digits, which a task id is (S1)."""
    if not text or len(text) > LONGEST_EXTERNAL_ID or _has_blank(text):
        return False
    return text.isprintable() and not text.isdigit()


def _has_blank(text: str) -> bool:
    return any(character.isspace() for character in text)
