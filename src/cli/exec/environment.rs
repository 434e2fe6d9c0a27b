//! The environment variables of a command, which lead its clients to the server.

use std::env;
use std::ffi::OsString;
use std::net::SocketAddr;

use super::files::ClientFiles;
use super::no_proxy::NoProxy;
use super::trust_store::PASSWORD;

/// The variables that a command does not inherit. They name a proxy too, and httpx prefers it.
pub const REMOVED: [&str; 2] = ["ALL_PROXY", "all_proxy"];

/// The variables that the usual runtimes and libraries read.
pub fn variables(
    server: SocketAddr,
    files: &ClientFiles,
    no_proxy: &NoProxy,
) -> Vec<(&'static str, OsString)> {
    let (url, host, port) = (format!("http://{server}"), server.ip(), server.port());
    let bundle = || files.bundle().into_os_string();
    let proxy = || OsString::from(&url);
    let local = || OsString::from(no_proxy.variable());
    // zendesk-java-client reads only the proxy of plain HTTP (async-http-client's `ProxyUtils`).
    // A path may have spaces. Java takes a backslash for itself, and Node does not.
    let java = format!(
        "-Dhttps.proxyHost={host} -Dhttps.proxyPort={port} -Dhttp.proxyHost={host} \
         -Dhttp.proxyPort={port} -Dhttp.nonProxyHosts={} \
         -Dorg.asynchttpclient.useProxyProperties=true \
         -Djavax.net.ssl.trustStoreType=JKS -Djavax.net.ssl.trustStorePassword={PASSWORD} \
         -Djavax.net.ssl.trustStore=\"{}\"",
        no_proxy.java(),
        files.java_trust_store().display()
    );
    let hook = files.node_hook().display().to_string().replace('\\', "\\\\");
    let node = format!("--require=\"{hook}\"");
    vec![
        ("ZENDESK_MOCK_URL", proxy()),
        ("HTTPS_PROXY", proxy()),
        ("https_proxy", proxy()),
        // Zendesk is reached by https alone. Plain HTTP stays as it is, for services of the suite.
        ("NO_PROXY", local()),
        ("no_proxy", local()),
        // OpenSSL, and so Ruby and most of Python; Go and .NET on Linux; rustls.
        ("SSL_CERT_FILE", bundle()),
        // requests, in Python.
        ("REQUESTS_CA_BUNDLE", bundle()),
        ("CURL_CA_BUNDLE", bundle()),
        ("AWS_CA_BUNDLE", bundle()),
        ("NODE_EXTRA_CA_CERTS", files.node_certificates().into_os_string()),
        // Node 24, and later versions of 22. The hook serves older ones, and libraries that know
        // no proxy.
        ("NODE_USE_ENV_PROXY", "1".into()),
        ("NODE_OPTIONS", appended("NODE_OPTIONS", &node)),
        ("JAVA_TOOL_OPTIONS", appended("JAVA_TOOL_OPTIONS", &java)),
    ]
}

/// The value of a variable, and another one after it.
fn appended(variable: &str, value: &str) -> OsString {
    let mut all = env::var_os(variable).filter(|value| !value.is_empty()).unwrap_or_default();
    if !all.is_empty() {
        all.push(" ");
    }
    all.push(value);
    all
}
