// The settings of the account, each with what it means.

import { html, useEffect, useMemo, useRef, useState } from "./html.js";
import { Card } from "./card.js";
import { useKept } from "./kept.js";
import { Search } from "./parts.js";
import { store, useStore } from "./store.js";

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

export function Settings({ wanted }) {
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
