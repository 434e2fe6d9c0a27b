// The refusals that stopped images, and the refused requests that are of no file.

import { useMemo } from "./html.js";
import { publishedToken } from "./bodies.js";
import { isPublication, isPut, isRefused, isRefusedFile, tokenOf } from "./refused.js";
import { isSlip } from "./named_tokens.js";

const isWaiting = (file) => file.kind !== "upload" && file.token && file.missing === "store";

/** An instant as a signature has it. */
const signedTime = (instant) => `${new Date(instant).toISOString().slice(0, 19).replace(/[-:]/g, "")}Z`;

/**
 * The image that a URL with a changed path was created for: its token is in the path but for one
 * character, or it is the only one that was created at the time of the signature.
 */
export function meantImage({ path, reason }, files) {
  // The signature fits the path: the URL is of an image that the account has forgotten.
  if (/no reservation has this key/.test(reason)) return undefined;
  const [sent, query] = path.split("?");
  const parts = sent.toUpperCase().split("/");
  const waiting = (files ?? []).filter(isWaiting);
  const named = waiting.find(({ token }) => parts.some((part) => part.includes(token) || isSlip(part, token)));
  if (named) return named;
  const signedAt = new URLSearchParams(query).get("X-Amz-Date");
  const found = waiting.filter(({ at }) => at && signedTime(at) === signedAt);
  return found.length === 1 ? found[0] : undefined;
}

/**
 * `of` finds the refusal that stopped an image, `tokenOf` the image that a refused request is
 * about, and `lost` has the refused requests that are of no file. Entries are newest first.
 */
export function useImageRefusals(entries, files, bodies) {
  return useMemo(() => {
    const known = new Set((files ?? []).map(({ token }) => token));
    const [puts, publications, stored, tokens] = [new Map(), new Map(), new Map(), new Map()];
    const keep = (map, token, entry) => !map.has(token) && map.set(token, entry);
    const lost = [];
    for (const entry of entries ?? []) {
      if (!isRefused(entry)) {
        if (isPut(entry)) keep(stored, tokenOf(entry), entry);
        continue;
      }
      if (!isRefusedFile(entry)) continue;
      const isPublishing = isPublication(entry);
      const text = isPublishing ? bodies?.find(entry) : undefined;
      // The body has the token, and is not read yet.
      if (isPublishing && text === undefined && entry.body?.kept) continue;
      const named = isPublishing ? publishedToken(text) : isPut(entry) ? tokenOf(entry) : undefined;
      const token = known.has(named) ? named : isPut(entry) ? meantImage(entry, files)?.token : undefined;
      if (!token) {
        lost.push(entry);
        continue;
      }
      tokens.set(entry.number, token);
      keep(isPublishing ? publications : puts, token, entry);
    }
    const of = ({ token, missing }) => {
      if (missing === "store") return puts.get(token) ?? publications.get(token);
      const refused = missing === "publish" ? publications.get(token) : undefined;
      // What was refused before the image was stored says nothing about what is stored.
      return refused && !(refused.number < stored.get(token)?.number) ? refused : undefined;
    };
    return { lost, of, tokenOf: ({ number }) => tokens.get(number) };
  }, [entries, files, bodies]);
}
