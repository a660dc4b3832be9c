"""What runs in a process of its own (`bot/media/apart.py`): FFmpeg and PDFium, over files of members.

Both are large libraries in C. A few wrong bytes can make them take gigabytes, or minutes, or the process along. Each
decoder is a module here; its functions take a File and plain data, and yield bytes.
"""
