"""gknlp: Chinese annual reports on government information disclosure as checked, citable data."""

__version__ = "0.1.0"
