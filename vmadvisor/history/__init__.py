"""What is kept of a host between runs: an SQLite file, written after the output and read by reports."""
