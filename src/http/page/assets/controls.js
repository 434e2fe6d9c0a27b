// Controls: clock, faults, settings, snapshots, seed and reset of the account.

import { html, useEffect, useMemo, useRef, useState } from "./html.js";
import { count, dateTime } from "./format.js";
import { useKept } from "./kept.js";
import { store, useSeconds, useStore } from "./store.js";
import { Badge, Confirm, Curl, Problem, Search, useAction } from "./parts.js";

/** `id` is the setting that a link leads to. */
export function Controls({ id }) {
  const { clock, faults, settings, snapshots } = useStore();
  // All at once, so that nothing moves what is below it.
  if (!clock || !faults || !settings || !snapshots) return html`<p class="note loading">Loading…</p>`;
  return html`<div class="page controls">
    <div class="column"><${Clock} /><${Snapshots} /><${Seed} /><${Reset} /></div>
    <div class="column"><${Faults} /><${Settings} wanted=${id} /></div>
  </div>`;
}

/** A call that a form makes, with its curl command below. */
function useCall() {
  const [last, setLast] = useState(null);
  const { run, problem, busy } = useAction();
  const make = (method, path, body) => {
    setLast({ method, path, body });
    return run(() => store.act(method, path, body));
  };
  return { make, last, problem, busy };
}

function Card({ title, children, call, preview }) {
  const { link } = useStore();
  const shown = preview ?? call.last;
  return html`<section class="card">
    <h2>${title}</h2>
    <fieldset disabled=${link === "away"}>${children}</fieldset>
    ${call.problem && html`<${Problem} text=${call.problem} />`}
    ${shown && html`<${Curl} ...${shown} />`}
  </section>`;
}

function Clock() {
  const { clock } = useStore();
  const now = useSeconds();
  const [by, setBy] = useState("1h");
  const call = useCall();
  const preview = call.last ?? { method: "POST", path: "/clock/advance", body: { by } };
  const advance = (event) => {
    event.preventDefault();
    call.make("POST", "/clock/advance", { by });
  };
  return html`<${Card} title="Clock" call=${call} preview=${preview}>
    <p class="big">
      <time>${clock ? dateTime(now) : "…"}</time>
      ${clock?.frozen && html`<${Badge} kind="info">frozen<//>`}
      ${clock?.emulated && !clock.frozen && html`<${Badge} kind="info">not the real time<//>`}
    </p>
    <form class="inline" onSubmit=${advance}>
      <label>Advance by <input class="short" value=${by} onInput=${(event) => setBy(event.target.value)} /></label>
      <button class="primary" disabled=${call.busy}>Advance</button>
    </form>
    <div class="inline presets">
      ${[["5m", "5 minutes"], ["1h", "1 hour"], ["1d", "1 day"]].map(([time, text]) => html`<button type="button" key=${time} onClick=${() => call.make("POST", "/clock/advance", { by: time })}>+ ${text}</button>`)}
      ${clock?.frozen
        ? html`<button type="button" onClick=${() => call.make("POST", "/clock/resume")}>Resume</button>`
        : html`<button type="button" onClick=${() => call.make("POST", "/clock/freeze")}>Freeze</button>`}
    </div>
    <p class="note">Tokens and images expire by this clock. What has expired stays gone.</p>
  <//>`;
}

const OPERATIONS = [
  ["", "any request"],
  ["upload", "upload: POST to uploads"],
  ["ticket", "ticket: POST and PUT of tickets and requests"],
  ["reserve", "reserve: create an image upload URL"],
  ["put", "put: PUT into the bucket"],
  ["publish", "publish: publish an image"],
  ["download", "download: read a file by its URL"],
  ["other", "other"],
];

const EFFECTS = {
  "503": ["503, unavailable", { status: 503 }],
  "429": ["429, retry after 2 s", { status: 429, retry_after: 2 }],
  "500": ["500, internal error", { status: 500 }],
  "403": ["403, forbidden", { status: 403 }],
  slow: ["delay of 5 s", { delay: "5s" }],
  "cut-before": ["connection cut before the body", { cut: "before" }],
  "cut-during": ["connection cut during the body", { cut: "during" }],
  "cut-after": ["handled, then cut: no answer", { cut: "after" }],
  hang: ["no answer at all (hang)", { hang: true }],
  truncate: ["answer broken off after 100 bytes", { truncate: 100 }],
  throttle: ["answer at 1,000 bytes a second", { throttle: 1000 }],
};

