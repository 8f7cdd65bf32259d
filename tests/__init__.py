"""A package, so that tests can import tests.support."""
