"""What the environment does to the protection of our connections, in words for its owner.

`SSL_CERT_FILE` and `SSL_CERT_DIR` take the place of the system's certificates (truststore follows
them where OpenSSL does). `SSLKEYLOGFILE` asks programs to write down what opens their traffic; our
connections do not, but whoever set it may not know that it is set.
"""

from collections.abc import Mapping

from kling_desktop.domain.errors import ErrorRecord, Remedy
from kling_desktop.text import t, tn

CERTIFICATES = ("SSL_CERT_FILE", "SSL_CERT_DIR")
KEY_LOG = "SSLKEYLOGFILE"


def weakened_protection(environment: Mapping[str, str]) -> ErrorRecord | None:
    """What the person should know before a key is sent; None when the environment is quiet.

    Values are not repeated: a path says who its owner is.
    """
    sentences: list[str] = []
    given = [name for name in CERTIFICATES if environment.get(name)]
    if given:
        names = t(" and ").join(given)
        sentences.append(
            tn(
                "{names} decides which servers are trusted, not the system.",
                "{names} decide which servers are trusted, not the system.",
                len(given),
                names=names,
            )
        )
    if environment.get(KEY_LOG):
        sentences.append(
            t(
                "{name} asks programs to write down the secrets of their connections; this app "
                "does not do so.",
                name=KEY_LOG,
            )
        )
    if not sentences:
        return None
    title = t("The environment changes how connections are protected")
    return ErrorRecord(title, " ".join(sentences), Remedy.NONE)
