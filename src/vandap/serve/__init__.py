"""Serving: an index over HTTP. Needs the extra `serve`; loads artifacts and indexes only, never the workshop."""
