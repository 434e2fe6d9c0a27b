// What to change after a refusal. The server's reason comes first; this adds what to do about it.

import { html } from "./html.js";
import { count } from "./format.js";
import { href } from "./route.js";
import { store } from "./store.js";
import { TokenAdvice } from "./token_advice.js";

const code = (text) => html`<code>${text}</code>`;
/** A link to the setting itself, if one is named. */
const controls = (account, setting) => html`<a href=${href(account, "controls", setting)}>Controls</a>`;

const ADVICE = [
  [
    /^method: .*SignatureDoesNotMatch/s,
    () => html`Use PUT: the signature of ${code("upload.url")} covers the method.`,
  ],
  [
    /^header [^ :]+: .*SignatureDoesNotMatch/s,
    (_, { reason }) => html`Send the header ${code(/^header ([^ :]+)/.exec(reason)[1])} with the value
      that ${code("upload.headers")} has for it: the signature covers it. Some clients set a header
      such as ${code("Content-Type")} by themselves, and need it set by name.`,
  ],
  [
    /^host: .*SignatureDoesNotMatch/s,
    () => html`Send the PUT to the host of ${code("upload.url")}: the signature covers it. A proxy in
      between has to keep ${code("Host")}, or the server needs its outer address as
      ${code("--public-url")}.`,
  ],
  [
    /^not signed: /,
    () => html`Send the headers of ${code("upload.headers")} and no other one that begins with
      ${code("x-amz-")}. Some SDKs of AWS add such headers by themselves.`,
  ],
  [
    /minutes ahead of the account's clock/,
    (account) => html`The account's clock was set back after the URL was created. Ask for a new URL, or
      advance the clock under ${controls(account)}.`,
  ],
  [
    /is not access_key_id/,
    () => html`Another server created this URL. Ask this one for a URL, and use it unchanged.`,
  ],
  [
    /^\d+ bytes; \d+ were declared/,
    (account, { reason }) => sizeAdvice(account, reason),
  ],
  [
    /^\d+ bytes; the bucket takes \d+/,
    (account, { reason }) => (isDeclaredSize(reason)
      ? sizeAdvice(account, reason)
      : html`Make the image smaller before it is sent, or raise ${code("max_image_size")} under
          ${controls(account, "max_image_size")}.`),
  ],
  [
    /^Content-MD5/,
    () => html`Leave ${code("Content-MD5")} out, or compute it of the bytes that the PUT sends, in base64.`,
  ],
  [
    /no reservation has/,
    () => html`Ask for a new URL. A URL ends with its token, and with a reset or a restore of the
      account.`,
  ],
  [
    /the bucket only receives/,
    () => html`Use PUT. An image is read by the path that its publication returns.`,
  ],
  [
    /\bcors\b|the preflight lacks/i,
    (account) => html`A browser asks before it sends a request to another origin. The setting
      ${code("cors")} under ${controls(account, "cors")} says what is allowed.`,
  ],
  [
    /query has no signature/,
    (_, { path }) => (/&amp;|%26amp%3B|amp;X-Amz/i.test(path)
      ? html`The URL was escaped for HTML: its query has ${code("&amp;")} where ${code("upload.url")}
          has ${code("&")}. Use the text of ${code("upload.url")} as JSON has it.`
      : html`Send the PUT to the whole ${code("upload.url")}, with its query. A client that builds the
          URL from its parts loses the signature.`),
  ],
  [
    /presigned URL and an Authorization header/,
    () => html`Send the PUT without ${code("Authorization")}: the URL has the signature. A client that
      adds credentials to each request needs another one for this PUT.`,
  ],
  [
    /the body is chunked|Content-Length is missing/,
    () => html`Send the length of the body: pass bytes, or a file whose size is known, instead of a
      stream. The size is ${code("file_size")} of the request for the URL.`,
  ],
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
    () => html`Send the tokens as a list, even one: ${code('"uploads": ["TOKEN"]')}.`,
  ],
  [
    /never issued this token|never issued/,
    (account, entry) => html`<${TokenAdvice} account=${account} entry=${entry} />`,
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
    /SignatureDoesNotMatch/,
    () => html`Send the PUT to ${code("upload.url")} exactly as it was returned, with each header of
      ${code("upload.headers")} unchanged: the signature covers them. A client that encodes the URL
      again, or replaces a header, changes what was signed.`,
  ],
  [
    /stored as/i,
    (_, { reason }) => (store.state.settings?.image_type_check === "sniff" ? bytesAdvice(reason) : html`The ${code("Content-Type")} of the PUT was another one than the
      ${code("content_type")} that was announced. Announce the type that the PUT sends, or send the
      announced one.`),
  ],
  [
    /reserved but nothing was stored/i,
    () => html`Send the bytes by PUT to ${code("upload.url")} before you publish. If there was a PUT,
      it was refused: look at it among the requests.`,
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
    /was attached|attached it at|attached to ticket/i,
    () => html`An upload token can be used once. Upload the file again for another ticket.`,
  ],
];

/** Whether a PUT may have as many bytes as were announced, and not as many as an image may have. */
function isDeclaredSize(reason) {
  const { bucket_size_check: check, max_image_size: max } = store.state.settings ?? {};
  return check === "declared" || (check === "max" && numbersOf(reason)[1] !== max);
}

const numbersOf = (reason) => reason.match(/\d+/g).map(Number);

function sizeAdvice(account, reason) {
  const [got, announced] = numbersOf(reason);
  return html`${code("file_size")} announced ${count(announced, "byte")}, and the PUT brought
    ${got.toLocaleString("en")}: announce the real size, or send the file as it is. The setting
    ${code("bucket_size_check")} is under ${controls(account, "bucket_size_check")}.`;
}

/** For `image_type_check` = `sniff`: the bytes count, and not what the PUT says of them. */
function bytesAdvice(reason) {
  const [, reserved, stored] = /reserved as (.+) but stored as (.+?)(?:;|$)/.exec(reason) ?? [];
  const isUnknown = !stored || stored === "application/octet-stream";
  return html`The bytes are ${isUnknown ? "of no known type" : code(stored)}, and
    ${code("image_type_check")} is ${code("sniff")}: the ${code("Content-Type")} of the PUT does not
    count. Convert the file to ${code(reserved ?? "the announced type")}${isUnknown ? "." : html`, or announce ${code(stored)}.`}`;
}

export function adviceFor(entry, account) {
  if (!entry.reason) return null;
  const found = ADVICE.find(([pattern]) => pattern.test(entry.reason));
  return found ? found[1](account, entry) : null;
}
