"""The window: Qt Widgets over the bridge. It reads the library; it writes nothing."""
