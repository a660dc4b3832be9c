"""What Discord says when it doesn't do as it is asked."""

CODES: dict[int, tuple[int, str]] = {
    0: (404, "404: Not Found"),
    10003: (404, "Unknown Channel"),
    10008: (404, "Unknown Message"),
    10013: (404, "Unknown User"),
    10015: (404, "Unknown Webhook"),
    10062: (404, "Unknown interaction"),
    40005: (413, "Request entity too large"),
    40060: (400, "Interaction has already been acknowledged."),
    50001: (403, "Missing Access"),
    50007: (403, "Cannot send messages to this user"),
    50013: (403, "Missing Permissions"),
    50027: (401, "Invalid Webhook Token"),
    50035: (400, "Invalid Form Body"),
    50161: (400, "Voice messages must have a single audio attachment"),
}
"""Discord's codes, with the HTTP status and the message of each."""


class ApiError(Exception):
    """Discord's code, with the status and the message that go with it where no others are given."""

    def __init__(self, code: int, message: str | None = None, status: int | None = None) -> None:
        usual_status, usual_message = CODES[code]
        self.code = code
        self.status = status or usual_status
        self.message = message or usual_message
        super().__init__(self.status, code, self.message)
