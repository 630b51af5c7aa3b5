"""What the sandbox says no to, in the official envelope and with the official codes.

Source of the table: facts.md section 6 (official error codes); the wording of 1303 and of
"already exists" from pay-once.md sections 0 and 1.
"""

_HTTP_STATUS = {
    1000: 401,
    1001: 401,
    1002: 401,
    1003: 401,
    1004: 401,
    1103: 403,
    1200: 400,
    1201: 400,
    1202: 404,
    1203: 404,
    1300: 400,
    1301: 400,
    1302: 429,
    1303: 429,
    5000: 500,
    5001: 503,
    5002: 504,
}


class Refusal(Exception):  # noqa: N818 - an answer of the protocol, not a fault of ours
    """A request that is refused: nothing was created, nothing deducted."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message

    @property
    def http_status(self) -> int:
        """The status that belongs to the code."""
        return http_status(self.code)


def http_status(code: int) -> int:
    """The HTTP status of a service code; 0 is success, an unknown one a bad request."""
    return 200 if code == 0 else _HTTP_STATUS.get(code, 400)


def envelope(
    request_id: str, data: object = None, *, code: int = 0, message: str = "SUCCEED"
) -> dict[str, object]:
    """The official wrapping. A refusal has no `data` at all."""
    wrapping: dict[str, object] = {"code": code, "message": message, "request_id": request_id}
    if code == 0:
        wrapping["data"] = data
    return wrapping


def parameter_invalid(message: str) -> Refusal:
    """1201: a parameter's key or value is invalid."""
    return Refusal(1201, message)


def not_found(id: str) -> Refusal:
    """1201 as well: a task that is not there is HTTP 400, not 404."""
    return parameter_invalid(f"Task not found by id: {id}")


def already_exists(external_task_id: str) -> Refusal:
    """1201 once more: this account used the external id before."""
    return parameter_invalid(f"External_task_id {external_task_id} already exists")


def too_many_at_once() -> Refusal:
    """1303: more at once than the account's pack allows."""
    return Refusal(1303, "parallel task over resource pack limit")
