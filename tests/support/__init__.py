"""Test material: filled forms, their renderings in every layout, and the judge of a reading."""
