"""Quality measured on labelled data, one module a task."""
