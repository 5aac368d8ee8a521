"""The only process with a network: no store, no key."""
