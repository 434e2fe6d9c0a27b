//! The hosts that requests to Zendesk go to, and which of them lead to this server.

/// The hosts of Zendesk's bucket: of recorded URLs (2022), and of a documented one (2021).
pub const BUCKET_HOSTS: [&str; 2] = [
    "aus-uploaded-assets-production.s3-accelerate.amazonaws.com",
    "aus-uploaded-assets-production.s3.amazonaws.com",
];

/// Signed URLs of downloads are on hosts such as `p14.zdusercontent.com` (recorded, 2026).
pub const DOWNLOAD_DOMAIN: &str = "zdusercontent.com";

/// The hosts and the domain of Zendesk's files.
pub const FILE_HOSTS: [&str; 3] = [BUCKET_HOSTS[0], BUCKET_HOSTS[1], DOWNLOAD_DOMAIN];

/// The domain of a host among `domains` and that of downloads, and the labels before it.
#[cfg(feature = "tls")]
pub fn find_domain<'a>(host: &'a str, domains: &'a [String]) -> Option<(&'a str, &'a str)> {
    let mut all = domains.iter().map(String::as_str).chain([DOWNLOAD_DOMAIN]);
    all.find_map(|domain| match host.strip_suffix(domain)? {
        "" => Some(("", domain)),
        labels => Some((labels.strip_suffix('.')?, domain)),
    })
}

/// Whether a host, in lower case and without a port, is one of the bucket.
pub fn is_bucket(host: &str) -> bool {
    BUCKET_HOSTS.contains(&host)
}
