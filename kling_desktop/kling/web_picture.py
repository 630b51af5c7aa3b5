"""A picture from the web that a person chose: fetched once, without credentials or cookies."""

from pathlib import Path

from kling_desktop.domain.answers import DownloadAnswer, Downloaded, DownloadFailed
from kling_desktop.domain.errors import AppError, ErrorRecord, Remedy
from kling_desktop.domain.media import MediaKind
from kling_desktop.kling.addresses import AddressPolicy
from kling_desktop.kling.containers import MEDIA_OF
from kling_desktop.kling.download import DownloadLimits, Downloads
from kling_desktop.kling.proxies import ProxyOf, system_proxy
from kling_desktop.kling.transport import tls
from kling_desktop.text import t

# Above what any provider takes, since a copy is made smaller; a video is known by its first bytes.
LIMITS = DownloadLimits(image_bytes=64 * 1024 * 1024, video_bytes=1024 * 1024, total_s=120)


async def fetch_picture(
    url: str,
    part: Path,
    *,
    policy: AddressPolicy | None = None,
    limits: DownloadLimits = LIMITS,
    proxy_of: ProxyOf = system_proxy,
) -> Downloaded:
    """Bring the picture at `url` into `part`, a free name.

    Only from https at public addresses, each redirect checked anew. Raises AppError, also for what
    is no picture; StorageError for our own disk. Nothing is left in `part` then.
    """
    downloads = Downloads(policy or AddressPolicy(), limits, tls(), proxy_of, _not_fetched)
    try:
        return _picture(await downloads.fetch(url, part, _nobody_asks))
    except BaseException:
        part.unlink(missing_ok=True)
        part.with_name(part.name + ".json").unlink(missing_ok=True)
        raise


def _picture(answer: DownloadAnswer) -> Downloaded:
    if isinstance(answer, DownloadFailed):
        raise AppError(answer.error)
    if MEDIA_OF[answer.extension] is not MediaKind.IMAGE:
        raise AppError(_not_fetched(t("It is a video.")))
    return answer


def _nobody_asks(_done_bytes: int, _total_bytes: int) -> None:
    pass


def _not_fetched(why: str) -> ErrorRecord:
    return ErrorRecord(t("The picture could not be fetched"), why, Remedy.RETRY)
