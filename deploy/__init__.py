"""Packaging and checks of what is deployed."""
