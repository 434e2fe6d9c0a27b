// Files: uploads and user images, and how far each has come.

import { html, useMemo } from "./html.js";
import { clockTime, count, date, dateTime, essence, isNever, rowReason, size, span } from "./format.js";
import { href } from "./route.js";
import { store, useSeconds, useStore } from "./store.js";
import { Badge, CallBehind, Chips, Cut, Empty, Rows, Search, Split } from "./parts.js";
import { useKept } from "./kept.js";
import { FirstCalls } from "./connect.js";
import { Thumb } from "./preview.js";
import { FileDetail } from "./file_detail.js";
import { isRefused, refusedPut, useRefusedPuts } from "./refused.js";
import { RequestLine } from "./requests.js";

const HEIGHT = 60;

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

const GROUPS = {
  all: () => true,
  waiting: ({ state }) => ["open", "reserved", "stored"].includes(state),
  refused: (file, refusalOf) => refusalOf(file) !== undefined,
  used: ({ state }) => ["attached", "published"].includes(state),
  gone: ({ state }) => ["expired", "deleted"].includes(state),
};

/** The state of a file, after the mark of one whose PUT was refused. */
export function States({ file: { state }, refused }) {
  const [title, kind] = STATES[state] ?? ["", "mute"];
  return html`<span class="states">
    ${refused && html`<${Badge} kind="bad" title=${`The ${refused.method} was refused: ${refused.reason ?? "no answer"}`}>refused<//>`}
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

function TimeLeft({ file, now }) {
  if (file.expires && ["open", "reserved", "stored"].includes(file.state)) {
    if (isNever(file.expires)) return html`<span class="left">does not expire</span>`;
    const left = (file.expires - now) / 1000;
    return html`<span class=${left < 300 ? "left soon" : "left"} title=${`expires at ${dateTime(file.expires)}`}>
      ${left > 0 ? `${span(left)} left` : "expires now"}
    </span>`;
  }
  if (file.state === "expired") {
    return html`<span class="left" title=${dateTime(file.expires)}>at ${clockTime(file.expires)}</span>`;
  }
  if (file.ticket) return html`<span class="left">ticket ${file.ticket}</span>`;
  return html`<span class="left"></span>`;
}

function FileRow({ file, now, account, isOpen, entries, today, refused }) {
  const name = nameOf(file, entries);
  const at = file.at ? (date(file.at) === today ? clockTime(file.at) : date(file.at)) : "";
  return html`<a
    class="row file"
    href=${href(account, "files", file.key)}
    aria-current=${isOpen ? "true" : undefined}
  >
    <${Thumb} file=${file} />
    <span class="two">
      <${Cut} text=${name} class="name" />
      ${refused && html`<${Cut} text=${`${refused.method} refused: ${rowReason(refused.reason ?? "no answer")}`} class="sub bad" />`}
      ${!refused && html`<span class="sub cut">
        ${file.malware_scan_result === "malware_found" && html`<b class="bad">malware</b> · `}${kindName(file)}${file.content_type && ` · ${essence(file.content_type)}`}${file.size != null && ` · ${size(file.size)}`}
      </span>`}
    </span>
    <span class="end">
      <${States} file=${file} refused=${refused} />
      <${TimeLeft} file=${file} now=${now} />
    </span>
    <time class="when" title=${file.at && dateTime(file.at)}>${at}</time>
  </a>`;
}

export function Files({ id }) {
  const { account, files, entries, accounts } = useStore();
  const now = useSeconds();
  const [query, setQuery] = useKept("files/query", "");
  const [group, setGroup] = useKept("files/group", "all");
  const refusedPuts = useRefusedPuts(entries);
  const refusalOf = (file) => refusedPut(file, refusedPuts);
  const numbers = useMemo(() => {
    const number = (name) => files?.filter((file) => GROUPS[name](file, refusalOf)).length ?? 0;
    return Object.fromEntries(Object.keys(GROUPS).map((name) => [name, number(name)]));
  }, [files, refusedPuts]);
  const shown = useMemo(() => {
    const words = query.toLowerCase().split(/\s+/).filter(Boolean);
    const text = (file) =>
      [nameOf(file, entries), refusalOf(file) && `refused ${refusalOf(file).reason}`, file.kind, file.state, file.content_type, file.token, file.file, file.ticket && `ticket ${file.ticket}`]
        .join(" ")
        .toLowerCase();
    const matches = (file) => words.every((word) => text(file).includes(word));
    return (files ?? []).filter((file) => GROUPS[group](file, refusalOf) && (!words.length || matches(file)));
  }, [files, query, group, refusedPuts]);

  if (!files || !entries) return html`<p class="note loading">Loading…</p>`;
  if (!files.length && !id) return html`<${NoFiles} account=${account} accounts=${accounts} entries=${entries} />`;
  const today = date(now);
  const list = html`
    <div class="bar">
      <${Search} value=${query} onInput=${setQuery} label="Search files" />
      <${Chips}
        label="State"
        value=${group}
        onChange=${setGroup}
        options=${[
          ["all", "All", numbers.all],
          ["waiting", "Waiting", numbers.waiting],
          ["refused", "Refused", numbers.refused],
          ["used", "Used", numbers.used],
          ["gone", "Expired or deleted", numbers.gone],
        ]}
      />
    </div>
    ${shown.length
      ? html`<${Rows}
          items=${shown}
          height=${HEIGHT}
          label="Files, newest first"
          row=${(file) =>
            html`<${FileRow}
              file=${file}
              refused=${refusalOf(file)}
              now=${now}
              account=${account}
              entries=${entries}
              today=${today}
              isOpen=${id != null && (file.key === id || file.file === id)}
            />`}
        />`
      : html`<${Empty} title="No file matches"><p>Change the search or the state.</p><//>`}
    <${CallBehind} path="/files" />`;
  return html`<${Split}
    list=${list}
    detail=${id && html`<${FileDetail} key=${id} id=${id} now=${now} />`}
  />`;
}

/** As many other accounts are named. */
const MOST_OTHERS = 6;

function NoFiles({ account, accounts, entries }) {
  const refused = entries.filter((entry) => isRefused(entry) && /uploads|user_images/.test(entry.path)).slice(0, 3);
  const others = accounts
    .filter((one) => one.account !== account)
    .map((one) => [one.account, one.holds.attachments + one.holds.image_tokens + one.holds.published_images])
    .filter(([, files]) => files > 0)
    .sort(([, one], [, other]) => other - one);
  return html`<${Empty} title="No files yet">
    ${refused.length > 0 && html`<div class="callout bad"><strong>What was refused</strong>
      ${refused.map((entry) => html`<${RequestLine} key=${entry.number} entry=${entry} account=${account} withReason />`)}
    </div>`}
    <p>A file appears here as soon as a client uploads it. Try it:</p>
    <${FirstCalls} account=${account} />
    ${others.length > 0 &&
    html`<p>Other accounts have files:
      ${others.slice(0, MOST_OTHERS).map(
        ([name, files]) => html` <a class="button" href=${href(name, "files")}>${name} (${count(files, "file")})</a>`,
      )}${others.length > MOST_OTHERS && html` and ${count(others.length - MOST_OTHERS, "more account")}`}
    </p>`}
    <p class="note">
      Each account has its own files. A client reaches this one by
      <code> ${location.origin}/@${account}</code>.
    </p>
  <//>`;
}
