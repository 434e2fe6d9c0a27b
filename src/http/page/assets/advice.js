// What to change after a refusal. The server's reason comes first; this adds what to do about it.

import { html } from "./html.js";
import { href } from "./route.js";
import { PUT_ADVICE, urlAdvice } from "./put_advice.js";
import { isFormAmong } from "./put_warnings.js";
import { isPublication, isPut } from "./refused.js";
import { ImageTokenAdvice, TokenAdvice, UploadsAdvice } from "./wrong_token.js";

const code = (text) => html`<code>${text}</code>`;
/** A link to the setting itself, if one is named. */
const controls = (account, setting) => html`<a href=${href(account, "controls", setting)}>Controls</a>`;

const CLOCK = "The account's own clock counts, and a test may have advanced it.";

/** Which method a path takes instead. A ticket is changed by PUT alone. */
function methodAdvice({ method, path }) {
  const [, noun, id, comments] =
    /\/(ticket|request)s(?:\/(\d+))?(?:\.json)?(\/comments[^?]*)?(?:\?|$)/.exec(path) ?? [];
  if (noun && id && method !== "PUT") {
    const kind = noun === "ticket" ? "ticket" : "request";
    return html`Use PUT to change a ${kind}: ${code(`PUT /api/v2/${noun}s/${id}`)}${comments
      && html`, with ${code(`{"${noun}": {"comment": {…}}}`)}`}. ${code(`POST /api/v2/${noun}s`)} creates one.`;
  }
  if (noun && !id && method !== "POST") {
    return html`Use POST to create a ${noun}. A change names its id in the path:
      ${" "}${code(`PUT /api/v2/${noun}s/ID`)}.`;
  }
  const isOfFile = method === "PUT" && /uploads|user_images/.test(path);
  return html`Use one of the methods that the reason lists.${isOfFile
    && html` A PUT of bytes goes to ${code("upload.url")}, not to the API.`}`;
}

/** A comment without a text, or one that is not where it belongs. */
function commentAdvice(account, { reason, hint, path }) {
  const name = /\/requests?\b/.test(path) ? "request" : "ticket";
  const whole = code(`{"${name}": {"comment": {"body": …, "uploads": […]}}}`);
  if (/`comment` stands beside/.test(hint)) {
    return html`Put ${code("comment")} inside ${code(name)}: ${whole}.`;
  }
  if (/the body has no `/.test(hint)) return html`Put the properties inside ${code(name)}: ${whole}.`;
  if (/is ignored/.test(hint)) return "Send each property by the name and in the place that the hint has.";
  const isSetting = /attachment_only_comment/.test(reason);
  return html`Add a text as ${code(`${name}.comment.body`)}.${isSetting && html` The setting
    ${" "}${code("attachment_only_comment")} under ${controls(account, "attachment_only_comment")} decides whether
    files may stand for it.`}`;
}

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
    /(never issued|cannot be attached:|not of an upload;) .*bad_token_on_ticket/s,
    (account, entry) => html`<${TokenAdvice} account=${account} entry=${entry} />`,
  ],
  [
    /and not of an upload;/,
    () => html`Use ${code("upload.token")} of the answer to the upload, which ${code("POST /api/v2/uploads")} gives.`,
  ],
  [
    /never issued|is the token of an upload/,
    (account, entry) => isPublication(entry)
      ? html`<${ImageTokenAdvice} account=${account} entry=${entry} />`
      : html`Use the token of the answer that created it, and send the request to the account that has it. The
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
    (_, entry) => methodAdvice(entry),
  ],
  [
    /needs a description|comment needs a body/,
    (account, entry) => commentAdvice(account, entry),
  ],
  [
    /upload token .*expired at/,
    (account) => html`Upload the file again and send the new token. Send it sooner after the upload, or raise
      ${" "}${code("upload_ttl")} under ${controls(account, "upload_ttl")}. ${CLOCK}`,
  ],
  [
    /expired at|past its life|request has expired/i,
    (account) => html`Ask for a new URL, and use it and its token sooner; or raise ${code("image_ttl")} under
      ${" "}${controls(account, "image_ttl")}. ${CLOCK}`,
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
