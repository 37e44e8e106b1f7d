// A message as it stands in a channel or a thread.

import { blocksOf } from "./blocks.js";
import { dayOf, formatted, sameDay, time } from "./dates.js";
import { el } from "./dom.js";
import { COMMON, emoji, emojiOrName } from "./emoji.js";
import { stateOf } from "./fields.js";
import { fileOf } from "./files.js";
import { menuButton } from "./menus.js";
import { mentionsMe, mrkdwn, names } from "./mrkdwn.js";

const COLOURS = ["#2f6fab", "#7d4f9e", "#2b8a6b", "#b4642d", "#a33b5b"];
const TOGETHER_SECONDS = 300; // what one says so soon after another stands under one name

// Messages and what stands between them: days, what is new, how many replies there are.
// `hands` are what one can do: act, dismiss, openThread, react, shortcut, copyLink.
export function rowsOf(messages, workspace, hands, { inThread = false, newFrom = null } = {}) {
  const rows = [];
  let before = null;
  for (const message of messages) {
    let broken = !before || (inThread && before === messages[0]);
    if (!inThread && (!before || !sameDay(before.ts, message.ts))) {
      rows.push({ key: `day-${dayOf(message.ts)}`, print: "", make: () => between("day", dayOf(message.ts)) });
      broken = true;
    }
    if (newFrom && message.ts > newFrom && !(before?.ts > newFrom)) {
      rows.push({ key: "new", print: newFrom, make: () => between("new", "New") });
      broken = true;
    }
    const follows = !broken && isTogether(before, message);
    rows.push({
      key: message.ts, print: JSON.stringify([message, follows, workspace.me]),
      mine: message.ephemeral_to === workspace.me || message.user === workspace.me,
      make: () => messageOf(message, workspace, hands, { inThread, follows }),
    });
    if (inThread && !before) rows.push(replies(message));
    before = message;
  }
  return rows;
}

function replies(message) {
  const many = message.reply_count || 0;
  const told = many ? `${many} ${many === 1 ? "reply" : "replies"}` : "";
  return { key: "replies", print: told, make: () => (told ? between("replies", told) : el("div")) };
}

const between = (kind, text) => el("div", { class: `between ${kind}`, role: "separator" }, el("span", {}, text));

const isTogether = (before, message) =>
  before.user === message.user && Number(message.ts) - Number(before.ts) < TOGETHER_SECONDS
  && !before.ephemeral_to && !message.ephemeral_to && !before.reply_count
  && !isBroadcast(message) && !isBroadcast(before) && !message.attachments && !before.attachments;

const isBroadcast = (message) => message.subtype === "thread_broadcast";

function messageOf(message, workspace, hands, { inThread, follows }) {
  const bot = message.user === workspace.bot.id;
  const name = names(workspace)[message.user] || message.user;
  const row = el("article", {
    class: ["message", message.ephemeral_to && "ephemeral", follows && "follows", mentionsMe(message, workspace) && "mentions-me"].filter(Boolean).join(" "),
    "data-testid": message.ephemeral_to ? "ephemeral" : "message", "data-ts": message.ts,
  });
  const context = { workspace, act: (element, blockId, more) => hands.act(message, element, blockId, more, stateOf(row)) };
  row.append(
    follows ? el("time", { class: "aside" }, time(message.ts).replace(/ [AP]M/, "")) : avatar(message.user, workspace),
    el("div", { class: "said" },
      message.ephemeral_to && el("div", { class: "only-you" }, "Only visible to you · ",
        el("button", { type: "button", on: { click: () => hands.dismiss(message) } }, "Dismiss")),
      !follows && el("div", { class: "who" }, el("b", {}, name), bot && el("span", { class: "badge" }, "APP"),
        el("time", { title: formatted(message.ts, "{date_long} at {time_secs}") }, time(message.ts))),
      isBroadcast(message) && el("div", { class: "only-you" }, "replied to a thread",
        !inThread && [" · ", el("button", { type: "button", on: { click: () => hands.openThread(message.thread_ts) } }, "View thread")]),
      contentOf(message, context),
      (message.attachments || []).map((attachment) => attachmentOf(attachment, context)),
      (message.files || []).map(fileOf),
      reactions(message, workspace, hands),
      !inThread && message.reply_count > 0 && threadBar(message, workspace, hands)),
    message.ephemeral_to || message.subtype === "tombstone" ? "" : hover(message, workspace, hands, inThread));
  return row;
}

function contentOf(message, context) {
  if (message.subtype === "tombstone") return el("div", { class: "gone" }, message.text);
  if (message.blocks?.length) return blocksOf(message.blocks, context);
  return message.text && el("div", {}, mrkdwn(message.text, context.workspace), message.edited && el("span", { class: "edited" }, " (edited)"));
}

