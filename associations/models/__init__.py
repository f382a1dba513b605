"""The associations stage's rows, by noun."""

from associations.models.article import Article, Illustration
from associations.models.association import Association
from associations.models.customer_message import CustomerMessage
from associations.models.follower import Follower
from associations.models.menu import Menu
from associations.models.template import MessageTemplate, TemplateMessage

__all__ = [
    "Article",
    "Association",
    "CustomerMessage",
    "Follower",
    "Illustration",
    "Menu",
    "MessageTemplate",
    "TemplateMessage",
]
