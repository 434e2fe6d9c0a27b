//! `/_mock/ca.pem`: the certificate of the authority that signs for this server's names.

use crate::http::control::answer::RawCertificate;
use crate::http::control::call::Call;
#[cfg(not(feature = "tls"))]
use crate::http::exchange::problem::Problem;
use crate::http::exchange::refusal::Refusal;

#[cfg(feature = "tls")]
pub async fn show(call: Call) -> Result<RawCertificate, Refusal> {
    use axum::http::header::CONTENT_TYPE;
    use axum::response::IntoResponse as _;

    let pem = call.app.authority.pem().to_owned();
    Ok(RawCertificate(([(CONTENT_TYPE, "application/x-pem-file")], pem).into_response()))
}

#[cfg(not(feature = "tls"))]
pub async fn show(_: Call) -> Result<RawCertificate, Refusal> {
    let why = "this server was built without TLS: build it with the feature tls";
    Err(Problem::NotFound(why.to_owned()).into())
}
