"""From the untrusted bytes of attachments to what pipelines take."""
