"""The bot as a process of its own, and what may befall it: killed, told to stop, cut off, full disks, crowds."""
