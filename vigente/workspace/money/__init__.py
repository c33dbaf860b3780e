"""Money as the workspace lists and shows it. Reads only; supervisors and owners see all of it."""
