"""The compose column: one draft, rendered by widgets that emit the next one."""
