"""The only room that opens files: roots, the process and group scans, the snapshots made of them."""

from vmadvisor.collect.request import Request
from vmadvisor.collect.roots import Root, open_root
from vmadvisor.collect.take import Taken, take, taken

__all__ = ["Request", "Root", "Taken", "open_root", "take", "taken"]
