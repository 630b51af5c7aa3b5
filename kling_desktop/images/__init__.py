"""From any picture to what a provider accepts. Domain and pillow."""