const PRESETS = [
  ["Rate limit once", { operation: "upload", status: 429, retry_after: 2, times: 1 }],
  ["Bucket is down", { operation: "put", status: 503 }],
  ["Lost answer", { operation: "ticket", cut: "after", times: 1 }],
  ["Slow download", { operation: "download", throttle: 1000 }],
  ["One in five fails", { status: 503, probability: 0.2 }],
];

/** What a fault does, in words. */
function describeFault(fault) {
  const effect = fault.status
    ? `answers ${fault.status}${fault.retry_after != null ? `, retry after ${fault.retry_after} s` : ""}`
    : fault.cut
      ? `cuts the connection ${fault.cut === "after" ? "after it is handled" : `${fault.cut} the body`}`
      : fault.hang
        ? "never answers"
        : fault.truncate != null
          ? `breaks the answer off after ${fault.truncate} bytes`
          : fault.throttle
            ? `answers at ${fault.throttle} bytes a second`
            : "";
  const wait = fault.delay || fault.jitter ? `waits ${[fault.delay, fault.jitter && `up to ${fault.jitter} more`].filter(Boolean).join(" and ")}` : "";
  const which = [
    fault.nth > 1 && `from request ${fault.nth} on`,
    fault.times && count(fault.times, "time"),
    fault.probability < 1 && `with probability ${fault.probability}`,
  ].filter(Boolean);
  return `${[wait, effect].filter(Boolean).join(", then ")}${which.length ? `; ${which.join(", ")}` : ""}`;
}

function Faults() {
  const { faults } = useStore();
  const [operation, setOperation] = useState("upload");
  const [effect, setEffect] = useState("503");
  const [times, setTimes] = useState("1");
  const [nth, setNth] = useState("1");
  const call = useCall();
  const body = { ...(operation && { operation }), ...EFFECTS[effect][1], ...(Number(times) > 0 && { times: Number(times) }), ...(Number(nth) > 1 && { nth: Number(nth) }) };
  const add = (event) => {
    event.preventDefault();
    call.make("POST", "/faults", body);
  };
  return html`<${Card} title="Faults" call=${call} preview=${{ method: "POST", path: "/faults", body }}>
    ${faults?.length > 0 ? html`<ul class="faults">
        ${faults.map((fault) => {
          const isDone = fault.times && fault.triggered >= fault.times;
          return html`<li key=${fault.id} class=${isDone ? "done" : ""}>
            <span class="grow"><strong>${fault.operation ?? "any request"}</strong> ${describeFault(fault)}</span>
            <span class="sub">${isDone ? "used up, " : ""}triggered ${fault.triggered} of ${count(fault.matched, "time")}</span>
            <button type="button" aria-label=${`Remove fault ${fault.id}`} onClick=${() => call.make("DELETE", `/faults/${fault.id}`)}>Remove</button>
          </li>`;
        })}
      </ul>` : html`<p class="note">No faults: all requests are answered. Add one to see how a client copes.</p>`}
    <div class="inline presets">
      ${PRESETS.map(([name, preset]) => html`<button type="button" key=${name} onClick=${() => call.make("POST", "/faults", preset)}>${name}</button>`)}
    </div>
    <form class="fields" onSubmit=${add}>
      <label>Requests <select value=${operation} onChange=${(event) => setOperation(event.target.value)}>
        ${OPERATIONS.map(([value, text]) => html`<option key=${value} value=${value}>${text}</option>`)}
      </select></label>
      <label>Effect <select value=${effect} onChange=${(event) => setEffect(event.target.value)}>
        ${Object.entries(EFFECTS).map(([value, [text]]) => html`<option key=${value} value=${value}>${text}</option>`)}
      </select></label>
      <label>From number <input class="short" type="number" min="1" value=${nth} onInput=${(event) => setNth(event.target.value)} /></label>
      <label>Times <input class="short" type="number" min="0" placeholder="all" value=${times} onInput=${(event) => setTimes(event.target.value)} /></label>
      <div class="inline">
        <button class="primary" disabled=${call.busy}>Add fault</button>
        ${faults?.length > 1 && html`<${Confirm} label="Remove all" question="Remove all faults?" onConfirm=${() => call.make("DELETE", "/faults")} />`}
      </div>
    </form>
  <//>`;
}

