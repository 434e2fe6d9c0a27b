// One file: how far it has come, what came to it, and its bytes.

import { html, useEffect, useMemo, useRef, useState } from "./html.js";
import { clockTime, dateTime, isNever, size, span } from "./format.js";
import { href } from "./route.js";
import { store, useStore } from "./store.js";
import { CallBehind, Copy } from "./call.js";
import { DetailHead, Facts } from "./parts.js";
import { useRefusedBodies } from "./bodies.js";
import { kindName, nameOf, States } from "./file_state.js";
import { useImageRefusals } from "./image_refusals.js";
import { Preview } from "./preview.js";
import { adviceFor } from "./advice.js";
import { RequestLine } from "./request_line.js";
import { isPublication, isPut, isRefused } from "./refused.js";
import { isFormAmong, PutWarnings, usePutWarnings } from "./put_warnings.js";

/** The steps that each kind of file takes, with the request that takes them. */
const PATHS = {
  upload: [
    ["issued", "uploaded", "POST /api/v2/uploads"],
    ["attached", "attached to ticket", "comment.uploads of a ticket or request"],
  ],
  image: [
    ["issued", "upload URL created", "POST /api/v2/guide/user_images/uploads"],
    ["stored", "stored in the bucket", "PUT to upload.url, with all upload.headers"],
    ["published", "published", "POST /api/v2/guide/user_images, with token and brand_id"],
  ],
  object: [
    ["issued", "upload URL created", "a request for an upload URL"],
    ["stored", "stored in the bucket", "PUT to upload.url, with all upload.headers"],
    ["published", "published", "a request that names the token"],
  ],
};

/** The name of a missing step, by that of the step. */
const MISSING = { attached: "attach", stored: "store", published: "publish" };

const WORDS = {
  appended: "another file was added to the upload",
  downloaded: "downloaded",
  redacted: "redacted",
  deleted: "deleted",
  expired: "expired",
};

/** The file of the address. When it expires, its bytes go, and its token stays. */
function useFile(id) {
  const { files } = useStore();
  const token = useRef(null);
  const found =
    files?.find((file) => file.key === id) ??
    files?.find((file) => file.file === id) ??
    files?.find((file) => token.current && file.token === token.current);
  if (found?.token) token.current = found.token;
  return found;
}

/** The history of the token of a file: `null` if nothing has it, `undefined` until it is read. */
function useHistory(file) {
  const [history, setHistory] = useState(undefined);
  const { entries, files } = useStore();
  useEffect(() => {
    if (!file) return undefined;
    let isWanted = true;
    if (!file.token) {
      setHistory(null);
      return undefined;
    }
    store.api
      .get(`/tokens?token=${encodeURIComponent(file.token)}`)
      .then(({ tokens }) => isWanted && setHistory(tokens[0] ?? null))
      .catch(() => isWanted && setHistory(null));
    return () => {
      isWanted = false;
    };
  }, [file?.token, entries?.[0]?.number, files]);
  return history && history.token !== file?.token ? undefined : history;
}

/** The requests that name a file or its token, refused ones too, newest first; `null` until read. */
function useRequests(file, refusals, bodies) {
  const { entries } = useStore();
  return useMemo(() => {
    if (!file || !entries || !bodies) return null;
    const objects = [`upload/${file.token}`, `${file.kind}-token/${file.token}`, `attachment/${file.file}`];
    const published = file.kind !== "upload" && `${file.kind}/${file.file_name}`;
    return entries.filter((entry) => {
      if (entry.objects.some((object) => objects.includes(object) || object === published)) return true;
      const texts = [entry.path, entry.reason, bodies.find(entry)];
      return file.token && (refusals.tokenOf(entry) === file.token || texts.some((text) => text?.includes(file.token)));
    });
  }, [file, entries, refusals, bodies]);
}

/**
 * The refusal that stopped a file: that of its first missing step, or else the newest. A file whose
 * PUT was refused has a refused publication too, because of the PUT.
 */
const refusalOf = (file, requests, refusals) =>
  refusals.of(file) ?? (file.missing === "publish" ? undefined : requests.find(isRefused));

