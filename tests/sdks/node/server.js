// The server under test, and files for uploads.

import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

export const BINARY =
  process.env.MOCK_BINARY ||
  fileURLToPath(
    new URL("../../../target/release/zendesk-mock", import.meta.url),
  );

const READY = /^zendesk-mock \S+ listening on (http:\/\/\S+)$/;

/** Starts a server, on a free port unless the settings have one. `stop` ends it. */
export async function startServer(...settings) {
  const port = settings.includes("--port") ? [] : ["--port", "0"];
  const child = spawn(BINARY, [...port, "--log", "warn", ...settings], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  // Also ends the server if the tests end with an error outside of hooks.
  process.once("exit", () => child.kill());
  const ended = new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", resolve);
  });
  const line = await Promise.race([
    new Promise((resolve) =>
      createInterface({ input: child.stdout }).once("line", resolve),
    ),
    ended.then((code) => `nothing: it ended with code ${code}`),
  ]);
  const url = READY.exec(line)?.[1];
  if (!url) throw new Error(`${BINARY} said ${line}`);
  return {
    url,
    stop: async () => {
      child.kill();
      await ended;
    },
  };
}

const folder = mkdtempSync(join(tmpdir(), "zendesk-mock-node-"));
process.once("exit", () => rmSync(folder, { recursive: true }));

/** The path of a new file with this content, or that many random bytes. */
export function file(content) {
  const path = join(folder, randomBytes(8).toString("hex"));
  writeFileSync(
    path,
    typeof content === "number" ? randomBytes(content) : content,
  );
  return path;
}

/** The response to a request without credentials. */
export async function bytesAt(url) {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
  return Buffer.from(await response.arrayBuffer());
}
