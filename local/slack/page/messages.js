// A message as it stands in a channel or a thread.

import { blocksOf } from "./blocks.js";
import { el } from "./dom.js";
import { emoji, mrkdwn, names, time } from "./mrkdwn.js";

const COLOURS = ["#2f6fab", "#7d4f9e", "#2b8a6b", "#b4642d", "#a33b5b"];

// `hands` are what one can do: {act(message), openThread(ts), react(message), shortcut(message)}.
export function messageOf(message, workspace, hands, inThread) {
  const bot = message.user === workspace.bot.id;
  const name = names(workspace)[message.user] || message.user;
  const context = { workspace, act: hands.act(message) };
  const row = el("article", {
    class: `message ${message.ephemeral_to ? "ephemeral" : ""}`,
    "data-testid": message.ephemeral_to ? "ephemeral" : "message", "data-ts": message.ts,
  });
  row.append(
    avatar(name, bot),
    el("div", {},
      message.ephemeral_to && el("div", { class: "only-you" }, "👁 Only visible to you"),
      el("div", { class: "who" }, el("b", {}, name), bot && el("span", { class: "badge" }, "APP"), el("time", {}, time(message.ts))),
      message.subtype === "thread_broadcast" && !inThread && el("div", { class: "only-you" },
        el("button", { class: "replies", on: { click: () => hands.openThread(message.thread_ts) } }, "replied to a thread")),
      message.blocks?.length ? blocksOf(message.blocks, context) : message.text && el("div", {}, mrkdwn(message.text, workspace), edited(message)),
      (message.attachments || []).map((attachment) => attachmentOf(attachment, context)),
      reactions(message),
      !inThread && message.reply_count && el("button", { class: "replies", "data-testid": "thread-open", on: { click: () => hands.openThread(message.ts) } },
        `${message.reply_count} ${message.reply_count === 1 ? "reply" : "replies"}`)),
    message.ephemeral_to ? "" : hover(message, hands, inThread));
  return row;
}

function avatar(name, bot) {
  const colour = COLOURS[[...name].reduce((sum, letter) => sum + letter.charCodeAt(0), 0) % COLOURS.length];
  return el("div", { class: "avatar", style: `background:${bot ? "#cd2264" : colour}` }, bot ? "⚡" : name[0]);
}

const edited = (message) => message.edited && el("span", { class: "edited" }, " (edited)");

function attachmentOf(attachment, context) {
  const colour = /^#?[0-9a-f]{6}$/i.test(attachment.color || "") ? `#${attachment.color.replace("#", "")}` : "#dddddd";
  return el("div", { class: "attachment", "data-color": colour },
    el("div", { class: "bar", style: `background:${colour}` }),
    el("div", {}, attachment.blocks?.length ? blocksOf(attachment.blocks, context) : attachment.text || attachment.fallback || ""));
}

const reactions = (message) => message.reactions?.length > 0 && el("div", { class: "reactions" },
  message.reactions.map((one) => el("span", { title: `:${one.name}:` }, emoji(`:${one.name}:`) ?? one.name, ` ${one.count}`)));

function hover(message, hands, inThread) {
  return el("div", { class: "hover" },
    el("button", { title: "React with 👀", on: { click: () => hands.react(message, "eyes") } }, "👀"),
    el("button", { title: "React with ✅", on: { click: () => hands.react(message, "white_check_mark") } }, "✅"),
    !inThread && el("button", { "data-testid": "reply-in-thread", on: { click: () => hands.openThread(message.thread_ts || message.ts) } }, "💬 Reply in thread"));
}

// Keeps what is on the screen where it is: only messages that changed are made anew.
export function fill(list, messages, make) {
  const known = new Map([...list.children].filter((row) => row.dataset.ts).map((row) => [row.dataset.ts, row]));
  const atEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 80;
  const rows = messages.map((message) => {
    const print = JSON.stringify(message);
    const row = known.get(message.ts);
    if (row?.print === print) return row;
    const made = make(message);
    made.print = print;
    return made;
  });
  if (rows.length !== list.children.length || rows.some((row, place) => list.children[place] !== row)) {
    const focus = document.activeElement;
    list.replaceChildren(...rows);
    if (list.contains(focus)) focus.focus();
  }
  if (atEnd) list.scrollTop = list.scrollHeight;
}
