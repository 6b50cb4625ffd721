"""Wirecopy, an automatic newspaper: every word proved, credited and grouped, none of it edited."""

__version__ = "0.1.0"
