"""What is on its way: one row a task, its state in words, and the one step that makes sense."""
