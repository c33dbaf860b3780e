"""One small module per noun; a view calls one service or one query."""
