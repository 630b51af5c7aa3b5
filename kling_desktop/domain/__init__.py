"""Values and rules. Imports the standard library and `kling_desktop.text`, nothing else of ours."""
