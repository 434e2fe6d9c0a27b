// Small parts that the views share.

import { html, useEffect, useErrorBoundary, useRef } from "./html.js";
import { codePoint, plain, reorderingParts } from "./format.js";
import { Icon } from "./icons.js";

/** A text in which characters that reorder it are seen. */
export const Text = ({ text }) =>
  reorderingParts(text).map((part, place) => (place % 2 ? html`<span class="control">${codePoint(part)}</span>` : part));

/** A text that says in its title what may be cut off. */
export function Cut({ text, class: className = "" }) {
  return html`<span class=${`cut ${className}`} title=${plain(text)}><bdi><${Text} text=${text} /></bdi></span>`;
}

export function Badge({ kind, children, title }) {
  return html`<span class=${`badge ${kind}`} title=${title}>${children}</span>`;
}

export function Empty({ title, children }) {
  return html`<div class="empty">
    <h2>${title}</h2>
    ${children}
  </div>`;
}

export function Chips({ label, options, value, onChange }) {
  return html`<div class="chips" role="group" aria-label=${label}>
    ${options.map(
      ([name, text, number]) =>
        html`<button
          type="button"
          key=${name}
          aria-pressed=${value === name}
          onClick=${() => onChange(name)}
        >
          ${text}${number != null && html`<span class="number">${number.toLocaleString("en")}</span>`}
        </button>`,
    )}
  </div>`;
}

export function Search({ value, onInput, label }) {
  return html`<label class="search">
    <${Icon} name="search" />
    <span class="sr">${label}</span>
    <input
      type="search"
      value=${value}
      placeholder="Search"
      data-search
      onInput=${(event) => onInput(event.target.value)}
    />
  </label>`;
}

/** A list beside what one of its rows shows. On a narrow screen that covers the list. */
export function Split({ list, detail }) {
  return html`<div class=${detail ? "split open" : "split"}>
    <div class="list">${list}</div>
    ${detail && html`<section class="detail" aria-label="Details"><${Guard} key=${detail.key}>${detail}<//></section>`}
  </div>`;
}

/** Shows an error of a part of the page in its place. */
export function Guard({ children }) {
  const [error, reset] = useErrorBoundary((thrown) => console.error(thrown));
  if (!error) return children;
  return html`<div class="empty">
    <h2>This part of the page has an error</h2>
    <p class="problem" role="alert">${error.message}</p>
    <p><button type="button" onClick=${reset}>Try again</button></p>
  </div>`;
}

/** The head of a detail: its title, and the way back to the list. */
export function DetailHead({ title, back, children }) {
  const heading = useRef();
  // A long name breaks before its extension.
  const at = Math.max(0, title.lastIndexOf("."));
  useEffect(() => heading.current?.focus({ preventScroll: true }), [back, title]);
  return html`<header class="detail-head">
    <a class="button quiet" href=${back} data-back title="Close">
      <${Icon} name="close" /><span class="sr">Close</span>
    </a>
    <h2 tabindex="-1" ref=${heading} title=${plain(title)}><bdi><${Text} text=${title.slice(0, at)} />${at > 0 && html`<wbr />`}<${Text} text=${title.slice(at)} /></bdi></h2>
    ${children}
  </header>`;
}

/** A list of facts. Facts without a value are left out. */
export function Facts({ of }) {
  return html`<dl class="facts">
    ${of
      .filter(([, value]) => value != null && value !== false && value !== "")
      .map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}
  </dl>`;
}
