"""What programs and language models may ask of the server, where that is switched on."""
