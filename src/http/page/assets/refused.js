// Refused requests. They name no object, but the path or the body of one does.

import { useEffect, useMemo, useState } from "./html.js";
import { store } from "./store.js";
import { textOf } from "./preview.js";

export const isRefused = (entry) => entry.status == null || entry.status >= 400;

/** The refused requests that would have made or changed a ticket. */
export const isRefusedTicket = (entry) =>
  isRefused(entry) && ["POST", "PUT"].includes(entry.method) && /\/(tickets|requests)/.test(entry.route ?? "");

/** Whether a request was sent to an upload URL. */
export const isPut = ({ route }) => route?.startsWith("/aus-uploaded-assets/") ?? false;

/** The last part of an upload URL is the token of its image. */
export const tokenOf = ({ path }) => path.split("?")[0].split("/").pop();

/** The newest refused request to each upload URL, by the token of the image. */
export function useRefusedPuts(entries) {
  return useMemo(() => {
    const found = new Map();
    for (const entry of entries ?? []) {
      if (!isPut(entry) || !isRefused(entry)) continue;
      const token = tokenOf(entry);
      if (!found.has(token)) found.set(token, entry);
    }
    return found;
  }, [entries]);
}

/** The refusal because of which an image waits for its PUT, or expired without it. */
export const refusedPut = (file, refused) =>
  file.missing === "store" ? refused.get(file.token) : undefined;

/** How many requests are looked at, and how long a body may be. */
const MOST = 30;
const LONGEST = 20_000;

const known = new Map();

/** The JSON text of the bodies of refused requests, by number, or `null` until they are read. */
export function useRefusedBodies(entries) {
  const [bodies, setBodies] = useState(null);
  const newest = entries?.[0]?.number;
  useEffect(() => {
    const { api } = store;
    const refused = (entries ?? [])
      .filter((entry) => isRefused(entry) && entry.path.includes("/api/v2/"))
      .filter((entry) => entry.body?.kept && entry.body.size <= LONGEST)
      .slice(0, MOST);
    let isWanted = true;
    const read = async ({ number, at }) => {
      const key = `${api.account}/${number}/${at}`;
      if (!known.has(key)) known.set(key, api.bytes(`/journal/${number}/body`).then(textOf, () => ""));
      return [number, await known.get(key)];
    };
    Promise.all(refused.map(read)).then((read) => isWanted && setBodies(new Map(read)));
    return () => {
      isWanted = false;
    };
  }, [newest]);
  return bodies;
}
