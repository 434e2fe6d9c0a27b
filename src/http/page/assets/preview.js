// Shows stored bytes. Nothing of a file becomes part of the page: an image is drawn, which runs no
// script; a document is in a frame; the rest is text.

import { html, useEffect, useState } from "./html.js";
import { essence, size } from "./format.js";
import { store } from "./store.js";
import { Icon } from "./icons.js";

const LARGEST_THUMB = 2_000_000;
const LARGEST_PREVIEW = 64_000_000;
const LONGEST_TEXT = 64 * 1024;
const MOST_THUMBS = 200;
const AT_ONCE = 4;

const TEXT_TYPES = new Set([
  "application/json",
  "application/xml",
  "application/javascript",
  "application/x-ndjson",
  "application/x-sh",
  "application/sql",
  "application/yaml",
]);

/** How a file is shown. */
export function kindOf(contentType) {
  const type = essence(contentType);
  if (type.startsWith("image/")) return "image";
  if (type.startsWith("audio/")) return "audio";
  if (type.startsWith("video/")) return "video";
  if (type === "application/pdf") return "pdf";
  if (type.startsWith("text/") || TEXT_TYPES.has(type) || /\+(json|xml)$/.test(type)) return "text";
  return "file";
}

/** The URLs of small images, by account and file. The oldest make room. */
const thumbs = new Map();
const waiting = [];
let running = 0;

function next() {
  while (running < AT_ONCE && waiting.length) {
    // The last one asked for is the one in sight.
    const { load, resolve } = waiting.pop();
    running += 1;
    load()
      .then(resolve, () => resolve(null))
      .finally(() => {
        running -= 1;
        next();
      });
  }
}

/** Whether the browser can draw an image. To ask first keeps the sign of a broken one away. */
async function canDraw(url) {
  const image = new Image();
  image.src = url;
  return image.decode().then(
    () => true,
    () => false,
  );
}

/** A URL by which the browser draws a file of the account, or `null`. */
export function imageUrl(file) {
  const { api } = store;
  const key = `${api.account}/${file.file}/${file.size}`;
  if (!thumbs.has(key)) {
    const load = async () => {
      const bytes = await api.bytes(`/files/${encodeURIComponent(file.file)}/content`);
      const url = URL.createObjectURL(new Blob([bytes], { type: essence(file.content_type) }));
      if (await canDraw(url)) return url;
      URL.revokeObjectURL(url);
      return null;
    };
    thumbs.set(
      key,
      new Promise((resolve) => {
        waiting.push({ load, resolve });
        next();
      }),
    );
    if (thumbs.size > MOST_THUMBS) {
      const [oldest, url] = thumbs.entries().next().value;
      thumbs.delete(oldest);
      url.then((made) => made && URL.revokeObjectURL(made));
    }
  }
  return thumbs.get(key);
}

/** Whether a file is drawn as an image wherever it is named. */
export const isDrawn = (file) =>
  kindOf(file.content_type) === "image" && file.file && file.size > 0 && file.size <= LARGEST_THUMB;

export function Thumb({ file }) {
  const mayDraw = isDrawn(file);
  const [url, setUrl] = useState(null);
  useEffect(() => {
    setUrl(null);
    if (!mayDraw) return undefined;
    let isWanted = true;
    // Rows that only pass by load nothing.
    const timer = setTimeout(() => imageUrl(file).then((made) => isWanted && setUrl(made)), 60);
    return () => {
      isWanted = false;
      clearTimeout(timer);
    };
  }, [file.file, file.size, mayDraw]);
  return html`<span class="thumb">
    ${url
      ? html`<img src=${url} alt="" />`
      : html`<${Icon} name=${kindOf(file.content_type)} />`}
  </span>`;
}

/** The bytes of a file, or of a call, with the URL that a browser shows them by. */
function useBytes(path, type, kind, isWanted) {
  const [found, setFound] = useState({});
  useEffect(() => {
    setFound({});
    if (!isWanted) return undefined;
    const stop = new AbortController();
    let url;
    store.api
      .bytes(path, stop.signal)
      .then(async (bytes) => {
        if (stop.signal.aborted) return;
        url = URL.createObjectURL(new Blob([bytes], { type }));
        const isBroken = kind === "image" && !(await canDraw(url));
        if (!stop.signal.aborted) setFound({ bytes, url, isBroken });
      })
      .catch((error) => error.name !== "AbortError" && setFound({ error: error.message }));
    return () => {
      stop.abort();
      if (url) URL.revokeObjectURL(url);
    };
  }, [path, type, kind, isWanted]);
  return found;
}

