// Why a ticket lacks files: what its requests named, beside what was attached.

import { html, useEffect, useState } from "./html.js";
import { clockTime } from "./format.js";
import { href } from "./route.js";
import { store, useStore } from "./store.js";
import { adviceFor } from "./advice.js";
import { nameOf } from "./file_state.js";
import { textOf } from "./preview.js";
import { isRefused } from "./refused.js";
import { RequestLine } from "./request_line.js";
import { historyOf, namedTokens } from "./named_tokens.js";
import { wrongToken } from "./wrong_token.js";

const attachedTo = (history, id) =>
  history.steps.find(({ step, object }) => step === "attached" && object === `ticket/${id}`);

/** Whether a ticket still has one of the files of a token. */
function hasFiles(history, present) {
  const objects = history.steps.filter(({ step }) => ["issued", "appended"].includes(step)).map(({ object }) => object);
  return !objects.length || objects.some((object) => present.has(object));
}

/** Whether a request made or changed a ticket. A fault may have cut its answer. */
const isOf = (entry, { id }) => entry.objects.includes(`ticket/${id}`);

/** The tokens that the body of a request names for a ticket. */
async function tokensOf(api, entry, ticket) {
  if (!entry.body?.kept) return [];
  try {
    return [...new Set(namedTokens(textOf(await api.bytes(`/journal/${entry.number}/body`)), ticket))];
  } catch {
    return [];
  }
}

/** As many refused changes are looked at. */
const MOST_REFUSED = 3;

/** Compares the tokens that accepted requests named, oldest first, with what the ticket has. */
async function compare(api, { ticket, comments }, requests) {
  const sent = requests
    .filter((entry) => ["POST", "PUT"].includes(entry.method) && isOf(entry, ticket))
    .reverse();
  const present = new Set(comments.flatMap(({ files }) => files.map(({ file }) => `attachment/${file}`)));
  const read = (entries) => Promise.all(entries.map(async (entry) => ({ entry, tokens: await tokensOf(api, entry, ticket) })));
  const refused = requests.filter((entry) => isRefused(entry) && !isOf(entry, ticket)).slice(0, MOST_REFUSED);
  const [named, namedByRefused] = await Promise.all([read(sent), read(refused)]);
  const tokens = [...new Set(named.flatMap((one) => one.tokens))];
  const histories = new Map(await Promise.all(tokens.map(async (token) => [token, await historyOf(api, token)])));
  const seen = new Set();
  const lacking = [];
  for (const one of named) {
    for (const token of one.tokens) {
      const history = histories.get(token);
      const attached = attachedTo(history, ticket.id);
      const isFirst = !seen.has(token);
      seen.add(token);
      if (attached && isFirst && hasFiles(history, present)) continue;
      lacking.push({ history, attached, isFirst, sentAt: one.entry.at });
    }
  }
  const isNamedByRefused = namedByRefused.some((one) => one.tokens.length > 0);
  return { sent, refused, lacking, named: tokens.length, isNamedByRefused };
}

/** What a ticket lacks, or `null` until that is known. */
export function useMissingFiles(found, requests) {
  const [result, setResult] = useState(null);
  const id = found?.ticket.id;
  const files = found?.comments.flatMap((comment) => comment.files.map(({ file }) => file));
  useEffect(() => {
    if (!found) return undefined;
    let isWanted = true;
    compare(store.api, found, requests)
      .catch(() => ({ sent: [], refused: [], lacking: [], named: 0 }))
      .then((compared) => isWanted && setResult({ id, ...compared }));
    return () => {
      isWanted = false;
    };
  }, [id, files?.join(), requests.map(({ number }) => number).join()]);
  return result && result.id === id ? result : null;
}

/** Why a token brought no file, in one word. */
function causeOf({ history: { status, kind, steps }, attached, isFirst }) {
  if (status === "unknown" || kind !== "upload") return "wrong";
  if (attached && isFirst) return "removed";
  if (steps.some(({ step, object }) => step === "attached" && object?.startsWith("ticket/"))) return "used";
  return steps.some(({ step }) => step === "deleted") && status !== "expired" ? "deleted" : status;
}

/** What to change, by cause. The sentence about the token says it for the others. */
const CHANGES = {
  used: () => "Upload the file again for each ticket or comment that has it.",
  expired: (account) => html`Upload the file again and send the new token. Send the ticket sooner after the
    upload, or raise <code>upload_ttl</code> under
    ${" "}<a href=${href(account, "controls", "upload_ttl")}>Controls</a>.`,
  deleted: () => html`Delete an upload only if no ticket will name its token. Upload the file again.`,
};

