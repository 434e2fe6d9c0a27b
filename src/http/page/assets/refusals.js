// The newest refused requests of one kind, above a list that cannot have what they would have made.

import { html } from "./html.js";
import { readablePath, wordsOf } from "./format.js";
import { href } from "./route.js";
import { useStore } from "./store.js";
import { subjectOf } from "./bodies.js";
import { keep } from "./kept.js";
import { RequestLine } from "./request_line.js";

/** As many lines are shown. A phone has room for the first. */
const MOST = 3;

const textOf = (entry, bodies) =>
  [entry.method, readablePath(entry.path), entry.status, entry.reason, entry.hint, bodies?.find(entry)].join(" ").toLowerCase();

/** The refused requests that a search finds. */
export function searchRefused(entries, bodies, query) {
  const words = wordsOf(query);
  if (!words.length) return entries;
  return entries.filter((entry) => words.every((word) => textOf(entry, bodies).includes(word)));
}

/**
 * `title` says how many were found, `group` is the kind of these requests in their list, and `query`
 * what was searched for. `isFolded` shows the title alone until it is opened.
 */
export function Refusals({ found, bodies, title: text, group, query = "", isFolded }) {
  const { account } = useStore();
  if (!found.length) return null;
  const leave = () => {
    keep("requests/group", group);
    keep("requests/query", query);
  };
  const title = html`<strong>${text}${query.trim() && " and found"}</strong>`;
  const all = found.length > 1 && html`<a class=${found.length > MOST ? "" : "few"} href=${href(account, "requests")} onClick=${leave}>Show all ${found.length.toLocaleString("en")}</a>`;
  const lines = found.slice(0, MOST).map(
    (entry) => html`<${RequestLine} key=${entry.number} entry=${entry} account=${account} about=${subjectOf(bodies?.find(entry))} withReason />`,
  );
  if (isFolded) {
    return html`<details class="callout bad refused"><summary>${title}</summary>${lines}${all && html`<p>${all}</p>`}</details>`;
  }
  return html`<section class="callout bad refused" aria-label="Refused requests">
    <p class="title">${title}${all}</p>${lines}
  </section>`;
}
