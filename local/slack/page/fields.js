// Elements that hold a value. Each carries read(), the value as Slack's view.state has it, and
// write(value), which puts such a value back.

import { el } from "./dom.js";
import { textOf } from "./mrkdwn.js";

const pad = (number) => String(number).padStart(2, "0");

export function fieldOf(element, marks, context, changed) {
  switch (element.type) {
    case "static_select": return select(element, marks, optionsOf(element), changed, "selected_option", (option) => option);
    case "users_select": return select(element, marks, people(context.workspace), changed, "selected_user", (option) => option?.value ?? null);
    case "conversations_select": return select(element, marks, channels(context.workspace), changed, "selected_conversation", (option) => option?.value ?? null);
    case "multi_static_select":
    case "checkboxes": return ticks(element, marks, context, changed, "checkbox");
    case "radio_buttons": return ticks(element, marks, context, changed, "radio");
    case "datepicker": return picker(element, marks, changed, "date", "selected_date", element.initial_date);
    case "timepicker": return picker(element, marks, changed, "time", "selected_time", element.initial_time);
    case "datetimepicker": return moment(element, marks, changed);
    case "number_input": return number(element, marks, changed);
    case "plain_text_input": return text(element, marks, changed);
    case "email_text_input":
    case "url_text_input": return text(element, marks, changed);
    default: return null;
  }
}

// What is filled in within `root`, by block and action.
export function stateOf(root) {
  const values = {};
  for (const field of root.querySelectorAll("[data-action-id]"))
    if (field.read) (values[field.dataset.blockId] ??= {})[field.dataset.actionId] = field.read();
  return values;
}

// Put back what was filled in, where a field of the same name and kind still is.
export function fillIn(root, values) {
  for (const field of root.querySelectorAll("[data-action-id]")) {
    const value = values[field.dataset.blockId]?.[field.dataset.actionId];
    if (value && field.write && value.type === field.read().type) field.write(value);
  }
}

// What is wrong with a value before anybody else is asked; null when nothing is.
export function mistake(block, value) {
  const { element } = block;
  const [, given] = Object.entries(value ?? {}).find(([name]) => name !== "type") ?? [];
  const empty = given === null || given === undefined || given === "" || given.length === 0;
  if (empty) return block.optional ? null : "Please complete this required field.";
  if (element.max_length && given.length > element.max_length) return `Please shorten this to ${element.max_length.toLocaleString("en-US")} characters or fewer.`;
  if (element.min_length && given.length < element.min_length) return `Please lengthen this to ${element.min_length.toLocaleString("en-US")} characters or more.`;
  if (element.type === "number_input") return wrongNumber(element, given);
  if (element.type === "email_text_input" && !/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(given)) return "Please enter a valid email address.";
  if (element.type === "url_text_input" && !/^https?:\/\/\S+$/.test(given)) return "Please enter a valid URL.";
  return null;
}

function wrongNumber(element, given) {
  const value = Number(given);
  if (Number.isNaN(value)) return "Please enter a number.";
  if (!element.is_decimal_allowed && !Number.isInteger(value)) return "Please enter a whole number.";
  if (element.min_value !== undefined && value < Number(element.min_value)) return `Please enter a number of at least ${element.min_value}.`;
  if (element.max_value !== undefined && value > Number(element.max_value)) return `Please enter a number of at most ${element.max_value}.`;
  return null;
}

const optionsOf = (element) => element.option_groups ?? [{ options: element.options || [] }];
const people = (workspace) => [{ options: Object.entries(workspace.users).map(([value, name]) => ({ value, text: { text: name } })) }];
const channels = (workspace) => [{
  options: Object.entries(workspace.channels).filter(([, one]) => !one.archived).map(([value, one]) => ({ value, text: { text: `# ${one.name}` } })),
}];

function select(element, marks, groups, changed, name, told) {
  const options = groups.flatMap((group) => group.options);
  const initial = element.initial_option?.value ?? element.initial_user ?? element.initial_conversation ?? "";
  const made = (option) => el("option", { value: option.value }, option.text.text);
  const field = el("select", { class: "choice", ...marks },
    el("option", { value: "" }, element.placeholder?.text || "Choose an option"),
    groups.map((group) => (group.label ? el("optgroup", { label: group.label.text }, group.options.map(made)) : group.options.map(made))));
  field.value = initial;
  field.read = () => ({ type: element.type, [name]: told(options.find((option) => option.value === field.value) ?? null) });
  field.write = (value) => { field.value = value[name]?.value ?? value[name] ?? ""; };
  field.addEventListener("change", () => changed(field.read()));
  return field;
}

