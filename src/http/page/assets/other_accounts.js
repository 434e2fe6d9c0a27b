// The accounts in which something happened, beside one that is empty.

import { html } from "./html.js";
import { count } from "./format.js";
import { href } from "./route.js";
import { useStore } from "./store.js";

/** As many are named. */
const MOST = 6;

const contentOf = ({ holds, requests }) => [
  [holds.attachments, "file"],
  [holds.image_tokens + holds.published_images, "image"],
  [holds.tickets, "ticket"],
  [requests, "request"],
].filter(([number]) => number > 0);

export function OtherAccounts({ view }) {
  const { account, accounts } = useStore();
  const others = accounts
    .filter((one) => one.account !== account && contentOf(one).length > 0)
    .sort((one, other) => other.requests - one.requests);
  if (!others.length) return null;
  return html`<div class="others">
    <p>Other accounts have had requests. The base URL or the credentials of a client choose its account.</p>
    <ul>${others.slice(0, MOST).map((one) => html`<li key=${one.account}>
      <a href=${href(one.account, view)}><strong>${one.account}</strong>
        <span class="sub">${contentOf(one).map(([number, noun]) => count(number, noun)).join(", ")}</span></a>
    </li>`)}</ul>
    ${others.length > MOST && html`<p class="note">${count(others.length - MOST, "more account")} in the list at the top</p>`}
  </div>`;
}
