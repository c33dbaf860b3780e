"""Pages and letters in both languages: whole in each, nothing of the other."""
