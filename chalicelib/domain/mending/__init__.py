"""What is wrong with the owner's files, told so that it can be mended. Pure: each takes what was read, and gives faults with their places."""
