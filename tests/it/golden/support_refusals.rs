//! What the Support API refuses of uploads and attachments.

use super::*;

/// The answer of a new server to an upload of some bytes by an agent.
fn refused(target: &str, body: &[u8]) -> RawResponse {
    server().exchange(&request("POST", target).agent().body(body))
}

#[test]
fn whoever_does_not_say_who_calls_is_not_let_in() {
    let server = server();
    let anonymous = request("POST", "/api/v2/uploads?filename=notes.txt").body(b"hello");
    golden("refused_without_credentials", &server.exchange(&anonymous));
    let malformed = request("POST", "/api/v2/uploads?filename=notes.txt")
        .header("Authorization", "Basic !")
        .body(b"hello");
    golden("refused_malformed_credentials", &server.exchange(&malformed));
}

#[test]
fn a_file_needs_a_name() {
    golden("refused_filename_missing", &refused("/api/v2/uploads", b"hello"));
    golden("refused_filename_blank", &refused("/api/v2/uploads?filename=%20", b"hello"));
}

#[test]
fn a_name_may_have_255_characters_and_no_more() {
    let named = |length| format!("/api/v2/uploads?filename={}", "n".repeat(length));
    golden("refused_filename_too_long", &refused(&named(256), b"hello"));
    assert_eq!(refused(&named(255), b"hello").status(), 201);
}

#[test]
fn an_empty_file_is_no_file() {
    golden("refused_empty_file", &refused("/api/v2/uploads?filename=notes.txt", b""));
}

#[test]
fn a_file_over_50_mb_is_received_to_its_end_and_refused() {
    let body = vec![b'x'; 52_428_801];
    golden("refused_too_large", &refused("/api/v2/uploads?filename=notes.txt", &body));
}

#[test]
fn a_file_of_no_known_type_is_refused_where_that_is_set() {
    let server = server_set(|config| config.account.unknown_type = UnknownType::Reject);
    let answer = server
        .exchange(&request("POST", "/api/v2/uploads?filename=licence.lic").agent().body(b"hello"));
    golden("refused_type_unknown", &answer);
}

#[test]
fn a_form_that_breaks_off_is_no_form() {
    let broken = request("POST", "/api/v2/uploads?filename=notes.txt")
        .agent()
        .header("Content-Type", "multipart/form-data; boundary=limit")
        .body(b"--limit\r\nContent-Disposition: form-data; name=\"uploaded_data\"\r\n\r\nhel");
    golden("refused_malformed_multipart", &server().exchange(&broken));
}

#[test]
fn a_body_that_stops_arriving_is_not_waited_for() {
    let server = server_set(|config| config.body_timeout = Duration::from_secs(1));
    let head = request("POST", "/api/v2/uploads?filename=notes.txt")
        .agent()
        .header("Content-Length", "6")
        .end();
    golden("refused_body_that_stopped", &server.exchange(&[&head[..], b"hello"].concat()));
}

#[test]
fn a_body_that_breaks_off_is_not_stored() {
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
fn an_unknown_token_opens_nothing() {
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
fn after_an_hour_a_token_and_its_files_are_gone() {
    let server = server();
    let upload = upload(&server, "notes.txt", b"hello");
    acme(&server).advance(Duration::from_secs(60 * 60));
    let token = text(&upload["token"]);
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
    golden("refused_content_that_expired", &server.exchange(&content(&upload["attachment"])));
}

#[test]
fn an_attachment_is_found_by_its_number() {
    let server = server();
    let shown = |id| {
        let target = format!("/api/v2/attachments/{id}.json");
        server.exchange(&request("GET", &target).agent().end())
    };
    golden("refused_attachment_id_not_a_number", &shown("abc"));
    golden("refused_unknown_attachment", &shown("498483"));
}

#[test]
fn unknown_paths_and_methods_are_told_before_credentials_are_asked_for() {
    let server = server();
    let to = |method, target| server.exchange(&request(method, target).end());
    golden("refused_unknown_path", &to("GET", "/api/v2/no/such/path.json"));
    golden("refused_wrong_method", &to("PATCH", "/api/v2/uploads.json"));
}

#[test]
fn an_upload_holds_only_so_many_files() {
    let server = server_set(|config| config.account.max_files_per_upload = 1);
    let upload = upload(&server, "notes.txt", b"hello");
    let append = format!("/api/v2/uploads?filename=more.txt&token={}", text(&upload["token"]));
    let answer = server.exchange(&request("POST", &append).agent().body(b"hello"));
    golden("refused_one_file_too_many", &answer);
}

#[test]
fn a_full_store_names_the_setting() {
    let server = server_set(|config| config.max_memory = 1);
    let answer = server
        .exchange(&request("POST", "/api/v2/uploads?filename=notes.txt").agent().body(b"hello"));
    golden("refused_store_is_full", &answer);
}

// These two belong to no account, and so to no clock: their Date is the system's, and no golden
// answer can hold it.
#[test]
fn there_are_only_so_many_accounts() {
    // The default account is one.
    let full = server_set(|config| config.max_accounts = 1);
    let answer = full.exchange(&request("GET", "/api/v2/uploads/x").agent().end());
    assert_eq!(answer.status(), 503, "{answer}");
    assert_eq!(answer.json()["error"], "TooManyAccounts");
}

#[test]
fn there_is_no_help_desk_under_an_impossible_name() {
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
fn who_calls_too_often_is_told_when_to_call_again() {
    let server = server_set(|config| config.account.rate_limit = Some(1));
    upload(&server, "notes.txt", b"hello");
    let again = request("POST", "/api/v2/uploads?filename=notes.txt").agent().body(b"hello");
    golden("refused_too_often", &server.exchange(&again));
}
