"""What was fetched from the network, before it is pages."""
