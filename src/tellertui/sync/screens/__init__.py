"""Screens of sync."""
