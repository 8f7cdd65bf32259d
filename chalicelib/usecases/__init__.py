"""What Courtesy does, a verb phrase a file. Each calls ports in order and leaves every decision to the domain."""
