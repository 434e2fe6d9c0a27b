// What the page knows of an account. It follows the account's event stream.

import { useEffect, useState } from "./html.js";
import { Api, ApiError } from "./api.js";

/** As many requests as a journal keeps. */
const MOST_ENTRIES = 1000;
/** How often accounts are listed: no stream tells of other accounts. */
const ACCOUNTS_EVERY = 5000;
const RETRY_AFTER = [250, 500, 1000, 2000, 3000];
/** The place in that list at which the page looks whether an account exists by now. */
const LOOK_AGAIN = 2;
/** Refusals that a later call may not get: a timeout, and a limit. */
const MAY_PASS = new Set([408, 429]);

const EMPTY = {
  /** Whether the account exists. `null` while that is not known. */
  exists: null,
  files: null,
  entries: null,
  tickets: null,
  faults: null,
  snapshots: null,
  settings: null,
  clock: null,
  dropped: 0,
};

class Store {
  state = { account: null, accounts: [], link: "connecting", problem: null, ...EMPTY };
  #listeners = new Set();
  #api = null;
  #stop = new AbortController();
  #pending = new Map();
  #notified = false;

  constructor() {
    setInterval(() => this.#tick(), 1000);
    setInterval(() => {
      if (this.#visible() && this.state.link === "live") this.listAccounts();
    }, ACCOUNTS_EVERY);
    document.addEventListener("visibilitychange", () => this.#visible() && this.refresh());
  }

  get api() {
    return this.#api;
  }

  subscribe(listener) {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  set(change) {
    this.state = { ...this.state, ...change };
    if (this.#notified) return;
    this.#notified = true;
    queueMicrotask(() => {
      this.#notified = false;
      for (const listener of this.#listeners) listener();
    });
  }

  /** Shows another account. */
  open(account, problem = null) {
    if (account === this.state.account) return;
    this.#stop.abort();
    this.#stop = new AbortController();
    this.#pending.clear();
    this.#api = new Api(account);
    this.set({ ...EMPTY, account, link: "connecting", problem });
    this.#follow(this.#api, this.#stop.signal);
  }

  /** Connects again at once, for example with a new token. A problem stays until the answer. */
  reopen() {
    const { account, problem } = this.state;
    this.state.account = null;
    this.open(account, problem);
  }

  async listAccounts() {
    try {
      const { accounts } = await this.#api.get("/accounts");
      this.set({ accounts });
      return accounts;
    } catch {
      // The stream says that the server is away.
      return null;
    }
  }

  /** The time of the account, in milliseconds. */
  now() {
    const { clock } = this.state;
    if (!clock) return Date.now();
    return clock.frozen ? clock.at : clock.at + (performance.now() - clock.read);
  }

  /** Makes a call that changes the account, and reads what it changed. */
  async act(method, path, body) {
    const answer = await this.#api.call(method, path, body);
    this.refresh();
    return answer;
  }

  /** Reads everything again. */
  refresh() {
    if (!this.state.exists) return;
    for (const part of Object.keys(PARTS)) this.#load(part);
  }

  #visible() {
    return document.visibilityState === "visible";
  }

  /** Follows an account until another one is opened. */
  async #follow(api, stopped) {
    for (let attempt = 0; !stopped.aborted; attempt += 1) {
      try {
        const accounts = (await api.get("/accounts", stopped)).accounts;
        const exists = accounts.some((one) => one.account === api.account);
        this.set({ accounts, exists, problem: null });
        if (exists) {
          await this.#stream(api, stopped, () => {
            attempt = 0;
          });
        } else {
          // To look must not create an account, which the stream would.
          this.set({ link: "live" });
          attempt = LOOK_AGAIN;
        }
      } catch (error) {
        if (stopped.aborted) return;
        const problem = error instanceof ApiError && error.status ? error : null;
        // The same call would be refused again.
        const isFinal = problem && problem.status < 500 && !MAY_PASS.has(problem.status);
        this.set({ link: isFinal ? "stopped" : "away", problem });
        if (isFinal) return;
      }
      if (stopped.aborted) return;
      const wait = RETRY_AFTER[Math.min(attempt, RETRY_AFTER.length - 1)];
      await new Promise((resolve) => setTimeout(resolve, wait));
    }
  }

  /** Follows the stream of an account, and reads the account once the stream is open. */
  async #stream(api, stopped, opened) {
    const failed = new AbortController();
    let isRead = false;
    let hasChanged = false;
    const on = (name, data) => {
      if (isRead) this.#on(name, data);
      else hasChanged = true;
    };
    const read = async () => {
      opened();
      this.set({ link: "live" });
      await Promise.all(Object.keys(PARTS).map((part) => this.#read(part, stopped, EMPTY)));
      isRead = true;
      // Some parts were read before the change, some after it.
      if (hasChanged) this.refresh();
    };
    try {
      await new Promise((resolve, reject) => {
        const isOpen = () => read().catch(reject);
        api.listen(on, isOpen, AbortSignal.any([stopped, failed.signal])).then(resolve, reject);
      });
    } finally {
      failed.abort();
      if (!stopped.aborted) this.set({ link: "away" });
    }
  }

  #on(name, data) {
    if (name === "change") {
      this.refresh();
      return;
    }
    if (name !== "request") return;
    const known = this.state.entries ?? [];
    if (known.length && data.number <= known[0].number) return;
    this.set({ entries: [data, ...known.slice(0, MOST_ENTRIES - 1)] });
    for (const part of ["files", "tickets", "faults"]) this.#load(part);
  }

  /** Reads a part soon. A part that takes long is read less often. */
  #load(part) {
    const pending = this.#pending.get(part) ?? { took: 0, again: false };
    if (pending.timer || pending.reading) {
      pending.again = true;
      return;
    }
    const stopped = this.#stop.signal;
    this.#pending.set(part, pending);
    pending.timer = setTimeout(async () => {
      pending.timer = null;
      pending.reading = true;
      const started = performance.now();
      try {
        await this.#read(part, stopped);
      } catch {
        // A server that is away is read when the stream connects again.
        pending.again = this.state.link === "live";
      }
      pending.took = performance.now() - started;
      pending.reading = false;
      if (pending.again && !stopped.aborted) {
        pending.again = false;
        this.#load(part);
      }
    }, Math.min(3000, 30 + 8 * pending.took));
  }

  /** Reads a part. `known` is what stays if the answer is older. */
  async #read(part, stopped, known = undefined) {
    const { path, take } = PARTS[part];
    const answer = await this.#api.get(path, stopped);
    if (!stopped.aborted) this.set(take(answer, known ?? this.state));
  }

