// A long list, of which only the rows in sight are drawn.

import { html, useLayoutEffect, useRef, useState } from "./html.js";
import { useKeptRef } from "./kept.js";

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
