"""kind clusters for tutorials: tools, node image, registry, fake GPUs."""
