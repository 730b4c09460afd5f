"""The plan in dates (`dates`) and numbers (`enrollment`)."""
