"""Terminals without sign-on: kiosk, board and customer panel; they hold no store and no key."""
