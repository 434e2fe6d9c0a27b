// Texts to copy, and calls of the control API as curl.

import { html, useEffect, useState } from "./html.js";
import { Icon } from "./icons.js";
import { store } from "./store.js";

async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // Browsers have a clipboard on https and on this machine. Elsewhere a selection is copied.
    const area = document.createElement("textarea");
    area.value = text;
    area.className = "offscreen";
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
  }
}

export function Copy({ text, label = "Copy" }) {
  const [done, setDone] = useState(false);
  useEffect(() => {
    if (!done) return undefined;
    const timer = setTimeout(() => setDone(false), 1500);
    return () => clearTimeout(timer);
  }, [done]);
  const copy = () => copyText(text).then(() => setDone(true));
  return html`<button type="button" class="quiet copy" onClick=${copy} title=${label}>
    <${Icon} name=${done ? "check" : "copy"} />
    <span class="sr" aria-live="polite">${done ? "Copied" : label}</span>
  </button>`;
}

/** A text in a box, with a button that copies it. */
export function Code({ text, label = "Copy" }) {
  return html`<div class="code">
    <pre tabindex="0">${text}</pre>
    <${Copy} text=${text} label=${label} />
  </div>`;
}

/** The call behind what is shown or done, as curl. */
export function Curl({ method = "GET", path, body }) {
  return html`<${Code} text=${store.api.curl(method, path, body)} label="Copy the curl command" />`;
}

/** The same, folded. */
export function CallBehind({ method = "GET", path, body, label = "The call behind this" }) {
  return html`<details class="behind">
    <summary>${label}</summary>
    <${Curl} method=${method} path=${path} body=${body} />
  </details>`;
}
