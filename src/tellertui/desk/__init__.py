"""What belongs to the terminal itself: sign-on, Today, the lock, where one can go, drafts, the demo."""
