"""The Chalice app: it registers the entrypoints and holds no logic. Importing it makes no client and reads no secret."""

from __future__ import annotations

from chalice import Chalice

from chalicelib import bootstrap
from chalicelib.entrypoints import clock, queues, site_api, webhooks

app = Chalice(app_name="courtesy")

for entrypoint in (site_api, webhooks, queues, clock):
    entrypoint.register(app, bootstrap.world)
