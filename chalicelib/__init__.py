"""Courtesy: permission-first customer follow-up. Three ways lead through it, each from an entrypoint down, and none back up.

visitor     entrypoints/site_api, mail_answers → usecases/claim_voucher, confirm_claim, confirm_consent, stop, answer_expectation, write_thanks
storefront  entrypoints/webhooks   → usecases/receive_webhook ⇢ queue ⇢ take_webhook → take_order
clock       entrypoints/clock      → usecases/tick → note_rules, plan_person; send_due → authorise, recover; entrypoints/queues → record_delivery

usecases call ports in order and decide nothing; every decision is a pure function in domain; stores know items and keys;
adapters talk to the world; bootstrap alone knows which of them are in use. docs/architecture.md has the picture.
"""