function isPdf(bytes) {
  return new TextDecoder("latin1").decode(bytes.slice(0, 5)) === "%PDF-";
}

export function textOf(bytes) {
  const shown = new TextDecoder().decode(bytes.slice(0, LONGEST_TEXT));
  return bytes.byteLength > LONGEST_TEXT ? `${shown}\n… ${size(bytes.byteLength)} in all` : shown;
}

/** Whether bytes can be read as they are: a JSON or HTML document in the place of an image. */
function isText(bytes) {
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes.slice(0, LONGEST_TEXT), { stream: true });
    return !/[\u0000-\u0008\u000e-\u001f]/.test(text);
  } catch {
    return false;
  }
}

/** How many bytes are shown as numbers, in all and on a line: a phone has room for eight. */
const DUMPED = 256;
const PER_LINE = 8;

/** The first bytes as hexadecimal numbers and characters. */
function dump(bytes) {
  const all = new Uint8Array(bytes.slice(0, DUMPED));
  const lines = [];
  for (let at = 0; at < all.length; at += PER_LINE) {
    const line = [...all.slice(at, at + PER_LINE)];
    const numbers = line.map((byte) => byte.toString(16).padStart(2, "0")).join(" ");
    const text = line.map((byte) => (byte > 31 && byte < 127 ? String.fromCharCode(byte) : "·"));
    lines.push(`${at.toString(16).padStart(4, "0")}  ${numbers.padEnd(3 * PER_LINE - 1)}  ${text.join("")}`);
  }
  if (bytes.byteLength > DUMPED) lines.push(`… ${size(bytes.byteLength)} in all`);
  return lines.join("\n");
}

/** A preview, and a button that saves the bytes. */
export function Preview({ path, name, contentType, bytes: length }) {
  const kind = kindOf(contentType);
  // The type is one that a browser shows and does not run, whatever the file says of itself.
  const type = ["image", "audio", "video"].includes(kind)
    ? essence(contentType)
    : kind === "pdf"
      ? "application/pdf"
      : "application/octet-stream";
  const [isWanted, setWanted] = useState(false);
  const isSmall = length <= LARGEST_PREVIEW;
  const { bytes, url, isBroken, error } = useBytes(path, type, kind, isSmall || isWanted);

  if (!isSmall && !isWanted) {
    return html`<div class="preview">
      <button type="button" onClick=${() => setWanted(true)}>Load ${size(length)}</button>
    </div>`;
  }
  if (error) return html`<p class="problem">${error}</p>`;
  if (!url) return html`<div class=${`preview loading ${kind}`}>Loading…</div>`;
  return html`<div class=${`preview ${kind}`}>
      ${shown()}
    </div>
    <a class="button" href=${url} download=${name}><${Icon} name="download" />Download</a>`;

  function shown() {
    if (bytes.byteLength === 0) return html`<p class="note">The file is empty.</p>`;
    if (kind === "image" && !isBroken) {
      return html`<img src=${url} alt=${`Preview of ${name}`} />`;
    }
    if (kind === "audio") return html`<audio controls src=${url}></audio>`;
    if (kind === "video") return html`<video controls src=${url}></video>`;
    if (kind === "pdf" && isPdf(bytes)) {
      return html`<iframe title=${`Preview of ${name}`} src=${url}></iframe>`;
    }
    if (kind === "text") return html`<pre tabindex="0">${textOf(bytes)}</pre>`;
    const isReadable = isBroken && isText(bytes);
    return html`${isBroken && html`<p class="note">A browser cannot draw this as an image. ${isReadable ? "It is text:" : "Its first bytes:"}</p>`}
      <pre tabindex="0" class=${isReadable ? "" : "dump"}>${isReadable ? textOf(bytes) : dump(bytes)}</pre>`;
  }
}
