// Small menus beside what opens them. With the keyboard: arrows, Home, End, Enter, Escape.

import { el } from "./dom.js";

let shut = null;

// `items` are {text, label, detail, title, href, run()}, {heading} or "divider"; `look` may be "grid".
export function openMenu(anchor, items, { label, look = "list" } = {}) {
  shut?.();
  const menu = el("div", { class: `menu ${look}`, role: "menu", ariaLabel: label, "data-testid": "menu" }, items.map(entry));
  // A modal dialog covers everything that is not in it.
  (anchor.closest("dialog") || document.body).append(menu);
  place(menu, anchor);
  const entries = [...menu.querySelectorAll("[role=menuitem]")];
  anchor.setAttribute("aria-expanded", "true");

  const close = (back) => {
    menu.remove();
    anchor.removeAttribute("aria-expanded");
    removeEventListener("pointerdown", outside, true);
    removeEventListener("resize", away);
    if (shut === away) shut = null;
    if (back) anchor.focus();
  };
  const away = () => close(false);
  const outside = (event) => { if (!menu.contains(event.target) && !anchor.contains(event.target)) away(); };
  menu.addEventListener("click", (event) => { if (event.target.closest("[role=menuitem]")) close(true); });
  menu.addEventListener("keydown", (event) => {
    const at = entries.indexOf(document.activeElement);
    const next = { ArrowDown: at + 1, ArrowRight: at + 1, ArrowUp: at - 1, ArrowLeft: at - 1, Home: 0, End: -1 }[event.key];
    if (next !== undefined) { event.preventDefault(); entries.at(next % entries.length)?.focus(); }
    // Within a modal, Escape is for the menu before it is for the modal.
    if (event.key === "Escape" || event.key === "Tab") { event.preventDefault(); event.stopPropagation(); close(true); }
  });
  addEventListener("pointerdown", outside, true);
  addEventListener("resize", away);
  shut = away;
  entries[0]?.focus();
}

function entry(item) {
  if (item === "divider") return el("hr");
  if (item.heading) return el("div", { class: "heading" }, item.heading);
  const [tag, address] = item.href ? ["a", { href: item.href, target: "_blank", rel: "noreferrer noopener" }] : ["button", { type: "button" }];
  return el(tag, { role: "menuitem", tabIndex: -1, title: item.title ?? item.label, ariaLabel: item.label, ...address, on: { click: () => item.run?.() } },
    el("span", {}, item.text), item.detail && el("small", {}, item.detail));
}

function place(menu, anchor) {
  const at = anchor.getBoundingClientRect();
  const [width, height] = [menu.offsetWidth, menu.offsetHeight];
  const below = at.bottom + 4 + height < innerHeight;
  menu.style.top = `${Math.max(8, below ? at.bottom + 4 : at.top - 4 - height)}px`;
  menu.style.left = `${Math.max(8, Math.min(at.left, innerWidth - width - 8))}px`;
}

// A button that opens a menu; `items` is asked when it does.
export function menuButton(given, content, items, options) {
  const button = el("button", { type: "button", ariaHasPopup: "menu", ...given }, content);
  button.addEventListener("click", () => openMenu(button, items(), options));
  return button;
}
