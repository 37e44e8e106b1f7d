// Block Kit. `context` says where the blocks stand: {workspace, act(element, blockId, more)}.

import { el } from "./dom.js";
import { counter, fieldOf } from "./fields.js";
import { menuButton } from "./menus.js";
import { textOf } from "./mrkdwn.js";
import { richText } from "./rich.js";

export function blocksOf(blocks, context) {
  return (blocks || []).map((block) => blockOf(block, context));
}

function blockOf(block, context) {
  const { workspace } = context;
  const marks = { "data-block-id": block.block_id, "data-block-type": block.type };
  const one = (...children) => el("div", { class: `block ${block.type}`, ...marks }, ...children);
  const elements = () => block.elements.map((element) => elementOf(element, block.block_id, context));
  switch (block.type) {
    case "header": return one(el("h3", {}, textOf(block.text, workspace)));
    case "divider": return el("hr", { class: "block", ...marks });
    case "section": return one(
      el("div", { class: "words" },
        block.text && el("div", {}, textOf(block.text, workspace)),
        block.fields && el("div", { class: "fields" }, block.fields.map((field) => el("div", {}, textOf(field, workspace))))),
      block.accessory && el("div", { class: "accessory" }, elementOf(block.accessory, block.block_id, context)));
    case "context": return one(block.elements.map((element) =>
      element.type === "image" ? elementOf(element, block.block_id, context) : textOf(element, workspace)));
    case "actions": return one(elements());
    case "rich_text": return one(block.elements.map((part) => richText(part, workspace)));
    case "image": return one(el("img", { src: block.image_url, alt: block.alt_text }));
    case "markdown": return one(el("pre", {}, block.text));
    case "input": return inputOf(block, context, marks);
    default: return one(`[${block.type}]`);
  }
}

let fields = 0;

function inputOf(block, context, marks) {
  const element = elementOf(block.element, block.block_id, { ...context, silent: !block.dispatch_action });
  // A dialog stays while its views change: ids must not come twice.
  element.id = `field-${(fields += 1)}`;
  const labelled = element.matches("input, select, textarea");
  const label = [block.label.text, block.optional ? el("span", { class: "optional" }, " (optional)") : ""];
  if (!labelled) element.ariaLabel = block.label.text;
  return el("div", { class: "field", ...marks },
    labelled ? el("label", { htmlFor: element.id }, label) : el("div", { class: "label" }, label),
    el("div", { class: "holder" }, element, counter(block.element, element)),
    el("div", { class: "error", role: "alert", "data-error-for": block.block_id }),
    block.hint && el("small", {}, textOf(block.hint, context.workspace)));
}

function elementOf(element, blockId, context) {
  const marks = { "data-action-id": element.action_id, "data-block-id": blockId };
  const changed = (value) => { if (!context.silent) context.act(element, blockId, value); };
  changed.wanted = !context.silent;
  switch (element.type) {
    case "button": return buttonOf(element, blockId, context, marks);
    case "overflow": return overflowOf(element, blockId, context, marks);
    case "image": return el("img", { src: element.image_url, alt: element.alt_text });
    default: return fieldOf(element, marks, context, changed) ?? el("em", marks, `[${element.type}]`);
  }
}

const isAddress = (url) => /^https?:/.test(url || "");

function buttonOf(element, blockId, context, marks) {
  const button = el("button", { type: "button", class: `button ${element.style || ""}`, ariaLabel: element.accessibility_label, ...marks },
    textOf(element.text, context.workspace));
  button.addEventListener("click", async () => {
    // Slack: a button that opens an address tells the app of it too.
    if (isAddress(element.url)) window.open(element.url, "_blank", "noopener");
    const focused = document.activeElement === button;
    button.disabled = true;
    await context.act(element, blockId, {});
    button.disabled = false;
    if (focused && document.activeElement === document.body) button.focus();
  });
  return button;
}

function overflowOf(element, blockId, context, marks) {
  return menuButton({ class: "button overflow", ariaLabel: "More", "data-testid": "overflow", ...marks }, "⋯", () =>
    element.options.map((option) => ({
      text: textOf(option.text, context.workspace),
      detail: option.description && textOf(option.description, context.workspace),
      href: isAddress(option.url) ? option.url : undefined,
      run: () => context.act(element, blockId, { selected_option: option }),
    })), { label: "More" });
}
