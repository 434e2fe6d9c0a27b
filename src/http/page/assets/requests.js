// Requests: the journal, live.

import { html, useEffect, useMemo, useState } from "./html.js";
import { clockTime, count, date, dateTime, plain, readablePath, readableReason, rowReason, size } from "./format.js";
import { href } from "./route.js";
import { store, useStore } from "./store.js";
import {
  CallBehind,
  Chips,
  Confirm,
  Curl,
  DetailHead,
  Empty,
  Facts,
  Problem,
  Rows,
  Search,
  Split,
  Text,
  useAction,
} from "./parts.js";
import { adviceFor } from "./advice.js";
import { useKept } from "./kept.js";
import { FirstCalls } from "./connect.js";
import { kindOf, Preview } from "./preview.js";
import { PutWarnings, usePutWarnings } from "./put_warnings.js";
import { isPut, isRefused, isRefusedTicket, tokenOf } from "./refused.js";

const HEIGHT = 60;

const GROUPS = {
  all: () => true,
  refused: isRefused,
  "refused-tickets": isRefusedTicket,
  hints: ({ hint }) => hint != null,
  uploads: ({ route, path }) => (route ?? path).includes("/uploads") && !path.includes("/guide/"),
  images: ({ route, path }) => /user_images|aus-uploaded-assets/.test(route ?? path),
  tickets: ({ route, path }) => /\/(tickets|requests)/.test(route ?? path),
  downloads: ({ route, path }) => /^\/(attachment|hc)/.test(route ?? path),
};

export function Status({ entry }) {
  const { status } = entry;
  const kind = isRefused(entry) ? "bad" : status >= 300 ? "mute" : "good";
  return html`<span class=${`status ${kind}`}>${status ?? "cut"}</span>`;
}

function Path({ path }) {
  const text = readablePath(path);
  const at = text.indexOf("?");
  const [start, query] = at < 0 ? [text, ""] : [text.slice(0, at), text.slice(at)];
  return html`<span class="path cut" title=${plain(text)}><${Text} text=${start} /><span class="query"><${Text} text=${query} /></span></span>`;
}

/** One request on one line, as a link. `withReason` adds why it was refused, and its hint. */
export function RequestLine({ entry, account, withReason, about }) {
  return html`<a class="line" href=${href(account, "requests", entry.number)}>
    <${Status} entry=${entry} />
    <span class="method">${entry.method}</span>
    <${Path} path=${entry.path} />
    <time title=${dateTime(entry.at)}>${clockTime(entry.at)}</time>
    ${about && html`<strong class="reason"><bdi><${Text} text=${about} /></bdi></strong>`}
    ${withReason && entry.reason && html`<span class="reason"><${Text} text=${readableReason(entry.reason)} /></span>`}
    ${withReason && entry.hint && html`<span class="reason">Hint: ${entry.hint}</span>`}
  </a>`;
}

function RequestRow({ entry, account, isOpen, today }) {
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
      <span class="first"><span class="method">${entry.method}</span> <${Path} path=${entry.path} /></span>
      <span class=${`sub cut ${entry.reason ? "bad" : entry.hint ? "warn" : ""}`} title=${plain(about ?? quiet)}><${Text} text=${about ?? quiet} /></span>
    </span>
    <span class="end">
      <time title=${dateTime(entry.at)}>${at}</time>
      <span class="sub">${entry.received ? `${size(entry.received)} in` : entry.sent ? `${size(entry.sent)} out` : ""}</span>
    </span>
  </a>`;
}

export function Requests({ id }) {
  const { account, entries, dropped } = useStore();
  const [query, setQuery] = useKept("requests/query", "");
  const [group, setGroup] = useKept("requests/group", "all");
  const numbers = useMemo(
    () => Object.fromEntries(Object.keys(GROUPS).map((name) => [name, entries?.filter(GROUPS[name]).length ?? 0])),
    [entries],
  );
  const shown = useMemo(() => {
    const words = query.toLowerCase().split(/\s+/).filter(Boolean);
    const text = (entry) =>
      [entry.number, entry.method, entry.path, readablePath(entry.path), entry.status, entry.reason, entry.hint, entry.caller, entry.client, ...entry.objects]
        .join(" ")
        .toLowerCase();
    return (entries ?? [])
      .filter((entry) => GROUPS[group](entry) && words.every((word) => text(entry).includes(word)))
      .map((entry) => ({ key: entry.number, entry }));
  }, [entries, query, group]);
  const clear = useAction();

  if (!entries) return html`<p class="note loading">Loading…</p>`;
  if (!entries.length && !id) {
    return html`<${Empty} title="No requests yet">
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
          ["refused", "Refused", numbers.refused],
          // Only a link of the tickets chooses it.
          ...(group === "refused-tickets" ? [[group, "Refused tickets", numbers[group]]] : []),
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
            html`<${RequestRow} entry=${entry} account=${account} today=${today} isOpen=${String(entry.number) === id} />`}
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

/** Where an object of a request is shown. */
function ObjectLink({ object, account }) {
  const [kind, ...rest] = object.split("/");
  const name = rest.join("/");
  const { files } = useStore();
  if (kind === "ticket") return html`<a href=${href(account, "tickets", name)}>ticket ${name}</a>`;
  const file = files?.find((one) =>
    kind === "attachment" ? one.file === name : kind === one.kind && kind !== "upload" ? one.file_name === name : one.token === name,
  );
  const text = `${kind.replace("-", " ")} ${name}`;
  return file ? html`<a href=${href(account, "files", file.key)}>${text}</a>` : html`<span>${text}</span>`;
}

