"""A bank branch's customer-service manual, made executable."""

__version__ = "0.1.0"
