//! A trust store for Java, in the format JKS, which every Java reads.

use ring::digest::{Context, SHA1_FOR_LEGACY_USE_ONLY};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;

const MAGIC: u32 = 0xfeed_feed;
const VERSION: u32 = 2;
/// The tag of an entry that is a trusted certificate.
const TRUSTED: u32 = 2;
/// The usual password of a trust store, which keeps nothing secret.
pub const PASSWORD: &str = "changeit";
/// What the format puts between the password and the entries that a digest covers.
const WHITENER: &[u8] = b"Mighty Aphrodite";

/// The trust store with all certificates of a PEM file.
pub fn trust_store(pem: &str) -> Vec<u8> {
    let certificates = CertificateDer::pem_slice_iter(pem.as_bytes());
    let certificates: Vec<_> = certificates.filter_map(Result::ok).collect();
    let mut store = Vec::new();
    let number = |store: &mut Vec<u8>, number: u32| store.extend(number.to_be_bytes());
    let length = |length: usize| u32::try_from(length).unwrap_or(0);
    number(&mut store, MAGIC);
    number(&mut store, VERSION);
    number(&mut store, length(certificates.len()));
    for (place, certificate) in certificates.iter().enumerate() {
        number(&mut store, TRUSTED);
        text(&mut store, &format!("ca-{place}"));
        // When it was added, in milliseconds. No client asks.
        store.extend(0_u64.to_be_bytes());
        text(&mut store, "X.509");
        number(&mut store, length(certificate.len()));
        store.extend_from_slice(certificate);
    }
    let digest = digest(&store);
    store.extend(digest.as_ref());
    store
}

/// The digest at the end. Java verifies it if it has a password (`JavaKeyStore.java` of OpenJDK).
fn digest(entries: &[u8]) -> impl AsRef<[u8]> + use<> {
    let mut digest = Context::new(&SHA1_FOR_LEGACY_USE_ONLY);
    for unit in PASSWORD.encode_utf16() {
        digest.update(&unit.to_be_bytes());
    }
    digest.update(WHITENER);
    digest.update(entries);
    digest.finish()
}

/// A short ASCII text with its length, as `DataOutput.writeUTF` writes it.
fn text(store: &mut Vec<u8>, text: &str) {
    store.extend(u16::try_from(text.len()).unwrap_or(0).to_be_bytes());
    store.extend(text.bytes());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trust_store_has_every_certificate() {
        let server = zendesk_mock::ZendeskMock::start().expect("the server starts");
        let pem = format!("# a comment\n{0}\n{0}", server.ca_pem());
        let store = trust_store(&pem);
        assert_eq!(store[..12], [0xfe, 0xed, 0xfe, 0xed, 0, 0, 0, 2, 0, 0, 0, 2]);
        let der =
            CertificateDer::from_pem_slice(server.ca_pem().as_bytes()).expect("a certificate");
        let found = store.windows(der.len()).filter(|window| *window == &*der).count();
        assert_eq!(found, 2);
        let (entries, end) = store.split_at(store.len() - 20);
        assert_eq!(end, digest(entries).as_ref());
    }
}
