//! Refusals of uploads and attachments.

use super::*;

/// The answer of a new server to an upload.
fn upload_to_new_server(target: &str, body: &[u8]) -> RawResponse {
    server().exchange(&request("POST", target).agent().body(body))
}

#[test]
fn missing_or_malformed_credentials_are_401() {
    let server = server();
    let anonymous = request("POST", "/api/v2/uploads?filename=notes.txt").body(b"hello");
    golden("refused_without_credentials", &server.exchange(&anonymous));
    let malformed = request("POST", "/api/v2/uploads?filename=notes.txt")
        .header("Authorization", "Basic !")
        .body(b"hello");
    golden("refused_malformed_credentials", &server.exchange(&malformed));
}

#[test]
fn a_missing_file_name_is_422() {
    golden("refused_filename_missing", &upload_to_new_server("/api/v2/uploads", b"hello"));
    golden(
        "refused_filename_blank",
        &upload_to_new_server("/api/v2/uploads?filename=%20", b"hello"),
    );
}

#[test]
fn a_name_over_255_characters_is_422() {
    let named = |length| format!("/api/v2/uploads?filename={}", "n".repeat(length));
    golden("refused_filename_too_long", &upload_to_new_server(&named(256), b"hello"));
    assert_eq!(upload_to_new_server(&named(255), b"hello").status(), 201);
}

#[test]
fn an_empty_file_is_422() {
    golden("refused_empty_file", &upload_to_new_server("/api/v2/uploads?filename=notes.txt", b""));
}

#[test]
fn a_file_over_50_mib_is_read_to_its_end_and_refused() {
    let body = vec![b'x'; 52_428_801];
    golden("refused_too_large", &upload_to_new_server("/api/v2/uploads?filename=notes.txt", &body));
}

#[test]
fn an_unknown_type_is_422_under_unknown_type_reject() {
    let server = configured(|config| config.account.unknown_type = UnknownType::Reject);
    let answer = server
        .exchange(&request("POST", "/api/v2/uploads?filename=licence.lic").agent().body(b"hello"));
    golden("refused_type_unknown", &answer);
}

#[test]
fn a_truncated_form_is_422() {
    let broken = request("POST", "/api/v2/uploads?filename=notes.txt")
        .agent()
        .header("Content-Type", "multipart/form-data; boundary=limit")
        .body(b"--limit\r\nContent-Disposition: form-data; name=\"uploaded_data\"\r\n\r\nhel");
    golden("refused_malformed_multipart", &server().exchange(&broken));
}

#[test]
fn a_body_that_stops_arriving_is_408() {
    let server = configured(|config| config.idle_timeout = Duration::from_secs(1));
    let head = request("POST", "/api/v2/uploads?filename=notes.txt")
        .agent()
        .header("Content-Length", "6")
        .end();
    golden("refused_body_that_stopped", &server.exchange(&[&head[..], b"hello"].concat()));
}

#[test]
fn a_truncated_body_is_refused() {
    let server = server();
    let mut connection = server.connect();
    connection.send(
        &request("POST", "/api/v2/uploads?filename=notes.txt")
            .agent()
            .header("Content-Length", "6")
            .end(),
    );
    connection.send(b"hello");
    connection.shutdown_write();
    golden("refused_body_that_broke_off", &connection.read_response());
}

#[test]
fn an_unknown_token_is_404() {
    let server = server();
    let token = "6bk3gql82em5nmf6bk3gql82e";
    let to = |method, target: String| server.exchange(&request(method, &target).agent().end());
    let append = format!("/api/v2/uploads?filename=notes.txt&token={token}");
    golden(
        "refused_append_to_an_unknown_token",
        &server.exchange(&request("POST", &append).agent().body(b"hello")),
    );
    let upload = format!("/api/v2/uploads/{token}");
    golden("refused_show_of_an_unknown_token", &to("GET", upload.clone()));
    golden("refused_delete_of_an_unknown_token", &to("DELETE", upload));
    golden(
        "refused_content_of_an_unknown_token",
        &to("GET", format!("/attachments/token/{token}/?name=notes.txt")),
    );
}

