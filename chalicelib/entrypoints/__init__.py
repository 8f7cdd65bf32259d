"""What wakes Courtesy up: each parses, calls one use case, and turns errors into answers."""
