"""What the kernel itself computes, per version: integers, exact, pure; what cannot be is ``None``."""
