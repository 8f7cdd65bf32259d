"""Payloads as storefronts really send them, from a folder that is no part of this repository, and what becomes of them here."""
