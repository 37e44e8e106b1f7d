// The modal on top of a person's stack: filled in, checked, submitted.

import { blocksOf } from "./blocks.js";
import { el, post, toast } from "./dom.js";

const dialog = document.getElementById("modal");
let shown = null;

export function showModal(view, workspace, user, act) {
  const print = view && `${view.id} ${view.hash}`;
  if (print === shown) return;
  shown = print;
  if (!view) { if (dialog.open) dialog.close(); return; }
  const body = el("div", { class: "body" });
  body.append(...blocksOf(view.blocks, { workspace, act: (element, blockId, more) => act(view, element, blockId, { ...more }, stateOf(body)) }));
  const submit = view.submit && el("button", { class: "button primary", "data-testid": "modal-submit" }, view.submit.text);
  const form = el("form", { noValidate: true, on: { submit: (event) => { event.preventDefault(); send(view, body, user, submit); } } },
    el("header", {}, el("b", {}, view.title?.text || ""), el("button", { type: "button", class: "plain", ariaLabel: "Close", on: { click: () => close(user) } }, "✕")),
    body,
    el("footer", {}, el("button", { type: "button", class: "button", on: { click: () => close(user) } }, view.close?.text || "Cancel"), submit));
  dialog.replaceChildren(form);
  dialog.oncancel = (event) => { event.preventDefault(); close(user); };
  if (!dialog.open) dialog.showModal();
}

const close = (user) => post("/do/close", { user });

function stateOf(body) {
  const values = {};
  for (const field of body.querySelectorAll("[data-action-id]"))
    if (field.read) (values[field.dataset.blockId] ??= {})[field.dataset.actionId] = field.read();
  return values;
}

async function send(view, body, user, submit) {
  const state = stateOf(body);
  const missing = {};
  for (const block of view.blocks)
    if (block.type === "input" && !block.optional && isEmpty(state[block.block_id]?.[block.element.action_id]))
      missing[block.block_id] = "Please complete this required field.";
  showErrors(body, missing);
  if (Object.keys(missing).length) return;
  submit.disabled = true;
  const answer = await post("/do/submit", { user, view_id: view.id, state });
  submit.disabled = false;
  if (answer.errors) showErrors(body, answer.errors);
  else if (!answer.ok) toast(answer.error);
}

const isEmpty = (value) => {
  const given = value && Object.entries(value).find(([name]) => name !== "type")?.[1];
  return given === null || given === undefined || given === "" || given.length === 0;
};

function showErrors(body, errors) {
  for (const place of body.querySelectorAll("[data-error-for]")) {
    const error = errors[place.dataset.errorFor];
    place.textContent = error || "";
    place.closest(".field").classList.toggle("wrong", Boolean(error));
  }
}
