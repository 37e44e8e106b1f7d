"""Makes Slack agree with alerts: cards, their threads, and what is folded in a burst."""

from app.publisher.cards import NotPublishedError, Publisher, Seen

__all__ = ["NotPublishedError", "Publisher", "Seen"]
