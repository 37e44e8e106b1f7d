// Moments as Slack shows them, in the reader's own zone.

import { el } from "./dom.js";

const LANGUAGE = "en-US"; // the page's
const DAY = 86_400_000;
// Whether the reader counts to twelve is a matter of where they live, not of the page's language.
const hour12 = new Intl.DateTimeFormat(undefined, { hour: "numeric" }).resolvedOptions().hour12;

const said = (date, options) => new Intl.DateTimeFormat(LANGUAGE, options).format(date).replaceAll("\u202f", " ");
const clock = (date, more = {}) => said(date, { hour: hour12 ? "numeric" : "2-digit", minute: "2-digit", hour12, ...more });
const day = (date) => said(date, { year: "numeric", month: "2-digit", day: "2-digit" });

function ordinal(date) {
  const number = date.getDate();
  const teens = number % 100 >= 11 && number % 100 <= 13;
  return `${number}${teens ? "th" : ["th", "st", "nd", "rd"][number % 10] ?? "th"}`;
}

function pretty(date, otherwise) {
  for (const [name, distance] of [["today", 0], ["yesterday", -DAY], ["tomorrow", DAY]])
    if (day(date) === day(new Date(Date.now() + distance))) return name;
  return otherwise;
}

const UNITS = [["year", 365 * 86_400], ["month", 30 * 86_400], ["week", 7 * 86_400], ["day", 86_400], ["hour", 3600], ["minute", 60]];

function ago(date) {
  const seconds = (date - Date.now()) / 1000;
  const words = new Intl.RelativeTimeFormat(LANGUAGE, { numeric: "always" });
  for (const [unit, length] of UNITS)
    if (Math.abs(seconds) >= length) return words.format(Math.trunc(seconds / length), unit);
  return seconds > 0 ? "in a moment" : "just now";
}

const long = (date) => `${said(date, { month: "long" })} ${ordinal(date)}, ${date.getFullYear()}`;
const short = (date) => said(date, { month: "short", day: "numeric", year: "numeric" });
const weekday = (date) => `${said(date, { weekday: "long" })}, ${long(date)}`;

const TOKENS = {
  date_num: (date) => `${date.getFullYear()}-${String(date.getMonth() + 1).padStart(2, "0")}-${String(date.getDate()).padStart(2, "0")}`,
  date_slash: (date) => day(date),
  date: long,
  date_short: short,
  date_long: weekday,
  date_pretty: (date) => pretty(date, long(date)),
  date_short_pretty: (date) => pretty(date, short(date)),
  date_long_pretty: (date) => pretty(date, weekday(date)),
  day_divider_pretty: (date) => pretty(date, `${said(date, { weekday: "long" })}, ${said(date, { month: "long" })} ${ordinal(date)}`),
  time: (date) => clock(date),
  time_secs: (date) => clock(date, { second: "2-digit" }),
  ago,
};

// null when the moment is none, or the pattern names nothing.
export function formatted(seconds, pattern) {
  const date = new Date(Number(seconds) * 1000);
  if (Number.isNaN(date.valueOf()) || !pattern.trim()) return null;
  return pattern.replace(/\{([a-z_]+)\}/g, (token, name) => TOKENS[name]?.(date) ?? token);
}

export function dateOf(seconds, pattern, fallback) {
  const text = formatted(seconds, pattern);
  if (text === null) return fallback || "";
  const shown = el("time", { class: "date", dateTime: new Date(seconds * 1000).toISOString(), title: `${weekday(new Date(seconds * 1000))} at ${clock(new Date(seconds * 1000), { second: "2-digit" })}` }, text);
  shown.dataset.seconds = seconds;
  shown.dataset.pattern = pattern;
  return shown;
}

// What is told as so long ago grows old while one looks at it.
setInterval(() => {
  for (const shown of document.querySelectorAll("time[data-pattern]")) {
    const text = formatted(shown.dataset.seconds, shown.dataset.pattern);
    if (text !== shown.textContent) shown.textContent = text;
  }
}, 20_000);

export const time = (ts) => clock(new Date(Number(ts) * 1000));
export const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1);
export const dayOf = (ts) => capital(formatted(ts, "{day_divider_pretty}"));
export const sameDay = (a, b) => day(new Date(Number(a) * 1000)) === day(new Date(Number(b) * 1000));