function ticks(element, marks, context, changed, kind) {
  const many = kind === "checkbox";
  const options = optionsOf(element).flatMap((group) => group.options);
  const initial = new Set([...(element.initial_options || []), element.initial_option].map((option) => option?.value));
  const group = `${marks["data-block-id"]}-${element.action_id}-${Math.random()}`;
  const boxes = options.map((option) => el("input", { type: kind, name: group, checked: initial.has(option.value) }));
  const field = el("div", { class: "ticks", role: many ? "group" : "radiogroup", ...marks }, options.map((option, place) =>
    el("label", {}, boxes[place], el("span", {}, textOf(option.text, context.workspace),
      option.description && el("small", {}, textOf(option.description, context.workspace))))));
  const picked = () => options.filter((_, place) => boxes[place].checked);
  field.read = () => ({ type: element.type, ...(many ? { selected_options: picked() } : { selected_option: picked()[0] ?? null }) });
  field.write = (value) => {
    const chosen = new Set([...(value.selected_options || []), value.selected_option].map((option) => option?.value));
    boxes.forEach((box, place) => { box.checked = chosen.has(options[place].value); });
  };
  field.addEventListener("change", () => changed(field.read()));
  return field;
}

function picker(element, marks, changed, kind, name, initial) {
  const field = el("input", { type: kind, class: "picker", ...marks });
  field.value = initial || "";
  field.read = () => ({ type: element.type, [name]: field.value || null });
  field.write = (value) => { field.value = value[name] || ""; };
  field.addEventListener("change", () => changed(field.read()));
  return field;
}

function moment(element, marks, changed) {
  const field = el("input", { type: "datetime-local", class: "picker", ...marks });
  const show = (seconds) => {
    const date = new Date(seconds * 1000);
    field.value = seconds ? `${date.getFullYear()}-${pad(date.getMonth() + 1)}-${pad(date.getDate())}T${pad(date.getHours())}:${pad(date.getMinutes())}` : "";
  };
  show(element.initial_date_time);
  field.read = () => ({ type: element.type, selected_date_time: field.value ? Math.floor(new Date(field.value) / 1000) : null });
  field.write = (value) => show(value.selected_date_time);
  field.addEventListener("change", () => changed(field.read()));
  return field;
}

function number(element, marks, changed) {
  const field = el("input", { type: "text", inputMode: "decimal", ...marks });
  field.placeholder = element.placeholder?.text || "";
  return typed(element, field, changed);
}

// Text that is data wants each character as wide as the next, and lines that do not wrap.
const isData = (value) => /^\s*[{[]/.test(value);

function text(element, marks, changed) {
  const field = element.multiline ? el("textarea", { ...marks }) : el("input", { type: "text", ...marks });
  field.placeholder = element.placeholder?.text || "";
  typed(element, field, changed);
  if (element.multiline) {
    const adapt = () => {
      field.rows = Math.min(24, Math.max(4, field.value.split("\n").length + 1));
      field.classList.toggle("data", isData(field.value));
      field.spellcheck = !isData(field.value);
    };
    field.addEventListener("input", adapt);
    field.adapt = adapt;
    adapt();
  }
  return field;
}

function typed(element, field, changed) {
  field.value = element.initial_value || "";
  field.read = () => ({ type: element.type, value: field.value || null });
  field.write = (value) => { field.value = value.value || ""; field.adapt?.(); };
  const when = element.dispatch_action_config?.trigger_actions_on || ["on_enter_pressed"];
  let waiting = null;
  field.addEventListener("input", () => {
    clearTimeout(waiting);
    if (when.includes("on_character_entered")) waiting = setTimeout(() => changed(field.read()), 300);
  });
  field.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !element.multiline && changed.wanted && when.includes("on_enter_pressed")) {
      event.preventDefault();
      changed(field.read());
    }
  });
  return field;
}

// How much may still be typed, told once that is little.
export function counter(element, field) {
  if (!element.max_length) return null;
  const shown = el("span", { class: "counter", ariaHidden: "true" });
  const count = () => {
    const left = element.max_length - field.value.length;
    shown.textContent = left < Math.min(50, element.max_length / 4) ? left.toLocaleString("en-US") : "";
    shown.classList.toggle("over", left < 0);
  };
  field.addEventListener("input", count);
  count();
  return shown;
}
