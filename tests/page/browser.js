// A browser with pages that report what goes wrong in them.

import assert from "node:assert/strict";
import { accessSync, constants, mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";

import { chromium } from "playwright-core";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const SHOTS = fileURLToPath(new URL("../../target/page/", import.meta.url));
mkdirSync(SHOTS, { recursive: true });

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
  throw new Error("no browser: install chromium or google-chrome, or name one in CHROMIUM");
}

export function startBrowser() {
  return chromium.launch({
    executablePath: executable(),
    args: ["--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run"],
  });
}

export const DESKTOP = { width: 1280, height: 800 };
export const PHONE = { width: 390, height: 844 };

/**
 * Opens a page with a profile of its own. `page.problems` collects errors in the console, uncaught
 * errors and dialogs. `beforeStream` is called when the page opens its event stream, and delays it.
 */
export async function openPage(
  browser,
  url,
  { viewport = DESKTOP, colorScheme = "light", beforeStream } = {},
) {
  const context = await browser.newContext({ viewport, colorScheme });
  const page = await context.newPage();
  if (beforeStream) {
    await page.route("**/journal/events*", async (route) => {
      await beforeStream();
      await route.continue();
    });
  }
  page.setDefaultTimeout(30_000);
  page.problems = [];
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) page.problems.push(message.text());
  });
  page.on("pageerror", (error) => page.problems.push(String(error.stack)));
  page.on("dialog", (dialog) => {
    page.problems.push(`dialog: ${dialog.message()}`);
    dialog.dismiss();
  });
  await page.goto(url);
  return page;
}

export async function closePage(page, { mayFail } = {}) {
  const problems = page.problems.filter((text) => !mayFail?.test(text));
  await page.context().close();
  assert.deepEqual(problems, []);
}

/** Fails if a part of the page breaks a rule of WCAG 2.2, A or AA. */
export async function assertAccessible(page, where) {
  await page.evaluate(AXE);
  const violations = await page.evaluate(async () => {
    const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
    const found = await globalThis.axe.run(document, { runOnly: tags });
    return found.violations.map(({ id, help, nodes }) => ({
      id,
      help,
      nodes: nodes.slice(0, 4).map((node) => `${node.target.join(" ")}: ${node.failureSummary}`),
    }));
  });
  assert.deepEqual(violations, [], where);
}

/** Fails if the page is wider than its window. */
export async function assertFits(page, where) {
  const overflow = await page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    return scrollWidth - clientWidth;
  });
  assert.equal(overflow, 0, where);
}

export function shoot(page, name) {
  return page.screenshot({ path: join(SHOTS, `${name}.png`) });
}
