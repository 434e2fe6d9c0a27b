// The server and the browser of a file of tests.

import { after, before } from "node:test";

import { startServer } from "../sdks/node/server.js";
import { openPage, startBrowser } from "./browser.js";
import { Client } from "./client.js";

export let server;
export let browser;

before(async () => {
  [server, browser] = await Promise.all([startServer(), startBrowser()]);
});

after(async () => {
  await browser?.close();
  await server?.stop();
});

/** A client with an account of its own, and the page of that account. */
export async function start(account, view = "files", options = undefined) {
  const client = new Client(server.url, account);
  await client.control("reset");
  return [client, await openPage(browser, client.page + view, options)];
}

export const row = (page, text) => page.locator(".row", { hasText: text });
