// Slack's mrkdwn by the package slack-to-html, which escapes what it renders. Only texts of the
// type mrkdwn come here: plain and rich text never do, so nothing in them is a mention or a link.

import { el } from "./dom.js";

const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;

export function mrkdwn(text, workspace) {
  const html = slackToHtml.escapeForSlackWithMarkdown(text || "", {
    users: names(workspace), channels: channels(workspace), usergroups: workspace.groups, dateTimeZone: zone,
  });
  const shown = el("span", { class: "text" });
  shown.innerHTML = html.replaceAll("\n", "<br>");
  for (const link of shown.querySelectorAll("a")) {
    if (!/^(https?:|mailto:)/.test(link.getAttribute("href") || "")) link.removeAttribute("href");
    link.target = "_blank";
    link.rel = "noreferrer noopener";
  }
  return shown;
}

// A text object: mrkdwn is rendered, plain text stays as it is but for its emoji.
export function textOf(object, workspace) {
  if (!object) return "";
  return object.type === "mrkdwn" ? mrkdwn(object.text, workspace) : plain(object.text);
}

export function plain(text) {
  const parts = String(text ?? "").split(/(:[a-z0-9_+-]+:)/);
  return el("span", { class: "text" }, parts.map((part) => emoji(part) ?? part));
}

export function emoji(code) {
  if (!/^:[a-z0-9_+-]+:$/.test(code)) return null;
  const html = slackToHtml.escapeForSlack(code);
  if (html === code) return null;
  const shown = el("span");
  shown.innerHTML = html;
  return shown;
}

export const names = (workspace) => ({ ...workspace.users, [workspace.bot.id]: workspace.bot.name });

const channels = (workspace) =>
  Object.fromEntries(Object.entries(workspace.channels).map(([id, channel]) => [id, channel.name]));

export const time = (ts) =>
  new Date(Number(ts) * 1000).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
