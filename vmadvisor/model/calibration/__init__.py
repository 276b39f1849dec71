"""This host's own correction of the shipped forecast: fitted on its recordings, kept with its error, re-checked."""
