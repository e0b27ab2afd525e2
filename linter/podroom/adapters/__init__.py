"""Well-known modules, restated as the resources that they stand for."""
