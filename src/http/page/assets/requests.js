// Requests: the journal, live.

import { html, useMemo } from "./html.js";
import { clockTime, date, dateTime, plain, readablePath, rowReason, size, wordsOf } from "./format.js";
import { href } from "./route.js";
import { store, useStore } from "./store.js";
import { CallBehind } from "./call.js";
import { Confirm, Problem, useAction } from "./action.js";
import { Rows } from "./rows.js";
import { Chips, Cut, Empty, Search, Split, Text } from "./parts.js";
import { subjectOf, useRefusedBodies } from "./bodies.js";
import { useKept } from "./kept.js";
import { FirstCalls } from "./connect.js";
import { OtherAccounts } from "./other_accounts.js";
import { isRefused, isRefusedFile, isRefusedTicket } from "./refused.js";
import { RequestDetail } from "./request_detail.js";
import { Path, Status } from "./request_line.js";

const HEIGHT = 60;

const GROUPS = {
  all: () => true,
  refused: isRefused,
  "refused-files": isRefusedFile,
  "refused-tickets": isRefusedTicket,
  hints: ({ hint }) => hint != null,
  uploads: ({ route, path }) => (route ?? path).includes("/uploads") && !path.includes("/guide/"),
  images: ({ route, path }) => /user_images|aus-uploaded-assets/.test(route ?? path),
  tickets: ({ route, path }) => /\/(tickets|requests)/.test(route ?? path),
  downloads: ({ route, path }) => /^\/(attachment|hc)/.test(route ?? path),
};

/** The kinds that only a link of another view chooses. Each is a part of the refused ones. */
const LINKED = { "refused-files": "Refused files", "refused-tickets": "Refused tickets" };

/** Finds the subject of the ticket of a request: a refused one has it in its body alone. */
function useSubjects(tickets, bodies) {
  return useMemo(() => {
    const subjects = new Map((tickets ?? []).map(({ id, subject }) => [`ticket/${id}`, subject]));
    return (entry) => {
      const ticket = entry.objects.find((object) => subjects.has(object));
      return (ticket ? subjects.get(ticket) : isRefusedTicket(entry) && subjectOf(bodies?.find(entry))) || undefined;
    };
  }, [tickets, bodies]);
}

function RequestRow({ entry, account, isOpen, today, subject }) {
  const about = entry.reason ? rowReason(entry.reason) : entry.hint;
  const quiet = [entry.caller, entry.client].filter(Boolean).join(" · ") || "no credentials";
  const at = date(entry.at) === today ? clockTime(entry.at) : `${date(entry.at)} ${clockTime(entry.at)}`;
  return html`<a
    class="row request"
    href=${href(account, "requests", entry.number)}
    aria-current=${isOpen ? "true" : undefined}
  >
    <${Status} entry=${entry} />
    <span class="two">
      <span class="first"><span class="method">${entry.method}</span> <${Path} path=${entry.path} />${subject && html` <${Cut} text=${subject} class="subject" />`}</span>
      <span class=${`sub cut ${entry.reason ? "bad" : entry.hint ? "warn" : ""}`} title=${plain(about ?? quiet)}><${Text} text=${about ?? quiet} /></span>
    </span>
    <span class="end">
      <time title=${dateTime(entry.at)}>${at}</time>
      <span class="sub">${entry.received ? `${size(entry.received)} in` : entry.sent ? `${size(entry.sent)} out` : ""}</span>
    </span>
  </a>`;
}

export function Requests({ id }) {
  const { account, entries, tickets, dropped } = useStore();
  const [query, setQuery] = useKept("requests/query", "");
  const [group, setGroup] = useKept("requests/group", "all");
  const numbers = useMemo(
    () => Object.fromEntries(Object.keys(GROUPS).map((name) => [name, entries?.filter(GROUPS[name]).length ?? 0])),
    [entries],
  );
  const bodies = useRefusedBodies(entries);
  const subjectFor = useSubjects(tickets, bodies);
  const shown = useMemo(() => {
    const words = wordsOf(query);
    const text = (entry) =>
      [entry.number, entry.method, entry.path, readablePath(entry.path), entry.status, entry.reason, entry.hint, entry.caller, entry.client, subjectFor(entry), bodies?.find(entry), ...entry.objects]
        .join(" ")
        .toLowerCase();
    return (entries ?? [])
      .filter((entry) => GROUPS[group](entry) && words.every((word) => text(entry).includes(word)))
      .map((entry) => ({ key: entry.number, entry }));
  }, [entries, query, group, bodies, subjectFor]);
  const clear = useAction();

  if (!entries) return html`<p class="note loading">Loading…</p>`;
  if (!entries.length && !id) {
    return html`<${Empty} title="No requests yet">
      <${OtherAccounts} view="requests" />
      <p>Each request to the account appears here while it is answered, with the reason if it is
        refused. Send one:</p>
      <${FirstCalls} account=${account} />
    <//>`;
  }
  const today = date(store.now());
  const list = html`
    <div class="bar">
      <${Search} value=${query} onInput=${setQuery} label="Search requests" />
      <${Chips}
        label="Kind"
        value=${group}
        onChange=${setGroup}
        options=${[
          ["all", "All", numbers.all],
          LINKED[group] ? [group, LINKED[group], numbers[group]] : ["refused", "Refused", numbers.refused],
          ["hints", "Hints", numbers.hints],
          ["uploads", "Uploads", numbers.uploads],
          ["images", "Images", numbers.images],
          ["tickets", "Tickets", numbers.tickets],
          ["downloads", "Downloads", numbers.downloads],
        ]}
      />
    </div>
    ${shown.length
      ? html`<${Rows}
          items=${shown}
          height=${HEIGHT}
          label="Requests, newest first"
          row=${({ entry }) =>
            html`<${RequestRow} entry=${entry} account=${account} today=${today} subject=${subjectFor(entry)} isOpen=${String(entry.number) === id} />`}
        />`
      : html`<${Empty} title="No request matches"><p>Change the search or the kind.</p><//>`}
    <footer class="foot">
      <${CallBehind} path="/journal" />
      ${dropped > 0 && html`<span class="note">${dropped.toLocaleString("en")} older requests were dropped</span>`}
      <${Confirm} label="Clear" question="Forget all requests?" onConfirm=${() => clear.run(() => store.act("DELETE", "/journal"))} />
      ${clear.problem && html`<${Problem} text=${clear.problem} />`}
    </footer>`;
  return html`<${Split} list=${list} detail=${id && html`<${RequestDetail} key=${id} number=${Number(id)} />`} />`;
}
