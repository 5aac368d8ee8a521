"""First come, first served, in the fewest lines: knows nothing of the program."""


def first_come(arrivals, counters, opening, closing):
    """Return (arrival, called, counter) of each customer served; the counters are numbered from 1."""
    free = [opening] * counters
    calls = []
    for arrival, length in sorted(arrivals, key=lambda customer: customer[0]):
        if arrival > closing:
            continue
        called = max(arrival, opening, min(free))
        counter = next(number for number, since in enumerate(free) if since <= called)
        free[counter] = called + length
        calls.append((arrival, called, counter + 1))
    return calls
