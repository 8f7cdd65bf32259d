"""Some seeds hand their mail over through the real SES adapter and the real SDK; only the socket is simulated.

So it shows here, too, how often the SDK tries: a second try is a second mail.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING, Any

from botocore.awsrequest import AWSPreparedRequest, AWSResponse, HeadersDict
from botocore.exceptions import ReadTimeoutError

from chalicelib.adapters.mailer_ses import STREAMS, TAG, SesMailer, ses_client
from chalicelib.ports import Mail
from tests.simulation.faults import LOST_APPLIED, LOST_NOT_APPLIED, REFUSED, REJECTED
from tests.simulation.scheduler import Task

if TYPE_CHECKING:
    from tests.simulation.run import Simulation

_ANSWERS = {REFUSED: (429, "TooManyRequestsException"), REJECTED: (400, "MessageRejected")}


class _Body:
    def __init__(self, body: bytes) -> None:
        self._body = body

    def stream(self, *_: object, **__: object) -> Iterator[bytes]:
        yield self._body


class _Socket:
    """In place of botocore's HTTP session. `meet` is told for each call what its first attempt meets."""

    def __init__(self) -> None:
        self.simulation: Simulation
        self.task: Task
        self.mail: Mail
        self.fault = ""

    def send(self, request: AWSPreparedRequest) -> AWSResponse:
        asked = json.loads(str(request.body) if isinstance(request.body, str) else bytes(request.body))  # type: ignore[arg-type]  # SES is sent text
        (id_,) = [tag["Value"] for tag in asked["EmailTags"] if tag["Name"] == TAG]
        fault, self.fault = self.fault, ""
        if fault in _ANSWERS:
            status, code = _ANSWERS[fault]
            return _answer(request, status, {"message": "told so"}, code)
        if fault != LOST_NOT_APPLIED:
            message_id = self.simulation.accept(self.task, id_, self.mail, lost=fault == LOST_APPLIED)
        if fault in (LOST_APPLIED, LOST_NOT_APPLIED):
            raise ReadTimeoutError(endpoint_url=request.url)
        return _answer(request, 200, {"MessageId": message_id})

    def close(self) -> None:
        """There is nothing open."""


def _answer(request: AWSPreparedRequest, status: int, body: dict[str, Any], code: str = "") -> AWSResponse:
    headers = {"content-type": "application/json", **({"x-amzn-errortype": code} if code else {})}
    return AWSResponse(request.url, status, HeadersDict(headers), _Body(json.dumps(body).encode()))  # type: ignore[arg-type]  # the stubs name another class than botocore uses


@cache
def _mailer() -> tuple[SesMailer, _Socket]:
    os.environ.update(AWS_DEFAULT_REGION="eu-west-1", AWS_ACCESS_KEY_ID="none", AWS_SECRET_ACCESS_KEY="none")
    client, socket = ses_client(), _Socket()
    client._endpoint.http_session = socket  # type: ignore[attr-defined]
    return SesMailer(client, dict.fromkeys(STREAMS, "set"), seconds=lambda: 0.0), socket


def hand_over(simulation: Simulation, task: Task, follow_up_id: str, mail: Mail, fault: str) -> str:
    """As SimMailer.send, through the SDK. Errors: MailRefused, MailUncertain."""
    mailer, socket = _mailer()
    socket.simulation, socket.task, socket.mail, socket.fault = simulation, task, mail, fault
    return mailer.send(follow_up_id, mail)
