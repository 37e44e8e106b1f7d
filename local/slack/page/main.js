// What is open, who acts, and what has changed.

import { blocksOf } from "./blocks.js";
import { composer, sent } from "./composer.js";
import { confirmed, el, post, toast } from "./dom.js";
import { stateOf } from "./fields.js";
import { fill, rowsOf } from "./messages.js";
import { showModal } from "./modal.js";
import { textOf } from "./mrkdwn.js";
import { acting, sidebar } from "./sidebar.js";

const at = (id) => document.getElementById(id);
// `newFrom` is the last message that had been seen when the channel was opened.
const open = { user: null, channel: null, thread: null, home: false, newFrom: null };
const seenBy = {}; // the last message seen, by person and conversation
const drafts = {}; // what was typed and not sent, by conversation and thread
const gone = {}; // the dialog that stood open before this page was, by person: a new page has none
let state = null;
let found = null; // a message that an address leads to

let asked = 0, drawn = 0;
// What is sent while the page is still loading waits until it has.
let begun;
const ready = new Promise((resolve) => { begun = resolve; });

async function load() {
  const [number, user] = [asked += 1, open.user];
  // No answer comes when the server is gone, or this page is: its next word brings us here again.
  const said = await fetch(`/state?user=${user || ""}`).then((answer) => answer.json()).catch(() => null);
  if (!said || number < drawn) return; // answers may overtake each other
  if (user !== open.user) { load(); return; } // who acts has changed meanwhile
  drawn = number;
  state = said;
  open.user ??= Object.keys(state.users)[0];
  state.me = open.user;
  gone[open.user] ??= state.modal?.root_view_id ?? "";
  if (!open.channel && !goTo(location)) open.channel = Object.keys(state.channels)[0];
  draw();
  begun();
}

// A permalink leads to a message and its thread: /archives/C…/p…
function goTo(address) {
  const parts = address.pathname.match(/^\/archives\/([^/]+)\/p(\d+)(\d{6})$/);
  if (!parts) return false;
  found = `${parts[2]}.${parts[3]}`;
  Object.assign(open, { channel: parts[1], home: false, thread: new URLSearchParams(address.search).get("thread_ts") || found });
  return true;
}

const seen = () => (seenBy[open.user] ??= {});

function draw() {
  const messages = state.messages[open.channel] || [];
  if (!open.home) seen()[open.channel] = messages.at(-1)?.ts ?? "";
  sidebar(state, open, seen(), go);
  acting(state, open.user, (user) => {
    Object.assign(open, { user, home: false, thread: null, newFrom: null });
    if (!state.channels[open.channel]) open.channel = Object.keys(state.channels)[0];
    load();
  });
  header();
  tabs();
  if (open.home) home();
  else channel(messages);
  thread(messages);
  writing();
  showModal(state.modal?.root_view_id === gone[open.user] ? null : state.modal, state, (view, element, blockId, more, values) => act({ view_id: view.id, state: values }, element, blockId, more));
  if (found) lead();
}

function go(where) {
  keepDrafts();
  const opened = where.home || (where.channel === state.dm && where.channel !== undefined);
  if (opened && state.dm) post("/do/home", { user: open.user, tab: where.home ? "home" : "messages" });
  if (where.channel && (where.channel !== open.channel || open.home)) {
    const last = seen()[where.channel];
    const fresh = (state.messages[where.channel] || []).some((one) => one.ts > last && one.user !== open.user);
    open.newFrom = fresh ? last || "0" : null;
  }
  Object.assign(open, where);
  draw();
}

// The last place in the list that a permalink named is shown, and shines for a moment.
function lead() {
  const row = document.querySelector(`#messages [data-ts="${found}"], #thread [data-ts="${found}"]`);
  found = null;
  row?.scrollIntoView({ block: "center" });
  row?.classList.add("found");
}

function header() {
  const inApp = open.home || open.channel === state.dm;
  const { name, purpose } = inApp ? { name: `⚡ ${state.bot.name}`, purpose: "App" } : { ...state.channels[open.channel] };
  at("header").replaceChildren(el("b", {}, inApp ? name : `# ${name}`), el("span", {}, purpose));
}

function tabs() {
  const inApp = open.home || open.channel === state.dm;
  at("tabs").hidden = !inApp;
  if (!inApp) return;
  const tab = (name, on, where) => el("button", { type: "button", role: "tab", ariaSelected: String(on), "data-testid": `tab-${name.toLowerCase()}`, on: { click: () => go(where) } }, name);
  at("tabs").replaceChildren(
    state.has_home ? tab("Home", open.home, { home: true, thread: null }) : "",
    state.dm ? tab("Messages", !open.home, { home: false, channel: state.dm, thread: null }) : "");
}

function channel(messages) {
  const top = messages.filter((one) => !one.thread_ts || one.thread_ts === one.ts || one.subtype === "thread_broadcast");
  const list = at("messages");
  const of = `${open.user} ${open.channel}`;
  const opened = list.dataset.of !== of;
  if (opened) list.replaceChildren();
  list.dataset.of = of;
  if (!top.length) list.replaceChildren(el("div", { class: "empty" }, "Nothing here yet."));
  else fill(list, rowsOf(top, state, hands, { newFrom: open.newFrom }));
  if (opened) list.scrollTop = list.scrollHeight;
}

