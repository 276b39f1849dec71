"""The only room that writes the kernel's files: a setting tried and taken back, and one switch for ``delays``.

Only ``cli`` may import it. Nothing here asks whether a change is wise; it sees to it that it is undone.
"""