/** Why a token brought no file. */
function Because({ lacking: { history, attached, isFirst, sentAt }, ticket }) {
  const { account, files, entries } = useStore();
  const { token, status } = history;
  const names = files?.filter((one) => one.token === token).map((one) => nameOf(one, entries));
  const name = status === "unknown"
    ? (token ? html`<code>${token}</code>` : "an empty text")
    : html`<a href=${href(account, "files", token)}><bdi>${names?.join(", ") || token}</bdi></a>`;
  return html`<p>The request at ${clockTime(sentAt)} names ${name}${because()}</p>`;

  function because() {
    if (causeOf({ history, attached, isFirst }) === "wrong") {
      return html`, which ${wrongToken(history, { account, files, entries })}`;
    }
    if (attached && isFirst) return `, which was attached at ${clockTime(attached.at)}. The file was removed from the ticket since.`;
    const used = history.steps.find(({ step, object }) => step === "attached" && object?.startsWith("ticket/"));
    if (used) {
      const number = used.object.slice(7);
      const owner = number === String(ticket.id) ? "an earlier comment of this ticket" : html`<a href=${href(account, "tickets", number)}>ticket #${number}</a>`;
      return html`, which ${owner} attached at ${clockTime(used.at)}; a token works once.`;
    }
    if (status === "expired") {
      const isBefore = Date.parse(sentAt) > Date.parse(history.expires_at);
      return `, which had expired at ${clockTime(history.expires_at)}${isBefore ? ", before the ticket was sent" : ""}.`;
    }
    const deleted = history.steps.find(({ step }) => step === "deleted");
    if (deleted) return `, which was deleted at ${clockTime(deleted.at)}.`;
    return `, which is ${status}.`;
  }
}

/** Says which files a ticket lacks, and why, from the requests that made and changed it. */
export function MissingFiles({ ticket, missing: { sent, refused, lacking, named, isNamedByRefused } }) {
  const { account, files, settings } = useStore();
  const lines = (entries) =>
    entries.map((entry) => html`<${RequestLine} key=${entry.number} entry=${entry} account=${account} withReason />`);
  const advice = refused.length > 0 && adviceFor(refused[0], account);
  const refusals = refused.length > 0 && html`<div class="callout bad">
    <strong>A change of this ticket was refused</strong>
    ${lines(refused)}
    ${advice && html`<strong>What to change</strong><p>${advice}</p>`}
  </div>`;
  const hints = lines(sent.filter(({ hint }) => hint));
  if (lacking.length > 0) {
    const causes = new Set(lacking.map(causeOf));
    const changes = Object.keys(CHANGES).filter((cause) => causes.has(cause));
    const isIgnored = settings?.bad_token_on_ticket === "ignore";
    return html`${refusals}<div class="callout bad">
      <strong>${ticket.files === 0 ? "Why it has no files" : `Why ${lacking.length === 1 ? "a file is" : `${lacking.length} files are`} missing`}</strong>
      ${hints}
      ${lacking.map((one) => html`<${Because} key=${`${one.history.token} ${one.sentAt}`} lacking=${one} ticket=${ticket} />`)}
      ${isIgnored && html`<p>The setting <code>bad_token_on_ticket</code> is <code>ignore</code>: the ticket is
        created without the files of such a token. With <code>reject</code> it is refused with 422. See
        ${" "}<a href=${href(account, "controls", "bad_token_on_ticket")}>Controls</a>.</p>`}
      ${changes.length > 0 && html`<strong>What to change</strong>`}
      ${changes.map((cause) => html`<p key=${cause}>${CHANGES[cause](account)}</p>`)}
    </div>`;
  }
  if (!sent.length || (ticket.files > 0 && !hints.length)) return refusals;
  if (named > 0 || ticket.files > 0) {
    return html`${refusals}${hints.length > 0 && html`<div class="callout"><strong>Hint</strong>${hints}</div>`}`;
  }
  // A client that sends requests wraps them by another name than one that sends tickets.
  const wrapper = sent.some(({ route }) => route?.includes("/tickets")) ? "ticket" : "request";
  const open = (files ?? []).filter((file) => file.state === "open").slice(0, 3);
  return html`${refusals}<div class="callout">
    <strong>Why it has no files</strong>
    ${hints}
    <p>${isNamedByRefused
      ? "No accepted request of this ticket names an upload token. A change that names one was refused, as shown above."
      : html`No ${refused.length > 0 && "accepted "}request of this ticket names an upload token in <code>${wrapper}.comment.uploads</code>, where it belongs.`}</p>
    ${open.length > 0 && html`<p>Uploads that wait for a ticket: ${open.map((file, place) => html`${place > 0 && ", "}<a href=${href(account, "files", file.key)}><bdi>${file.file_name}</bdi></a>`)}.</p>`}
  </div>`;
}
