// The text of a comment as Zendesk would show it. Its markup comes from a client, so it is cleaned,
// and shown in a frame that runs nothing.

import { html, useEffect, useMemo, useRef, useState } from "./html.js";
import { imageUrl, isDrawn } from "./preview.js";
import { useStore } from "./store.js";

/** What may be in a comment, and the attributes that are kept. */
const ELEMENTS = new Set(
  ("a abbr b blockquote br code dd del div dl dt em h1 h2 h3 h4 h5 h6 hr i img ins kbd li ol p pre s " +
    "small span strike strong sub sup table tbody td tfoot th thead tr u ul").split(" "),
);
/** What goes with all that is in it. Of other elements the content stays. */
const DROPPED = new Set(
  ("script style template iframe object embed svg math head title noscript form input button select " +
    "textarea audio video link meta base").split(" "),
);
/** Those of them whose content is no markup. */
const RAW = new Set(["script", "style", "title", "textarea", "iframe", "noscript"]);

const VOID = new Set(["br", "hr", "img"]);
/** Elements that end when one of the same kind begins. */
const SIBLINGS = { li: ["li"], p: ["p"], dt: ["dt", "dd"], dd: ["dt", "dd"], tr: ["tr"], td: ["td", "th"], th: ["td", "th"] };

// Browsers that know trusted types take markup from this policy alone.
const policy = globalThis.trustedTypes?.createPolicy("comment", { createHTML: (text) => text }) ?? {
  createHTML: (text) => text,
};

/** A text with its character references. It has no tags. */
function decode(text) {
  if (!text.includes("&")) return text;
  const escaped = text.replaceAll("<", "&lt;");
  return new DOMParser().parseFromString(policy.createHTML(escaped), "text/html").body.textContent;
}

/** Where a tag ends: at the first `>` outside of quotes. */
function tagEnd(text, from) {
  for (let at = from; at < text.length; at += 1) {
    const char = text[at];
    if (char === ">") return at;
    if (char === '"' || char === "'") {
      at = text.indexOf(char, at + 1);
      if (at < 0) return -1;
    }
  }
  return -1;
}

const attributeOf = (tag, name) => {
  const found = new RegExp(`[\\s"'/]${name}\\s*=\\s*(?:"([^"]*)"|'([^']*)'|([^\\s"'>]+))`, "i").exec(tag);
  return found && decode(found[1] ?? found[2] ?? found[3]);
};

/**
 * Builds elements of a list from markup, without the browser's parser: that would report each
 * handler and style that the page forbids. What is not on the list becomes its text.
 */
function build(text, into, doc) {
  const open = [into];
  const top = () => open[open.length - 1];
  const close = (names) => {
    const found = open.findLastIndex((element, place) => place > 0 && names.includes(element.localName));
    if (found > 0) open.length = found;
  };
  let at = 0;
  while (at < text.length) {
    const start = text.indexOf("<", at);
    const literal = text.slice(at, start < 0 ? text.length : start);
    const isBetween = ["table", "tbody", "thead", "tfoot", "tr", "ul", "ol", "dl"].includes(top().localName);
    if (literal && !(isBetween && !literal.trim())) top().append(decode(literal));
    if (start < 0) return;
    if (text.startsWith("<!--", start)) {
      const end = text.indexOf("-->", start);
      if (end < 0) return;
      at = end + 3;
      continue;
    }
    const [, slash, sent] = /^<(\/?)([a-z][a-z0-9:-]*)/i.exec(text.slice(start, start + 64)) ?? [];
    if (!sent) {
      // A `<` that begins no tag.
      if (!/^<[!?/]/.test(text.slice(start, start + 2))) top().append("<");
      const end = /^<[!?/]/.test(text.slice(start, start + 2)) ? text.indexOf(">", start) : start;
      if (end < 0) return;
      at = end + 1;
      continue;
    }
    const end = tagEnd(text, start);
    if (end < 0) return;
    at = end + 1;
    const name = sent.toLowerCase();
    const tag = text.slice(start, at);
    if (slash) {
      close([name]);
    } else if (DROPPED.has(name)) {
      const after = text.slice(at).search(new RegExp(`</${name}[\\s/>]`, "i"));
      if (after >= 0) at += after;
      else if (RAW.has(name)) return;
    } else if (ELEMENTS.has(name)) {
      if (SIBLINGS[name]) closeSiblings(name);
      const element = make(name, tag, doc);
      top().append(element);
      if (!VOID.has(name) && open.length < DEEPEST) open.push(element);
    }
  }

  function closeSiblings(name) {
    // Not beyond the list or table that holds it.
    const holder = open.findLastIndex((element) => ["ul", "ol", "table", "dl", "blockquote", "body"].includes(element.localName));
    const found = open.findLastIndex((element, place) => place > holder && SIBLINGS[name].includes(element.localName));
    if (found > 0) open.length = found;
  }
}

