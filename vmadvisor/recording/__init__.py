"""Recordings: written, kept for the moment something happens, made fit to be shared.

A recording is a tar, compressed with zstd; ``collect`` reads it as it reads any other archive.

    meta.json                            who, when, by which clock, how (see ``meta``)
    12.041147/proc/vmstat                raw text as the kernel gave it, and when
    12.041147/meta/processes.json        how many processes there were beside those that are kept
    end.json                             what ended it

Every tick is flushed: cut anywhere, all ticks before can be read. A new frame begins every ten minutes or
64 MiB with all there is, so that damage in the middle costs one frame at most.
"""
