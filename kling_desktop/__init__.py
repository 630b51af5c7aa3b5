"""Kling Desktop: pictures and videos from reference images, with a library of one's own."""

__version__ = "0.1.0"
