// Where one can go, what is unread there, and as whom one acts.

import { el } from "./dom.js";
import { mentionsMe } from "./mrkdwn.js";

// `seen` is the last message one has seen, by conversation; `go(where)` opens one.
export function sidebar(workspace, open, seen, go) {
  const shown = Object.entries(workspace.channels).filter(([, one]) => !one.archived);
  document.getElementById("channels").replaceChildren(...shown.map(([id, one]) =>
    place(`# ${one.name}`, `channel-${one.name}`, id === open.channel && !open.home, unread(workspace, id, seen), () => go({ channel: id, home: false, thread: null }))));
  const dm = workspace.dm;
  const inApp = open.home || open.channel === dm;
  const waiting = dm && !inApp ? unread(workspace, dm, seen) : null;
  document.getElementById("apps").replaceChildren(
    // Slack: what an app has written to one alone calls for one's attention, as a mention does.
    place(`⚡ ${workspace.bot.name}`, "app-home", inApp, waiting?.count ? { ...waiting, mentions: waiting.count } : null,
      () => go(waiting?.count || !workspace.has_home ? { home: false, channel: dm, thread: null } : { home: true, thread: null })));
}

function unread(workspace, id, seen) {
  const fresh = (workspace.messages[id] || []).filter((one) => one.ts > (seen[id] ?? "") && one.user !== workspace.me);
  return {
    count: fresh.filter((one) => !one.thread_ts || one.thread_ts === one.ts || one.subtype === "thread_broadcast").length,
    mentions: fresh.filter((one) => mentionsMe(one, workspace)).length,
  };
}

function place(name, testId, on, waiting, go) {
  const marked = !on && waiting?.count > 0;
  return el("li", {}, el("button", { type: "button", class: on ? "on" : marked ? "unread" : "", ariaCurrent: on ? "page" : null, "data-testid": testId, on: { click: go } },
    el("span", {}, name), !on && waiting?.mentions > 0 && el("span", { class: "count", "data-testid": "unread-count" }, waiting.mentions)));
}

export function acting(workspace, user, change) {
  const select = document.getElementById("acting-as");
  if (!select.options.length) {
    select.append(...Object.entries(workspace.users).map(([id, name]) => el("option", { value: id }, name)));
    select.addEventListener("change", () => change(select.value));
  }
  select.value = user;
}
