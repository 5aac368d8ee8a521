"""Sockets, sessions, dispatch, permissions, push and jobs: the process that owns the branch."""
