// A client of the server: what the code under test does while a developer looks at the page.

import assert from "node:assert/strict";

const AUTHORIZATION = `Basic ${Buffer.from("jane.miller@example.com/token:secret").toString("base64")}`;

/** A PNG of 1 × 1. */
export const PNG = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  "base64",
);

export class Client {
  constructor(url, account) {
    this.url = `${url}/@${account}`;
    this.account = account;
    this.page = `${url}/_mock/ui/#/${account}/`;
  }

  async send(method, path, body, headers = {}) {
    const isJson = body !== undefined && typeof body === "object" && !Buffer.isBuffer(body);
    const response = await fetch(path.startsWith("http") ? path : this.url + path, {
      method,
      body: isJson ? JSON.stringify(body) : body,
      headers: {
        "user-agent": "support-widget/4.2",
        ...(isJson && { "content-type": "application/json" }),
        ...headers,
      },
    });
    const text = await response.text();
    let json;
    try {
      json = JSON.parse(text);
    } catch {
      // Answers of the bucket are XML.
    }
    return { status: response.status, json, text };
  }

  async control(path, body, method = "POST") {
    const answer = await this.send(method, `/_mock/${path}`, body);
    assert.ok(answer.status < 300, `${path}: ${answer.text}`);
    return answer.json;
  }

  tryUpload(name, body = "hello", contentType = undefined) {
    const path = `/api/v2/uploads?filename=${encodeURIComponent(name)}`;
    const headers = { authorization: AUTHORIZATION };
    if (contentType) headers["content-type"] = contentType;
    return this.send("POST", path, body, headers);
  }

  async upload(...file) {
    const { status, json, text } = await this.tryUpload(...file);
    assert.equal(status, 201, text);
    return json.upload;
  }

  createTicket(subject, comment) {
    const headers = { authorization: AUTHORIZATION };
    return this.send("POST", "/api/v2/tickets", { ticket: { subject, comment } }, headers);
  }

  createRequest(subject, comment) {
    const headers = { authorization: AUTHORIZATION };
    return this.send("POST", "/api/v2/requests", { request: { subject, comment } }, headers);
  }

  changeTicket(id, ticket) {
    const headers = { authorization: AUTHORIZATION };
    return this.send("PUT", `/api/v2/tickets/${id}`, { ticket }, headers);
  }

  deleteUpload({ token }) {
    const headers = { authorization: AUTHORIZATION };
    return this.send("DELETE", `/api/v2/uploads/${token}`, undefined, headers);
  }

  async reserve(contentType = "image/png", size = PNG.length) {
    const path = "/api/v2/guide/user_images/uploads";
    const { json } = await this.send("POST", path, { content_type: contentType, file_size: size });
    return json.upload;
  }

  put(reserved, headers = {}, body = PNG) {
    return this.send("PUT", reserved.url, body, { ...reserved.headers, ...headers });
  }

  publish(reserved) {
    const body = { token: reserved.token, brand_id: "10016" };
    return this.send("POST", "/api/v2/guide/user_images", body);
  }

  /** Some of everything, at a fixed time. */
  async fill() {
    await this.control("reset");
    await this.control("clock/freeze", { at: "2026-03-03T09:12:00Z" });
    const photo = await this.upload("printer-error.png", PNG, "image/png");
    const log = await this.upload("spooler.log", "08:58:11 queue stalled\n08:58:20 gave up\n");
    await this.control("clock/advance", { by: "50s" });
    const html = "<p>The printer <b>stops</b>.</p><ul><li>LJ-4100</li></ul>";
    await this.createTicket("Printer stops after two pages", {
      html_body: html,
      uploads: [photo.token, log.token],
    });
    const late = await this.upload("invoice.pdf", "%PDF-1.4", "application/pdf");
    await this.control("clock/advance", { by: "61m" });
    await this.createTicket("Wrong invoice", { body: "See the PDF.", uploads: [late.token] });
    await this.control("settings", { bad_token_on_ticket: "ignore" }, "PATCH");
    await this.createTicket("Wrong invoice", { body: "See the PDF.", uploads: [late.token] });
    await this.createTicket("Please call me back", { body: "It is about my order." });
    const image = await this.reserve();
    await this.put(image);
    await this.publish(image);
    await this.put(await this.reserve(), { "Content-Disposition": "inline" });
    await this.control("faults", { operation: "upload", status: 429, retry_after: 2, times: 1 });
    const long = `screenshot ${"with a very long name ".repeat(6)}.png`;
    await this.tryUpload(long, PNG, "image/png");
    await this.upload(long, PNG, "image/png");
    await this.control("malware", { malware_scan_result: "malware_found", next: 1 });
    await this.upload("setup.exe", Buffer.alloc(80_000, 7), "application/octet-stream");
    await this.send("POST", "/api/v2/uploads?filename=a.txt", "x");
    // A form instead of the bytes, and a ticket that lacks two of its files.
    const head = '--X1\r\nContent-Disposition: form-data; name="file"\r\n\r\n';
    const framed = await this.reserve("image/png", 5000);
    await this.put(framed, { "Content-Type": "multipart/form-data; boundary=X1" }, `${head}…\r\n--X1--`);
    const counter = await this.upload("counter.txt", "Pages: 20,114\n");
    const uploads = [counter.token, photo.token, "A1b2C3"];
    await this.createTicket("The counter of the printer", { body: "With a photo.", uploads });
    await this.control("faults", { operation: "put", status: 503, nth: 2 });
    await this.control("snapshots/before", undefined, "PUT");
  }
}