const holdings = ({ attachments, tickets, image_tokens: tokens, published_images: published }) =>
  [count(attachments, "file"), count(tickets, "ticket"), count(tokens + published, "image")].join(", ");

function Snapshots() {
  const { snapshots } = useStore();
  const [name, setName] = useState("before");
  const call = useCall();
  const save = (event) => {
    event.preventDefault();
    call.make("PUT", `/snapshots/${encodeURIComponent(name)}`);
  };
  return html`<${Card} title="Snapshots" call=${call} preview=${call.last ?? { method: "PUT", path: `/snapshots/${encodeURIComponent(name)}` }}>
    ${snapshots?.length > 0 ? html`<ul class="faults">
        ${snapshots.map((snapshot) => html`<li key=${snapshot.name}>
          <span class="grow"><strong>${snapshot.name}</strong> <span class="sub">${holdings(snapshot.holds)}</span></span>
          <span class="together"><${Confirm} label="Restore" question=${`Replace all objects by ${snapshot.name}?`} onConfirm=${() => call.make("POST", `/snapshots/${snapshot.name}/restore`)} />
          <${Confirm} label="Delete" question=${`Delete ${snapshot.name}?`} onConfirm=${() => call.make("DELETE", `/snapshots/${snapshot.name}`)} /></span>
        </li>`)}
      </ul>` : html`<p class="note">A snapshot saves objects, clock and random state, and brings them back.</p>`}
    <form class="inline" onSubmit=${save}>
      <label>Name <input value=${name} maxlength="64" pattern="[A-Za-z0-9._\\-]+" required onInput=${(event) => setName(event.target.value)} /></label>
      <button class="primary" disabled=${call.busy}>Save</button>
    </form>
  <//>`;
}

function Reset() {
  const { account } = useStore();
  const call = useCall();
  return html`<${Card} title="Reset" call=${call} preview=${{ method: "POST", path: "/reset" }}>
    <p>Removes all that tests did to <strong>${account}</strong>: objects, clock, settings, faults and
      journal. An account with a seed returns to it.</p>
    <div><${Confirm} label="Reset" question=${`Remove everything in ${account}?`} onConfirm=${() => call.make("POST", "/reset")} /></div>
  <//>`;
}

const EXAMPLE = `{
  "users": [{"name": "Ann", "email": "ann@example.com", "role": "admin"}],
  "uploads": [{"files": [{"name": "a.txt", "text": "hello"}]}]
}`;

function Seed() {
  const [text, setText] = useState(EXAMPLE);
  const [invalid, setInvalid] = useState(null);
  const call = useCall();
  const load = () => {
    try {
      setInvalid(null);
      call.make("POST", "/seed", JSON.parse(text));
    } catch (error) {
      setInvalid(`This is no JSON document: ${error.message}`);
    }
  };
  const { run, problem } = useAction();
  const save = () =>
    run(async () => {
      const bytes = await store.api.bytes("/export");
      const url = URL.createObjectURL(new Blob([bytes], { type: "application/json" }));
      const link = document.createElement("a");
      Object.assign(link, { href: url, download: `${store.state.account}.json` });
      link.click();
      setTimeout(() => URL.revokeObjectURL(url), 1000);
    });
  const shown = (call.last?.path === "/seed" && { method: "POST", path: "/seed", body: call.last.body }) || { path: "/export" };
  return html`<${Card} title="Seed" call=${call} preview=${shown}>
    <p>Replaces the content of the account, now and after each reset. The export is a seed too.</p>
    <label class="wide">Seed document <textarea rows="6" spellcheck="false" value=${text} onInput=${(event) => setText(event.target.value)}></textarea></label>
    <div class="inline">
      <${Confirm} label="Load" question="Replace the content of the account?" onConfirm=${load} />
      <button type="button" onClick=${save}>Export</button>
    </div>
    ${(invalid ?? problem) && html`<${Problem} text=${invalid ?? problem} />`}
  <//>`;
}

