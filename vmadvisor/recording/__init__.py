"""Recordings: written, kept for the moment something happens, made fit to be shared.

A recording is a tar of ``<seconds>/<absolute path>`` members, raw text as the kernel gave it, compressed
with zstd; ``collect`` reads it as it reads any other archive.
"""
