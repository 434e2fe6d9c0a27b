// What is wrong with an upload token that a ticket names, and what to use instead.

import { html, useEffect, useState } from "./html.js";
import { count } from "./format.js";
import { href } from "./route.js";
import { store, useStore } from "./store.js";
import { historyOf, isSlip, namedTokens, namedValues } from "./named_tokens.js";
import { publishedToken } from "./bodies.js";
import { nameOf } from "./file_state.js";
import { textOf } from "./preview.js";

const code = (text) => html`<code>${text}</code>`;
const uploadToken = () => html`${code("upload.token")} of the answer to the upload`;

/** The path of a URL, without the account's prefix. */
const pathOf = (url) => {
  try {
    return new URL(url).pathname.replace(/^\/@[^/]+(?=\/)/, "");
  } catch {
    return null;
  }
};

/** The shortest text that is taken for a part of a token. */
const SHORTEST_PART = 8;

/** Whether one of two texts is a part of the other. */
const isPart = (text, token) =>
  text.length >= SHORTEST_PART && (token.includes(text) || text.includes(token));

/** How a text differs from the token that it was meant to be, or `undefined` if it was not meant. */
function differenceOf(text, token) {
  if (text.trim() === token) {
    const places = [text.trimStart() !== text && "before", text.trimEnd() !== text && "after"].filter(Boolean);
    return `has a space ${places.join(" and ")} it, unlike`;
  }
  if (text.toLowerCase() === token.toLowerCase()) return "has other capital letters than";
  if (isSlip(token, text)) return "differs by one character from";
  if (isPart(text, token)) return text.length < token.length ? "is only a part of" : "is longer than";
  return undefined;
}

/** The file whose token a text was meant to be, and how they differ. The closest one comes first. */
function findMeant(text, files) {
  const slips = files.filter(({ token }) => token).map((file) => ({ file, how: differenceOf(text, file.token) }));
  return ["has a", "has other", "differs", "is"]
    .map((start) => slips.find(({ how }) => how?.startsWith(start)))
    .find(Boolean);
}

/** What a text is that names no upload, as the end of a sentence that begins with it. */
export function wrongToken({ token, kind, elsewhere }, { account, files, entries }) {
  const uploads = (files ?? []).filter((file) => file.kind === "upload");
  const link = (file) => html`<a href=${href(account, "files", file.key)}><bdi>${nameOf(file, entries)}</bdi></a>`;
  const path = pathOf(token);
  const other = uploads.find((file) => file.file === token || (path && file.url && pathOf(file.url) === path));
  if (other) {
    return html`is the ${path ? code("content_url") : "id"} of the file ${link(other)}. A ticket takes the token
      of an upload: ${code("upload.token")} of its answer.`;
  }
  const words = token.split(/[\s,;|]+/).filter(Boolean);
  if (words.length > 1) {
    return html`has ${count(words.length, "token")} in one text. Make each an item of its own:
      ${" "}${code('"uploads": ["TOKEN", "TOKEN"]')}.`;
  }
  if (elsewhere) {
    return html`is a token of account <a href=${href(elsewhere, "files", token)}>${elsewhere}</a>. The ticket was
      sent to ${account}: send both to one account. The base URL or the credentials choose it.`;
  }
  if (kind !== "upload") {
    return html`is the token of a user image, which has no place in a ticket. A ticket takes ${uploadToken()}.`;
  }
  const meant = findMeant(token, uploads);
  if (meant) return html`${meant.how} the token of ${link(meant.file)}. Use ${uploadToken()}, unchanged.`;
  return html`is no token that account ${account} knows: no upload has returned it, or a reset or a restore has removed
    it. Use ${uploadToken()}, and send both to one account: the base URL or the credentials choose it.`;
}

const imageToken = () => html`${code("upload.token")} of the answer of ${code("POST /api/v2/guide/user_images/uploads")}`;

