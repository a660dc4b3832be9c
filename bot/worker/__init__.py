"""The engine room. Only here and in `bot/pipelines` are torch and transformers known; `door` loads neither."""
