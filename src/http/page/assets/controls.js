// Controls: clock, faults, settings, snapshots, seed and reset of the account.

import { html, useState } from "./html.js";
import { Confirm, Problem, useAction } from "./action.js";
import { Card, useCall } from "./card.js";
import { Faults } from "./faults.js";
import { count, dateTime } from "./format.js";
import { Badge } from "./parts.js";
import { Settings } from "./settings.js";
import { store, useSeconds, useStore } from "./store.js";

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
