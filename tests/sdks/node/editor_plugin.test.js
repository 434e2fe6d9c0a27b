// Runs Zendesk's code for user images, AUSImageUploadPlugin of @zendesk/help-center-wysiwyg, in a
// browser on a page of another origin, so that CORS has to allow each step.
//
// The plugin gets only the two parts of an editor that it uses. The whole editor, CKEditor 5, is
// licensed for Zendesk's help centers only, and stops working when the key in the package expires.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { servePage, startBrowser } from "./browser.js";
import { bytesAt, startServer } from "./server.js";

const BRAND = 10016;
// A GIF of one pixel.
const IMAGE = Buffer.from(
  "R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7",
  "base64",
);

const cleanups = [];
let server, page;
/** The result of the plugin, and its calls of `fetch` in order. */
let outcome, calls;

before(
  async () => {
    server = await startServer();
    cleanups.push(server.stop);
    const site = await servePage(server.url);
    cleanups.push(site.stop);
    const browser = await startBrowser();
    cleanups.push(() => browser.close());
    page = await browser.newPage();
    await page.goto(site.origin);
    ({ outcome, calls } = await page.evaluate(uploadInPage, {
      base64: IMAGE.toString("base64"),
      type: "image/gif",
      brandId: BRAND,
    }));
  },
  { timeout: 60_000 },
);

after(async () => {
  for (const cleanup of cleanups.reverse()) await cleanup();
});

/** Runs in the page: passes a file to the plugin as the editor does for a dropped file. */
async function uploadInPage({ base64, type, brandId }) {
  const calls = [];
  const { fetch } = window;
  window.fetch = async (url, init = {}) => {
    const { method = "GET", headers, body } = init;
    const call = { method, url: new URL(url, document.baseURI).href, headers };
    if (typeof body === "string") call.sent = JSON.parse(body);
    calls.push(call);
    const response = await fetch(url, init).catch((error) => {
      call.failure = String(error);
      throw error;
    });
    call.status = response.status;
    call.crossOrigin = response.type === "cors";
    call.answer = await response.clone().text();
    return response;
  };

  const { imageUpload, extraPlugins } =
    window.HelpCenterWysiwyg.getEditorConfig({
      editorType: "communityPosts",
      userRole: "end_user",
      baseLocale: "en-us",
      brandId,
    });
  const [imageUploadPlugin] = extraPlugins;
  const fileRepository = {};
  imageUploadPlugin({
    config: { get: () => imageUpload.brandId },
    plugins: { get: () => fileRepository },
  });

  const bytes = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
  const file = new File([bytes], "pixel", { type });
  const adapter = fileRepository.createUploadAdapter({
    file: Promise.resolve(file),
  });
  const outcome = await adapter.upload().catch(String);
  return { outcome, calls };
}

/** The only call of the plugin to this URL, answered with this status. */
function call(method, url, status) {
  const made = calls.filter(
    (call) => call.method === method && call.url === url,
  );
  assert.equal(
    made.length,
    1,
    `calls of ${method} ${url}; the upload came to ${JSON.stringify(outcome)}`,
  );
  const [call] = made;
  // If CORS does not allow it, the browser blocks the request or its response.
  assert.equal(call.failure, undefined);
  assert.equal(call.status, status, call.answer);
  assert.ok(call.crossOrigin);
  return call;
}

const api = (path) => `${server.url}/api/v2/${path}`;
const reserving = () => call("POST", api("guide/user_images/uploads"), 200);
const publishing = () => call("POST", api("guide/user_images"), 201);

test("reserve an image", () => {
  const { user } = JSON.parse(call("GET", api("users/me.json"), 200).answer);
  assert.match(user.authenticity_token, /./);

  const { headers, sent, answer } = reserving();
  assert.deepEqual(headers, { "x-csrf-token": user.authenticity_token });
  assert.deepEqual(sent, {
    content_type: "image/gif",
    file_size: IMAGE.length,
  });
  const { upload } = JSON.parse(answer);
  assert.deepEqual(Object.keys(upload).sort(), ["headers", "token", "url"]);
});

test("store an image", () => {
  const { upload } = JSON.parse(reserving().answer);
  const { headers, answer } = call("PUT", upload.url, 200);
  assert.deepEqual(headers, upload.headers);
  assert.equal(answer, "");
});

test("publish an image", () => {
  const { token } = JSON.parse(reserving().answer).upload;
  const { sent, answer } = publishing();
  assert.deepEqual(sent, { token, brand_id: `${BRAND}` });
  const { user_image } = JSON.parse(answer);
  assert.match(user_image.path, /^\/hc\/user_images\/[\w-]+\.gif$/);
  assert.equal(user_image.content_type, "image/gif");
  assert.equal(user_image.size, IMAGE.length);
});

test("the editor gets a path that shows the image", async () => {
  const { path } = JSON.parse(publishing().answer).user_image;
  assert.deepEqual(outcome, { default: path });
  assert.deepEqual(await bytesAt(server.url + path), IMAGE);
  const width = await page.evaluate(async (src) => {
    const image = new Image();
    image.src = src;
    await image.decode();
    return image.naturalWidth;
  }, path);
  assert.equal(width, 1);
});
