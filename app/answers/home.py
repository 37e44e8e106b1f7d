"""The app's home, published for whoever has opened it."""

from collections.abc import Callable

from slack_sdk import WebClient

from app.deps import Deps
from app.domain.audit import Action, Asker, Place, Surface
from app.domain.people import Person
from app.members import Members
from app.render.home import home, words_home
from app.render.refusals import OUTSIDER_HOME
from app.stores.errands import HomeOpened
from app.use_cases.audited import turned_away
from app.use_cases.status import overview


def publish_home(
    deps: Deps, slack: Callable[[], WebClient], members: Members, opened: HomeOpened
) -> None:
    """Raises SlackApiError. Slack: the event names the user's id alone, wherever they belong."""
    person = members.acting(opened.user_id)
    if person:
        view = home(overview(deps), person, opened.page)
    else:
        name = members.names([opened.user_id]).get(opened.user_id, "someone")
        asker = Asker(Person(opened.user_id, name), Place(Surface.HOME))
        turned_away(deps, Action.READ, asker, None)
        view = words_home(OUTSIDER_HOME)
    slack().views_publish(user_id=opened.user_id, view=view)
