"""Small adapters to machines, run by the courier or a terminal: neither a store nor a key."""
