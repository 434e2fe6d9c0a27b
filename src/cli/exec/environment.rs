//! The environment variables of a command, which lead its clients to the server.

use std::env;
use std::ffi::OsString;
use std::net::SocketAddr;

use super::files::ClientFiles;

/// Hosts that a client reaches without the proxy: those of this machine.
const LOCAL: &str = "localhost,127.0.0.1,::1";
/// The same for Java.
const LOCAL_JAVA: &str = "localhost|127.*|[::1]";

/// The variables that the usual runtimes and libraries read.
pub fn variables(server: SocketAddr, files: &ClientFiles) -> Vec<(&'static str, OsString)> {
    let (url, host, port) = (format!("http://{server}"), server.ip(), server.port());
    let bundle = || files.bundle().into_os_string();
    let proxy = || OsString::from(&url);
    let local = || appended("NO_PROXY", ",", LOCAL);
    let java = format!(
        "-Dhttps.proxyHost={host} -Dhttps.proxyPort={port} -Dhttp.proxyHost={host} \
         -Dhttp.proxyPort={port} -Dhttp.nonProxyHosts={LOCAL_JAVA} \
         -Dorg.asynchttpclient.useProxyProperties=true \
         -Djavax.net.ssl.trustStoreType=JKS -Djavax.net.ssl.trustStore={}",
        files.java_trust_store().display()
    );
    let node = format!("--require={}", files.node_hook().display());
    vec![
        ("ZENDESK_MOCK_URL", proxy()),
        ("HTTPS_PROXY", proxy()),
        ("https_proxy", proxy()),
        ("HTTP_PROXY", proxy()),
        ("http_proxy", proxy()),
        ("NO_PROXY", local()),
        ("no_proxy", local()),
        // OpenSSL, and so Ruby and most of Python; Go and .NET on Linux; rustls.
        ("SSL_CERT_FILE", bundle()),
        // requests, in Python.
        ("REQUESTS_CA_BUNDLE", bundle()),
        ("CURL_CA_BUNDLE", bundle()),
        ("NODE_EXTRA_CA_CERTS", files.node_certificates().into_os_string()),
        // Node 24, and later versions of 22. The hook serves older ones, and libraries that know
        // no proxy.
        ("NODE_USE_ENV_PROXY", "1".into()),
        ("NODE_OPTIONS", appended("NODE_OPTIONS", " ", &node)),
        ("JAVA_TOOL_OPTIONS", appended("JAVA_TOOL_OPTIONS", " ", &java)),
    ]
}

/// The value of a variable, and another one after it.
fn appended(variable: &str, separator: &str, value: &str) -> OsString {
    let mut all = env::var_os(variable).filter(|value| !value.is_empty()).unwrap_or_default();
    if !all.is_empty() {
        all.push(separator);
    }
    all.push(value);
    all
}