const refusalTitle = (refused) =>
  isPublication(refused)
    ? "Its publication was refused"
    : isPut(refused) ? `The ${refused.method} to its upload URL was refused` : "A request of this file was refused";

export function FileDetail({ id, now }) {
  const { account, entries, files } = useStore();
  const file = useFile(id);
  const history = useHistory(file);
  const bodies = useRefusedBodies(entries);
  const refusals = useImageRefusals(entries, files, bodies);
  const requests = useRequests(file, refusals, bodies);
  const warnings = usePutWarnings(requests);
  const back = href(account, "files");
  if (!file) {
    return html`<${DetailHead} title="No such file" back=${back} />
      <p class="pad">The account has no file with this id or token. A reset, a restore or a new server
        has removed it.</p>`;
  }
  const name = nameOf(file, entries);
  const head = html`<${DetailHead} title=${name} back=${back}>
    <${States} file=${file} refused=${refusals.of(file)} />
  <//>`;
  // All at once, so that nothing moves what is below it.
  if (history === undefined || !requests || !warnings) {
    return html`${head}<p class="pad loading">Loading…</p>`;
  }
  const refused = refusalOf(file, requests, refusals);
  const isForm = isFormAmong(warnings);
  const about = html`<${PutWarnings} warnings=${warnings} account=${account} refused=${refused} />`;
  return html`${head}
    <div class="pad">
      <${Timeline} file=${file} history=${history} now=${now} account=${account} refused=${refused} warnings=${warnings}>
        ${isForm && about}
      <//>
      ${!isForm && about}
      ${file.file &&
      html`<h3>Preview</h3>
        <${Preview}
          path=${`/files/${encodeURIComponent(file.file)}/content`}
          name=${name}
          contentType=${file.content_type}
          bytes=${file.size}
        />
        ${file.malware_scan_result === "malware_found" &&
        html`<p class="note">The scan found malware: Zendesk refuses downloads of this file with 403.</p>`}`}
      <h3>Facts</h3>
      <${Facts}
        of=${[
          ["Kind", kindName(file)],
          ["Content type", file.content_type],
          ["Size", file.size != null && `${size(file.size)}${file.size >= 1000 ? ` (${file.size.toLocaleString("en")} bytes)` : ""}${file.state === "reserved" ? ", announced" : ""}`],
          ["Pixels", file.width && `${file.width} × ${file.height}`],
          ["Malware scan", file.malware_scan_result?.replaceAll("_", " ")],
          ["Ticket", file.ticket && html`<a href=${href(account, "tickets", file.ticket)}>ticket ${file.ticket}</a>`],
          ["Id", file.kind === "upload" && file.file],
          ["Token", file.token && html`<span class="copied"><code>${file.token}</code><${Copy} text=${file.token} label="Copy the token" /></span>`],
          ["URL", file.url && html`<span class="copied"><code>${file.url}</code><${Copy} text=${file.url} label="Copy the URL" /></span>`],
        ]}
      />
      <h3>Requests</h3>
      ${requests.length
        ? html`<ul class="lines">
            ${requests.slice(0, 30).map((entry) => html`<li key=${entry.number}><${RequestLine} entry=${entry} account=${account} withReason /></li>`)}
          </ul>`
        : html`<p class="note">The journal has no request of this file.</p>`}
      ${file.token && html`<${CallBehind} path=${`/tokens/${file.token}`} label="The call behind the history" />`}
      ${file.file && html`<${CallBehind} path=${`/files/${file.file}/content`} label="The call behind the preview" />`}
    </div>`;
}