export function avatar(user, workspace, small = false) {
  const bot = user === workspace.bot.id;
  const name = names(workspace)[user] || user;
  const colour = COLOURS[[...name].reduce((sum, letter) => sum + letter.charCodeAt(0), 0) % COLOURS.length];
  return el("div", { class: `avatar ${small ? "small" : ""}`, title: name, style: `background:${bot ? "#cd2264" : colour}` }, bot ? "⚡" : name[0]);
}

function attachmentOf(attachment, context) {
  const colour = /^#?[0-9a-f]{6}$/i.test(attachment.color || "") ? `#${attachment.color.replace("#", "")}` : "#dddddd";
  return el("div", { class: "attachment", "data-color": colour },
    el("div", { class: "bar", style: `background:${colour}` }),
    el("div", {}, attachment.blocks?.length ? blocksOf(attachment.blocks, context) : attachment.text || attachment.fallback || ""));
}

function reactions(message, workspace, hands) {
  if (!message.reactions?.length) return null;
  const all = names(workspace);
  return el("div", { class: "reactions" },
    message.reactions.map((one) => {
      const mine = one.users.includes(workspace.me);
      return el("button", {
        type: "button", class: mine ? "mine" : "", ariaPressed: String(mine), "data-testid": `reaction-${one.name}`,
        title: `${one.users.map((user) => all[user] || user).join(", ")} reacted with :${one.name}:`,
        on: { click: () => hands.react(message, one.name, mine) },
      }, emojiOrName(one.name), el("span", {}, one.count));
    }),
    picker({ title: "Add a reaction", class: "add" }, "+", message, hands));
}

const picker = (given, content, message, hands) => menuButton({ ariaLabel: given.title, ...given }, content, () =>
  COMMON.filter((name) => emoji(name)).map((name) => ({ text: emoji(name), label: `:${name}:`, run: () => hands.react(message, name, false) })),
{ label: "Reactions", look: "grid" });

function threadBar(message, workspace, hands) {
  const many = message.reply_count;
  return el("button", { type: "button", class: "thread-bar", "data-testid": "thread-open", on: { click: () => hands.openThread(message.ts) } },
    message.reply_users.slice(0, 4).map((user) => avatar(user, workspace, true)),
    el("b", {}, `${many} ${many === 1 ? "reply" : "replies"}`),
    el("span", { class: "last" }, `Last reply ${formatted(message.latest_reply, "{date_short_pretty} at {time}")}`),
    el("span", { class: "view" }, "View thread"), el("span", { class: "arrow", ariaHidden: "true" }, "›"));
}

function hover(message, workspace, hands, inThread) {
  const react = (name, title) => el("button", { type: "button", title, ariaLabel: title, on: { click: () => hands.react(message, name, false) } }, emojiOrName(name));
  const shortcuts = workspace.shortcuts.filter((one) => one.type === "message");
  const more = () => [
    ...shortcuts.map((one) => ({ text: one.name, detail: workspace.bot.name, title: one.description, run: () => hands.shortcut(message, one) })),
    ...(shortcuts.length ? ["divider"] : []),
    { text: "Copy link to message", run: () => hands.copyLink(message) },
  ];
  return el("div", { class: "hover" },
    react("eyes", "Taking a look"), react("white_check_mark", "Completed"),
    picker({ title: "Find another reaction" }, "☺", message, hands),
    !inThread && el("button", { type: "button", title: "Reply in thread", ariaLabel: "Reply in thread", "data-testid": "reply-in-thread",
      on: { click: () => hands.openThread(message.thread_ts || message.ts) } }, emoji("speech_balloon") ?? "Reply"),
    menuButton({ title: "More actions", ariaLabel: "More actions", "data-testid": "more-actions" }, "⋮", more, { label: "More actions" }));
}

// Keeps what is on the screen where it is: only what changed is made anew. What came for the
// person who looks, or from them, is brought into view.
export function fill(list, rows) {
  const known = new Map([...list.children].filter((row) => row.key).map((row) => [row.key, row]));
  const atEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 80;
  const shown = rows.map(({ key, print, make }) => {
    const row = known.get(key);
    if (row?.print === print) return row;
    return Object.assign(make(), { key, print });
  });
  if (shown.length !== list.children.length || shown.some((row, place) => list.children[place] !== row)) {
    const focus = document.activeElement;
    list.replaceChildren(...shown);
    if (list.contains(focus)) focus.focus();
  }
  const mine = known.size ? rows.findLastIndex((row) => row.mine && !known.has(row.key)) : -1;
  if (atEnd) list.scrollTop = list.scrollHeight;
  else if (mine >= 0) shown[mine].scrollIntoView({ block: "nearest" });
}