#[test]
fn an_expired_token_and_its_files_are_404() {
    let server = server();
    let upload = upload(&server, "notes.txt", b"hello");
    acme(&server).advance(HOUR);
    let token = token(&upload);
    let append = format!("/api/v2/uploads?filename=more.txt&token={token}");
    golden(
        "refused_append_to_an_expired_token",
        &server.exchange(&request("POST", &append).agent().body(b"hello")),
    );
    let to = |method, target: &str| server.exchange(&request(method, target).agent().end());
    let itself = format!("/api/v2/uploads/{token}");
    golden("refused_show_of_an_expired_token", &to("GET", &itself));
    golden("refused_delete_of_an_expired_token", &to("DELETE", &itself));
    let attachment = path_of(&upload["attachment"]["url"]);
    golden("refused_show_of_an_expired_attachment", &to("GET", &attachment));
    golden(
        "refused_content_that_expired",
        &server.exchange(&download_request(&upload["attachment"])),
    );
}

#[test]
fn an_unknown_or_invalid_attachment_id_is_refused() {
    let server = server();
    let shown = |id| {
        let target = format!("/api/v2/attachments/{id}.json");
        server.exchange(&request("GET", &target).agent().end())
    };
    golden("refused_attachment_id_not_a_number", &shown("abc"));
    golden("refused_unknown_attachment", &shown("498483"));
}

#[test]
fn an_unknown_path_or_method_is_404_before_authentication() {
    let server = server();
    let to = |method, target| server.exchange(&request(method, target).end());
    golden("refused_unknown_path", &to("GET", "/api/v2/no/such/path.json"));
    golden("refused_wrong_method", &to("PATCH", "/api/v2/uploads.json"));
}

#[test]
fn a_file_beyond_max_files_per_upload_is_422() {
    let server = configured(|config| config.account.max_files_per_upload = 1);
    let upload = upload(&server, "notes.txt", b"hello");
    let append = format!("/api/v2/uploads?filename=more.txt&token={}", token(&upload));
    let answer = server.exchange(&request("POST", &append).agent().body(b"hello"));
    golden("refused_one_file_too_many", &answer);
}

#[test]
fn a_full_store_is_503_with_the_setting() {
    let server = configured(|config| config.max_memory = 1);
    let answer = server
        .exchange(&request("POST", "/api/v2/uploads?filename=notes.txt").agent().body(b"hello"));
    golden("refused_store_is_full", &answer);
}

// The next two have no account and no account clock. Their `Date` is that of the system, so they
// have no golden answer.
#[test]
fn an_account_over_max_accounts_is_503() {
    // The default account counts.
    let full = configured(|config| config.max_accounts = 1);
    let answer = full.exchange(&request("GET", "/api/v2/uploads/x").agent().end());
    assert_eq!(answer.status(), 503, "{answer}");
    assert_eq!(answer.json()["error"], "TooManyAccounts");
}

#[test]
fn an_invalid_account_name_is_404_no_help_desk() {
    let answer = server().exchange(&request("GET", "/@-/api/v2/uploads/x").agent().end());
    assert_eq!(answer.status(), 404, "{answer}");
    assert_eq!(
        String::from_utf8_lossy(&answer.body),
        "{\n  \"error\": {\n    \"title\": \"No help desk at -\",\n    \"message\": \"There is no help desk \
         configured at this address. This means that the address is available and that you can claim it \
         at http://www.zendesk.com/signup\"\n  }\n}\n"
    );
}

#[test]
fn a_request_over_the_rate_limit_is_429() {
    let server = configured(|config| config.account.rate_limit = Some(1));
    upload(&server, "notes.txt", b"hello");
    let again = request("POST", "/api/v2/uploads?filename=notes.txt").agent().body(b"hello");
    golden("refused_too_often", &server.exchange(&again));
}