/** What each setting means and accepts, from the document of the control API; `null` until read. */
function useSchema() {
  const [schema, setSchema] = useState(null);
  const { link } = useStore();
  const isLacking = !schema || Object.keys(schema).length === 0;
  useEffect(() => {
    // After a reconnect what could not be read before is read.
    if (link !== "live" || !isLacking) return;
    store.api
      .get("/openapi.json")
      .then((document) => setSchema(document.components.schemas.SettingsChange.properties))
      .catch(() => setSchema({}));
  }, [link]);
  return schema;
}

const asText = (value) => (value == null ? "" : Array.isArray(value) ? value.join(", ") : String(value));

function fromText(text, before, schema) {
  const types = [schema?.type].flat();
  if (Array.isArray(before) || types.includes("array")) return text.split(",").map((part) => part.trim()).filter(Boolean);
  if (text === "" && (before === null || types.includes("null"))) return null;
  if (typeof before === "boolean") return text === "true";
  if (typeof before === "number" && /^\d+$/.test(text)) return Number(text);
  return text;
}

function Settings({ wanted }) {
  const { settings } = useStore();
  const schema = useSchema();
  const [query, setQuery] = useKept("controls/query", "");
  const [last, setLast] = useState(null);
  useEffect(() => {
    if (wanted) setQuery(wanted);
  }, [wanted]);
  const isShown = schema != null && query === wanted;
  useEffect(() => {
    if (isShown) document.getElementById(`setting-${wanted}`)?.focus();
  }, [isShown, wanted]);
  const names = useMemo(() => {
    const text = query.toLowerCase();
    const has = (name) => `${name} ${schema?.[name]?.description ?? ""}`.toLowerCase().includes(text);
    return Object.keys(settings ?? {}).filter(has);
  }, [settings, schema, query]);
  const change = async (name, text) => {
    const value = fromText(text, settings[name], schema[name]);
    if (asText(value) === asText(settings[name])) return;
    const body = { [name]: value };
    setLast({ method: "PATCH", path: "/settings", body });
    await store.act("PATCH", "/settings", body);
  };
  return html`<${Card} title="Settings" call=${{}} preview=${last ?? { path: "/settings" }}>
    <p class="note">A change counts until the account is reset.</p>
    <${Search} value=${query} onInput=${setQuery} label="Search settings" />
    <ul class="settings">
      ${schema && names.map((name) => html`<${Setting} key=${name} name=${name} value=${settings[name]} schema=${schema[name]} onChange=${change} />`)}
    </ul>
  <//>`;
}

/** A text with code between backticks. */
const withCode = (text) => text.split("`").map((part, place) => (place % 2 ? html`<code>${part}</code>` : part));

function Setting({ name, value, schema, onChange }) {
  const id = `setting-${name}`;
  const options = schema?.enum ?? (typeof value === "boolean" ? ["true", "false"] : null);
  // What is being typed stays, whatever arrives meanwhile.
  const [draft, setDraft] = useState(null);
  const [problem, setProblem] = useState(null);
  const about = useRef();
  useEffect(() => about.current?.scrollIntoView({ block: "nearest" }), [problem]);
  const shown = draft ?? asText(value);
  const set = async (event) => {
    setDraft(event.target.value);
    try {
      await onChange(name, event.target.value);
      setDraft(null);
      setProblem(null);
    } catch (error) {
      // What was typed stays, to be corrected.
      setProblem(error.message);
    }
  };
  const field = {
    id,
    value: shown,
    onChange: set,
    "aria-describedby": problem ? `${id}-problem ${id}-about` : `${id}-about`,
    "aria-invalid": problem ? "true" : undefined,
  };
  return html`<li>
    <label for=${id}><code>${name}</code></label>
    ${options
      ? html`<select ...${field}>
          ${options.map((option) => html`<option key=${option} value=${option}>${option}</option>`)}
        </select>`
      : html`<input ...${field} placeholder="none" onInput=${(event) => setDraft(event.target.value)} />`}
    ${problem && html`<p class="problem" role="alert" ref=${about} id=${`${id}-problem`}>${problem}</p>`}
    <p class="note" id=${`${id}-about`}>${withCode(schema?.description ?? "")}</p>
  </li>`;
}
