// What a view keeps while another one is shown: its search, its filter and its place in a list.

import { useState } from "./html.js";
import { store } from "./store.js";

const kept = new Map();

const keyOf = (name) => `${store.state.account}/${name}`;

/** A state that outlives its component. Each account has its own. */
export function useKept(name, initial) {
  const [key] = useState(() => keyOf(name));
  const [value, set] = useState(() => (kept.has(key) ? kept.get(key) : initial));
  const keep = (changed) => {
    kept.set(key, changed);
    set(changed);
  };
  return [value, keep];
}

/** Changes what a view has kept, before it is shown. */
export const keep = (name, value) => kept.set(keyOf(name), value);

/** The same for what draws nothing when it changes. */
export function useKeptRef(name, initial) {
  const [ref] = useState(() => {
    const key = keyOf(name);
    if (!kept.has(key)) kept.set(key, { current: initial });
    return kept.get(key);
  });
  return ref;
}
