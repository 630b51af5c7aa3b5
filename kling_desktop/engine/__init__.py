"""The life of a task: submit, follow, fetch, reconcile. asyncio and the domain; no Qt, no I/O."""
