"""The lab: boots stock kernels in small emulated guests and writes recordings with their truth.

    python tests/lab kernels                        fetch the kernels once (Debian packages)
    python tests/lab run tests/lab/scenarios/leak.toml OUT_DIR
    python tests/lab all OUT_DIR                    every scenario file, then every family's drawn ones

Python's standard library and QEMU only. A scenario (``scenario``) becomes a guest (``initramfs``,
``disks``, ``machine``); its recorder's stream (``stream``) becomes a recording (``recording``); ticks
and kernel log become the truth (``oom_log``, ``truth``). None of it uses vmadvisor's own parsers, so
that what they say can be held against it.
"""
