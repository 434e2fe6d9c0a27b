//! Refusals and preflights of the bucket.

use super::*;

/// The answer to a PUT with an altered URL.
fn with_url(alter: impl FnOnce(String) -> String) -> RawResponse {
    let server = server();
    let mut reservation = reserve(&server);
    let url = alter(text(&reservation["url"]).to_owned());
    assert_ne!(text(&reservation["url"]), url, "the URL is altered");
    reservation["url"] = url.into();
    server.exchange(&put(&reservation).body(DOT_PNG))
}

#[test]
fn a_url_without_a_signature_is_403() {
    let unsigned = with_url(|url| url.split_once('?').expect("a query").0.to_owned());
    golden("bucket_refused_unsigned", &unsigned);
}

#[test]
fn a_missing_signature_parameter_is_400() {
    let partly = with_url(|url| url.replace("X-Amz-Date=20260101T000000Z&", ""));
    golden("bucket_refused_parameter_missing", &partly);
}

#[test]
fn an_altered_signature_parameter_is_refused() {
    let with = |from: &str, to: &str| with_url(|url| url.replace(from, to));
    golden("bucket_refused_algorithm", &with("AWS4-HMAC-SHA256", "AWS3"));
    golden("bucket_refused_credential_malformed", &with("EXAMPLE%2F", "EXAMPLE%252F"));
    golden("bucket_refused_credential_terminator", &with("aws4_request", "aws5_request"));
    golden("bucket_refused_credential_service", &with("%2Fs3%2F", "%2Fsqs%2F"));
    golden("bucket_refused_credential_region", &with("us-east-1", "eu-central-1"));
    golden("bucket_refused_credential_date", &with("20260101%2F", "20251231%2F"));
    golden("bucket_refused_access_key", &with("AKIAIOSFODNN7EXAMPLE", "AKIAI44QH8DHBEXAMPLE"));
    golden("bucket_refused_date", &with("20260101T000000Z", "2026-01-01T00:00:00Z"));
    golden("bucket_refused_expires_not_a_number", &with("Expires=3600", "Expires=soon"));
    golden("bucket_refused_expires_negative", &with("Expires=3600", "Expires=-1"));
    golden("bucket_refused_expires_too_long", &with("Expires=3600", "Expires=604801"));
    golden("bucket_refused_host_not_signed", &with("%3Bhost%3B", "%3B"));
    golden("bucket_refused_signature", &with("Expires=3600", "Expires=3601"));
}

#[test]
fn a_missing_or_altered_signed_header_is_403() {
    let server = server();
    let omitted = put_without(&reserve(&server), "Content-Disposition").body(DOT_PNG);
    golden("bucket_refused_without_content_disposition", &server.exchange(&omitted));
    let other = put_without(&reserve(&server), "X-Amz-Server-Side-Encryption")
        .header("X-Amz-Server-Side-Encryption", "aws:kms")
        .body(DOT_PNG);
    golden("bucket_refused_other_encryption", &server.exchange(&other));
}

#[test]
fn an_unsigned_amz_header_is_403() {
    let server = server();
    let put = put(&reserve(&server))
        .header("X-Amz-Meta-Owner", "me")
        .header("X-Amz-Acl", "private")
        .body(DOT_PNG);
    golden("bucket_refused_headers_not_signed", &server.exchange(&put));
}

#[test]
fn a_get_with_the_url_of_a_put_is_403() {
    let server = server();
    let reservation = reserve(&server);
    let get = request("GET", &path_of(&reservation["url"])).end();
    golden("bucket_refused_method", &server.exchange(&get));
}

#[test]
fn a_signed_get_is_405() {
    let server = server();
    let reserved = path_of(&reserve(&server)["url"]);
    let object = reserved.split_once('?').expect("a query").0;
    // A GET of this object, signed by an S3 client with the default keys.
    let query = "X-Amz-Algorithm=AWS4-HMAC-SHA256\
         &X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20260101%2Fus-east-1%2Fs3%2Faws4_request\
         &X-Amz-Date=20260101T000000Z&X-Amz-Expires=3600&X-Amz-SignedHeaders=host\
         &X-Amz-Signature=40f634b19979e7d39be3cfb307fea2c85f26332b81f7cc6dc3fb84cfb433f107";
    let get = request("GET", &format!("{object}?{query}")).end();
    golden("bucket_refused_get", &server.exchange(&get));
}

