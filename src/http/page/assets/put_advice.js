// What to change after the bucket has refused a PUT, or a publication because of its PUT.

import { html } from "./html.js";
import { count } from "./format.js";
import { href } from "./route.js";
import { store, useStore } from "./store.js";
import { meantImage } from "./image_refusals.js";
import { announce, isImageType, sendType } from "./put_warnings.js";
import { tokenOf } from "./refused.js";

const code = (text) => html`<code>${text}</code>`;
/** A link to the setting itself, if one is named. */
const controls = (account, setting) => html`<a href=${href(account, "controls", setting)}>Controls</a>`;

const unchanged = () => html`Send the PUT to ${code("upload.url")} exactly as it was returned`;

/** What shows in the URL itself. It comes before the reason, which is about what follows from it. */
const URL_ADVICE = [
  [
    /\?.*%25[0-9a-f]{2}/is,
    () => html`The URL was encoded twice: its query has ${code("%25…")} where ${code("upload.url")}
      has ${code("%")}. It is encoded already: pass it to the client as one text, and not in parts that the client
      encodes again.`,
  ],
  [
    /&amp;|%26amp%3B|amp;X-Amz/i,
    () => html`The URL was escaped for HTML: its query has ${code("&amp;")} where ${code("upload.url")}
      has ${code("&")}. Use the text of ${code("upload.url")} as JSON has it.`,
  ],
];

export const PUT_ADVICE = [
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
    /^the image is empty/,
    () => html`The request had no bytes, or announced none. Send those of the file: curl does with
      ${code("--data-binary @FILE")}, and ${code("file_size")} is their number.`,
  ],
  [
    /^Content-MD5/,
    () => html`Leave ${code("Content-MD5")} out, or compute it of the bytes that the PUT sends, in base64.`,
  ],
  [
    /no reservation has this key/,
    () => html`The URL is right, and the account has forgotten its image: a reset or a restore has
      removed it, or it has expired. Ask for a new URL after the reset, and use that one.`,
  ],
  [
    /no reservation has the token/,
    (account, entry) => html`<${PathAdvice} account=${account} entry=${entry} />`,
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
    () => html`Send the PUT to the whole ${code("upload.url")}, with its query. A client that builds the
      URL from its parts loses the signature.`,
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
    /SignatureDoesNotMatch|AuthorizationQueryParametersError/,
    () => html`${unchanged()}, with each header of ${code("upload.headers")} unchanged: the signature
      covers them. A client that encodes the URL again, or replaces a header, changes what was signed.`,
  ],
  [
    /reserved as .* but stored as/i,
    (account, { reason }, warnings) => typeAdvice(reason, warnings),
  ],
  [
    /reserved but nothing was stored/i,
    () => html`Send the bytes by PUT to ${code("upload.url")} before you publish. If there was a PUT,
      it was refused: look at it among the requests.`,
  ],
];

/** Advice that the URL of a PUT alone gives. */
export const urlAdvice = ({ path }) => URL_ADVICE.find(([pattern]) => pattern.test(path))?.[1]();

/** Whether a PUT may have as many bytes as were announced, and not as many as an image may have. */
function isDeclaredSize(reason) {
  const { bucket_size_check: check, max_image_size: max } = store.state.settings ?? {};
  return check === "declared" || (check === "max" && numbersOf(reason)[1] !== max);
}

const numbersOf = (reason) => reason.match(/\d+/g).map(Number);

function sizeAdvice(account, reason) {
  const [got, announced] = numbersOf(reason);
  return html`${code("file_size")} announced ${count(announced, "byte")}, and the PUT brought
    ${got.toLocaleString("en")}: announce the bytes that you send, ${code(`"file_size": ${got}`)}, or send the file as
    it is. The setting ${code("bucket_size_check")} is under ${controls(account, "bucket_size_check")}.`;
}

/** The type of the bytes is the one to announce. Without one, what the PUT says of them counts. */
function typeAdvice(reason, warnings) {
  const [, reserved, stored] = /reserved as (.+) but stored as (.+?)(?:;|$)/i.exec(reason) ?? [];
  const isSniffed = store.state.settings?.image_type_check === "sniff";
  const found = isSniffed ? stored : warnings.find(({ kind }) => kind === "bytes")?.found;
  const isKnown = found && found !== "application/octet-stream";
  if (isSniffed) {
    return html`The bytes are ${isKnown ? code(found) : "of no known type"}, and ${code("image_type_check")} is
      ${" "}${code("sniff")}: the ${code("Content-Type")} of the PUT does not count. Convert the file to ${code(reserved)}${
      isKnown && isImageType(found) ? html`, or announce ${code(found)}.` : "."}`;
  }
  if (isKnown && isImageType(found)) return html`The bytes are ${code(found)}. ${announce(found)}`;
  if (!isImageType(stored)) return html`${code(stored)} is no type of an image. ${sendType(reserved, stored)}`;
  return html`The ${code("Content-Type")} of the PUT was another one than the ${code("content_type")} that was
    announced. Announce the type that the PUT sends, or send the announced one.`;
}

/** For a signature that does not fit a path without an image: the path itself was changed. */
function PathAdvice({ account, entry }) {
  const { files } = useStore();
  const meant = meantImage(entry, files);
  if (!meant) {
    return html`No image of the account has the token ${code(tokenOf(entry))} of the path, and the signature does not
      fit the URL: something of it was changed. ${unchanged()}. If that is done, a reset or a restore has removed
      the image: ask for a new URL.`;
  }
  return html`The path of the URL was changed: it belongs to <a href=${href(account, "files", meant.key)}>${meant.file_name ?? meant.token}</a>,
    and its last part has to be the token ${code(meant.token)}. ${unchanged()}.`;
}
