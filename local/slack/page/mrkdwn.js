// Slack's mrkdwn, as elements: text is always set as text, so nothing in it becomes HTML.

import { capital, dateOf } from "./dates.js";
import { el } from "./dom.js";
import { EMOJI, emoji, emojiOrName } from "./emoji.js";

const STYLES = { "*": "b", _: "i", "~": "s" };
// In the order in which they win: a control sequence, code, a style, an emoji, an address, a line's
// end. A style begins and ends at the edge of a word.
const INLINE = new RegExp([
  "<(?<control>[^<>\\n]+)>",
  "`(?<code>[^`\\n]+)`",
  "(?<![\\p{L}\\p{N}_*~])(?<mark>[*_~])(?!\\s|\\k<mark>)(?<styled>[^\\n]*?[^\\s])\\k<mark>(?![\\p{L}\\p{N}_*~])",
  EMOJI.source.replace("(", "(?<emoji>"),
  "(?<address>https?://[^\\s<>|`]+[^\\s<>|`.,;:!?)\\]*_~])",
  "(?<end>\\n)",
].join("|"), "gu");

export function mrkdwn(text, workspace) {
  const shown = el("span", { class: "text" });
  const parts = String(text ?? "").split(/```\n?([\s\S]*?)\n?```\n?/);
  parts.forEach((part, place) => {
    if (place % 2) shown.append(el("pre", {}, decoded(part)));
    else shown.append(...quoted(part, workspace));
  });
  return shown;
}

// Lines that begin with > are a quote; after >>> all that follows is.
function quoted(text, workspace) {
  const nodes = [];
  const [before, ...rest] = text.split(/(?:^|\n)&gt;&gt;&gt; ?/);
  const lines = before.split("\n");
  while (lines.length) {
    const quote = lines[0].startsWith("&gt;");
    let end = lines.findIndex((line) => line.startsWith("&gt;") !== quote);
    if (end < 0) end = lines.length;
    const taken = lines.splice(0, end);
    if (quote) nodes.push(el("blockquote", {}, inline(taken.map((line) => line.replace(/^&gt; ?/, "")).join("\n"), workspace)));
    else nodes.push(...inline(taken.join("\n"), workspace));
  }
  if (rest.length) nodes.push(el("blockquote", {}, inline(rest.join("\n"), workspace)));
  return nodes;
}

function inline(text, workspace) {
  const nodes = [];
  let end = 0;
  for (const found of text.matchAll(INLINE)) {
    if (found.index > end) nodes.push(decoded(text.slice(end, found.index)));
    nodes.push(...nodesOf(found.groups, found[0], workspace, nodes.length === 0));
    end = found.index + found[0].length;
  }
  if (end < text.length) nodes.push(decoded(text.slice(end)));
  return nodes;
}

function nodesOf(found, whole, workspace, first) {
  if (found.control) return [control(found.control, workspace, first)];
  if (found.code) return [el("code", {}, decoded(found.code))];
  if (found.mark) return [el(STYLES[found.mark], {}, inline(found.styled, workspace))];
  if (found.emoji) return [emojiOrName(found.emoji)];
  if (found.address) return [link(decoded(whole), decoded(whole))];
  return [el("br")];
}

function control(text, workspace, first) {
  const [what, label] = [text.split("|", 1)[0], text.includes("|") ? decoded(text.slice(text.indexOf("|") + 1)) : ""];
  if (/^@[UW]/.test(what)) return mention.user(what.slice(1), workspace, label);
  if (/^#C/.test(what)) return mention.channel(what.slice(1), workspace, label);
  if (what.startsWith("!subteam^")) return mention.group(what.slice(9), workspace, label);
  if (what.startsWith("!date^")) return dated(what.split("^"), label, first);
  if (/^!(here|channel|everyone)$/.test(what)) return mention.all(what.slice(1));
  if (/^(https?:|mailto:|tel:)/.test(what)) return link(decoded(what), label || decoded(what.replace(/^(mailto|tel):/, "")));
  return decoded(`<${text}>`);
}

function dated([, seconds, pattern, address], fallback, first) {
  const shown = dateOf(seconds, decoded(pattern ?? ""), fallback);
  if (first && shown.textContent) shown.textContent = capital(shown.textContent);
  return address ? link(decoded(address), shown) : shown;
}

export function link(address, label) {
  if (!/^(https?:|mailto:|tel:)/.test(address)) return label;
  return el("a", { href: address, target: "_blank", rel: "noreferrer noopener" }, label);
}

const marked = (text, me) => el("span", { class: me ? "mention me" : "mention" }, text);

// Who is mentioned, and whether that is the one who looks.
export const mention = {
  user: (id, workspace, label) => marked(`@${names(workspace)[id] || label || id}`, id === workspace.me),
  group: (id, workspace, label) =>
    marked(`@${workspace.groups[id] || label.replace(/^@/, "") || id}`, workspace.group_members[id]?.includes(workspace.me)),
  channel: (id, workspace, label) => marked(`#${workspace.channels[id]?.name || label || id}`, false),
  all: (range) => marked(`@${range}`, true),
};

// Slack: blocks of an attachment mention nobody.
export function mentionsMe(message, workspace) {
  if (message.user === workspace.me || message.ephemeral_to) return false;
  const said = JSON.stringify([message.text, message.blocks]);
  const mine = Object.entries(workspace.group_members).filter(([, members]) => members.includes(workspace.me));
  return [`<@${workspace.me}`, "<!here", "<!channel", "<!everyone", ...mine.map(([id]) => `<!subteam^${id}`)]
    .some((sequence) => said.includes(sequence));
}

// A text object: mrkdwn is rendered, plain text stays as it is but for its emoji.
export function textOf(object, workspace) {
  if (!object) return "";
  return object.type === "mrkdwn" ? mrkdwn(object.text, workspace) : plain(object.text);
}

export function plain(text) {
  const parts = String(text ?? "").split(EMOJI);
  return el("span", { class: "text" }, parts.map((part, place) => (place % 2 ? emoji(part) ?? `:${part}:` : part)));
}

// Slack: these three characters come escaped, and no others.
const decoded = (text) => text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");

export const names = (workspace) => ({ ...workspace.users, [workspace.bot.id]: workspace.bot.name });
