"""Read the room: what is said and what a person taps, as it comes, and one suggestion at a time.

Words and a person's taps only: nothing is read from a voice or a face. Private to the person who uses it.
"""
