"""The live view: one moment as a frame, frames as lines or as rows of a screen."""
