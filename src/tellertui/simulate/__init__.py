"""A day of arrivals replayed through the real services on a clock that is moved and a throwaway store."""
