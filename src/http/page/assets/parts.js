// Parts that the views share.

import { html, useEffect, useErrorBoundary, useLayoutEffect, useRef, useState } from "./html.js";
import { codePoint, plain, reorderingParts } from "./format.js";
import { useKeptRef } from "./kept.js";
import { store, useStore } from "./store.js";

const PATHS = {
  files: "M6 3h8l4 4v14H6zM14 3v4h4",
  requests: "M4 7h13l-3-3M20 17H7l3 3",
  tickets: "M4 5h16v11H10l-4 4v-4H4z",
  controls: "M5 4v6m0 4v6M12 4v3m0 4v9M19 4v9m0 4v3M3 12h4M10 9h4M17 15h4",
  connect: "M8 8l-4 4 4 4M16 8l4 4-4 4M13.5 6l-3 12",
  image: "M4 5h16v14H4zM4 16l5-5 4 4 3-3 4 4M15 9h.01",
  text: "M6 3h12v18H6zM9 8h6M9 12h6M9 16h4",
  audio: "M9 18V6l9-2v12M9 18a2.5 2.5 0 1 1-5 0 2.5 2.5 0 0 1 5 0zM18 16a2.5 2.5 0 1 1-5 0 2.5 2.5 0 0 1 5 0z",
  video: "M4 6h11v12H4zM15 10l5-3v10l-5-3z",
  pdf: "M6 3h8l4 4v14H6zM14 3v4h4M9 17v-5h1.5a1.5 1.5 0 0 1 0 3H9",
  file: "M6 3h8l4 4v14H6zM14 3v4h4",
  copy: "M9 9h11v11H9zM5 15H4V4h11v1",
  check: "M5 13l4 4L19 7",
  close: "M6 6l12 12M18 6L6 18",
  back: "M15 5l-7 7 7 7",
  clip: "M8 12l6-6a3 3 0 0 1 4.5 4.5l-8 8a5 5 0 0 1-7-7L11 4",
  search: "M11 4a7 7 0 1 1 0 14 7 7 0 0 1 0-14zM16 16l5 5",
  sun: "M12 8a4 4 0 1 1 0 8 4 4 0 0 1 0-8zM12 2v2M12 20v2M4 12H2M22 12h-2M5 5l1.5 1.5M17.5 17.5L19 19M19 5l-1.5 1.5M6.5 17.5L5 19",
  moon: "M20 14A8 8 0 1 1 10 4a6.5 6.5 0 0 0 10 10z",
  auto: "M12 3a9 9 0 1 1 0 18zM12 3a9 9 0 1 0 0 18z",
  download: "M12 4v11M7 11l5 5 5-5M5 20h14",
};

export function Icon({ name }) {
  return html`<svg class="icon" viewBox="0 0 24 24" aria-hidden="true">
    <path d=${PATHS[name] ?? PATHS.file} />
  </svg>`;
}

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

export function Empty({ title, children }) {
  return html`<div class="empty">
    <h2>${title}</h2>
    ${children}
  </div>`;
}

/** Runs an action, and says how it failed. `busy` is true while it runs. */
export function useAction() {
  const [problem, setProblem] = useState(null);
  const [busy, setBusy] = useState(false);
  const run = async (action) => {
    setBusy(true);
    setProblem(null);
    try {
      return await action();
    } catch (error) {
      setProblem(error.message);
      return undefined;
    } finally {
      setBusy(false);
    }
  };
  return { run, problem, busy };
}

export function Problem({ text }) {
  return html`<p class="problem" role="alert">${text}</p>`;
}

