// One request on one line.

import { html } from "./html.js";
import { clockTime, dateTime, plain, readablePath, readableReason } from "./format.js";
import { href } from "./route.js";
import { Icon } from "./icons.js";
import { Cut, Text } from "./parts.js";
import { isRefused } from "./refused.js";

export function Status({ entry }) {
  const { status } = entry;
  const kind = isRefused(entry) ? "bad" : status >= 300 ? "mute" : "good";
  return html`<span class=${`status ${kind}`}>${status ?? "cut"}</span>`;
}

export function Path({ path }) {
  const text = readablePath(path);
  const at = text.indexOf("?");
  const [start, query] = at < 0 ? [text, ""] : [text.slice(0, at), text.slice(at)];
  return html`<span class="path cut" title=${plain(text)}><${Text} text=${start} /><span class="query"><${Text} text=${query} /></span></span>`;
}

/** One request on one line, as a link. `about` takes the place of its path. `withReason` adds why it was refused, and its hint. */
export function RequestLine({ entry, account, withReason, about }) {
  return html`<a class="line" href=${href(account, "requests", entry.number)}>
    <${Status} entry=${entry} />
    <span class="method">${entry.method}</span>
    ${about ? html`<${Cut} text=${about} class="name" />` : html`<${Path} path=${entry.path} />`}
    <time title=${dateTime(entry.at)}>${clockTime(entry.at)}</time>
    <${Icon} name="open" />
    ${withReason && entry.reason && html`<span class="reason"><${Text} text=${readableReason(entry.reason)} /></span>`}
    ${withReason && entry.hint && html`<span class="reason">Hint: ${entry.hint}</span>`}
  </a>`;
}
