"""Reports as JSON, as files and as their JSON Schema."""
