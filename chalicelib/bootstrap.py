"""The composition root: which adapters are in use. Everything is made on first use, nothing while this is imported."""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import cache, cached_property
from typing import TYPE_CHECKING

from msgspec import structs

from chalicelib.config import LOCAL, ROOT, Settings, settings

if TYPE_CHECKING:
    from chalicelib.domain.playbook import Playbook
    from chalicelib.domain.products import Products
    from chalicelib.domain.shop import Shop
    from chalicelib.ports import (
        Blob,
        Clock,
        Ids,
        Journal,
        Links,
        Mailer,
        Office,
        Queue,
        Renderer,
        Secrets,
        SecretValues,
        Storefront,
        Table,
        World,
        Zones,
    )


@cache
def world() -> World:
    """The one of this process, by its environment. Errors: Misconfigured."""
    return make(settings(os.environ))


def make(chosen: Settings) -> World:
    """A world by its settings."""
    if chosen.platform == LOCAL:
        from chalicelib.adapters.local.platform import LocalWorld

        return LocalWorld(chosen)
    return AwsWorld(chosen)


class AwsWorld:
    """ports.World over AWS: DynamoDB, SQS, SES, S3 and SSM."""

    def __init__(self, chosen: Settings) -> None:
        self._settings = chosen

    @cached_property
    def table(self) -> Table:
        """DynamoDB."""
        from chalicelib.adapters.aws import client
        from chalicelib.adapters.table_dynamodb import DynamoTable

        return DynamoTable(client("dynamodb"), self._settings.table)

    @cached_property
    def queue(self) -> Queue:
        """SQS."""
        from chalicelib.adapters.aws import client
        from chalicelib.adapters.queue_sqs import SqsQueue

        return SqsQueue(client("sqs"), self._settings.queues)

    @cached_property
    def mailer(self) -> Mailer:
        """SES, one attempt."""
        from chalicelib.adapters.mailer_ses import SesMailer, ses_client

        return SesMailer(ses_client(), self._settings.configuration_sets)

    @cached_property
    def blob(self) -> Blob:
        """S3."""
        from chalicelib.adapters.aws import client
        from chalicelib.adapters.blob_s3 import S3Blob

        return S3Blob(client("s3"), self._settings.bucket)

    @cached_property
    def journal(self) -> Journal:
        """S3, in the blobs' bucket."""
        from chalicelib.adapters.aws import client
        from chalicelib.adapters.journal_s3 import S3Journal

        return S3Journal(client("s3"), self._settings.bucket, self.clock)

    @cached_property
    def worker(self) -> str:
        """A new name for each process: Lambda may run several, and tells none of the others' end."""
        return self.ids.token()

    @cached_property
    def renderer(self) -> Renderer:
        """Jinja over templates/, in the shop's colours, and with the owner's words in shop/words.toml."""
        from chalicelib.adapters.mail_logo import shown_size
        from chalicelib.adapters.templates import Templates
        from chalicelib.adapters.words_file import read_words

        folder, brand = self._settings.shop, self.shop.brand
        logo = shown_size(folder, brand.mail_logo) if brand.mail_logo else None
        return Templates(ROOT / "templates", brand, read_words(folder / "words.toml"), logo)

    @cached_property
    def clock(self) -> Clock:
        """The machine's."""
        from chalicelib.adapters.clock import SystemClock

        return SystemClock()

    @cached_property
    def zones(self) -> Zones:
        """The tz database's."""
        from chalicelib.adapters.zones import TzZones

        return TzZones()

    @cached_property
    def _secrets(self) -> Secrets:
        from chalicelib.adapters.aws import client
        from chalicelib.adapters.secrets_ssm import SsmSecrets

        return SsmSecrets(client("ssm"), self._settings.secrets)

    @cached_property
    def secrets(self) -> SecretValues:
        """SSM, read once."""
        return self._secrets.read()

    def name_live_table(self, identity: str) -> None:
        """In SSM, and here."""
        self._secrets.name_live_table(identity)
        self.secrets = structs.replace(self.secrets, live_table=identity)  # SSM need not tell of it at once

    @cached_property
    def office(self) -> Office | None:
        """The storefront's API."""
        from chalicelib.adapters.offices import open_office

        return open_office(self.shop, self.secrets.api)

    @cached_property
    def links(self) -> Links:
        """Signed with the secrets' keys."""
        from chalicelib.adapters.tokens import Links as SignedLinks

        return SignedLinks(self.secrets)

    @cached_property
    def ids(self) -> Ids:
        """The system's randomness."""
        from chalicelib.adapters.ids import RandomIds

        return RandomIds()

    @cached_property
    def shop(self) -> Shop:
        """shop/shop.toml."""
        from chalicelib.adapters.shop_files import read_shop

        return read_shop(self._settings.shop / "shop.toml")

    @cached_property
    def playbook(self) -> Playbook:
        """shop/playbook.toml."""
        from chalicelib.adapters.shop_files import read_playbook

        return read_playbook(self._settings.shop / "playbook.toml")

    @cached_property
    def products(self) -> Products:
        """shop/products.toml, where there is one."""
        from chalicelib.adapters.shop_files import read_products

        return read_products(self._settings.shop / "products.toml")

    @property
    def storefronts(self) -> Mapping[str, Storefront]:
        """By name."""
        from chalicelib.adapters.storefronts import STOREFRONTS

        return STOREFRONTS
