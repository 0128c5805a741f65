"""Walks of one workspace: what its own people and a browser met as customers, kept, compared and told."""

from heartline.walks.book import Walks

__all__ = ["Walks"]
