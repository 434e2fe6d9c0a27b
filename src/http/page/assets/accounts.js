// The account that the page shows, and the way to another one.

import { html, useEffect, useState } from "./html.js";
import { href } from "./route.js";
import { store, useStore } from "./store.js";

/** As many names as a list without a search has. */
const MOST_OPTIONS = 25;

export function Accounts({ route }) {
  const { account, accounts } = useStore();
  const names = accounts.map((one) => one.account);
  if (!names.includes(account)) names.push(account);
  names.sort((one, other) => (other === "default") - (one === "default") || one.localeCompare(other));
  const go = (name) => {
    location.hash = href(name, route.view);
  };
  const part = { account, names, go };
  return html`<label class="account"><span class="sr">Account</span>
    ${names.length > MOST_OPTIONS ? html`<${AccountSearch} ...${part} />` : html`<${AccountList} ...${part} />`}
  </label>`;
}

function AccountList({ account, names, go }) {
  return html`<select value=${account} onChange=${(event) => go(event.target.value)} title="Account" onFocus=${() => store.listAccounts()}>
    ${names.map((name) => html`<option key=${name} value=${name}>${name}</option>`)}
  </select>`;
}

/** A field that shows the account, is empty while it is typed into, and offers the names. */
function AccountSearch({ account, names, go }) {
  const [text, setText] = useState(null);
  useEffect(() => setText(null), [account]);
  const enter = () => {
    const wanted = (text ?? "").trim().toLowerCase();
    const found = names.filter((name) => name.includes(wanted));
    if (wanted) go(names.includes(wanted) || found.length !== 1 ? wanted : found[0]);
  };
  const type = (event) => {
    setText(event.target.value);
    // A name of the list replaces what was typed.
    const isChosen = !event.inputType || event.inputType === "insertReplacementText";
    if (isChosen && names.includes(event.target.value)) {
      event.target.blur();
      go(event.target.value);
    }
  };
  const press = (event) => {
    if (event.key !== "Enter") return;
    event.target.blur();
    enter();
  };
  return html`<input
      type="text"
      list="accounts"
      title="Account: type a part of its name"
      autocomplete="off"
      spellcheck="false"
      value=${text ?? account}
      placeholder=${account}
      onFocus=${() => (setText(""), store.listAccounts())}
      onBlur=${() => setText(null)}
      onInput=${type}
      onKeyDown=${press}
    />
    <datalist id="accounts">${names.map((name) => html`<option key=${name} value=${name}></option>`)}</datalist>`;
}
