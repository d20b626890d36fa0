"""What whoever runs a server can see of it: health, counters and logs, none of which hold anything of a visitor."""
