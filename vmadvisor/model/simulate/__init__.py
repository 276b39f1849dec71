"""A host run forward: demand taken from a recording meets the machine as it is, or as it would be set.

observed   what one snapshot adds to the forecast's sample: lists by node, memory nobody uses
demand     allocations, frees and reads between two moments, whatever reclaim made of them
machine    marks, sizes, swap and the settings that rule reclaim
settings   ``KEY=VALUE`` laid over a machine
physics    the few numbers that no kernel file tells: how late kswapd comes, how fast it is
engine     one run, some milliseconds a step
calibrate  hosts weighed by how well their runs agree with the stalls that were counted
unsaid     figures that no run can tell, and why
whatif     present and other settings side by side, anchored on what was measured
"""