const DEEPEST = 100;

function make(name, tag, doc) {
  if (name === "img") {
    const image = doc.createElement("span");
    const [alt, source] = [attributeOf(tag, "alt"), attributeOf(tag, "src")];
    image.className = "image";
    image.textContent = `image ${alt || source || ""}`.trim();
    if (alt) image.dataset.alt = alt;
    if (source) image.dataset.source = source;
    return image;
  }
  const element = doc.createElement(name);
  const link = name === "a" && attributeOf(tag, "href");
  if (link && /^https?:\/\//i.test(link)) {
    element.href = link;
    element.target = "_blank";
    element.rel = "noopener noreferrer";
    element.title = link;
  }
  const direction = attributeOf(tag, "dir");
  if (["ltr", "rtl", "auto"].includes(direction)) element.dir = direction;
  for (const attribute of ["colspan", "rowspan"]) {
    const number = Number(attributeOf(tag, attribute));
    if (number > 1 && number <= 100) element.setAttribute(attribute, String(number));
  }
  return element;
}

/** The path of a URL without the prefix of an account. Hosts differ: a server has several names. */
function pathOf(url) {
  try {
    return new URL(url, location.href).pathname.replace(/^\/@[^/]+(?=\/)/, "");
  } catch {
    return null;
  }
}

/** Draws the images that are files of the account. Others stay text: the page loads nothing else. */
function drawImages(doc, files) {
  for (const place of doc.querySelectorAll(".image[data-source]")) {
    const path = pathOf(place.dataset.source);
    const file = files.find((one) => one.url && pathOf(one.url) === path);
    if (!file || !isDrawn(file)) continue;
    imageUrl(file).then((url) => {
      if (!url) return;
      const image = doc.createElement("img");
      image.alt = place.dataset.alt ?? "";
      image.addEventListener("load", () => place.replaceWith(image));
      image.src = url;
    });
  }
}

const CONTENT_POLICY =
  "default-src 'none'; style-src 'self'; img-src blob:; base-uri 'none'; form-action 'none'";

/** A document with the cleaned markup. It loads one style sheet and, later, files of the account. */
function documentOf(text) {
  const doc = document.implementation.createHTMLDocument("");
  build(text, doc.body, doc);
  const meta = doc.createElement("meta");
  meta.httpEquiv = "Content-Security-Policy";
  meta.content = CONTENT_POLICY;
  const style = doc.createElement("link");
  style.rel = "stylesheet";
  style.href = "/_mock/ui/comment.css";
  doc.head.append(meta, style);
  doc.documentElement.lang = "en";
  const theme = document.documentElement.dataset.theme;
  if (theme) doc.documentElement.dataset.theme = theme;
  return policy.createHTML(`<!doctype html>${doc.documentElement.outerHTML}`);
}

/** `onMeasured` is called once the height of the comment is known. */
export function CommentText({ text, title, onMeasured }) {
  const source = useMemo(() => documentOf(text), [text]);
  const frame = useRef();
  const { files } = useStore();
  const [loaded, setLoaded] = useState(null);
  useEffect(() => {
    if (loaded && files) drawImages(loaded, files);
  }, [loaded, files]);
  // The frame runs no script, so that its document can be measured from here.
  const fit = () => {
    const body = frame.current?.contentDocument?.body;
    if (!body) return;
    const measure = () => {
      frame.current.style.height = `${Math.ceil(body.getBoundingClientRect().height)}px`;
    };
    measure();
    new ResizeObserver(measure).observe(body);
    onMeasured();
    setLoaded(frame.current.contentDocument);
  };
  return html`<iframe
    class="comment-text"
    title=${title}
    sandbox="allow-same-origin allow-popups allow-popups-to-escape-sandbox"
    srcdoc=${source}
    ref=${frame}
    onLoad=${fit}
  ></iframe>`;
}
