"""The Chalice app: it registers the entrypoints and holds no logic. Importing it makes no client and reads no secret."""

from __future__ import annotations

from chalice import Chalice

from chalicelib import bootstrap
from chalicelib.entrypoints import (
    checkout,
    clock,
    competition,
    mail_answers,
    orders,
    preferences,
    questions,
    queues,
    site_api,
    webhooks,
)
from chalicelib.entrypoints.answers import guard

app = Chalice(app_name="courtesy")

guard(app)
site_api.register(app, bootstrap.world)
mail_answers.register(app, bootstrap.world)
orders.register(app, bootstrap.world)
preferences.register(app, bootstrap.world)
questions.register(app, bootstrap.world)
competition.register(app, bootstrap.world)
webhooks.register(app, bootstrap.world)
checkout.register(app, bootstrap.world)
# Lambda looks for each worker here, under its function's own name
queue_webhooks, queue_due_now, queue_events, queue_errands = queues.register(app, bootstrap.world)
each_minute = clock.register(app, bootstrap.world)
