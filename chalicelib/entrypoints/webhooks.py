"""Order webhooks: verified, kept, answered; everything else happens after."""

from __future__ import annotations

from collections.abc import Callable

from chalice import Chalice
from chalice.app import Response

from chalicelib.entrypoints.answers import FORM, JSON, answer_json, answered, raw_body, the_request
from chalicelib.ports import World
from chalicelib.usecases.receive_webhook import receive_webhook


def register(app: Chalice, world: Callable[[], World]) -> None:
    """Adds the route."""

    @app.route("/webhooks/{source}", methods=["POST"], content_types=[JSON, FORM])
    def webhook(source: str) -> Response:
        def handle(found: World) -> Response:
            request = the_request(app)
            headers = {str(name).lower(): str(value) for name, value in request.headers.items()}
            return answer_json(200, {"message": receive_webhook(found, source, headers, raw_body(request))})

        return answered(world, handle, as_json=True)
