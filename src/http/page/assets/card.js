// A card with a form, and the call that the form makes.

import { html, useState } from "./html.js";
import { Curl } from "./call.js";
import { Problem, useAction } from "./action.js";
import { store, useStore } from "./store.js";

/** A call that a form makes, with its curl command below. */
export function useCall() {
  const [last, setLast] = useState(null);
  const { run, problem, busy } = useAction();
  const make = (method, path, body) => {
    setLast({ method, path, body });
    return run(() => store.act(method, path, body));
  };
  return { make, last, problem, busy };
}

export function Card({ title, children, call, preview }) {
  const { link } = useStore();
  const shown = preview ?? call.last;
  return html`<section class="card">
    <h2>${title}</h2>
    <fieldset disabled=${link === "away"}>${children}</fieldset>
    ${call.problem && html`<${Problem} text=${call.problem} />`}
    ${shown && html`<${Curl} ...${shown} />`}
  </section>`;
}
