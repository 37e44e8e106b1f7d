// Rich text: what Slack has parsed already.

import { capital, dateOf } from "./dates.js";
import { el } from "./dom.js";
import { emojiOrName } from "./emoji.js";
import { link, mention } from "./mrkdwn.js";

const STYLES = [["code", "code"], ["bold", "b"], ["italic", "i"], ["strike", "s"], ["underline", "u"]];

export function richText(part, workspace) {
  const inner = () => part.elements.map((element) => richPart(element, workspace));
  switch (part.type) {
    case "rich_text_preformatted": return el("pre", {}, inner());
    case "rich_text_quote": return el("blockquote", {}, inner());
    case "rich_text_list": return el(part.style === "ordered" ? "ol" : "ul",
      { style: `margin-left:${(part.indent || 0) * 24}px`, ...(part.offset ? { start: part.offset + 1 } : {}) },
      part.elements.map((item) => el("li", {}, richText(item, workspace))));
    default: return el("div", { class: "paragraph" }, inner());
  }
}

function richPart(element, workspace) {
  switch (element.type) {
    case "text": return styled(element, element.text);
    case "link": return styled(element, link(element.url, element.text || element.url));
    case "user": return mention.user(element.user_id, workspace, "");
    case "usergroup": return mention.group(element.usergroup_id, workspace, "");
    case "channel": return mention.channel(element.channel_id, workspace, "");
    case "broadcast": return mention.all(element.range);
    case "emoji": return emojiOrName(element.name);
    case "date": return dated(element);
    case "color": return el("span", {}, el("i", { class: "swatch", style: `background:${element.value}` }), element.value);
    default: return `[${element.type}]`;
  }
}

function dated(element) {
  const shown = dateOf(element.timestamp, element.format || "{date_short} {time}", element.fallback);
  // Slack: such a date begins with a capital wherever it stands.
  if (shown.textContent) shown.textContent = capital(shown.textContent);
  return element.url ? link(element.url, shown) : shown;
}

function styled(element, shown) {
  for (const [name, tag] of STYLES) if (element.style?.[name]) shown = el(tag, {}, shown);
  return shown;
}
