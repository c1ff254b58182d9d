"""The exceptions gknlp raises. Everything about a report that can still be returned is a diagnostic instead."""

from __future__ import annotations


class GknlpError(Exception):
    """Base of all errors of gknlp."""


class KnowledgeError(GknlpError):
    """A knowledge file (form, fact type, label) is wrong; the message names the file and the key."""


class UnreadableInput(GknlpError):
    """An input gave no report: it cannot be opened or holds no text."""


class UnsupportedFormat(UnreadableInput):
    """The content of an input is in no format that gknlp reads."""


class MissingExtra(GknlpError):
    """Something needs a package that is not installed; the message says how to install it."""