function thread(messages) {
  const shown = open.thread && !open.home;
  document.body.classList.toggle("in-thread", Boolean(shown));
  at("thread-panel").hidden = !shown;
  if (!shown) { at("thread").replaceChildren(); return; }
  at("thread-of").textContent = state.channels[open.channel] ? `# ${state.channels[open.channel].name}` : state.bot.name;
  const replies = messages.filter((one) => one.ts === open.thread || one.thread_ts === open.thread);
  const list = at("thread");
  if (list.dataset.of !== open.thread) list.replaceChildren();
  list.dataset.of = open.thread;
  fill(list, rowsOf(replies, state, hands, { inThread: true }));
}

function home() {
  const list = at("messages");
  const print = `home ${open.user} ${state.home?.hash}`;
  if (list.dataset.of === print) return;
  list.dataset.of = print;
  const surface = el("div", { class: "home", "data-testid": "home" });
  const context = { workspace: state, act: (element, blockId, more) => act({ view_id: state.home.id, state: stateOf(surface) }, element, blockId, more) };
  surface.append(...(state.home ? blocksOf(state.home.blocks, context) : [el("div", { class: "empty" }, "This app shows nothing here yet.")]));
  list.replaceChildren(surface);
}

function writing() {
  const silent = open.channel === state.dm && !state.takes_messages;
  at("composer-form").hidden = open.home || silent;
  at("turned-off").hidden = open.home || !silent;
  const name = state.channels[open.channel]?.name;
  at("composer").placeholder = name ? `Message #${name}` : `Message ${state.bot.name}`;
  restoreDrafts();
}

const keys = () => [[at("composer"), `${open.user} ${open.channel}`], [at("reply"), `${open.user} ${open.channel} ${open.thread}`]];
const keepDrafts = () => { for (const [field, key] of keys()) drafts[key] = field.value; };
function restoreDrafts() {
  for (const [field, key] of keys()) {
    if (field.dataset.of === key) continue;
    if (field.dataset.of !== undefined) field.value = drafts[key] || "";
    field.dataset.of = key;
    field.dispatchEvent(new Event("input"));
  }
}

// Slack: of an element its identity is sent, and what was chosen.
async function act(where, element, blockId, more) {
  if (element.confirm && !(await confirmed(element.confirm, (text) => textOf(text, state)))) return;
  const { type, action_id, text, value, style, url } = element;
  const action = JSON.parse(JSON.stringify({ type, action_id, block_id: blockId, text, value, style, url, ...more }));
  const answer = await post("/do/act", { user: open.user, ...where, action });
  if (!answer.ok) toast(answer.error);
}

async function told(answer) {
  const said = await answer;
  if (!said.ok) toast(said.error);
}

const about = (message) => ({ user: open.user, channel: open.channel, ts: message.ts });

const hands = {
  act: (message, element, blockId, more, values) => act({ channel: open.channel, ts: message.ts, state: values }, element, blockId, more),
  dismiss: (message) => told(post("/do/dismiss", about(message))),
  openThread: (ts) => { go({ thread: ts }); at("reply").focus(); },
  react: (message, name, mine) => told(post(mine ? "/do/unreact" : "/do/react", { ...about(message), name })),
  shortcut: (message, { callback_id }) => told(post("/do/shortcut", { ...about(message), callback_id })),
  copyLink: (message) => {
    const thread = message.thread_ts && message.thread_ts !== message.ts ? `?thread_ts=${message.thread_ts}&cid=${open.channel}` : "";
    navigator.clipboard?.writeText(`${location.origin}/archives/${open.channel}/p${message.ts.replace(".", "")}${thread}`);
    toast("The link is copied.");
  },
};

async function say(text, threadTs) {
  await ready;
  if (!text.startsWith("/")) {
    await told(post("/do/message", { user: open.user, channel: open.channel, text: sent(text, state), thread_ts: threadTs }));
    return;
  }
  const [name] = text.split(/\s/, 1);
  if (threadTs) { toast(`${name} is not supported in threads. Sorry!`); return; }
  const rest = text.slice(name.length).trim();
  const command = state.commands.find((one) => one.name === name);
  await told(post("/do/command", { user: open.user, channel: open.channel, command: name, text: command?.escapes ? sent(rest, state, true) : rest }));
}

composer(at("composer-form"), {
  ask: () => state, send: (text) => say(text, null),
  runShortcut: ({ callback_id }) => told(post("/do/shortcut", { user: open.user, callback_id })),
});
composer(at("reply-form"), { ask: () => state, send: (text) => say(text, open.thread) });
at("thread-close").addEventListener("click", () => go({ thread: null }));
// A permalink of this workspace leads there without leaving the page.
addEventListener("click", (event) => {
  const link = event.target.closest?.("a[href]");
  if (!link || link.origin !== location.origin || event.ctrlKey || event.metaKey || !goTo(link)) return;
  event.preventDefault();
  keepDrafts();
  draw();
});

new EventSource("/changes").onmessage = load;
