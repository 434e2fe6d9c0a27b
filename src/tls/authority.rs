//! The certificate authority of a server. Its key never leaves this file except to `ca_dir`.

use std::fmt;
use std::net::IpAddr;

use jiff::SignedDuration;
use jiff::tz::TimeZone;
use rcgen::{
    BasicConstraints, Certificate, CertificateParams, DistinguishedName, DnType,
    ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair, KeyUsagePurpose, PKCS_ECDSA_P256_SHA256,
    SerialNumber, date_time_ymd,
};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use sha2::{Digest as _, Sha256};

use crate::core::clock::Clock;

/// How long a certificate of a name is valid. Apple's clients refuse more than 398 days.
const LEAF_DAYS: i64 = 365;

/// A certificate begins to be valid before it is made: a client's clock may be behind.
const BACKDATED_DAYS: i64 = 1;

/// Signs the certificates of a server's names.
pub struct Authority {
    issuer: Issuer<'static, KeyPair>,
    pem: String,
    /// All certificates of names share one key, so that a new name costs one signature.
    leaf_key: KeyPair,
}

impl Authority {
    /// An authority that exists as long as the process.
    ///
    /// # Errors
    /// The system has no randomness.
    pub fn generate() -> Result<Self, rcgen::Error> {
        let key = generate_key()?;
        let pem = certificate(&key)?.pem();
        Self::from_parts(key, pem)
    }

    /// The authority with this key and this certificate, which belong together.
    pub(super) fn from_parts(key: KeyPair, pem: String) -> Result<Self, rcgen::Error> {
        let issuer = Issuer::new(params(&key), key);
        Ok(Self { issuer, pem, leaf_key: generate_key()? })
    }

    /// The certificate of the authority, which clients must trust.
    pub fn pem(&self) -> &str {
        &self.pem
    }

    /// The key of all certificates of names.
    pub fn leaf_key(&self) -> PrivateKeyDer<'static> {
        PrivateKeyDer::Pkcs8(self.leaf_key.serialize_der().into())
    }

    /// Makes a certificate for host names and addresses.
    ///
    /// # Errors
    /// A name that no certificate can have.
    pub fn issue(
        &self,
        hosts: &[String],
        addresses: &[IpAddr],
    ) -> Result<CertificateDer<'static>, rcgen::Error> {
        let addresses = addresses.iter().map(IpAddr::to_string);
        let names: Vec<_> = hosts.iter().cloned().chain(addresses).collect();
        let now = Clock::SYSTEM.now();
        // To the day: certificates need no more precision.
        let days = |days: i64| {
            let at = now.checked_add(SignedDuration::from_hours(24 * days)).unwrap_or(now);
            let date = at.to_zoned(TimeZone::UTC).date();
            date_time_ymd(
                date.year().into(),
                date.month().unsigned_abs(),
                date.day().unsigned_abs(),
            )
        };
        let mut params = CertificateParams::new(names.clone())?;
        params.distinguished_name = DistinguishedName::new();
        // The longest common name has 64 characters.
        let common = names.first().filter(|name| name.len() <= 64);
        params
            .distinguished_name
            .push(DnType::CommonName, common.map_or("zendesk-mock", String::as_str));
        params.not_before = days(-BACKDATED_DAYS);
        params.not_after = days(LEAF_DAYS);
        // Two certificates of one authority must differ in their serial number.
        params.serial_number = Some(serial(&[&names.join(","), &now.to_string()]));
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        params.use_authority_key_identifier_extension = true;
        Ok(params.signed_by(&self.leaf_key, &self.issuer)?.der().clone())
    }
}

impl fmt::Debug for Authority {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Authority").finish_non_exhaustive()
    }
}

pub(super) fn generate_key() -> Result<KeyPair, rcgen::Error> {
    KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256)
}

/// The certificate of the authority with this key.
pub(super) fn certificate(key: &KeyPair) -> Result<Certificate, rcgen::Error> {
    params(key).self_signed(key)
}

/// What the certificate of the authority says. All of it follows from the key, so that an authority
/// that is read from a file signs as before.
fn params(key: &KeyPair) -> CertificateParams {
    let mut params = CertificateParams::default();
    let mut name = DistinguishedName::new();
    name.push(DnType::CommonName, common_name(key));
    params.distinguished_name = name;
    params.not_before = date_time_ymd(2025, 1, 1);
    params.not_after = date_time_ymd(2049, 12, 31);
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    // Python 3.13 refuses an authority without this extension.
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params
}

/// The name of the authority, which differs from that of others in a list of trusted ones.
pub(super) fn common_name(key: &KeyPair) -> String {
    let hash = Sha256::digest(key.public_key_raw());
    let hash: String = hash.iter().take(4).map(|byte| format!("{byte:02x}")).collect();
    format!("zendesk-mock CA {hash}")
}

fn serial(parts: &[&str]) -> SerialNumber {
    let hash = Sha256::digest(parts.join("\n"));
    SerialNumber::from_slice(&hash[..16])
}
