"""A host or a recording watched as it goes: moments, the frames made of them, the screen that shows them."""
