// Files: uploads and user images, and how far each has come.

import { html, useMemo } from "./html.js";
import { clockTime, count, date, dateTime, essence, isNever, rowReason, size, span, wordsOf } from "./format.js";
import { href } from "./route.js";
import { useSeconds, useStore } from "./store.js";
import { CallBehind } from "./call.js";
import { Rows } from "./rows.js";
import { Chips, Cut, Empty, Search, Split } from "./parts.js";
import { useRefusedBodies } from "./bodies.js";
import { useKept } from "./kept.js";
import { FirstCalls } from "./connect.js";
import { Thumb } from "./preview.js";
import { FileDetail } from "./file_detail.js";
import { kindName, nameOf, refusedStep, States } from "./file_state.js";
import { useImageRefusals } from "./image_refusals.js";
import { OtherAccounts } from "./other_accounts.js";
import { isRefusedFile } from "./refused.js";
import { Refusals, searchRefused } from "./refusals.js";

const HEIGHT = 60;

const GROUPS = {
  all: () => true,
  waiting: ({ state }) => ["open", "reserved", "stored"].includes(state),
  refused: (file, refusalOf) => refusalOf(file) !== undefined,
  used: ({ state }) => ["attached", "published"].includes(state),
  gone: ({ state }) => ["expired", "deleted"].includes(state),
};

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
      ${refused && html`<${Cut} text=${`${refusedStep(refused)} refused: ${rowReason(refused.reason ?? "no answer")}`} class="sub bad" />`}
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
  const { account, files, entries } = useStore();
  const now = useSeconds();
  const [query, setQuery] = useKept("files/query", "");
  const [group, setGroup] = useKept("files/group", "all");
  const bodies = useRefusedBodies(entries);
  const refusals = useImageRefusals(entries, files, bodies);
  const refusalOf = refusals.of;
  const numbers = useMemo(() => {
    const number = (name) => files?.filter((file) => GROUPS[name](file, refusalOf)).length ?? 0;
    return Object.fromEntries(Object.keys(GROUPS).map((name) => [name, number(name)]));
  }, [files, refusals]);
  const shown = useMemo(() => {
    const words = wordsOf(query);
    const text = (file) =>
      [nameOf(file, entries), refusalOf(file) && `refused ${refusalOf(file).reason}`, file.kind, file.state, file.content_type, file.token, file.file, file.ticket && `ticket ${file.ticket}`]
        .join(" ")
        .toLowerCase();
    const matches = (file) => words.every((word) => text(file).includes(word));
    return (files ?? []).filter((file) => GROUPS[group](file, refusalOf) && (!words.length || matches(file)));
  }, [files, query, group, refusals]);

  const lost = useMemo(() => searchRefused(refusals.lost, bodies, query), [refusals, bodies, query]);
  if (!files || !entries) return html`<p class="note loading">Loading…</p>`;
  if (!files.length && !id) return html`<${NoFiles} account=${account} entries=${entries} bodies=${bodies} />`;
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
    ${["all", "refused"].includes(group) && html`<${Refusals}
      found=${lost}
      bodies=${bodies}
      title=${`${count(lost.length, "refused request")} made no file`}
      group="refused-files"
      query=${query}
      isFolded
    />`}
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

function NoFiles({ account, entries, bodies }) {
  const refused = entries.filter(isRefusedFile);
  return html`<${Empty} title="No files yet">
    <${Refusals}
      found=${refused}
      bodies=${bodies}
      title=${`What was refused${refused.length > 1 ? `: ${refused.length.toLocaleString("en")} requests` : ""}`}
      group="refused-files"
    />
    <${OtherAccounts} view="files" />
    <p>A file appears here as soon as a client uploads it. Try it:</p>
    <${FirstCalls} account=${account} />
    <p class="note">
      Each account has its own files. A client reaches this one by
      <code> ${location.origin}/@${account}</code>.
    </p>
  <//>`;
}
