"""Batches, receipts and feeds between a branch and head office: the protocol, without a network."""
