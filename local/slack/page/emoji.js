// Emoji by their names, of the table in the package slack-to-html. One that this machine has no
// glyph for stays its name: a box would say nothing.

import { el } from "./dom.js";

const FONT = '"Apple Color Emoji", "Segoe UI Emoji", "Noto Color Emoji", sans-serif';
const SIZE = 24;
const NOBODYS = "\u{10FFFD}"; // for private use: what stands for it is what stands for nothing
const SKIN = /::skin-tone-[2-6]$/;

export const EMOJI = /:([a-z0-9_+'-]+(?:::skin-tone-[2-6])?):/;

// Those offered when somebody reacts.
export const COMMON = [
  "eyes", "white_check_mark", "raised_hand", "+1", "wave", "tada", "heart", "joy", "thinking_face",
  "pray", "fire", "rotating_light", "warning", "no_entry", "x", "hourglass_flowing_sand",
  "arrows_counterclockwise", "repeat", "bell", "no_bell", "mag", "bug", "rocket", "sparkles",
];

export function emoji(name) {
  const character = characterOf(name);
  if (!character) return null;
  return el("span", { class: "emoji", title: `:${name}:`, role: "img", ariaLabel: name.replaceAll("_", " ") }, character);
}

export const emojiOrName = (name) => emoji(name) ?? `:${name}:`;

function characterOf(name) {
  const codes = slackToHtml.emojiData[name.replace(SKIN, "")];
  if (!codes) return null;
  const character = codes.split("-").map((code) => String.fromCodePoint(parseInt(code, 16))).join("");
  return hasGlyph(character) ? character : null;
}

const known = new Map();

function hasGlyph(character) {
  if (!known.has(character)) known.set(character, draws(character));
  return known.get(character);
}

const canvas = Object.assign(document.createElement("canvas"), { width: 3 * SIZE, height: 2 * SIZE });
const pen = canvas.getContext("2d", { willReadFrequently: true });
let nothing = null;

function draws(character) {
  nothing ??= picture(NOBODYS);
  const drawn = picture(character);
  // A sequence without a glyph of its own falls apart into several.
  return /[^0,]/.test(drawn) && drawn !== nothing && pen.measureText(character).width < 1.8 * SIZE;
}

function picture(character) {
  pen.clearRect(0, 0, canvas.width, canvas.height);
  pen.font = `${SIZE}px ${FONT}`;
  pen.textBaseline = "top";
  pen.fillText(character, 2, 2);
  return pen.getImageData(0, 0, canvas.width, canvas.height).data.join();
}
