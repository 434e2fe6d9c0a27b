// The bodies of refused requests: they name the tokens and the subject that no object has.

import { useEffect, useState } from "./html.js";
import { store } from "./store.js";
import { textOf } from "./preview.js";
import { isRefused } from "./refused.js";

/** How many bodies are read before those that are read so far are shown. */
const SLICE = 60;
/** How long a body may be, and how many are kept. */
const LONGEST = 20_000;
const MOST_KEPT = 2_000;

/** The texts, by account and request, or the promise of one that is being read. */
const texts = new Map();

const keyOf = ({ account }, { number, at }) => `${account}/${number}/${at}`;

async function read(api, entry) {
  const key = keyOf(api, entry);
  if (!texts.has(key)) texts.set(key, api.bytes(`/journal/${entry.number}/body`).then(textOf));
  try {
    texts.set(key, await texts.get(key));
  } catch {
    texts.delete(key);
  }
}

/**
 * Finds the text of the body of a refused request, or `undefined` until that is read. `null` until
 * the newest ones are read.
 */
export function useRefusedBodies(entries) {
  const [bodies, setBodies] = useState(null);
  const newest = entries?.[0];
  useEffect(() => {
    const { api } = store;
    let isWanted = true;
    if (!entries) return undefined;
    const refused = entries
      .filter((entry) => isRefused(entry) && entry.path.includes("/api/v2/"))
      .filter((entry) => entry.body?.kept && entry.body.size <= LONGEST);
    const show = () => {
      const find = (entry) => {
        const text = texts.get(keyOf(api, entry));
        return typeof text === "string" ? text : undefined;
      };
      if (isWanted) setBodies({ find });
    };
    const readAll = async () => {
      if (texts.size > MOST_KEPT) texts.clear();
      const missing = refused.filter((entry) => typeof texts.get(keyOf(api, entry)) !== "string");
      for (let at = 0; at < missing.length && isWanted; at += SLICE) {
        await Promise.all(missing.slice(at, at + SLICE).map((entry) => read(api, entry)));
        show();
      }
      if (!missing.length) show();
    };
    readAll();
    return () => {
      isWanted = false;
    };
  }, [newest?.number, newest?.at, store.api]);
  return bodies;
}

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** The subject in the body of a request for a ticket. */
export function subjectOf(text) {
  const body = parse(text ?? "");
  const many = Array.isArray(body?.tickets) ? body.tickets : [];
  const { subject } = body?.ticket ?? body?.request ?? many[0] ?? {};
  if (typeof subject !== "string" || !subject) return undefined;
  return many.length > 1 ? `${subject}, and ${many.length - 1} more` : subject;
}

/** The token in the body of a publication. */
export function publishedToken(text) {
  const token = parse(text ?? "")?.token;
  return typeof token === "string" ? token : undefined;
}
