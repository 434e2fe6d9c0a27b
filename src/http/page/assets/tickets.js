// Tickets: their comments with the files, and why one has no file.

import { html, useEffect, useMemo, useState } from "./html.js";
import { clockTime, count, date, dateTime, size } from "./format.js";
import { href } from "./route.js";
import { store, useStore } from "./store.js";
import { Badge, CallBehind, Cut, DetailHead, Empty, Icon, Rows, Search, Split } from "./parts.js";
import { CommentText } from "./comment.js";
import { FirstTicket } from "./connect.js";
import { RequestLine } from "./requests.js";
import { Thumb, textOf } from "./preview.js";

const HEIGHT = 60;
const STATUS_KINDS = { new: "warn", open: "bad", pending: "info", hold: "mute", solved: "good", closed: "mute" };

/** The refused requests that would have made or changed a ticket. */
const isRefusedTicket = (entry) =>
  entry.status >= 400 && ["POST", "PUT"].includes(entry.method) && /\/(tickets|requests)/.test(entry.route ?? "");

export const personName = ({ name, email, id }) => name ?? email ?? `user ${id}`;

export function Tickets({ id }) {
  const { account, tickets, entries } = useStore();
  const [query, setQuery] = useState("");
  const shown = useMemo(() => {
    const words = query.toLowerCase().split(/\s+/).filter(Boolean);
    const text = ({ id: number, subject, status, requester }) =>
      `#${number} ${subject ?? ""} ${status} ${requester.name ?? ""} ${requester.email ?? ""}`.toLowerCase();
    return (tickets ?? [])
      .filter((ticket) => words.every((word) => text(ticket).includes(word)))
      .map((ticket) => ({ key: ticket.id, ticket }));
  }, [tickets, query]);
  const refused = useMemo(() => (entries ?? []).filter(isRefusedTicket), [entries]);
  if (!tickets) return html`<p class="note loading">Loading…</p>`;
  const refusals = refused.length > 0 && html`<div class="callout bad refused">
    <strong>${count(refused.length, "ticket request")} refused</strong>
    ${refused.slice(0, 3).map((entry) => html`<${RequestLine} key=${entry.number} entry=${entry} account=${account} withReason />`)}
  </div>`;
  if (!tickets.length && !id) {
    return html`<div class="single">${refusals}<${Empty} title="No tickets yet">
      <p>A ticket appears here with its comments and files. An upload gets into a ticket by its token,
        in <code>comment.uploads</code>:</p>
      <${FirstTicket} account=${account} />
    <//></div>`;
  }
  const today = date(store.now());
  const list = html`
    <div class="bar"><${Search} value=${query} onInput=${setQuery} label="Search tickets" /></div>
    ${refusals}
    ${shown.length
      ? html`<${Rows}
          items=${shown}
          height=${HEIGHT}
          label="Tickets, newest first"
          row=${({ ticket }) => html`<${TicketRow} ticket=${ticket} account=${account} today=${today} isOpen=${String(ticket.id) === id} />`}
        />`
      : html`<${Empty} title="No ticket matches"><p>Change the search.</p><//>`}
    <${CallBehind} path="/tickets" />`;
  return html`<${Split} list=${list} detail=${id && html`<${TicketDetail} key=${id} id=${Number(id)} />`} />`;
}

function TicketRow({ ticket, account, isOpen, today }) {
  const at = date(ticket.created_at) === today ? clockTime(ticket.created_at) : date(ticket.created_at);
  return html`<a class="row ticket" href=${href(account, "tickets", ticket.id)} aria-current=${isOpen ? "true" : undefined}>
    <span class="id">#${ticket.id}</span>
    <span class="two">
      <${Cut} text=${ticket.subject ?? "(no subject)"} class="name" />
      <span class="sub cut"><bdi>${personName(ticket.requester)}</bdi> · ${count(ticket.comments, "comment")}</span>
    </span>
    <span class="end">
      <${Badge} kind=${STATUS_KINDS[ticket.status] ?? "mute"}>${ticket.status}<//>
      <span class="sub">${ticket.files ? html`<${Icon} name="clip" />${count(ticket.files, "file")}` : "no files"}</span>
    </span>
    <time class="when" title=${dateTime(ticket.created_at)}>${at}</time>
  </a>`;
}

function TicketDetail({ id }) {
  const { account, tickets, entries } = useStore();
  const [found, setFound] = useState(null);
  const [problem, setProblem] = useState(null);
  const updated = tickets?.find((ticket) => ticket.id === id);
  useEffect(() => {
    let isWanted = true;
    store.api
      .get(`/tickets/${id}`)
      .then((answer) => isWanted && (setFound(answer), setProblem(null)))
      .catch((error) => isWanted && (setFound(null), setProblem(error.message)));
    return () => {
      isWanted = false;
    };
  }, [id, tickets]);
  const back = href(account, "tickets");
  if (!found) {
    return html`<${DetailHead} title=${`Ticket ${id}`} back=${back} /><p class="pad">${problem ?? "Loading…"}</p>`;
  }
  const { ticket, comments } = found;
  const requests = (entries ?? []).filter((entry) => entry.objects.includes(`ticket/${id}`));
  return html`<${DetailHead} title=${`#${ticket.id} ${ticket.subject ?? "(no subject)"}`} back=${back}>
      <${Badge} kind=${STATUS_KINDS[ticket.status] ?? "mute"}>${ticket.status}<//>
    <//>
    <div class="pad">
      ${ticket.files === 0 && html`<${NoFilesBecause} id=${id} updated=${updated?.updated_at} requests=${requests} />`}
      ${comments.map((comment) => html`<article class=${comment.public ? "comment" : "comment private"} key=${comment.id}>
        <header>
          <strong><bdi>${personName(comment.author)}</bdi></strong>
          ${comment.author.email && comment.author.email !== comment.author.name && html`<span class="sub">${comment.author.email}</span>`}
          ${!comment.public && html`<${Badge} kind="mute">internal note<//>`}
          <time title=${dateTime(comment.created_at)}>${clockTime(comment.created_at)}</time>
        </header>
        <${CommentText} text=${comment.html} title=${`Comment of ${personName(comment.author)}`} />
        ${comment.files.length > 0 && html`<ul class="clips" aria-label="Files">
          ${comment.files.map((file) => html`<li key=${file.file}><a href=${href(account, "files", file.file)}>
            <${Thumb} file=${file} /><span class="two"><${Cut} text=${file.file_name} class="name" /><span class="sub">${size(file.size)}</span></span>
          </a></li>`)}
        </ul>`}
      </article>`)}
      <h3>Requests</h3>
      ${requests.length
        ? html`<ul class="lines">${requests.map((entry) => html`<li key=${entry.number}><${RequestLine} entry=${entry} account=${account} /></li>`)}</ul>`
        : html`<p class="note">The journal has no request of this ticket.</p>`}
      <${CallBehind} path=${`/tickets/${id}`} />
    </div>`;
}

/** The upload tokens that the body of a request names. */
function namedTokens(text) {
  let body;
  try {
    body = JSON.parse(text);
  } catch {
    return null;
  }
  const ticket = body?.ticket ?? body?.request ?? {};
  const comments = [ticket.comment, ...(Array.isArray(ticket.comments) ? ticket.comments : [])];
  return comments.flatMap((comment) => comment?.uploads ?? []).map(String);
}

/** Why a token brought no file to a ticket that was sent at an instant. */
function becauseOf(token, { id, account, sentAt }) {
  if (token.status === "unknown") return `: ${token.why}.`;
  const attached = token.steps.find(({ step, object }) => step === "attached" && object?.startsWith("ticket/"));
  if (token.status === "attached" && attached) {
    const number = attached.object.slice(7);
    const at = clockTime(attached.at);
    if (number === String(id)) return `, which was attached at ${at}. The file was removed from the ticket since.`;
    return html`, which <a href=${href(account, "tickets", number)}>ticket #${number}</a> attached at ${at}; a
      token works once.`;
  }
  if (token.status !== "expired") return `, which is ${token.status}.`;
  const isBefore = sentAt > Date.parse(token.expires_at);
  const before = isBefore ? `, before the ticket was sent at ${clockTime(sentAt)}` : "";
  return `, which had expired at ${clockTime(token.expires_at)}${before}.`;
}

/** Says why a ticket has no file, from the requests that made it. */
function NoFilesBecause({ id, requests, updated }) {
  const { account, files, settings } = useStore();
  const [tokens, setTokens] = useState(null);
  const sent = requests.filter((entry) => ["POST", "PUT"].includes(entry.method) && entry.status < 400);
  const numbers = sent.map((entry) => entry.number).join();
  useEffect(() => {
    let isWanted = true;
    const { api } = store;
    const read = async ({ number }) => namedTokens(textOf(await api.bytes(`/journal/${number}/body`))) ?? [];
    const explain = async (token) => {
      const { tokens: known } = await api.get(`/tokens?token=${encodeURIComponent(token)}`);
      if (known[0]) return known[0];
      // The description of its 404 names the account that has the token.
      return api
        .get(`/tokens/${encodeURIComponent(token)}`)
        .then(({ token: found }) => found)
        .catch((error) => ({ token, status: "unknown", why: error.message }));
    };
    Promise.all(sent.map((entry) => read(entry).catch(() => [])))
      .then((named) => Promise.all([...new Set(named.flat())].map(explain)))
      .then((found) => isWanted && setTokens(found));
    return () => {
      isWanted = false;
    };
  }, [id, numbers, updated]);
  if (!sent.length || !tokens) return null;
  const hints = sent
    .filter(({ hint }) => hint)
    .map((entry) => html`<${RequestLine} key=${entry.number} entry=${entry} account=${account} withReason />`);
  const open = (files ?? []).filter((file) => file.state === "open").slice(0, 3);
  if (!tokens.length) {
    return html`<div class="callout">
      <strong>Why it has no files</strong>
      ${hints}
      <p>No request of this ticket names an upload token. The token of an upload belongs in
        <code>ticket.comment.uploads</code>.</p>
      ${open.length > 0 && html`<p>Uploads that wait for a ticket: ${open.map((file, place) => html`${place > 0 && ", "}<a href=${href(account, "files", file.key)}><bdi>${file.file_name}</bdi></a>`)}.</p>`}
    </div>`;
  }
  const sentAt = Date.parse(sent[sent.length - 1].at);
  return html`<div class="callout bad">
    <strong>Why it has no files</strong>
    ${hints}
    ${tokens.map((token) => html`<p key=${token.token}>
      The ticket names the upload token ${token.status === "unknown"
        ? html`<code>${token.token}</code>`
        : html`<a href=${href(account, "files", token.token)}><bdi>${token.file_names?.join(", ") || token.token}</bdi></a>`}${becauseOf(token, { id, account, sentAt })}
    </p>`)}
    ${settings?.bad_token_on_ticket === "ignore" && html`<p>The setting <code>bad_token_on_ticket</code> is
      <code>ignore</code>: the ticket is created without the files of such a token. With
      <code>reject</code> it is refused with 422. See <a href=${href(account, "controls")}>Controls</a>.</p>`}
    <p>Upload the file again, and name its new token while it is valid.</p>
  </div>`;
}
