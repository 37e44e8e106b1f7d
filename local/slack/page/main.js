// What is open, who acts, and what has changed.

import { blocksOf } from "./blocks.js";
import { confirmed, el, post, toast } from "./dom.js";
import { fill, messageOf } from "./messages.js";
import { showModal } from "./modal.js";
import { textOf } from "./mrkdwn.js";

const at = (id) => document.getElementById(id);
const open = { user: null, channel: null, thread: null, home: false, seen: {} };
let state = null;

async function load() {
  const answer = await fetch(`/state?user=${open.user || ""}`);
  state = await answer.json();
  open.user ??= Object.keys(state.users)[0];
  open.channel ??= fromAddress() || Object.keys(state.channels)[0];
  draw();
}

// A card's permalink leads to its channel and thread: /archives/C…/p…
function fromAddress() {
  const found = location.pathname.match(/^\/archives\/([^/]+)\/p(\d+)(\d{6})$/);
  if (!found) return null;
  open.thread = `${found[2]}.${found[3]}`;
  return found[1];
}

function draw() {
  sidebar();
  const messages = state.messages[open.channel] || [];
  open.seen[open.channel] = messages.at(-1)?.ts;
  at("composer-form").hidden = open.home;
  if (open.home) home();
  else channel(messages);
  thread(messages);
  showModal(state.modal, state, open.user, (view, element, blockId, more, values) =>
    act({ view_id: view.id, state: values }, element, blockId, more));
}

function sidebar() {
  const shown = Object.entries(state.channels).filter(([, one]) => !one.archived);
  at("channels").replaceChildren(...shown.map(([id, one]) => {
    const last = (state.messages[id] || []).at(-1)?.ts;
    const unread = last && open.seen[id] !== undefined ? last > open.seen[id] : Boolean(last);
    const on = id === open.channel && !open.home;
    return el("li", {}, el("button", {
      class: on ? "on" : unread ? "unread" : "", "data-testid": `channel-${one.name}`,
      on: { click: () => go({ channel: id, home: false, thread: null }) },
    }, `# ${one.name}`));
  }));
  at("apps").replaceChildren(el("li", {}, el("button", {
    class: open.home ? "on" : "", "data-testid": "app-home",
    on: { click: () => { post("/do/home", { user: open.user }); go({ home: true, thread: null }); } },
  }, `⚡ ${state.bot.name}`)));
  const select = at("acting-as");
  if (!select.options.length) {
    select.append(...Object.entries(state.users).map(([id, name]) => el("option", { value: id }, name)));
    select.addEventListener("change", () => { open.user = select.value; load(); });
  }
  select.value = open.user;
}

function go(where) {
  Object.assign(open, where);
  draw();
}

function channel(messages) {
  const { name, purpose } = state.channels[open.channel];
  at("header").replaceChildren(el("b", {}, `# ${name}`), el("span", {}, purpose));
  at("composer").placeholder = `Message #${name}, or type /sfn-status`;
  const top = messages.filter((one) => !one.thread_ts || one.thread_ts === one.ts || one.subtype === "thread_broadcast");
  const list = at("messages");
  if (list.dataset.of !== open.channel) list.replaceChildren();
  list.dataset.of = open.channel;
  list.dataset.testid = "channel";
  if (!top.length) list.replaceChildren(el("div", { class: "empty" }, "Nothing here yet."));
  else fill(list, top, (one) => messageOf(one, state, hands, false));
}

function thread(messages) {
  const shown = open.thread && !open.home;
  at("thread-panel").hidden = !shown;
  if (!shown) { at("thread").replaceChildren(); return; }
  const replies = messages.filter((one) => one.ts === open.thread || one.thread_ts === open.thread);
  fill(at("thread"), replies, (one) => messageOf(one, state, hands, true));
}

function home() {
  at("header").replaceChildren(el("b", {}, `⚡ ${state.bot.name}`), el("span", {}, "Home"));
  const list = at("messages");
  list.dataset.of = "home";
  const blocks = state.home ? blocksOf(state.home.blocks, {
    workspace: state, act: (element, blockId, more) => act({ view_id: state.home.id }, element, blockId, more),
  }) : [el("div", { class: "empty" }, "This app shows nothing here yet.")];
  list.replaceChildren(el("div", { "data-testid": "home", style: "padding:0 24px;max-width:760px" }, blocks));
}

async function act(where, element, blockId, more) {
  if (element.confirm && !(await confirmed(element.confirm, (text) => textOf(text, state)))) return;
  const { confirm, options, option_groups, placeholder, style, ...sent } = element;
  const answer = await post("/do/act", { user: open.user, ...where, action: { ...sent, block_id: blockId, ...more } });
  if (!answer.ok) toast(answer.error);
}

const hands = {
  act: (message) => (element, blockId, more) => act({ channel: open.channel, ts: message.ts }, element, blockId, more),
  openThread: (ts) => { go({ thread: ts }); at("reply").focus(); },
  react: (message, name) => post("/do/react", { user: open.user, channel: open.channel, ts: message.ts, name }),
};

// Composers: Enter sends, Shift+Enter breaks the line.
function composer(form, field, send) {
  field.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey) { event.preventDefault(); form.requestSubmit(); }
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const text = field.value.trim();
    field.value = "";
    field.dispatchEvent(new Event("input"));
    if (text) send(text);
  });
}

const escaped = (text) => text
  .replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;")
  .replace(/@sfn-alerts\b/g, `<@${state.bot.id}>`);

async function say(text, threadTs) {
  if (text.startsWith("/")) {
    const [command, ...rest] = text.split(" ");
    const answer = await post("/do/command", { user: open.user, channel: open.channel, command, text: rest.join(" ") });
    if (!answer.ok) toast(answer.error);
    return;
  }
  await post("/do/message", { user: open.user, channel: open.channel, text: escaped(text), thread_ts: threadTs });
}

composer(at("composer-form"), at("composer"), (text) => say(text, null));
composer(at("reply-form"), at("reply"), (text) => say(text, open.thread));
at("thread-close").addEventListener("click", () => go({ thread: null }));
at("composer").addEventListener("input", () => {
  const typed = at("composer").value;
  const offer = at("suggestion");
  offer.hidden = !(typed.startsWith("/") && "/sfn-status".startsWith(typed) && typed !== "/sfn-status");
  offer.replaceChildren(el("b", {}, "/sfn-status"), " What is broken right now");
});
at("suggestion").addEventListener("click", () => { at("composer").value = "/sfn-status"; at("suggestion").hidden = true; at("composer").focus(); });

new EventSource("/changes").onmessage = load;
