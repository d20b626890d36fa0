"""The gaps of a line: measurement, features and classification."""
