"""The palette's commands: every action of the table that works on the screen now."""

from __future__ import annotations

from functools import partial

from textual.binding import ActiveBinding
from textual.command import DiscoveryHit, Hit, Hits, Provider

from tui.actions import ACTIONS, Action, key_names


class ActionProvider(Provider):
    """Offers the actions whose bindings are live; keys are shown beside them."""

    def _live(self) -> list[tuple[Action, ActiveBinding]]:
        bound = {
            active.binding.id: active
            for active in self.screen.active_bindings.values()
            if active.enabled
        }
        return [(one, bound[one.id]) for one in ACTIONS if one.palette and one.id in bound]

    async def discover(self) -> Hits:
        for one, active in self._live():
            yield DiscoveryHit(_title(one), partial(self._run, active), help=one.help)

    async def search(self, query: str) -> Hits:
        matcher = self.matcher(query)
        for one, active in self._live():
            score = max(matcher.match(one.label), matcher.match(one.help))
            if score > 0:
                title = _title(one)
                yield Hit(score, matcher.highlight(title), partial(self._run, active),
                          text=title, help=one.help)  # fmt: skip

    async def _run(self, active: ActiveBinding) -> None:
        await self.app.run_action(active.binding.action, active.node)


def _title(one: Action) -> str:
    return f"{one.label[:1].upper()}{one.label[1:]}  ({key_names(one.keys).split(', ')[0]})"
