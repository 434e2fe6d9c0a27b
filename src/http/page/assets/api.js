// Calls of the control API. The page has no other access to the server.

import { curl } from "./format.js";

const TOKEN = "zendesk-mock-control-token";

export class ApiError extends Error {
  constructor(status, description, field) {
    super(description);
    this.status = status;
    this.field = field;
  }
}

/** The token of the control API, kept for this tab. */
export const token = {
  get: () => sessionStorage.getItem(TOKEN),
  set: (value) =>
    value ? sessionStorage.setItem(TOKEN, value) : sessionStorage.removeItem(TOKEN),
};

function headers(more) {
  const known = token.get();
  return known ? { ...more, Authorization: `Bearer ${known}` } : { ...more };
}

async function refusal(response) {
  let body = {};
  try {
    body = await response.json();
  } catch {
    // A proxy in between answers with something else.
  }
  const description = body.description || `the server answered ${response.status}`;
  return new ApiError(response.status, description, body.field);
}

/** The control API of one account. */
export class Api {
  constructor(account) {
    this.account = account;
    this.base = `/@${account}/_mock`;
  }

  async fetch(method, path, body, signal) {
    let response;
    try {
      response = await fetch(this.base + path, {
        method,
        signal,
        headers: headers(body && { "Content-Type": "application/json" }),
        body: body && JSON.stringify(body),
        cache: "no-store",
      });
    } catch (error) {
      if (error.name === "AbortError") throw error;
      throw new ApiError(0, "the server does not answer");
    }
    if (!response.ok) throw await refusal(response);
    return response;
  }

  async call(method, path, body, signal) {
    return (await this.fetch(method, path, body, signal)).json();
  }

  get(path, signal) {
    return this.call("GET", path, undefined, signal);
  }

  async bytes(path, signal) {
    return (await this.fetch("GET", path, undefined, signal)).arrayBuffer();
  }

  /** The curl command of a call. */
  curl(method, path, body) {
    return curl(method, location.origin + this.base + path, body, token.get());
  }

  /**
   * Reads the stream of the events from now on until it ends. `on` gets the name and the data of
   * each event; `opened` is called once the stream is open.
   */
  async listen(on, opened, signal) {
    const response = await this.fetch("GET", "/journal/events", undefined, signal);
    opened();
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    let text = "";
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      text += value;
      const events = text.split("\n\n");
      text = events.pop();
      for (const event of events) {
        const field = (name) =>
          event
            .split("\n")
            .find((line) => line.startsWith(`${name}: `))
            ?.slice(name.length + 2);
        if (field("event")) on(field("event"), JSON.parse(field("data") || "null"));
      }
    }
  }
}

/** The name of the account that the address of the page leads to. */
export async function addressedAccount() {
  const prefix = /^\/@[^/]+(?=\/)/.exec(location.pathname)?.[0] ?? "";
  const response = await fetch(`${prefix}/_mock/account`, { headers: headers(), cache: "no-store" });
  if (!response.ok) throw await refusal(response);
  return (await response.json()).account;
}
