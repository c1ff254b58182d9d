"""Training the issue classifier, measuring it and telling what it was trained on."""
