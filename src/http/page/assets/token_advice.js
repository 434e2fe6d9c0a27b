// What to do about an upload token that a refused ticket named and its account does not know.

import { html, useEffect, useState } from "./html.js";
import { href } from "./route.js";
import { store, useStore } from "./store.js";
import { nameOf } from "./files.js";
import { textOf } from "./preview.js";

/** The upload tokens that the body of a request names for a ticket, or for any ticket. */
export function namedTokens(text, ticket = null) {
  const body = JSON.parse(text);
  // Of many tickets, those that are changed have an id.
  const isMeant = (one) =>
    !ticket || (one?.id == null ? one?.subject === ticket.subject : String(one.id) === String(ticket.id));
  const ofMany = Array.isArray(body?.tickets) ? body.tickets.filter(isMeant) : [];
  return [body?.ticket, body?.request, ...ofMany].flatMap((one) => {
    const comments = [one?.comment, ...(Array.isArray(one?.comments) ? one.comments : [])];
    return comments.flatMap((comment) => comment?.uploads ?? []).map(String);
  });
}

/** The history of a token, or where else it is known. */
export async function historyOf(api, token) {
  const { tokens, elsewhere } = await api.get(`/tokens?token=${encodeURIComponent(token)}`);
  return tokens[0] ?? { token, kind: "upload", status: "unknown", elsewhere, steps: [] };
}

/** The tokens that a refusal is about: the reason names one unless its form is wrong. */
async function refusedTokens(api, { number, reason, body }) {
  const named = /never issued \S+ token (\w+)/.exec(reason)?.[1];
  if (named) return [named];
  return body?.kept ? namedTokens(textOf(await api.bytes(`/journal/${number}/body`))) : [];
}

/** Whether two texts differ by one character: another one, one more, or one less. */
function isSlip(one, other) {
  if (one === other || Math.abs(one.length - other.length) > 1) return false;
  let start = 0;
  while (start < one.length && one[start] === other[start]) start += 1;
  const rest = (text, more) => text.slice(start + more);
  const [more, less] = one.length >= other.length ? [one, other] : [other, one];
  return rest(more, 1) === rest(less, more.length === less.length ? 1 : 0);
}

export function TokenAdvice({ account, entry }) {
  const { files, entries } = useStore();
  const [unknown, setUnknown] = useState(null);
  useEffect(() => {
    const { api } = store;
    let isWanted = true;
    refusedTokens(api, entry)
      .then((tokens) => Promise.all(tokens.map((token) => historyOf(api, token))))
      .then((read) => read.filter(({ status }) => status === "unknown"), () => [])
      .then((found) => isWanted && setUnknown(found));
    return () => {
      isWanted = false;
    };
  }, [account, entry.number, entry.at]);
  const foreign = unknown?.find(({ elsewhere }) => elsewhere);
  if (foreign) {
    return html`<code>${foreign.token}</code> is a token of account${" "}
      <a href=${href(foreign.elsewhere, "files", foreign.token)}>${foreign.elsewhere}</a>. The ticket was sent to
      ${" "}${account}: send both to one account. The base URL or the credentials choose it.`;
  }
  for (const { token } of unknown ?? []) {
    const meant = files?.find((file) => file.kind === "upload" && file.token && isSlip(file.token, token));
    if (meant) {
      return html`<code>${token}</code> differs by one character from the token of${" "}
        <a href=${href(account, "files", meant.key)}><bdi>${nameOf(meant, entries)}</bdi></a>. Use
        ${" "}<code>upload.token</code> of the answer to the upload, unchanged.`;
    }
  }
  return html`Use <code>upload.token</code> of the answer to the upload, and send the ticket to the
    account that has the upload. The base URL or the credentials choose the account. A reset or a
    restore forgets tokens.`;
}
