// One request: what was sent, what came of it, and why it was refused.

import { html, useEffect, useMemo, useState } from "./html.js";
import { count, dateTime, isPresigned, readablePath, readableReason, size } from "./format.js";
import { href } from "./route.js";
import { store, useStore } from "./store.js";
import { Curl } from "./call.js";
import { DetailHead, Facts, Text } from "./parts.js";
import { adviceFor } from "./advice.js";
import { publishedToken, useRefusedBodies } from "./bodies.js";
import { kindOf, Preview } from "./preview.js";
import { isFormAmong, PutWarnings, usePutWarnings } from "./put_warnings.js";
import { isPublication, isPut, isRefused, tokenOf } from "./refused.js";
import { Status } from "./request_line.js";

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

/**
 * The PUT of an image and the requests that its URL was created by, for a PUT or for a publication
 * that was refused; `null` until that is known.
 */
function aboutPut(entry, entries, bodies) {
  const isPublishing = entry && isPublication(entry) && isRefused(entry);
  if (!entry || !(isPut(entry) || isPublishing)) return [];
  if (isPublishing && !bodies) return null;
  const token = isPublishing ? publishedToken(bodies.find(entry)) : tokenOf(entry);
  if (!token) return [];
  const puts = isPublishing ? entries.filter((one) => isPut(one) && tokenOf(one) === token && one.number < entry.number) : [entry];
  return [...puts, ...entries.filter((one) => one.method === "POST" && one.objects.includes(`image-token/${token}`))];
}

export function RequestDetail({ number }) {
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
  const bodies = useRefusedBodies(entries);
  const warnings = usePutWarnings(useMemo(() => aboutPut(known, entries, bodies), [known, entries, bodies]));
  if (!entry) {
    return html`<${DetailHead} title=${`Request ${number} is not in the journal`} back=${back} />
      <p class="pad">The journal was cleared, or newer requests took its place.</p>`;
  }
  const advice = adviceFor(entry, account, warnings ?? []);
  const head = html`<${DetailHead} title=${`${entry.method} ${readablePath(entry.path).split("?")[0]}`} back=${back}>
    <${Status} entry=${entry} />
  <//>`;
  // All at once, so that nothing moves what is below it.
  if ((!found && !problem) || !warnings) return html`${head}<p class="pad loading">Loading…</p>`;
  const isForm = isFormAmong(warnings);
  const about = html`<${PutWarnings} warnings=${warnings} account=${account} number=${number} refused=${entry} />`;
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
      ${entry.hint && !isForm && html`<div class="callout"><strong>Hint</strong><p>${entry.hint}</p></div>`}
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
  const query = path.slice(path.indexOf("?") + 1);
  const parameters = isPresigned(path)
    ? query.split("&")
    : [...new URLSearchParams(query)].map(([name, value]) => `${name}=${value}`);
  const list = html`<span class="stack">${parameters.map((text) => html`<code>${text}</code>`)}</span>`;
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
