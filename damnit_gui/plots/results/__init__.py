"""Full results: reading them, the views that show them, and the tab that holds one."""
