// Tickets: their comments with the files, and why one has no file.

import { html, useEffect, useMemo, useRef, useState } from "./html.js";
import { clockTime, count, date, dateTime, size, wordsOf } from "./format.js";
import { href } from "./route.js";
import { store, useStore } from "./store.js";
import { Icon } from "./icons.js";
import { CallBehind } from "./call.js";
import { Rows } from "./rows.js";
import { Badge, Cut, DetailHead, Empty, Search, Split } from "./parts.js";
import { CommentText } from "./comment.js";
import { useRefusedBodies } from "./bodies.js";
import { useKept } from "./kept.js";
import { FirstTicket } from "./connect.js";
import { OtherAccounts } from "./other_accounts.js";
import { RequestLine } from "./request_line.js";
import { Thumb } from "./preview.js";
import { isRefusedChange, isRefusedTicket } from "./refused.js";
import { Refusals, searchRefused } from "./refusals.js";
import { MissingFiles, useMissingFiles } from "./missing_files.js";

const HEIGHT = 60;
/** After so many milliseconds comments are shown although one is not measured. */
const LONGEST_MEASURE = 1500;
const STATUS_KINDS = { new: "warn", open: "bad", pending: "info", hold: "mute", solved: "good", closed: "mute" };

export const personName = ({ name, email, id }) => name ?? email ?? `user ${id}`;

export function Tickets({ id }) {
  const { account, tickets, entries } = useStore();
  const [query, setQuery] = useKept("tickets/query", "");
  const shown = useMemo(() => {
    const words = wordsOf(query);
    const text = ({ id: number, subject, status, requester }) =>
      `#${number} ${subject ?? ""} ${status} ${requester.name ?? ""} ${requester.email ?? ""}`.toLowerCase();
    return (tickets ?? [])
      .filter((ticket) => words.every((word) => text(ticket).includes(word)))
      .map((ticket) => ({ key: ticket.id, ticket }));
  }, [tickets, query]);
  const refused = useMemo(() => (entries ?? []).filter(isRefusedTicket), [entries]);
  const bodies = useRefusedBodies(entries);
  const foundRefused = useMemo(() => searchRefused(refused, bodies, query), [refused, bodies, query]);
  if (!tickets || !entries) return html`<p class="note loading">Loading…</p>`;
  const refusals = (found, searched) => html`<${Refusals}
    found=${found}
    bodies=${bodies}
    title=${`${count(found.length, "ticket request")} refused`}
    group="refused-tickets"
    query=${searched}
  />`;
  if (!tickets.length && !id) {
    return html`<div class="single">${refusals(refused, "")}<${Empty} title="No tickets yet">
      <${OtherAccounts} view="tickets" />
      <p>A ticket appears here with its comments and files. A file is uploaded first. It gets into a
        ticket by its token, in <code>comment.uploads</code>:</p>
      <${FirstTicket} account=${account} />
    <//></div>`;
  }
  const today = date(store.now());
  const list = html`
    <div class="bar"><${Search} value=${query} onInput=${setQuery} label="Search tickets" /></div>
    ${refusals(foundRefused, query)}
    ${shown.length
      ? html`<${Rows}
          items=${shown}
          height=${HEIGHT}
          label="Tickets, newest first"
          row=${({ ticket }) => html`<${TicketRow} ticket=${ticket} account=${account} today=${today} isOpen=${String(ticket.id) === id} />`}
        />`
      : query.trim() && !foundRefused.length && html`<${Empty} title="No ticket matches"><p>Change the search.</p><//>`}
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
  const isListed = tickets.some((ticket) => ticket.id === id);
  useEffect(() => {
    let isWanted = true;
    if (!isListed) {
      setFound(null);
      return undefined;
    }
    store.api
      .get(`/tickets/${id}`)
      .then((answer) => isWanted && (setFound(answer), setProblem(null)))
      .catch((error) => isWanted && setProblem(error.message));
    return () => {
      isWanted = false;
    };
  }, [id, tickets]);
  const requests = useMemo(
    () => (entries ?? []).filter((entry) => entry.objects.includes(`ticket/${id}`) || isRefusedChange(entry, id)),
    [entries, id],
  );
  const missing = useMissingFiles(found, requests);
  // The comments appear once their heights are known, so that they move nothing.
  const measured = useRef(0);
  const [isShown, setShown] = useState(false);
  const isReady = Boolean(found && missing);
  useEffect(() => {
    if (!isReady) return undefined;
    const timer = setTimeout(() => setShown(true), LONGEST_MEASURE);
    return () => clearTimeout(timer);
  }, [isReady]);
  const back = href(account, "tickets");
  if (!isListed) {
    return html`<${DetailHead} title=${`Ticket ${id} does not exist`} back=${back} />
      <p class="pad">The account has no ticket with this number. It was never created, or a deletion, a
        reset or a restore has removed it.</p>`;
  }
  // All at once, so that nothing moves what is below it.
  if (!found || !missing) {
    return html`<${DetailHead} title=${`Ticket ${id}`} back=${back} /><p class="pad loading">${problem ?? "Loading…"}</p>`;
  }
  const { ticket, comments } = found;
  const measure = () => {
    measured.current += 1;
    if (measured.current >= comments.length) setShown(true);
  };
  return html`<${DetailHead} title=${`#${ticket.id} ${ticket.subject ?? "(no subject)"}`} back=${back}>
      <${Badge} kind=${STATUS_KINDS[ticket.status] ?? "mute"}>${ticket.status}<//>
    <//>
    <div class=${isShown ? "pad" : "pad measured"}>
      <${MissingFiles} ticket=${ticket} missing=${missing} />
      ${comments.map((comment) => html`<article class=${comment.public ? "comment" : "comment private"} key=${comment.id}>
        <header>
          <strong><bdi>${personName(comment.author)}</bdi></strong>
          ${comment.author.email && comment.author.email !== comment.author.name && html`<span class="sub">${comment.author.email}</span>`}
          ${!comment.public && html`<${Badge} kind="mute">internal note<//>`}
          <time title=${dateTime(comment.created_at)}>${clockTime(comment.created_at)}</time>
        </header>
        <${CommentText} text=${comment.html} title=${`Comment of ${personName(comment.author)}`} onMeasured=${measure} />
        ${comment.files.length > 0 && html`<ul class="clips" aria-label="Files">
          ${comment.files.map((file) => html`<li key=${file.file}><a href=${href(account, "files", file.file)}>
            <${Thumb} file=${file} /><span class="two"><${Cut} text=${file.file_name} class="name" /><span class="sub">${size(file.size)}</span></span>
          </a></li>`)}
        </ul>`}
      </article>`)}
      <h3>Requests</h3>
      ${requests.length
        ? html`<ul class="lines">${requests.map((entry) => html`<li key=${entry.number}><${RequestLine} entry=${entry} account=${account} withReason /></li>`)}</ul>`
        : html`<p class="note">The journal has no request of this ticket.</p>`}
      <${CallBehind} path=${`/tickets/${id}`} />
    </div>`;
}
