def drain(webhook_id: int) -> None:
    """Send what the webhook has due."""
