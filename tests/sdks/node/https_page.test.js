// A page at Zendesk's real host name, in a browser that trusts the certificate of the server.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { after, before, test } from "node:test";
import { connect } from "node:tls";

import { startBrowser } from "./browser.js";
import { bytesAt, startServer } from "./server.js";

const HOST = "acme.zendesk.com";

const cleanups = [];
let page;

/**
 * The hash of the key in the certificate of the host, which Node verifies. Chromium trusts it
 * without a change of the machine; authorities it takes from the machine only.
 */
async function pin({ url }) {
  const { hostname, port } = new URL(url);
  const ca = await bytesAt(`${url}/_mock/ca.pem`);
  const socket = connect({ host: hostname, port, servername: HOST, ca });
  await once(socket, "secureConnect");
  const { publicKey } = socket.getPeerX509Certificate();
  socket.destroy();
  const key = publicKey.export({ type: "spki", format: "der" });
  return createHash("sha256").update(key).digest("base64");
}

before(
  async () => {
    const server = await startServer();
    cleanups.push(server.stop);
    const browser = await startBrowser(
      `--ignore-certificate-errors-spki-list=${await pin(server)}`,
      `--host-resolver-rules=MAP ${HOST} ${new URL(server.url).host}`,
    );
    cleanups.push(() => browser.close());
    page = await browser.newPage();
    await page.goto(`https://${HOST}/_mock/health`);
  },
  { timeout: 60_000 },
);

after(async () => {
  for (const cleanup of cleanups.reverse()) await cleanup();
});

test("a page uploads and downloads over HTTP/2", async () => {
  const outcome = await page.evaluate(async () => {
    const authorization = `Basic ${btoa("agent@example.com/token:secret")}`;
    const content = "hello".repeat(100_000);
    const uploaded = await fetch("/api/v2/uploads?filename=a.txt", {
      method: "POST",
      headers: { authorization },
      body: content,
    });
    const { attachment } = (await uploaded.json()).upload;
    const downloaded = await fetch(attachment.content_url);
    const same = (await downloaded.text()) === content;
    const protocols = performance
      .getEntries()
      .map((entry) => entry.nextHopProtocol)
      .filter((protocol) => protocol !== undefined);
    return { url: attachment.content_url, same, protocols };
  });
  assert.match(outcome.url, /^https:\/\/acme\.zendesk\.com\/attachments\//);
  assert.ok(outcome.same);
  // The page, the upload and the download at least.
  assert.ok(outcome.protocols.length >= 3, outcome.protocols.join());
  assert.deepEqual(new Set(outcome.protocols), new Set(["h2"]));
});