#[test]
fn a_url_expires_after_an_hour() {
    let server = server();
    let reservation = reserve(&server);
    acme(&server).advance(HOUR);
    golden("bucket_refused_expired", &server.exchange(&put(&reservation).body(DOT_PNG)));
}

#[test]
fn a_url_of_the_future_is_403() {
    // Both servers have the same key. One is an hour ahead.
    let ahead = server();
    acme(&ahead).advance(HOUR);
    let answer = server().exchange(&put(&reserve(&ahead)).body(DOT_PNG));
    golden("bucket_refused_not_valid_yet", &answer);
}

#[test]
fn a_url_of_a_deleted_reservation_is_403() {
    let server = server();
    let reservation = reserve(&server);
    acme(&server).reset();
    golden("bucket_refused_after_a_reset", &server.exchange(&put(&reservation).body(DOT_PNG)));
}

#[test]
fn a_body_without_content_length_is_refused() {
    let server = server();
    let chunked = put(&reserve(&server)).header("Transfer-Encoding", "chunked").end();
    let chunked = [&chunked[..], b"5\r\nhello\r\n0\r\n\r\n"].concat();
    golden("bucket_refused_chunked", &server.exchange(&chunked));
    let lengthless = put(&reserve(&server)).end();
    golden("bucket_refused_without_a_length", &server.exchange(&lengthless));
}

#[test]
fn a_body_over_2_mb_is_400() {
    let server = server();
    let sized = |size| server.exchange(&put(&reserve(&server)).body(&vec![0; size]));
    golden("bucket_refused_over_2_mb", &sized(2_000_001));
    assert_eq!(sized(2_000_000).status(), 200);
}

#[test]
fn another_size_is_400_under_size_check_declared() {
    let server = configured(|config| config.account.bucket_size_check = BucketSizeCheck::Declared);
    let sized = |bytes| server.exchange(&put(&reserve(&server)).body(bytes));
    golden("bucket_refused_smaller_than_declared", &sized(&DOT_PNG[..77]));
    golden("bucket_refused_larger_than_declared", &sized(&[DOT_PNG, b"!"].concat()));
}

#[test]
fn a_body_that_stops_arriving_is_400_request_timeout() {
    let server = configured(|config| config.idle_timeout = Duration::from_secs(1));
    let head = put(&reserve(&server)).header("Content-Length", "78").end();
    golden("bucket_refused_body_that_stopped", &server.exchange(&head));
}

#[test]
fn a_truncated_body_is_400() {
    let server = server();
    let mut connection = server.connect();
    connection.send(&put(&reserve(&server)).header("Content-Length", "78").end());
    connection.send(b"hello");
    connection.shutdown_write();
    golden("bucket_refused_body_that_broke_off", &connection.read_response());
}

#[test]
fn a_full_store_is_503_with_the_setting() {
    // Room for the reservation, but not for the image.
    let server = configured(|config| config.max_memory = 4_200);
    let answer = server.exchange(&put(&reserve(&server)).body(DOT_PNG));
    golden("bucket_refused_store_is_full", &answer);
}

#[test]
fn preflights_are_answered_by_the_cors_setting() {
    let server = server();
    let path = path_of(&reserve(&server)["url"]);
    let options = || request("OPTIONS", &path);
    let page = |request: Request| request.header("Origin", "https://help.example.com");
    let method = |request: Request| request.header("Access-Control-Request-Method", "PUT");
    let headers = |request: Request| {
        request.header(
            "Access-Control-Request-Headers",
            "content-disposition,content-type,x-amz-server-side-encryption",
        )
    };
    golden("preflight_allowed", &server.exchange(&headers(method(page(options()))).end()));
    golden("preflight_refused_without_an_origin", &server.exchange(&method(options()).end()));
    golden("preflight_refused_without_a_method", &server.exchange(&page(options()).end()));
    let closed = configured(|config| config.account.cors = Cors::Off);
    golden("preflight_refused_where_cors_is_off", &closed.exchange(&method(page(options())).end()));
    let faithful = configured(|config| config.account.cors = Cors::Faithful);
    let post = page(options()).header("Access-Control-Request-Method", "POST").end();
    golden("preflight_refused_for_another_method", &faithful.exchange(&post));
}
