// The modal on top of a person's stack: filled in, checked, submitted.

import { blocksOf } from "./blocks.js";
import { el, post, toast } from "./dom.js";
import { fillIn, mistake, stateOf } from "./fields.js";

const dialog = document.getElementById("modal");
const drafts = new Map(); // what was filled in, by view: under another one it waits
let shown = null;

export function showModal(view, workspace, act) {
  const print = view && `${workspace.me} ${view.id} ${view.hash}`;
  if (print === shown?.print) return;
  if (shown) drafts.set(shown.id, stateOf(shown.body));
  if (!view) {
    shown = null;
    drafts.clear();
    if (dialog.open) dialog.close();
    return;
  }
  const body = el("div", { class: "body" });
  const context = { workspace, act: (element, blockId, more) => act(view, element, blockId, more, stateOf(body)) };
  body.append(...blocksOf(view.blocks, context));
  if (drafts.has(view.id)) fillIn(body, drafts.get(view.id));
  shown = { print, id: view.id, body };
  const user = workspace.me;
  const submit = view.submit && el("button", { class: "button primary", "data-testid": "modal-submit" }, view.submit.text);
  const all = () => close(user, true);
  const form = el("form", { noValidate: true, on: { submit: (event) => { event.preventDefault(); if (submit) send(view, body, user, submit); } } },
    el("header", {}, el("span", { class: "avatar small", style: "background:#cd2264", ariaHidden: "true" }, "⚡"), el("b", {}, view.title?.text || ""),
      el("button", { type: "button", class: "plain", ariaLabel: "Close", "data-testid": "modal-cross", on: { click: all } }, "✕")),
    body,
    el("footer", {},
      el("button", { type: "button", class: "button", "data-testid": "modal-close", on: { click: () => close(user, false) } }, view.close?.text || (workspace.modals_below ? "Back" : "Cancel")),
      submit));
  dialog.replaceChildren(form);
  dialog.ariaLabel = view.title?.text || "";
  dialog.oncancel = (event) => { event.preventDefault(); all(); };
  if (!dialog.open) dialog.showModal();
  focus(view, body);
}

const close = (user, all) => post("/do/close", { user, all });

function focus(view, body) {
  const wanted = view.blocks.find((block) => block.element?.focus_on_load);
  const first = body.querySelector("input, select, textarea");
  const field = wanted ? body.querySelector(`[data-action-id="${CSS.escape(wanted.element.action_id)}"]`) : first;
  field?.focus();
  // A long text is read from its beginning.
  if (field?.matches("textarea")) { field.setSelectionRange(0, 0); field.scrollTop = 0; }
}

async function send(view, body, user, submit) {
  const state = stateOf(body);
  const mistakes = {};
  for (const block of view.blocks.filter((one) => one.type === "input")) {
    const found = mistake(block, state[block.block_id]?.[block.element.action_id]);
    if (found) mistakes[block.block_id] = found;
  }
  showErrors(body, mistakes);
  if (Object.keys(mistakes).length) return;
  submit.disabled = true;
  const answer = await post("/do/submit", { user, view_id: view.id, state });
  submit.disabled = false;
  if (answer.errors) showErrors(body, answer.errors);
  else if (!answer.ok) toast(answer.error);
}

function showErrors(body, errors) {
  for (const place of body.querySelectorAll("[data-error-for]")) {
    const error = errors[place.dataset.errorFor];
    place.textContent = error || "";
    place.closest(".field").classList.toggle("wrong", Boolean(error));
  }
  body.querySelector(".wrong")?.querySelector("input, select, textarea")?.focus();
}