/** A PUT to the bucket and the requests that its image was created by. */
function aboutPut(entry, entries) {
  if (!entry || !isPut(entry)) return [];
  const image = `image-token/${tokenOf(entry)}`;
  return [entry, ...entries.filter((one) => one.method === "POST" && one.objects.includes(image))];
}

function RequestDetail({ number }) {
  const { account, entries, faults } = useStore();
  const [found, setFound] = useState(null);
  const [problem, setProblem] = useState(null);
  const known = entries?.find((entry) => entry.number === number);
  useEffect(() => {
    let isWanted = true;
    if (!known) return undefined;
    store.api
      .get(`/journal/${number}`)
      .then(({ entry }) => isWanted && (setFound(entry), setProblem(null)))
      .catch((error) => isWanted && setProblem(error.message));
    return () => {
      isWanted = false;
    };
  }, [number, known?.at]);
  const back = href(account, "requests");
  const entry = found ?? known;
  const warnings = usePutWarnings(useMemo(() => aboutPut(known, entries), [known, entries]));
  if (!entry) {
    return html`<${DetailHead} title=${`Request ${number} is not in the journal`} back=${back} />
      <p class="pad">The journal was cleared, or newer requests took its place.</p>`;
  }
  const advice = adviceFor(entry, account);
  const head = html`<${DetailHead} title=${`${entry.method} ${readablePath(entry.path).split("?")[0]}`} back=${back}>
    <${Status} entry=${entry} />
  <//>`;
  // All at once, so that nothing moves what is below it.
  if ((!found && !problem) || !warnings) return html`${head}<p class="pad loading">Loading…</p>`;
  // A form explains a wrong size and a wrong type.
  const isForm = warnings.some(({ kind }) => kind === "form");
  const about = html`<${PutWarnings} warnings=${warnings} account=${account} number=${number} />`;
  return html`${head}
    <div class="pad">
      ${isForm && about}
      ${entry.reason &&
      html`<div class="callout bad">
        <strong>${entry.status ? "Why it was refused" : "Why it has no answer"}</strong>
        <p><${Text} text=${readableReason(entry.reason)} /></p>
        ${advice && html`<strong>What to change</strong><p>${advice}</p>`}
      </div>`}
      ${!isForm && about}
      ${entry.hint && html`<div class="callout"><strong>Hint</strong><p>${entry.hint}</p></div>`}
      ${entry.triggered && !/\/_mock\/faults|X-Mock-Fault/i.test(entry.reason ?? "") &&
      html`<div class="callout"><strong>A fault acted on it</strong>
        <p>${faults?.length ? "It is" : "It was"} among the faults under
          <a href=${href(account, "controls")}>Controls</a>, or the request asked for it by
          <code> X-Mock-Fault</code>.</p></div>`}
      <h3>Facts</h3>
      <${Facts}
        of=${[
          ["Number", entry.number],
          ["Received", dateTime(entry.at)],
          ["Caller", entry.caller ?? "no credentials"],
          ["Client", entry.client],
          ["Route", entry.route ? html`<code>${entry.route}</code>` : "none: the path or the method is not emulated"],
          ["Path", html`<code>${readablePath(entry.path).split("?")[0]}</code>`],
          ["Query", entry.path.includes("?") && html`<${Query} path=${entry.path} />`],
          ["Body", entry.received ? size(entry.received) : "none"],
          ["Answer", `${entry.status ?? "none"}${entry.sent ? `, ${size(entry.sent)}` : ""}, ${entry.ms.toFixed(1)} ms`],
          ["Objects", entry.objects.length > 0 && html`<span class="stack">${entry.objects.map((object) => html`<${ObjectLink} object=${object} account=${account} />`)}</span>`],
        ]}
      />
      ${entry.headers && html`<h3>Headers</h3><${Headers} headers=${entry.headers} />`}
      ${found && html`<${Body} entry=${found} />`}
      <h3>The call behind this</h3>
      <${Curl} path=${`/journal/${number}`} />
    </div>`;
}

/** As many parameters of a query are shown unfolded. */
const MOST_PARAMETERS = 3;

function Query({ path }) {
  const parameters = [...new URLSearchParams(path.slice(path.indexOf("?")))];
  const list = html`<span class="stack">${parameters.map(([name, value]) => html`<code>${name}=${value}</code>`)}</span>`;
  if (parameters.length <= MOST_PARAMETERS) return list;
  return html`<details class="fold"><summary>${count(parameters.length, "parameter")}</summary>${list}</details>`;
}

function Headers({ headers }) {
  return html`<dl class="facts headers">
    ${headers.map(([name, value]) => html`<dt>${name}</dt><dd><code>${value}</code></dd>`)}
  </dl>`;
}

/** The type by which the body of a request is shown. */
function bodyType(entry) {
  if (entry.body?.sniffed_type) return entry.body.sniffed_type;
  const sent = entry.headers?.find(([name]) => name === "content-type")?.[1];
  if (sent && kindOf(sent) !== "file") return sent;
  const isJson = /^\/api\/v2\/(?!uploads)/.test(entry.route ?? "");
  return isJson ? "application/json" : sent ?? "application/octet-stream";
}

function Body({ entry }) {
  const { number, body, file } = entry;
  if (!body) return null;
  const isSame = file && file.sha256 === body.sha256;
  const one = (title, kept, part) => html`<h3>${title}</h3>
    ${kept.kept
      ? html`<${Preview} path=${`/journal/${number}/${part}`} name=${`request-${number}-${part}`} contentType=${part === "file" ? kept.sniffed_type ?? "application/octet-stream" : bodyType(entry)} bytes=${kept.size} />`
      : html`<p class="note">${kept.reason}</p>`}`;
  return html`${one("Body", body, "body")} ${file && !isSame && one("File in the body", file, "file")}`;
}
