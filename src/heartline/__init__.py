"""Heartline: how customers feel at every point of connection, and what those feelings are worth."""

__version__ = "0.1.0"
