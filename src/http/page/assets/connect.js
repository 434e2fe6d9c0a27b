// Connect: what a client needs to reach the account.

import { html } from "./html.js";
import { useKept } from "./kept.js";
import { Code } from "./call.js";
import { Chips } from "./parts.js";
import { store, useStore } from "./store.js";

const USER = "me@example.com";
const DOCS = "https://github.com/zendesk-mock/zendesk-mock/blob/main/docs";

function DocsLink({ name }) {
  return html`<a href=${`${DOCS}/${name}.md`} target="_blank" rel="noopener noreferrer">docs/${name}.md</a>`;
}

/** The base URL of an account. */
const baseUrl = (account) =>
  account === "default" ? location.origin : `${location.origin}/@${account}`;

const upload = (url) =>
  `curl -u ${USER}/token:secret -H 'Content-Type: text/plain' --data-binary hello '${url}/api/v2/uploads?filename=hello.txt'`;

/** A PNG of one pixel, for a shell without images. */
const PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

const image = (url) => `# 0. an image, unless you have one
echo '${PIXEL}' | base64 -d > image.png

# 1. create the upload URL
SIZE=$(wc -c < image.png)
curl -s --json "{\\"content_type\\": \\"image/png\\", \\"file_size\\": $SIZE}" '${url}/api/v2/guide/user_images/uploads' > upload.json

# 2. PUT the bytes there, with all headers of the answer
jq -r '.upload.headers | to_entries[] | "\\(.key): \\(.value)"' upload.json > headers.txt
curl -X PUT -H @headers.txt --data-binary @image.png "$(jq -r .upload.url upload.json)"

# 3. create the path
jq '{token: .upload.token, brand_id: "10016"}' upload.json | curl --json @- '${url}/api/v2/guide/user_images'`;

export function FirstCalls({ account }) {
  const url = baseUrl(account);
  return html`<${Code} text=${upload(url)} label="Copy the curl command" />
    <p>An image of the help center takes three calls:</p>
    <${Code} text=${image(url)} label="Copy the curl commands" />`;
}

const ticketBody = (token) => `{"ticket": {"subject": "Printer", "comment": {"body": "See the file.", "uploads": ["${token}"]}}}`;

export function FirstTicket({ account }) {
  const { files } = useStore();
  const open = files?.find((file) => file.state === "open");
  const url = baseUrl(account);
  return html`${!open && html`<${Code} text=${upload(url)} label="Copy the curl command" />`}
  <${Code}
    text=${`curl -u ${USER}/token:secret --json '${ticketBody(open?.token ?? "TOKEN")}' '${url}/api/v2/tickets'`}
    label="Copy the curl command"
  />
  <p class="note">${open ? "It attaches the newest open upload." : html`Replace <code>TOKEN</code> by <code>upload.token</code> of the first answer.`}</p>`;
}

const CLIENTS = {
  curl: {
    name: "curl",
    text: (url) => `${upload(url)}\n\n# with the token of the answer:\ncurl -u ${USER}/token:secret --json '${ticketBody("TOKEN")}' '${url}/api/v2/tickets'`,
  },
  requests: {
    name: "Python, requests",
    text: (url) => `import requests

URL = "${url}"
AUTH = ("${USER}/token", "secret")

upload = requests.post(f"{URL}/api/v2/uploads?filename=a.txt", data=b"hello", auth=AUTH).json()["upload"]
print(upload["token"])`,
  },
  zenpy: {
    name: "Python, zenpy",
    text: (url, { host, account, isDefault }) => `export ZENPY_FORCE_NETLOC=${host}
export ZENPY_FORCE_SCHEME=http
python - <<'PYTHON'
from zenpy import Zenpy

client = Zenpy(subdomain="${account}", email="${isDefault ? USER : `me@${account}.mock`}", token="secret")
print(client.attachments.upload("a.txt").token)
PYTHON`,
  },
  node: {
    name: "Node, node-zendesk",
    text: (url) => `import { createClient } from "node-zendesk";

const client = createClient({
  endpointUri: "${url}/api/v2",
  username: "${USER}",
  token: "secret",
});
const upload = await client.attachments.upload("a.txt", { filename: "a.txt" });`,
  },
  fetch: {
    name: "Node, fetch",
    text: (url) => `const authorization = "Basic " + Buffer.from("${USER}/token:secret").toString("base64");
const answer = await fetch("${url}/api/v2/uploads?filename=a.txt", {
  method: "POST",
  body: "hello",
  headers: { authorization, "content-type": "text/plain" },
});
const { upload } = await answer.json();`,
  },
  java: {
    name: "Java",
    text: (url) => `Zendesk zendesk = new Zendesk.Builder("${url}")
    .setUsername("${USER}")
    .setToken("secret")
    .build();
Attachment.Upload upload = zendesk.createUpload("a.txt", "hello".getBytes());`,
  },
  go: {
    name: "Go",
    text: (url) => `client, _ := zendesk.NewClient(nil)
client.SetEndpointURL("${url}/api/v2")
client.SetCredential(zendesk.NewAPITokenCredential("${USER}", "secret"))`,
  },
  ruby: {
    name: "Ruby",
    text: (url) => `client = ZendeskAPI::Client.new do |config|
  config.url = "${url}/api/v2"
  config.allow_http = true
  config.username = "${USER}"
  config.token = "secret"
end`,
  },
  php: {
    name: "PHP",
    text: (url, { hostname, port }) => `$client = new Zendesk\\API\\HttpClient('', '', 'http', '${hostname}', ${port || 80});
$client->setAuth('basic', ['username' => '${USER}', 'token' => 'secret']);`,
  },
  dotnet: {
    name: ".NET",
    text: (url) => `services.AddZendeskClientWithHttpClientFactory("${url}", "${USER}", "secret");`,
  },
  rust: {
    name: "Rust",
    text: () => `let zendesk = zendesk_mock::ZendeskMock::start()?; // a server of its own, on a free port
let base_url = zendesk.account("acme")?.url();`,
  },
};

