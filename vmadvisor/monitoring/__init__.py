"""What watches a host for long: the exporter, timers, changes of the verdict; rules and dashboard for servers."""
