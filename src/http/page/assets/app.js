// The page: navigation, account and theme around one of its views.

import { html, render, useEffect, useRef, useState } from "./html.js";
import { addressedAccount, token } from "./api.js";
import { clockTime, date, dateTime, span } from "./format.js";
import { href, useRoute, VIEWS } from "./route.js";
import { store, useSeconds, useStore } from "./store.js";
import { Icon } from "./icons.js";
import { Guard } from "./parts.js";
import { Accounts } from "./accounts.js";
import { Files } from "./files.js";
import { Requests } from "./requests.js";
import { Tickets } from "./tickets.js";
import { Controls } from "./controls.js";
import { Connect } from "./connect.js";

const TITLES = { files: "Files", requests: "Requests", tickets: "Tickets", controls: "Controls", connect: "Connect" };
const COMPONENTS = { files: Files, requests: Requests, tickets: Tickets, controls: Controls, connect: Connect };
const THEMES = ["auto", "light", "dark"];

function setTheme(theme) {
  if (theme === "auto") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
}

function useTheme() {
  const [theme, set] = useState(() => localStorage.getItem("zendesk-mock-theme") ?? "auto");
  useEffect(() => {
    localStorage.setItem("zendesk-mock-theme", theme);
    setTheme(theme);
  }, [theme]);
  return [theme, () => set(THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length])];
}

function App() {
  const route = useRoute();
  const [problem, setProblem] = useState(null);
  const { account } = useStore();
  const find = () => {
    // The form for the token stays until the token is accepted.
    setProblem((known) => (known?.status === 401 ? known : null));
    addressedAccount().then(
      (name) => (setProblem(null), location.replace(href(name, route.view))),
      (error) => setProblem(error),
    );
  };
  useEffect(() => {
    if (route.account) store.open(route.account);
    else find();
  }, [route.account]);
  useEffect(() => {
    document.title = `${TITLES[route.view]} · ${route.account ?? ""} · zendesk-mock`;
    document.querySelector("main")?.scrollTo(0, 0);
  }, [route.view, route.account]);
  if (problem?.status === 401) return html`<${AskToken} problem=${problem} onDone=${find} />`;
  if (problem) {
    return html`<main class="alone"><h1>zendesk-mock</h1><p class="problem" role="alert">${problem.message}</p>
      <button type="button" class="primary" onClick=${find}>Try again</button></main>`;
  }
  if (!account) return null;
  return html`<${Shell} route=${route} />`;
}

