// The faults of the account, and a form for another one.

import { html, useState } from "./html.js";
import { Confirm } from "./action.js";
import { Card, useCall } from "./card.js";
import { count } from "./format.js";
import { useStore } from "./store.js";

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

/** How often a fault has triggered, of how often it may, or of the requests that it may be for. */
function triggers({ times, triggered, matched }) {
  if (times) return `triggered ${triggered.toLocaleString("en")} of ${count(times, "time")}`;
  return `triggered ${count(triggered, "time")}${matched > triggered ? `, matched ${count(matched, "request")}` : ""}`;
}

export function Faults() {
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
            <span class="sub">${isDone ? "used up, " : ""}${triggers(fault)}</span>
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