/** The host that names the account. It comes before the user. */
const zendeskHost = (account) => `${account}.zendesk.com`;

/** What a shell needs so that clients trust the server and reach it by Zendesk's names. */
const proxyLines = (account) => `curl -o zendesk-mock-ca.pem '${location.origin}/_mock/ca.pem'
export HTTPS_PROXY=${location.origin}
export CURL_CA_BUNDLE=$PWD/zendesk-mock-ca.pem      # curl
export REQUESTS_CA_BUNDLE=$PWD/zendesk-mock-ca.pem  # Python: requests, zenpy
export SSL_CERT_FILE=$PWD/zendesk-mock-ca.pem       # Python: httpx; Go; Ruby
export NODE_EXTRA_CA_CERTS=$PWD/zendesk-mock-ca.pem # Node, which also needs NODE_USE_ENV_PROXY=1
curl -u ${USER}/token:secret --data-binary hello 'https://${zendeskHost(account)}/api/v2/uploads?filename=hello.txt'`;

const EXEC = `zendesk-mock exec -- pytest
zendesk-mock exec -- npm test
zendesk-mock exec --fail-on-leaks -- go test ./...`;

export function Connect() {
  const { account } = useStore();
  const [client, setClient] = useKept("connect/client", "curl");
  const url = baseUrl(account);
  const { host, hostname, port } = location;
  const text = CLIENTS[client].text(url, { host, hostname, port, account, isDefault: account === "default" });
  const isShort = account !== "default" && ["php"].includes(client);
  return html`<div class="page">
    <section class="card">
      <h2>Base URL</h2>
      <p>Give a client this URL where it takes that of Zendesk. Any well-formed credentials are
        accepted, unless the setting <code>auth</code> says otherwise.</p>
      <${Code} text=${url} label="Copy the URL" />
      <p class="note">${account === "default"
        ? html`Requests that name no account belong to <code>default</code>. Give each test an account of its
          own: <code>${location.origin}/@NAME</code>. It is created by its first request.`
        : html`A client without a base path reaches this account by a user such as
          <code>me@${account}.mock</code>, or by the host <code>${account}.localhost${port && `:${port}`}</code>.`}</p>
    </section>
    <section class="card">
      <h2>First calls</h2>
      <p>An upload, as for a file of a ticket:</p>
      <${FirstCalls} account=${account} />
    </section>
    <section class="card">
      <h2>Clients</h2>
      <${Chips} label="Client" value=${client} onChange=${setClient} options=${Object.entries(CLIENTS).map(([key, { name }]) => [key, name])} />
      <${Code} text=${text} label="Copy the code" />
      ${isShort && html`<p class="note">This client takes a host only: use a user such as <code>me@${account}.mock</code>.</p>`}
      <p class="note">More clients, and what each can do: <${DocsLink} name="clients" />.</p>
    </section>
    <section class="card">
      <h2>HTTPS and Zendesk's host names</h2>
      <p>The same port speaks TLS, and it is a proxy that leads <code>https://${zendeskHost(account)}</code> here: a
        client keeps its real URLs. It has to trust the certificate of this server.</p>
      <${Code} text=${proxyLines(account)} label="Copy the commands" />
      ${account.includes("_") && html`<p class="note">Some clients refuse a host name with <code>_</code>.
        For them, use an account with another name.</p>`}
      <p class="note">Variables of other clients: <${DocsLink} name="https" />.</p>
    </section>
    <section class="card">
      <h2>A test run with a server of its own</h2>
      <p><code>zendesk-mock exec</code> starts a server, runs a command with the variables that lead its clients
        there, and ends with the exit code of the command.</p>
      <${Code} text=${EXEC} label="Copy the commands" />
      <p class="note">All options: <${DocsLink} name="https" />.</p>
    </section>
    <section class="card">
      <h2>Control API</h2>
      <p>All that this page shows and does is a call of the control API, which tests use too.</p>
      <${Code} text=${store.api.curl("GET", "/openapi.json")} label="Copy the curl command" />
    </section>
  </div>`;
}
