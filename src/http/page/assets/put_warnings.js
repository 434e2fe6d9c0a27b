// What a PUT brought that differs from what the request for its URL promised.

import { html, useEffect, useState } from "./html.js";
import { count, essence } from "./format.js";
import { href } from "./route.js";
import { store } from "./store.js";
import { isPut, isRefused } from "./refused.js";

/** A form as a client sends it: a boundary, and the head of its first part. */
const FORM = /^--([^\r\n]+)\r?\nContent-[A-Za-z-]+:/i;
/** How much of a body shows that it is a form. */
const START = 512;

const isForm = (bytes) => FORM.test(new TextDecoder("latin1").decode(bytes.slice(0, START)));

/** Whether bytes begin as a text does. The last character of the start may be cut. */
function isText(bytes) {
  try {
    return !/[\x00-\x08\x0e-\x1f]/.test(new TextDecoder("utf-8", { fatal: true }).decode(bytes.slice(0, START), { stream: true }));
  } catch {
    return false;
  }
}

/** What was promised, in the request for the URL: its type and its size. */
async function readPromise(api, requests) {
  const reserve = requests.find(
    (entry) => entry.method === "POST" && entry.route?.endsWith("/uploads") && !isRefused(entry),
  );
  if (!reserve?.body?.kept) return {};
  const bytes = await api.bytes(`/journal/${reserve.number}/body`);
  const { content_type: type, file_size: size } = JSON.parse(new TextDecoder().decode(bytes));
  return { type: typeof type === "string" ? type : undefined, size: Number(size) || undefined };
}

async function compare(api, requests, put) {
  const [promise, { entry }] = await Promise.all([
    readPromise(api, requests).catch(() => ({})),
    api.get(`/journal/${put.number}`),
  ]);
  const sent = entry.headers?.find(([name]) => name === "content-type")?.[1];
  const found = entry.body?.sniffed_type;
  const isUnknown = !found && entry.body?.kept && entry.body.size > 0;
  const bytes = isUnknown && (await api.bytes(`/journal/${put.number}/body`));
  return {
    put,
    promise,
    size: entry.received,
    sent,
    found,
    isForm: isUnknown && isForm(bytes),
    isText: isUnknown && isText(bytes),
  };
}

/**
 * What to warn of in the PUT among requests that stored the image, or else in the newest one. An
 * empty list if nothing differs, and `null` until that is known.
 */
export function usePutWarnings(requests) {
  const [warnings, setWarnings] = useState(null);
  const puts = requests?.filter((entry) => isPut(entry) && entry.method === "PUT") ?? [];
  const put = puts.find((entry) => !isRefused(entry)) ?? puts[0];
  const key = put && `${put.number}/${put.at}`;
  useEffect(() => {
    if (!put) return undefined;
    let isWanted = true;
    compare(store.api, requests, put)
      .then(warningsOf, () => [])
      .then((found) => isWanted && setWarnings(found));
    return () => {
      isWanted = false;
    };
  }, [key]);
  if (!requests) return null;
  return put ? warnings : [];
}

function warningsOf({ put, promise, size, sent, found, isForm: isFramed, isText: isRead }) {
  const declared = essence(sent);
  const promised = essence(promise.type ?? new URLSearchParams(put.path.split("?")[1]).get("Content-Type"));
  // A form explains another size and another type.
  if (isFramed || declared.startsWith("multipart/")) return [{ kind: "form", put, isFramed, declared }];
  // The reason of a refusal says what is wrong.
  if (isRefused(put)) return [];
  const isOther = found && promised && essence(found) !== promised.replace(/\/jpg$/, "/jpeg");
  const warnings = [];
  if (promised && declared !== promised) warnings.push({ kind: "type", put, promised, declared });
  if (isOther) warnings.push({ kind: "bytes", put, promised, found });
  // An SVG is a text.
  if (isRead && promised.startsWith("image/") && !promised.includes("svg")) warnings.push({ kind: "text", put, promised });
  if (promise.size && size !== promise.size) warnings.push({ kind: "size", put, promised: promise.size, size });
  return warnings;
}