  /** Reads the files when one expires: the server forgets its bytes. */
  #tick() {
    const { nextExpiry } = this.state;
    if (nextExpiry && nextExpiry <= this.now()) {
      this.state.nextExpiry = null;
      this.#load("files");
    }
  }
}

const PARTS = {
  clock: {
    path: "/clock",
    take: ({ now, frozen, emulated }) => ({
      clock: { at: Date.parse(now), read: performance.now(), frozen, emulated },
    }),
  },
  files: { path: "/files", take: takeFiles },
  entries: {
    path: "/journal",
    take: ({ entries, last, dropped }, known) => {
      // The stream may have been faster.
      const newer = (known.entries ?? []).filter(({ number }) => number > last);
      const all = [...newer, ...entries.reverse()];
      return { entries: all, dropped };
    },
  },
  tickets: { path: "/tickets", take: ({ tickets }) => ({ tickets }) },
  faults: { path: "/faults", take: ({ faults }) => ({ faults }) },
  snapshots: { path: "/snapshots", take: ({ snapshots }) => ({ snapshots }) },
  settings: { path: "/settings", take: ({ settings }) => ({ settings }) },
};

const WAITING = new Set(["open", "reserved", "stored"]);

function takeFiles({ files }) {
  let nextExpiry = null;
  const seen = new Map();
  for (const file of files) {
    // A token outlives its bytes, and several files can share one.
    const key = file.token ?? file.file;
    const before = seen.get(key) ?? 0;
    seen.set(key, before + 1);
    file.key = before ? file.file : key;
    file.expires = file.expires_at ? Date.parse(file.expires_at) : null;
    if (file.expires && WAITING.has(file.state)) {
      nextExpiry = Math.min(nextExpiry ?? Infinity, file.expires);
    }
  }
  return { files, nextExpiry };
}

export const store = new Store();

/** The state of the store. The component is drawn again when it changes. */
export function useStore() {
  const [, draw] = useState(0);
  useEffect(() => store.subscribe(() => draw((times) => times + 1)), []);
  return store.state;
}

/** Draws the component again each second. */
export function useSeconds() {
  const [, draw] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => draw((times) => times + 1), 1000);
    return () => clearInterval(timer);
  }, []);
  return store.now();
}
