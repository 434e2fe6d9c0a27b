// Preact with htm. A template makes nodes: what is put into it is text, never markup.

import { h, render } from "./vendor/preact.js";
import htm from "./vendor/htm.js";

const nodes = htm.bind(h);
const joined = new WeakMap();

/** Line breaks between tags mean nothing. Beside a text they are a space, as in HTML. */
function join(strings) {
  if (!joined.has(strings)) {
    const space = (found, at, text) => {
      const [before, after] = [text[at - 1] ?? ">", text[at + found.length] ?? "<"];
      return before === ">" && after === "<" ? "" : " ";
    };
    joined.set(strings, strings.map((text) => text.replace(/\s*\n\s*/g, space)));
  }
  return joined.get(strings);
}

export const html = (strings, ...values) => nodes(join(strings), ...values);
export { render };
export {
  useEffect,
  useErrorBoundary,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from "./vendor/hooks.js";
