// Elements without a framework. Text is always set as text: nothing a message holds becomes HTML.

export function el(tag, given = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(given)) {
    if (value === undefined || value === null || value === false) continue;
    if (name === "on") for (const [event, act] of Object.entries(value)) element.addEventListener(event, act);
    else if (name === "class") element.className = value;
    else if (name in element && name !== "list" && !name.startsWith("data-")) element[name] = value;
    else element.setAttribute(name, value);
  }
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

export async function post(path, said) {
  const answer = await fetch(path, {
    method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(said),
  });
  return answer.json();
}

export function toast(text) {
  const shown = el("div", { class: "toast", role: "alert", "data-testid": "toast" }, text);
  document.getElementById("toasts").append(shown);
  setTimeout(() => shown.remove(), 6000);
}

// Slack's confirmation dialog: resolves to whether the person went on.
export function confirmed(confirm, text) {
  const dialog = document.getElementById("confirm");
  return new Promise((resolve) => {
    const leave = (answer) => { dialog.close(); resolve(answer); };
    dialog.replaceChildren(
      el("header", {}, el("b", {}, text(confirm.title))),
      el("div", { class: "body" }, text(confirm.text)),
      el("footer", {},
        el("button", { class: "button", "data-testid": "confirm-cancel", on: { click: () => leave(false) } }, text(confirm.deny)),
        el("button", { class: `button ${confirm.style || "primary"}`, "data-testid": "confirm-ok", on: { click: () => leave(true) } }, text(confirm.confirm))));
    dialog.oncancel = () => resolve(false);
    dialog.showModal();
  });
}
