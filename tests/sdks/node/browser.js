// A real browser with a page of another origin than that of the server.

import { accessSync, constants, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { delimiter, join } from "node:path";

import { chromium } from "playwright-core";

const EDITOR = readFileSync(
  createRequire(import.meta.url).resolve("@zendesk/help-center-wysiwyg"),
);

function executable() {
  const named = process.env.CHROMIUM;
  if (named) return named;
  for (const folder of process.env.PATH.split(delimiter)) {
    for (const name of ["chromium", "google-chrome"]) {
      const path = join(folder, name);
      try {
        accessSync(path, constants.X_OK);
        return path;
      } catch {
        // Not in this folder.
      }
    }
  }
  throw new Error(
    "no browser: install chromium or google-chrome, or name one in CHROMIUM",
  );
}

/** Starts a browser with a new profile, which is deleted when the browser closes. */
export function startBrowser(...flags) {
  return chromium.launch({
    executablePath: executable(),
    args: [
      "--headless",
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      ...flags,
    ],
  });
}

/**
 * Serves a page with Zendesk's editor on another port. Its base URL is `server`, so that relative
 * URLs of the editor lead to the server, as on a page of a help center.
 */
export async function servePage(server) {
  const site = createServer((request, response) => {
    if (request.url === "/editor.js") {
      response.setHeader("Content-Type", "text/javascript; charset=utf-8");
      response.end(EDITOR);
    } else {
      response.setHeader("Content-Type", "text/html; charset=utf-8");
      response.end(
        `<!doctype html><base href="${server}/"><script src="${origin}/editor.js"></script>`,
      );
    }
  });
  await new Promise((resolve) => site.listen(0, "127.0.0.1", resolve));
  const origin = `http://127.0.0.1:${site.address().port}`;
  return {
    origin,
    stop: () => {
      site.closeAllConnections();
      return new Promise((resolve) => site.close(resolve));
    },
  };
}