/** What a text is that names no image, as the end of a sentence that begins with it. */
function wrongImageToken({ token, kind, status, elsewhere }, { account, files, entries }) {
  const link = (file) => html`<a href=${href(account, "files", file.key)}><bdi>${nameOf(file, entries)}</bdi></a>`;
  if (elsewhere) {
    return html`is a token of account <a href=${href(elsewhere, "files", token)}>${elsewhere}</a>. The publication was
      sent to ${account}: send both to one account. The base URL or the credentials choose it.`;
  }
  const upload = kind === "upload" && status !== "unknown" && files?.find((file) => file.token === token);
  if (upload) return html`is the token of the upload ${link(upload)}. A publication takes ${imageToken()}.`;
  const meant = findMeant(token, (files ?? []).filter((file) => file.kind !== "upload"));
  if (meant) return html`${meant.how} the token of ${link(meant.file)}. Use ${imageToken()}, unchanged.`;
  return html`is no token that account ${account} knows: no request for an upload URL has returned it, or a reset or
    a restore has removed it. Use ${imageToken()}, and send both to one account: the base URL or the credentials
    choose it.`;
}

/** Names the token of a refused publication, and the one that was meant. */
export function ImageTokenAdvice({ account, entry }) {
  const { files, entries } = useStore();
  const history = useNamed(entry, async (text, api) => {
    const token = publishedToken(text);
    return token === undefined ? undefined : historyOf(api, token);
  });
  if (!history) return html`Use ${imageToken()}, unchanged.`;
  return html`${history.token ? code(history.token) : "An empty text"} ${wrongImageToken(history, { account, files, entries })}`;
}

/** Reads the body of a request once. `null` until it is read; `undefined` if there is none. */
function useNamed(entry, read) {
  const [found, setFound] = useState(null);
  useEffect(() => {
    const { api } = store;
    let isWanted = true;
    const load = async () => entry.body?.kept ? read(textOf(await api.bytes(`/journal/${entry.number}/body`)), api) : undefined;
    load().then((value) => isWanted && setFound([value]), () => isWanted && setFound([undefined]));
    return () => {
      isWanted = false;
    };
  }, [entry.number, entry.at]);
  return found && found[0];
}

const isWrong = ({ status, kind }) => status === "unknown" || kind !== "upload";

const readWrong = async (text, api) => {
  const histories = await Promise.all([...new Set(namedTokens(text))].map((token) => historyOf(api, token)));
  return histories.filter(isWrong);
};

/** Names each token of a refused ticket that its account does not know. */
export function TokenAdvice({ account, entry }) {
  const { files, entries } = useStore();
  const wrong = useNamed(entry, readWrong);
  if (!wrong?.length) {
    return html`Use ${uploadToken()}, and send the ticket to the account that has the upload. The base URL or
      the credentials choose the account. A reset or a restore forgets tokens.`;
  }
  return html`<span class="stack">${wrong.map((one) => html`<span key=${one.token}>
    ${one.token ? code(one.token) : "An empty text"} ${wrongToken(one, { account, files, entries })}</span>`)}</span>`;
}

/** What is wrong with the form of `uploads`: a list of texts is right. */
export function UploadsAdvice({ account, entry }) {
  const { files } = useStore();
  const values = useNamed(entry, (text) => namedValues(text)) ?? [];
  const right = html`${code('"uploads": ["TOKEN"]')}, with ${uploadToken()}`;
  const items = values.filter(Array.isArray).flat();
  const id = items.find((item) => typeof item === "number");
  const file = id != null && files?.find((one) => one.file === String(id));
  if (id != null) {
    return html`${code(id)} is a number${file && html`, the id of the file <a href=${href(account, "files", file.key)}><bdi>${file.file_name}</bdi></a>`}.
      ${" "}A ticket takes tokens: ${right}.`;
  }
  if (items.some((item) => item && typeof item === "object")) {
    return html`An item of the list is the token itself, not an object around it: ${right}.`;
  }
  return html`Send the tokens as a list of texts, even one: ${right}.`;
}
