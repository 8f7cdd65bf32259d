"""The local platform: all of Courtesy on one machine, no account. Left out of the Lambda package."""
