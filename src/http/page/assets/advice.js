// What to change after a refusal. The server's reason comes first; this adds what to do about it.

import { html } from "./html.js";
import { href } from "./route.js";
import { PUT_ADVICE, urlAdvice } from "./put_advice.js";
import { isFormAmong } from "./put_warnings.js";
import { isPut } from "./refused.js";
import { TokenAdvice, UploadsAdvice } from "./wrong_token.js";

const code = (text) => html`<code>${text}</code>`;
/** A link to the setting itself, if one is named. */
const controls = (account, setting) => html`<a href=${href(account, "controls", setting)}>Controls</a>`;

const ADVICE = [
  [
    /not among image_types/,
    (account) => html`Announce a type that Zendesk takes for images, or change
      ${code("image_types")} under ${controls(account, "image_types")}.`,
  ],
  [
    /max_image_size/,
    (account) => html`Make the image smaller before it is sent, or raise ${code("max_image_size")} under
      ${controls(account, "max_image_size")}.`,
  ],
  [
    /max_filename_length is/,
    (account) => html`Shorten ${code("filename")}, or raise ${code("max_filename_length")} under
      ${controls(account, "max_filename_length")}.`,
  ],
  [
    /uploads:? must be an array/,
    (account, entry) => html`<${UploadsAdvice} account=${account} entry=${entry} />`,
  ],
  [
    /never issued .*bad_token_on_ticket|cannot be attached: .*bad_token_on_ticket/s,
    (account, entry) => html`<${TokenAdvice} account=${account} entry=${entry} />`,
  ],
  [
    /never issued/,
    () => html`Use the token of the answer that created it, and send the request to the account that has it. The
      base URL or the credentials choose the account. A reset or a restore forgets tokens.`,
  ],
  [
    /not a JSON object/,
    () => html`Send JSON text whose outermost value is an object, with
      ${code("Content-Type: application/json")}.`,
  ],
  [
    /(token|brand_id): is missing/,
    (_, { reason }) => {
      const name = /(token|brand_id): is missing/.exec(reason)[1];
      const source = name === "token" ? html`${code("upload.token")} of the answer with the URL` : "the id of a brand of the help center";
      return html`Add ${code(name)} at the top of the JSON body: it is ${source}. A publication needs
        ${code("token")} and ${code("brand_id")}.`;
    },
  ],
  [
    /this path has no (?:GET|PUT|POST|PATCH|DELETE|HEAD)\b/,
    () => html`Use one of the methods that the reason lists. A PUT of bytes goes to
      ${code("upload.url")}, not to the API.`,
  ],
  [
    /expired at|past its life|request has expired/i,
    (account) => html`Use the token sooner, or give tokens a longer life: ${code("upload_ttl")} and
      ${code("image_ttl")} under ${controls(account, "upload_ttl")}. The account's own clock counts, and a test may
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
      ${controls(account, "auth")} says what is accepted.`,
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
      ${code("rate_limit")} and ${code("endpoint_limits")} are under ${controls(account, "rate_limit")}.`,
  ],
  [
    /this path is not emulated|there is no such path|lacks \/api\/v2/i,
    () => html`The server emulates the places where files get in. Check the path and the base URL of
      the client.`,
  ],
  [
    /was attached|attached upload token/i,
    () => html`An upload token can be used once. Upload the file again for another ticket.`,
  ],
];

const ALL = [...PUT_ADVICE, ...ADVICE];

/** `warnings` are those of the PUT that the refused request is, or is about. */
export function adviceFor(entry, account, warnings = []) {
  if (!entry.reason) return null;
  // A form is what to change. Its size and its type follow from it.
  if (isFormAmong(warnings) && /\bbytes\b|stored as/.test(entry.reason)) return null;
  const ofUrl = isPut(entry) && urlAdvice(entry);
  if (ofUrl) return ofUrl;
  const found = ALL.find(([pattern]) => pattern.test(entry.reason));
  return found ? found[1](account, entry, warnings) : null;
}