function Shell({ route }) {
  const state = useStore();
  const { account, exists, problem, link } = state;
  if (problem?.status === 401) return html`<${AskToken} problem=${problem} onDone=${() => store.reopen()} />`;
  const View = COMPONENTS[route.view];
  return html`<a class="skip" href="#main" onClick=${skip}>Skip to the content</a>
    <header class="top">
      <span class="brand"><img src="/_mock/ui/icon.svg" alt="" width="24" height="24" />zendesk-mock</span>
      <${Accounts} route=${route} />
      <div class="about"><${ClockChip} /><${Link} /><${ThemeButton} /></div>
    </header>
    <nav class="nav" aria-label="Views">
      ${VIEWS.map((view) => html`<a key=${view} href=${href(account, view)} aria-current=${view === route.view ? "page" : undefined}>
        <${Icon} name=${view} /><span>${TITLES[view]}</span>${numberOf(view, state)}
      </a>`)}
    </nav>
    <main id="main" tabindex="-1">
      <h1 class="sr">${TITLES[route.view]} of account ${account}</h1>
      ${problem && link !== "stopped" && html`<p class="problem" role="alert">${problem.message}</p>`}
      ${link === "stopped"
        ? html`<${Stopped} view=${route.view} account=${account} problem=${problem} />`
        : exists === false
        ? html`<${NoAccount} view=${route.view} account=${account} />`
        : exists && html`<${Guard} key=${`${account}/${route.view}`}><${View} id=${route.id} /><//>`}
    </main>`;
}

function skip(event) {
  event.preventDefault();
  document.getElementById("main").focus();
}

function numberOf(view, { files, entries, tickets, faults }) {
  const refused = entries?.filter((entry) => entry.status == null || entry.status >= 400).length;
  const number = { files: files?.length, requests: entries?.length, tickets: tickets?.length, controls: faults?.length }[view];
  if (number == null || (view === "controls" && !number)) return null;
  return html`<span class="number" title=${view === "requests" && refused ? `${refused} refused` : undefined}>
    ${number.toLocaleString("en")}${view === "controls" && html`<span class="sr"> faults</span>`}
  </span>`;
}

const [MINUTE, DAY] = [60_000, 86_400_000];

/** How far a clock is from the real time: a span within a day, and else its date. */
function shiftOf(clock, now) {
  const shift = now - Date.now();
  if (!clock.emulated || Math.abs(shift) < MINUTE) return null;
  if (Math.abs(shift) >= DAY) return date(now);
  // Two readings of one clock differ by some milliseconds.
  const minutes = Math.round(Math.abs(shift) / MINUTE) * 60;
  return `${shift < 0 ? "−" : "+"}${span(minutes).replace(/ 00 s$| 0 m$/, "")}`;
}

function ClockChip() {
  const { clock, account } = useStore();
  const now = useSeconds();
  if (!clock) return null;
  const shift = shiftOf(clock, now);
  return html`<a class="clock" href=${href(account, "controls")} title=${`The account's clock: ${dateTime(now)}${clock.frozen ? ", frozen" : ""}`}>
    <time>${clockTime(now)}</time>${shift && html` <span class="shift">${shift}</span>`}${clock.frozen && html` <span class="badge info">frozen</span>`}
  </a>`;
}

function Link() {
  const { link } = useStore();
  const [text, title] = {
    live: ["Live", "Connected: changes appear at once"],
    connecting: ["Connecting", "Connecting to the server"],
    away: ["Reconnecting", "The server does not answer. The page connects again by itself."],
    stopped: ["Not connected", "The server refuses to show this account"],
  }[link];
  return html`<span class=${`link ${link}`} role="status" title=${title}><span class="dot"></span>${text}</span>`;
}

function ThemeButton() {
  const [theme, next] = useTheme();
  const icon = { auto: "auto", light: "sun", dark: "moon" }[theme];
  return html`<button type="button" class="quiet" onClick=${next} title=${`Theme: ${theme}`}>
    <${Icon} name=${icon} /><span class="sr">Theme: ${theme}</span>
  </button>`;
}

function Stopped({ view, account, problem }) {
  return html`<div class="empty">
    <h2>The server does not show account ${account}</h2>
    <p class="problem" role="alert">${problem?.message}</p>
    <p class="together"><a class="button primary" href=${href("default", view)}>Go to account default</a>
      <button type="button" onClick=${() => store.reopen()}>Try again</button></p>
  </div>`;
}

function NoAccount({ view, account }) {
  if (view === "connect") return html`<${Connect} />`;
  return html`<div class="empty">
    <h2>There is no account “${account}” yet</h2>
    <p>Its first request creates it: give a client the base URL</p>
    <p><code>${location.origin}/@${account}</code></p>
    <p class="together"><a class="button primary" href=${href(account, "connect")}>Connect a client</a>
      <a class="button" href=${href("default", view)}>Go to account default</a></p>
  </div>`;
}

function AskToken({ problem, onDone }) {
  const [value, setValue] = useState(token.get() ?? "");
  // The problem before the token was sent. Another one is the answer to the token.
  const [before, setBefore] = useState(null);
  const wasRefused = token.get() != null && problem !== before;
  const field = useRef();
  useEffect(() => {
    field.current?.focus();
    field.current?.select();
  }, [wasRefused]);
  const save = (event) => {
    event.preventDefault();
    token.set(value.trim());
    setBefore(problem);
    onDone();
  };
  return html`<main class="alone"><form onSubmit=${save}>
    <h1>zendesk-mock</h1>
    <p>The control API of this server needs its token, the value of <code>--control-token</code>. This
      tab keeps it until it is closed.</p>
    ${wasRefused && html`<p class="problem" role="alert" id="token-problem">The server does not accept this token.</p>`}
    <label class="wide">Control token <input type="password" autocomplete="off" required ref=${field} value=${value} aria-invalid=${wasRefused ? "true" : undefined} aria-describedby=${wasRefused ? "token-problem" : undefined} onInput=${(event) => setValue(event.target.value)} /></label>
    <button class="primary">Open</button>
  </form></main>`;
}

/** Closes what is open. The focus goes to its row, where it was before. */
function closeDetail() {
  const back = document.querySelector("[data-back]");
  if (!back) return;
  const address = document.querySelector(".row[aria-current]")?.getAttribute("href");
  back.click();
  // The row is visible once the page is drawn without the detail: on a phone that hides the list.
  const focus = () => {
    const rows = [...document.querySelectorAll(".row")];
    rows.find((row) => row.getAttribute("href") === address)?.focus();
  };
  if (address) requestAnimationFrame(() => requestAnimationFrame(focus));
}

/** `/` goes to the search, Escape closes what is open, and numbers go to the views. */
addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const isTyping = event.target.closest?.("input, textarea, select");
  if (event.key === "Escape") {
    if (isTyping) event.target.blur();
    else closeDetail();
  } else if (event.key === "/" && !isTyping) {
    event.preventDefault();
    document.querySelector("[data-search] , input[data-search]")?.focus();
  } else if (!isTyping && VIEWS[Number(event.key) - 1]) {
    location.hash = href(store.state.account, VIEWS[Number(event.key) - 1]);
  }
});

setTheme(localStorage.getItem("zendesk-mock-theme") ?? "auto");
render(html`<${App} />`, document.getElementById("app"));
