// The bodies of refused requests: a request that is refused names no object, but its body does.

import { useEffect, useState } from "./html.js";
import { store } from "./store.js";
import { textOf } from "./preview.js";

/** How many requests are looked at, and how long a body may be. */
const MOST = 30;
const LONGEST = 20_000;

const known = new Map();

/** The JSON text of the bodies of refused requests, by number. */
export function useRefusedBodies(entries) {
  const [bodies, setBodies] = useState(() => new Map());
  const newest = entries?.[0]?.number;
  useEffect(() => {
    const { api } = store;
    const refused = (entries ?? [])
      .filter((entry) => entry.status >= 400 && entry.path.includes("/api/v2/"))
      .filter((entry) => entry.body?.kept && entry.body.size <= LONGEST)
      .slice(0, MOST);
    let isWanted = true;
    const read = async ({ number, at }) => {
      const key = `${api.account}/${number}/${at}`;
      if (!known.has(key)) known.set(key, api.bytes(`/journal/${number}/body`).then(textOf, () => ""));
      return [number, await known.get(key)];
    };
    Promise.all(refused.map(read)).then((read) => isWanted && read.length && setBodies(new Map(read)));
    return () => {
      isWanted = false;
    };
  }, [newest]);
  return bodies;
}
