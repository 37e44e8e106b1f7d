// Block Kit. `context` says where the blocks stand: {workspace, act(element, blockId, more)}.

import { el } from "./dom.js";
import { emoji, names, textOf } from "./mrkdwn.js";

export function blocksOf(blocks, context) {
  return (blocks || []).map((block) => blockOf(block, context));
}

function blockOf(block, context) {
  const { workspace } = context;
  const marks = { "data-block-id": block.block_id, "data-block-type": block.type };
  const one = (...children) => el("div", { class: `block ${block.type}`, ...marks }, ...children);
  switch (block.type) {
    case "header": return one(el("h3", {}, textOf(block.text, workspace)));
    case "divider": return el("hr", marks);
    case "section": return one(
      el("div", {},
        block.text && el("div", {}, textOf(block.text, workspace)),
        block.fields && el("div", { class: "fields" }, block.fields.map((field) => el("div", {}, textOf(field, workspace))))),
      block.accessory && elementOf(block.accessory, block.block_id, context));
    case "context": return one(block.elements.map((element) =>
      element.type === "image" ? elementOf(element, block.block_id, context) : textOf(element, workspace)));
    case "actions": return one(block.elements.map((element) => elementOf(element, block.block_id, context)));
    case "rich_text": return one(block.elements.map((part) => richText(part, workspace)));
    case "image": return one(el("img", { src: block.image_url, alt: block.alt_text, width: 360 }));
    case "markdown": return one(el("pre", {}, block.text));
    case "input": return inputOf(block, context, marks);
    default: return one(`[${block.type}]`);
  }
}

function inputOf(block, context, marks) {
  const element = elementOf(block.element, block.block_id, { ...context, filling: !block.dispatch_action });
  element.id = `field-${block.block_id}`;
  return el("div", { class: "field", ...marks },
    el("label", { htmlFor: element.id }, block.label.text, block.optional ? " (optional)" : ""),
    element,
    block.hint && el("small", {}, block.hint.text),
    el("div", { class: "error", "data-error-for": block.block_id }));
}

// Elements that hold a value carry read(), the value as Slack's view.state has it.
function elementOf(element, blockId, context) {
  const { workspace } = context;
  const marks = { "data-action-id": element.action_id, "data-block-id": blockId };
  switch (element.type) {
    case "button": {
      const button = el("button", { type: "button", class: `button ${element.style || ""}`, ...marks }, textOf(element.text, workspace));
      button.addEventListener("click", async () => {
        if (element.url && /^https?:/.test(element.url)) window.open(element.url, "_blank", "noopener");
        button.disabled = true;
        await context.act(element, blockId, {});
        button.disabled = false;
      });
      return button;
    }
    case "static_select":
    case "overflow": return choice(element, element.options || (element.option_groups || []).flatMap((group) => group.options),
      marks, blockId, context, (option) => ({ selected_option: option ?? null }), element.initial_option?.value);
    case "users_select": return choice(element, Object.entries(workspace.users).map(([value, name]) => ({ value, text: { text: name } })),
      marks, blockId, context, (option) => ({ selected_user: option?.value ?? null }), element.initial_user);
    case "plain_text_input": {
      const field = element.multiline ? el("textarea", { rows: 8, ...marks }) : el("input", { type: "text", ...marks });
      field.value = element.initial_value || "";
      field.placeholder = element.placeholder?.text || "";
      if (element.max_length) field.maxLength = element.max_length;
      field.read = () => ({ type: element.type, value: field.value || null });
      return field;
    }
    case "checkboxes":
    case "radio_buttons": return ticks(element, marks, blockId, context);
    case "image": return el("img", { src: element.image_url, alt: element.alt_text, height: 20 });
    default: return el("em", marks, `[${element.type}]`);
  }
}

function choice(element, options, marks, blockId, context, told, initial) {
  const label = element.type === "overflow" ? "⋯" : element.placeholder?.text || "Choose…";
  const select = el("select", { class: "menu", ...marks },
    el("option", { value: "" }, label),
    options.map((option) => el("option", { value: option.value, selected: option.value === initial }, option.text.text)));
  const chosen = () => options[select.selectedIndex - 1];
  select.read = () => ({ type: element.type, ...told(chosen()) });
  select.addEventListener("change", async () => {
    if (context.filling || !chosen()) return;
    await context.act(element, blockId, told(chosen()));
    if (element.type === "overflow") select.selectedIndex = 0;
  });
  return select;
}

function ticks(element, marks, blockId, context) {
  const many = element.type === "checkboxes";
  const initial = new Set(many ? (element.initial_options || []).map((option) => option.value) : [element.initial_option?.value]);
  const boxes = element.options.map((option) => el("input", {
    type: many ? "checkbox" : "radio", name: `${blockId}-${element.action_id}`, checked: initial.has(option.value),
  }));
  const group = el("div", marks, element.options.map((option, place) =>
    el("label", { style: "display:block;font-weight:400" }, boxes[place], " ", textOf(option.text, context.workspace))));
  const picked = () => element.options.filter((_, place) => boxes[place].checked);
  group.read = () => ({ type: element.type, ...(many ? { selected_options: picked() } : { selected_option: picked()[0] ?? null }) });
  group.addEventListener("change", () => context.filling || context.act(element, blockId, many ? { selected_options: picked() } : { selected_option: picked()[0] }));
  return group;
}

function richText(part, workspace) {
  const inner = () => part.elements.map((element) => richPart(element, workspace));
  switch (part.type) {
    case "rich_text_preformatted": return el("pre", {}, inner());
    case "rich_text_quote": return el("blockquote", {}, inner());
    case "rich_text_list": return el(part.style === "ordered" ? "ol" : "ul", {}, part.elements.map((item) => el("li", {}, richText(item, workspace))));
    default: return el("div", {}, inner());
  }
}

function richPart(element, workspace) {
  switch (element.type) {
    case "text": return styled(element);
    case "link": return /^https?:/.test(element.url)
      ? el("a", { href: element.url, target: "_blank", rel: "noreferrer noopener" }, element.text || element.url) : element.text || element.url;
    case "user": return el("span", { class: "mention" }, `@${names(workspace)[element.user_id] || element.user_id}`);
    case "usergroup": return el("span", { class: "mention" }, `@${workspace.groups[element.usergroup_id] || element.usergroup_id}`);
    case "channel": return el("span", { class: "mention" }, `#${workspace.channels[element.channel_id]?.name || element.channel_id}`);
    case "broadcast": return el("span", { class: "broadcast" }, `@${element.range}`);
    case "emoji": return emoji(`:${element.name}:`) ?? `:${element.name}:`;
    case "date": return element.fallback || new Date(element.timestamp * 1000).toLocaleString();
    default: return `[${element.type}]`;
  }
}

function styled(element) {
  let shown = document.createTextNode(element.text);
  for (const [name, tag] of [["code", "code"], ["bold", "b"], ["italic", "i"], ["strike", "s"]])
    if (element.style?.[name]) shown = el(tag, {}, shown);
  return shown;
}
