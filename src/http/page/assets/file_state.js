// How far a file has come, and what it is called.

import { html } from "./html.js";
import { Badge } from "./parts.js";
import { isPublication } from "./refused.js";

/** What a state means, and its colour. */
export const STATES = {
  open: ["waits for a ticket", "warn"],
  attached: ["a ticket has it", "good"],
  reserved: ["waits for its PUT", "warn"],
  stored: ["waits to be published", "warn"],
  published: ["has a path in the help center", "good"],
  expired: ["was not used in time", "bad"],
  deleted: ["is gone", "mute"],
};

/** What was refused: an image has a PUT, and the request that publishes it. */
export const refusedStep = (entry) => (isPublication(entry) ? "publication" : entry.method);

/** The state of a file, after the mark of one that a refusal has stopped. */
export function States({ file: { state }, refused }) {
  const [title, kind] = STATES[state] ?? ["", "mute"];
  return html`<span class="states">
    ${refused && html`<${Badge} kind="bad" title=${`The ${refusedStep(refused)} was refused: ${refused.reason ?? "no answer"}`}>refused<//>`}
    <${Badge} kind=${kind} title=${`${state}: ${title}`}>${state}<//>
  </span>`;
}

export const kindName = ({ kind }) => (kind === "image" ? "user image" : kind);

/** The name of a file. That of a deleted upload is in the request that sent it. */
export function nameOf(file, entries) {
  if (file.file_name) return file.file_name;
  const named = `upload/${file.token}`;
  const issued = entries?.find((entry) => entry.objects.includes(named) && entry.path.includes("filename="));
  const query = issued && new URLSearchParams(issued.path.split("?")[1]);
  return query?.get("filename") || `${file.kind} ${file.token ?? ""}`;
}
