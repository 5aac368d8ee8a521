"""What both ends of the socket share; imports msgspec and the standard library only."""
