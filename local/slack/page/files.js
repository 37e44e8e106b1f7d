// Files in a message: a snippet shows its first lines, and all of them when asked.

import { el } from "./dom.js";

export function fileOf(file) {
  const text = file.mode === "snippet";
  return el("div", { class: "file", "data-testid": "file" },
    el("header", {},
      el("span", { class: "kind", ariaHidden: "true" }, text ? "≡" : "▣"),
      el("div", { class: "name" }, el("b", {}, file.title || file.name), el("small", {}, `${file.pretty_type} · ${size(file.size)}`)),
      el("a", { class: "plain", href: file.url_private_download, download: file.name, title: "Download" }, "Download")),
    text && snippet(file));
}

function snippet(file) {
  const lines = el("pre", { class: "lines" });
  const more = el("button", { type: "button", class: "plain", "data-testid": "show-more" });
  let open = false;
  const show = (text) => {
    // Each line counts itself, by the style sheet.
    lines.replaceChildren(...text.split("\n").map((line) => el("span", {}, `${line}\n`)));
    lines.classList.toggle("open", open);
    more.textContent = open ? "Show less" : file.lines_more ? `Show more (${file.lines} lines)` : "Show more";
    more.ariaExpanded = String(open);
  };
  more.addEventListener("click", async () => {
    open = !open;
    if (open) file.whole ??= await (await fetch(file.url_private)).text();
    show(open ? file.whole.replace(/\n$/, "") : file.preview);
  });
  show(file.preview);
  return el("div", { class: "snippet" }, lines, file.preview_is_truncated && more);
}

function size(bytes) {
  if (bytes < 1000) return `${bytes} B`;
  return bytes < 1_000_000 ? `${(bytes / 1000).toFixed(1)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}
