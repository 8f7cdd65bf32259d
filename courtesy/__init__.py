"""The command line: it parses arguments and prints; everything that it does is a use case or an adapter."""
