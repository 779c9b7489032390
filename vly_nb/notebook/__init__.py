"""The notebook surface: magics in, step bundles out."""