export const isFormAmong = (warnings) => warnings?.some(({ kind }) => kind === "form") ?? false;

/** Without what the advice about a refusal says already, and what the settings do not look at. */
function shownBeside(warnings, refused) {
  const isTypeRefused = /stored as/.test(refused?.reason ?? "");
  const isSniffed = store.state.settings?.image_type_check === "sniff";
  return (warnings ?? []).filter(({ kind }) =>
    kind === "type" ? !isTypeRefused && !isSniffed : ["bytes", "text"].includes(kind) ? !isTypeRefused : true,
  );
}

const code = (text) => html`<code class="whole">${text}</code>`;

/** Whether Zendesk takes a type for images. Others cannot be announced. */
export const isImageType = (type) => store.state.settings?.image_types?.includes(type) ?? true;

/** How to send the announced type with a PUT. Without a header, curl sends its default type. */
export function sendType(promised, declared) {
  const isOfCurl = declared === "application/x-www-form-urlencoded";
  return html`Send the PUT with the headers of ${code("upload.headers")}: its type is ${code(promised)}.${" "}
    ${isOfCurl && html`curl sends ${code(declared)} by itself unless the type is named:
      ${" "}${code(`-H 'Content-Type: ${promised}'`)}.`}`;
}

/** How a type that the bytes have is announced. */
export const announce = (found) =>
  html`Announce ${code(found)} as ${code("content_type")}, and send the PUT with the headers of that answer.`;

const TEXTS = {
  form: ({ isFramed, declared }) => html`The PUT sent a form, not the bytes of the image:
    ${isFramed ? html` its body begins with a boundary, ${code("--…")}.` : html` its type is ${code(declared)}.`}
    ${" "}S3 stores such a body as it is. Send the bytes alone: ${code("curl --data-binary @FILE")} instead
    of ${code("-F")}, or ${code("fetch")} with the file as its ${code("body")} instead of ${code("FormData")}.
    ${" "}Send the headers of ${code("upload.headers")} with them.`,
  type: ({ promised, declared, isOther }) => html`The PUT has ${declared ? html`the ${code("Content-Type")} ${code(declared)}` : html`no ${code("Content-Type")}`},
    and ${code(promised)} was promised. ${!isOther && (isImageType(declared)
      ? "Send the promised type, or promise the one that is sent."
      : sendType(promised, declared))}`,
  bytes: ({ promised, found }) => html`The bytes are those of ${code(found)}, and ${code(promised)} was promised
    by ${code("content_type")}. ${isImageType(found) ? announce(found) : html`Convert the file to ${code(promised)}.`}`,
  text: ({ promised }) => html`The bytes are a text, and ${code(promised)} was promised by ${code("content_type")}. Send
    the bytes of the image: a text is often a page, or an error, that the client got instead of it.`,
  size: ({ promised, size: got }, account) => html`The PUT brought ${count(got, "byte")}, and ${count(promised, "byte")}
    ${promised === 1 ? " was" : " were"} promised by ${code("file_size")}. Announce the bytes that you send,
    ${" "}${code(`"file_size": ${got}`)}, or send the file as it is. The setting ${code("bucket_size_check")}
    ${" "}under <a href=${href(account, "controls", "bucket_size_check")}>Controls</a> decides whether the bucket refuses that.`,
};

/** `number` is that of the request at which the page looks already, `refused` what it explains. */
export function PutWarnings({ warnings, account, number, refused }) {
  const shown = shownBeside(warnings, refused);
  if (!shown.length) return null;
  const isOther = shown.some(({ kind }) => kind === "bytes");
  return html`<div class="callout warn">
    <strong>What the PUT brought is not what was promised</strong>
    ${shown.map((warning) => html`<p key=${warning.kind}>${TEXTS[warning.kind]({ ...warning, isOther }, account)}</p>`)}
    ${shown[0].put.number !== number && html`<p><a href=${href(account, "requests", shown[0].put.number)}>Look at the PUT</a></p>`}
  </div>`;
}
