// Numbers, times and names as the page shows them.

export function size(bytes) {
  if (bytes == null) return "";
  if (bytes < 1000) return `${bytes} B`;
  const units = ["kB", "MB", "GB"];
  let value = bytes;
  let unit = -1;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${value < 9.95 ? value.toFixed(1) : Math.round(value)} ${units[unit]}`;
}

/** A span of seconds, such as `59 m 12 s`. */
export function span(seconds) {
  const all = Math.max(0, Math.floor(seconds));
  const [d, h, m, s] = [
    Math.floor(all / 86400),
    Math.floor(all / 3600) % 24,
    Math.floor(all / 60) % 60,
    all % 60,
  ];
  if (d) return `${d} d ${h} h`;
  if (h) return `${h} h ${m} m`;
  if (m) return `${m} m ${String(s).padStart(2, "0")} s`;
  return `${s} s`;
}

/** A time that never comes: the server has it for tokens that do not expire. */
const NEVER = Date.parse("9000-01-01T00:00:00Z");
export const isNever = (instant) => Number(instant) >= NEVER;

const pad = (number, width = 2) => String(number).padStart(width, "0");

/** The time of day of an instant, in UTC as in logs and answers. */
export function clockTime(instant, withMillis = false) {
  const at = new Date(instant);
  if (Number.isNaN(at.getTime())) return "";
  const time = `${pad(at.getUTCHours())}:${pad(at.getUTCMinutes())}:${pad(at.getUTCSeconds())}`;
  return withMillis ? `${time}.${pad(at.getUTCMilliseconds(), 3)}` : time;
}

export function date(instant) {
  const at = new Date(instant);
  if (Number.isNaN(at.getTime())) return "";
  return `${at.getUTCFullYear()}-${pad(at.getUTCMonth() + 1)}-${pad(at.getUTCDate())}`;
}

export const dateTime = (instant) => `${date(instant)} ${clockTime(instant)} UTC`;

/** `1 file`, `2 files`. */
export const count = (number, noun) =>
  `${number.toLocaleString("en")} ${noun}${number === 1 ? "" : "s"}`;

/** The text of a percent-encoded one. A percent sign stays encoded: it shows what was encoded twice. */
function decode(text) {
  try {
    return text.split(/(%25)/).map((part) => (part === "%25" ? part : decodeURI(part))).join("");
  } catch {
    return text;
  }
}

/** Whether a path has the query of a presigned URL, each byte of which counts. */
export const isPresigned = (path) => /[?&;]X-Amz-/i.test(path);

/** A path without the account's prefix, with its percent-encoded text. */
export function readablePath(path) {
  const rest = path.replace(/^\/@[^/]+(?=\/)/, "");
  const end = isPresigned(rest) && rest.indexOf("?");
  return end > 0 ? decode(rest.slice(0, end)) + rest.slice(end) : decode(rest);
}

/** Characters that change the order in which others are shown. */
const REORDERING = /([\u202a-\u202e\u2066-\u2069])/;

export const codePoint = (char) => `U+${char.codePointAt(0).toString(16).toUpperCase().padStart(4, "0")}`;

/** A text in pieces: at odd places are characters that reorder a text. */
export const reorderingParts = (text) => String(text ?? "").split(REORDERING);

/** A text with the names of such characters in their place. */
export const plain = (text) =>
  reorderingParts(text).map((part, place) => (place % 2 ? codePoint(part) : part)).join("");

/** A reason without the escapes of quoted texts: other marks enclose a text that has such quotes. */
export const readableReason = (reason) =>
  reason.replace(/"((?:[^"\\]|\\.)*)"/g, (quoted, text) =>
    text.includes('\\"') ? `“${text.replaceAll('\\"', '"')}”` : quoted,
  );

/** The same for a row of a list: what was received comes before the long text that was signed. */
export const rowReason = (reason) =>
  readableReason(reason).replace(/^(header \S+): signed (.+), received (.+?)(?= \(|$)/, "$1: received $3 instead of $2");

/** The part of a content type that says what it is. */
export const essence = (type) => (type ?? "").split(";")[0].trim().toLowerCase();

/** The words that a search looks for. */
export const wordsOf = (query) => query.toLowerCase().split(/\s+/).filter(Boolean);

export const json = (value) => JSON.stringify(value);

/** A word in single quotes for a shell. */
const quoted = (word) => `'${String(word).replaceAll("'", "'\\''")}'`;

/** A call as a curl command. */
export function curl(method, url, body, token) {
  const words = ["curl"];
  if (token) words.push("-H", '"Authorization: Bearer $ZENDESK_MOCK_CONTROL_TOKEN"');
  if (method !== "GET" && !(method === "POST" && body)) words.push("-X", method);
  if (body) words.push("--json", quoted(json(body)));
  words.push(quoted(url));
  return words.join(" ");
}
