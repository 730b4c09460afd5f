"""Phase and design, and the stage of the study that makes their changes weigh."""
