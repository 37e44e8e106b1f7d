// Where one types: Enter sends, Shift+Enter breaks the line; commands and names are offered.

import { el } from "./dom.js";
import { menuButton } from "./menus.js";

// `form` holds a textarea. `ask()` gives the workspace, once it is known; `send(text)` takes what was typed, with
// people and groups as their ids; `runShortcut(shortcut)` where global ones are offered.
export function composer(form, { ask, send, runShortcut }) {
  const field = form.querySelector("textarea");
  const offers = el("div", { class: "offers", role: "listbox", hidden: true, "data-testid": "offers" });
  form.prepend(offers);
  if (runShortcut) form.querySelector(".send").before(shortcuts(ask, runShortcut));

  const fit = () => { field.style.height = "auto"; field.style.height = `${Math.min(220, field.scrollHeight)}px`; };
  const offer = () => show(offers, ask() ? offered(field, ask()) : [], field, fit);
  field.addEventListener("input", () => { fit(); offer(); });
  field.addEventListener("click", offer);
  field.addEventListener("blur", () => setTimeout(() => { offers.hidden = true; }, 150));
  field.addEventListener("keydown", (event) => {
    if (!offers.hidden && choosing(event, offers)) return;
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); form.requestSubmit(); }
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const text = field.value.trim();
    if (!text) return;
    field.value = "";
    fit();
    offers.hidden = true;
    send(text);
  });
}

const shortcuts = (ask, run) => menuButton({ class: "plain lightning", title: "Run a shortcut", ariaLabel: "Run a shortcut", "data-testid": "shortcuts" }, "⚡", () => {
  const workspace = ask();
  const found = (workspace?.shortcuts ?? []).filter((one) => one.type === "global");
  return found.length
    ? [{ heading: workspace.bot.name }, ...found.map((one) => ({ text: one.name, detail: one.description, run: () => run(one) }))]
    : [{ heading: "No app has shortcuts here" }];
}, { label: "Shortcuts" });

// Offers: {text, detail, from, to, put}, the part of the field between `from` and `to` to be replaced.
function offered(field, workspace) {
  const typed = field.value.slice(0, field.selectionStart);
  const to = typed.length;
  if (/^\/\S*$/.test(typed))
    return workspace.commands.filter((one) => one.name.startsWith(typed) && field.value.trim() !== one.name).map((one) => ({
      text: [el("b", {}, one.name), one.hint && el("span", { class: "hint" }, ` ${one.hint}`)], detail: one.description, from: 0, to, put: `${one.name} `,
    }));
  const part = typed.match(/(?:^|\s)([@#][\p{L}\p{N}._-]*)$/u)?.[1];
  if (!part) return [];
  const from = to - part.length;
  return handles(workspace).filter((one) => one.name.toLowerCase().startsWith(part.toLowerCase()) && one.name !== part)
    .slice(0, 8).map((one) => ({ text: [el("b", {}, one.name)], detail: one.about, from, to, put: `${one.name} ` }));
}

function show(offers, found, field, fit) {
  offers.hidden = !found.length;
  offers.replaceChildren(...found.map((one, place) => el("div", {
    role: "option", class: place === 0 ? "on" : "", ariaSelected: String(place === 0),
    on: {
      mousedown: (event) => event.preventDefault(),
      click: () => {
        field.setRangeText(one.put, one.from, one.to, "end");
        fit();
        offers.hidden = true;
        field.focus();
      },
    },
  }, el("span", {}, one.text), el("small", {}, one.detail))));
}

// Whether the key was for the offers.
function choosing(event, offers) {
  const options = [...offers.children];
  const at = options.findIndex((option) => option.classList.contains("on"));
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step) options.forEach((option, place) => {
    const on = place === (at + step + options.length) % options.length;
    option.classList.toggle("on", on);
    option.ariaSelected = String(on);
  });
  else if (event.key === "Tab" || (event.key === "Enter" && !event.shiftKey)) options[at].click();
  else if (event.key === "Escape") offers.hidden = true;
  else return false;
  event.preventDefault();
  return true;
}

function handles(workspace) {
  return [
    { name: `@${workspace.bot.name}`, about: "App", id: `<@${workspace.bot.id}>` },
    ...Object.entries(workspace.users).map(([id, name]) => ({ name: `@${name}`, about: id === workspace.me ? "you" : "", id: `<@${id}>`, label: name })),
    ...Object.entries(workspace.groups).map(([id, handle]) => ({ name: `@${handle}`, about: "Group", id: `<!subteam^${id}>` })),
    { name: "@here", about: "Notify everyone who is active here", id: "<!here>" },
    { name: "@channel", about: "Notify everyone in this channel", id: "<!channel>" },
    ...Object.entries(workspace.channels).filter(([, one]) => !one.archived).map(([id, one]) => ({ name: `#${one.name}`, about: "Channel", id: `<#${id}>`, label: one.name })),
  ];
}

// What was typed, as Slack sends it on: escaped, with ids for names. A command that wants it so has
// the names beside the ids.
export function sent(text, workspace, labelled = false) {
  const known = handles(workspace).sort((a, b) => b.name.length - a.name.length);
  const pattern = new RegExp(`(?<![\\p{L}\\p{N}@#])(?:${known.map((one) => one.name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join("|")})(?![\\p{L}\\p{N}-])`, "gu");
  const escaped = text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
  return escaped.replace(pattern, (name) => {
    const one = known.find((handle) => handle.name === name);
    return labelled && one.label ? one.id.replace(">", `|${one.label.toLowerCase()}>`) : one.id;
  });
}
