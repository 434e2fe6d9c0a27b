// The upload tokens that requests name for tickets.

/** The values that the body of a request has as upload tokens, for a ticket or for any ticket. */
export function namedValues(text, ticket = null) {
  const body = JSON.parse(text);
  // Of many tickets, those that are changed have an id.
  const isMeant = (one) =>
    !ticket || (one?.id == null ? one?.subject === ticket.subject : String(one.id) === String(ticket.id));
  const ofMany = Array.isArray(body?.tickets) ? body.tickets.filter(isMeant) : [];
  return [body?.ticket, body?.request, ...ofMany].flatMap((one) => {
    const comments = [one?.comment, ...(Array.isArray(one?.comments) ? one.comments : [])];
    return comments.map((comment) => comment?.uploads).filter((uploads) => uploads != null);
  });
}

/** The texts and numbers among them. */
export const namedTokens = (text, ticket = null) =>
  namedValues(text, ticket).flat().filter((value) => ["string", "number"].includes(typeof value)).map(String);

/** As much as the control API takes for a token. */
const LONGEST_FILTER = 1000;

/** The history of a token, or where else it is known. */
export async function historyOf(api, token) {
  const unknown = { token, kind: "upload", status: "unknown", steps: [] };
  if (!token || token.length > LONGEST_FILTER) return unknown;
  const { tokens, elsewhere } = await api.get(`/tokens?token=${encodeURIComponent(token)}`);
  return tokens[0] ?? { ...unknown, elsewhere };
}

/** Whether two texts differ by one character: another one, one more, or one less. */
export function isSlip(one, other) {
  if (one === other || Math.abs(one.length - other.length) > 1) return false;
  let start = 0;
  while (start < one.length && one[start] === other[start]) start += 1;
  const rest = (text, more) => text.slice(start + more);
  const [more, less] = one.length >= other.length ? [one, other] : [other, one];
  return rest(more, 1) === rest(less, more.length === less.length ? 1 : 0);
}
