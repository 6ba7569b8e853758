"""Word (.docx) from templates that a bureau can replace; docs/printing.md says how one is written."""
