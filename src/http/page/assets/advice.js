// What to change after a refusal. The server's reason comes first; this adds what to do about it.

import { html } from "./html.js";
import { href } from "./route.js";

const code = (text) => html`<code>${text}</code>`;
const controls = (account) => html`<a href=${href(account, "controls")}>Controls</a>`;

const ADVICE = [
  [
    /SignatureDoesNotMatch/,
    () => html`Send the PUT to ${code("upload.url")} exactly as it was returned, with each header of
      ${code("upload.headers")} unchanged: the signature covers them. A client that encodes the URL
      again, or replaces a header, changes what was signed.`,
  ],
  [
    /stored as/i,
    () => html`The ${code("Content-Type")} of the PUT was another one than the
      ${code("content_type")} that was announced. Announce the type that the PUT sends, or send the
      announced one.`,
  ],
  [
    /reserved but nothing was stored/i,
    () => html`Send the bytes by PUT to ${code("upload.url")} before you publish. If there was a PUT,
      it was refused: look at it among the requests.`,
  ],
  [
    /expired at|past its life|request has expired/i,
    (account) => html`Use the token sooner, or give tokens a longer life: ${code("upload_ttl")} and
      ${code("image_ttl")} under ${controls(account)}. The account's own clock counts, and a test may
      have advanced it.`,
  ],
  [
    /GET \/_mock\/faults|X-Mock-Fault/i,
    (account) => html`A fault did this on purpose. Remove it under ${controls(account)}, or let the
      client try again.`,
  ],
  [
    /no credentials|credentials are neither|credentials/i,
    (account) => html`Send ${code("-u EMAIL/token:ANYTHING")}. The setting ${code("auth")} under
      ${controls(account)} says what is accepted.`,
  ],
  [
    /filename parameter/i,
    () => html`Add ${code("?filename=NAME")} to the URL of the upload.`,
  ],
  [
    /malware was found/i,
    () => html`Zendesk refuses the download of such a file too. A test sets the result of a scan with
      ${code("POST /_mock/malware")}.`,
  ],
  [
    /rate limit|requests per minute|more than/i,
    (account) => html`Wait as long as ${code("Retry-After")} says. The settings
      ${code("rate_limit")} and ${code("endpoint_limits")} are under ${controls(account)}.`,
  ],
  [
    /this path is not emulated|there is no such path|lacks \/api\/v2/i,
    () => html`The server emulates the places where files get in. Check the path and the base URL of
      the client.`,
  ],
  [
    /was attached|attached it at|attached to ticket/i,
    () => html`An upload token can be used once. Upload the file again for another ticket.`,
  ],
];

export function adviceFor(entry, account) {
  if (!entry.reason) return null;
  const found = ADVICE.find(([pattern]) => pattern.test(entry.reason));
  return found ? found[1](account) : null;
}