function Timeline({ file, history, now, account, refused, warnings, children }) {
  const steps = history?.steps ?? [];
  const find = (kind) => steps.find((step) => step.step === kind);
  const path = PATHS[file.kind] ?? PATHS.object;
  const ended = ["expired", "deleted"].includes(file.state);
  const rows = path.map(([kind, text, how]) => {
    const step = find(kind);
    const isDone = step || (kind === "issued" && file.at) || (kind === "attached" && file.ticket) || (kind === "stored" && ["stored", "published"].includes(file.state)) || kind === file.state;
    const at = step?.at ?? (kind === "issued" ? file.at : null);
    const isNext = history?.missing && history.missing === MISSING[kind];
    return { text, how: (isNext && history.hint) || how, at, state: isDone ? "done" : "missing", step, sort: isDone ? 0 : 1 };
  });
  const others = steps
    .filter((step) => WORDS[step.step])
    .map((step) => ({ text: WORDS[step.step], at: step.at, step, state: step.step === "expired" || step.step === "deleted" ? "end" : "done", sort: 0 }));
  if (ended && !others.some((row) => row.state === "end")) {
    others.push({ text: WORDS[file.state], at: file.state === "expired" ? file.expires_at : null, state: "end", sort: 0 });
  }
  const done = [...rows, ...others].filter((row) => row.sort === 0);
  done.sort((one, other) => (Date.parse(one.at) || 0) - (Date.parse(other.at) || 0));
  const missing = rows.filter((row) => row.sort === 1 && file.state !== "deleted");
  const left = file.expires && !ended ? (file.expires - now) / 1000 : null;
  // The life of a token has a callout of its own.
  const isLate = file.state === "expired" && /expired/.test(refused?.reason ?? "");
  const advice = refused && !isLate && adviceFor(refused, account, warnings);
  return html`<ol class="timeline" aria-label="History">
    ${done.map((row) => html`<li class=${row.state} key=${row.text + row.at}>
      <span class="what">${row.text}${row.step?.object?.startsWith("ticket/") && html` <a href=${href(account, "tickets", row.step.object.slice(7))}>${row.step.object.slice(7)}</a>`}${row.step?.times > 1 && ` ${row.step.times} times`}</span>
      ${row.at && html`<time title=${dateTime(row.at)}>${clockTime(row.at)}</time>`}
    </li>`)}
    ${missing.map((row, place) => html`<li class=${ended ? "never" : "missing"} key=${row.text}>
      <span class="what">${ended ? "never" : "not yet"} ${row.text.replace("to ticket", "to a ticket")}</span>
      ${place === 0 && left != null && html`<span class=${left < 300 ? "left soon" : "left"}>${isNever(file.expires) ? "does not expire" : left > 0 ? `${span(left)} left` : "expires now"}</span>`}
      <span class="how">${row.how}</span>
    </li>`)}
  </ol>
  ${children}
  ${missing.length > 0 && refused && html`<div class="callout bad">
    <strong>${refusalTitle(refused)}</strong>
    <${RequestLine} entry=${isFormAmong(warnings) ? { ...refused, hint: null } : refused} account=${account} withReason />
    ${advice && html`<strong>What to change</strong><p>${advice}</p>`}
  </div>`}
  ${file.state === "expired" && html`<div class="callout">
    <strong>The token expired before it was used</strong>
    <p>The token lives for ${lifetime(file)} on
      the account's clock. ${file.kind === "upload"
        ? "The bytes are gone, and a ticket that names the token gets no file. Upload again and use the token in time,"
        : "After it the URL refuses the PUT, and the token cannot be published. Ask for a new URL and use it in time,"}
      ${" "}or raise <code>${ttlOf(file)}</code> under <a href=${href(account, "controls", ttlOf(file))}>Controls</a>.</p>
  </div>`}`;
}

/** The setting for the lifetime of a token. */
const ttlOf = ({ kind }) => (kind === "upload" ? "upload_ttl" : "image_ttl");

/** The lifetime of a token: whole minutes, because an instant is shown to the second. */
function lifetime(file) {
  const started = Date.parse(file.at);
  if (!file.expires || !started) return "a limited time";
  const seconds = (file.expires - started) / 1000;
  if (seconds < 60) return span(seconds + 0.5);
  const minutes = Math.round(seconds / 60);
  const [hours, rest] = [Math.floor(minutes / 60), minutes % 60];
  return [hours && `${hours} h`, rest && `${rest} m`].filter(Boolean).join(" ");
}