/** A button for an action that destroys something. It asks once. */
export function Confirm({ label, question, onConfirm }) {
  const { link } = useStore();
  const [asking, setAsking] = useState(false);
  const group = useRef();
  const cancel = useRef();
  const button = useRef();
  // What was pressed has the focus again.
  const close = () => {
    setAsking(false);
    requestAnimationFrame(() => button.current?.focus());
  };
  const press = (event) => {
    if (event.key !== "Escape") return;
    event.stopPropagation();
    close();
  };
  useEffect(() => {
    if (!asking) return undefined;
    cancel.current?.focus({ preventScroll: true });
    group.current?.scrollIntoView({ block: "nearest" });
    // Another action answers the question too.
    const leave = (event) => {
      if (!group.current?.contains(event.target)) setAsking(false);
    };
    document.addEventListener("click", leave, true);
    document.addEventListener("submit", leave, true);
    return () => {
      document.removeEventListener("click", leave, true);
      document.removeEventListener("submit", leave, true);
    };
  }, [asking]);
  if (!asking) {
    return html`<button
      type="button"
      class="danger"
      ref=${button}
      disabled=${link === "away"}
      onClick=${() => setAsking(true)}
    >
      ${label}
    </button>`;
  }
  const confirm = () => {
    setAsking(false);
    onConfirm();
  };
  return html`<span class="confirm" role="group" aria-label=${question} ref=${group} onKeyDown=${press}>
    <span>${question}</span>
    <button type="button" class="danger" disabled=${link === "away"} onClick=${confirm}>Yes, ${label.toLowerCase()}</button>
    <button type="button" ref=${cancel} onClick=${close}>Cancel</button>
  </span>`;
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

/** Rows beyond the edges, so that a fast scroll shows no gap. */
const AHEAD = 8;

/**
 * A list that draws only the rows in sight. All rows have one height. `row` draws an item, which
 * has a unique `key`.
 */
export function Rows({ items, height, row, label }) {
  const box = useRef();
  // Where the list was when it was last seen, and the key of its first item then.
  const place = useKeptRef(`rows/${label}`, { top: 0, first: null });
  const [view, setView] = useState({ top: place.current.top, size: 800 });

  useLayoutEffect(() => {
    const element = box.current;
    let isHidden = true;
    const measure = () => {
      // A detail covers the list on a narrow screen.
      if (isHidden && element.clientHeight > 0) element.scrollTop = place.current.top;
      isHidden = element.clientHeight === 0;
      if (!isHidden) setView({ top: element.scrollTop, size: element.clientHeight });
    };
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    measure();
    return () => observer.disconnect();
  }, []);

  // New rows come on top. Those that a reader has scrolled to stay where they are.
  useLayoutEffect(() => {
    const element = box.current;
    const known = place.current.first;
    place.current.first = items[0]?.key ?? null;
    if (known == null || known === place.current.first || place.current.top < height) return;
    const added = items.findIndex((item) => item.key === known);
    if (added > 0) {
      place.current.top += added * height;
      element.scrollTop = place.current.top;
    }
  }, [items]);

  // The list is one stop of the Tab key: the row that had the focus, or the first one in sight.
  const active = useRef(null);
  const wanted = useRef(null);
  useLayoutEffect(() => {
    const rows = [...box.current.querySelectorAll("li")];
    const rowOf = (key) => key != null && rows.find((one) => one.dataset.key === String(key));
    const place = Math.ceil(box.current.scrollTop / height) + 1;
    const stop = rowOf(wanted.current) || rowOf(active.current) ||
      rows.find((one) => one.querySelector("[aria-current]")) ||
      rows.find((one) => Number(one.ariaPosInSet) === place) || rows[0];
    for (const one of rows) one.querySelector("a").tabIndex = one === stop ? 0 : -1;
    if (wanted.current != null) stop?.querySelector("a").focus({ preventScroll: true });
    wanted.current = null;
  });
  const focused = (event) => {
    const one = event.target.closest("li");
    if (!one) return;
    active.current = one.dataset.key;
    for (const link of box.current.querySelectorAll("li > a")) link.tabIndex = link === event.target ? 0 : -1;
  };
  const move = (event) => {
    const element = box.current;
    const at = Number(event.target.closest("li")?.ariaPosInSet) - 1;
    const page = Math.max(1, Math.floor(element.clientHeight / height) - 1);
    const aims = { ArrowDown: at + 1, ArrowUp: at - 1, PageDown: at + page, PageUp: at - page, Home: 0, End: items.length - 1 };
    const aim = aims[event.key];
    if (!(at >= 0) || aim == null || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    const to = Math.min(items.length - 1, Math.max(0, aim));
    const [top, bottom] = [to * height, (to + 1) * height - element.clientHeight];
    element.scrollTop = Math.max(bottom, Math.min(top, element.scrollTop));
    wanted.current = items[to].key;
    scrolled();
  };

  const from = Math.max(0, Math.floor(view.top / height) - AHEAD);
  const to = Math.min(items.length, Math.ceil((view.top + view.size) / height) + AHEAD);
  const scrolled = () => {
    const { scrollTop, clientHeight } = box.current;
    if (clientHeight === 0) return;
    place.current.top = scrollTop;
    setView({ top: scrollTop, size: clientHeight });
  };
  return html`<div class="rows" ref=${box} onScroll=${scrolled} onKeyDown=${move} onFocusIn=${focused}>
    <ul aria-label=${label} style=${{ height: `${items.length * height}px` }}>
      ${items.slice(from, to).map(
        (item, place) => html`<li
          key=${item.key}
          data-key=${item.key}
          aria-setsize=${items.length}
          aria-posinset=${from + place + 1}
          style=${{ top: `${(from + place) * height}px`, height: `${height}px` }}
        >
          ${row(item)}
        </li>`,
      )}
    </ul>
  </div>`;
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
  useEffect(() => heading.current?.focus({ preventScroll: true }), [back, title]);
  return html`<header class="detail-head">
    <a class="button quiet" href=${back} data-back title="Close">
      <${Icon} name="close" /><span class="sr">Close</span>
    </a>
    <h2 tabindex="-1" ref=${heading} title=${plain(title)}><bdi><${Text} text=${title} /></bdi></h2>
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
