//! Golden answers: whole, as they are on the wire, with nothing redacted. They stand in
//! `fixtures/answers`; names and time are the server's own and repeat.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use serde_json::{Value, json};
use zendesk_mock::{AccountHandle, BucketSizeCheck, Config, Cors, UnknownType};

use crate::support::{Answer, Server, server, server_with};

const UNICODE_NAME: &str = include_str!("../../fixtures/files/unicode-name.txt");
const WIDE_PNG: &[u8] = include_bytes!("../../fixtures/files/wide.png");
const DAMAGED_PNG: &[u8] = include_bytes!("../../fixtures/files/damaged.png");
const DOT_PNG: &[u8] = include_bytes!("../../fixtures/files/dot.png");
const PORTRAIT_JPEG: &[u8] = include_bytes!("../../fixtures/files/portrait.jpeg");
const PIXEL_GIF: &[u8] = include_bytes!("../../fixtures/files/pixel.gif");
const STRIP_WEBP: &[u8] = include_bytes!("../../fixtures/files/strip.webp");
const STRIP_LOSSLESS_WEBP: &[u8] = include_bytes!("../../fixtures/files/strip-lossless.webp");
const BLOCK_BMP: &[u8] = include_bytes!("../../fixtures/files/block.bmp");

/// The folder of the golden answers.
const ANSWERS: [&str; 2] = ["fixtures", "answers"];

#[test]
fn every_golden_answer_is_asked_for() {
    let folder: PathBuf = [env!("CARGO_MANIFEST_DIR")].iter().chain(&ANSWERS).collect();
    let kept: BTreeSet<String> = fs::read_dir(folder)
        .expect("the golden answers")
        .map(|entry| entry.expect("an answer").file_name().to_string_lossy().into_owned())
        .collect();
    let asked: BTreeSet<String> = include_str!("golden.rs")
        .split("golden(")
        .filter_map(|rest| rest.trim_start().strip_prefix('"')?.split_once('"'))
        .map(|(name, _)| format!("{name}.snap"))
        .filter(|file| {
            file.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_.".contains(&byte))
        })
        .collect();
    assert_eq!(kept, asked);
}

mod uploads {
    use super::*;

    #[test]
    fn an_upload_is_answered_as_text_unless_json_is_named() {
        let server = server();
        let answer = server.exchange(
            &request("POST", "/api/v2/uploads?filename=notes.txt")
                .agent()
                .header("Accept", "*/*")
                .body(b"hello"),
        );
        golden("upload_answered_as_text", &answer);
    }

    #[test]
    fn an_upload_is_answered_as_json_when_json_is_named() {
        let server = server();
        let answer = server.exchange(
            &request("POST", "/api/v2/uploads?filename=notes.txt")
                .agent()
                .header("Accept", "application/json")
                .body(b"hello"),
        );
        golden("upload_answered_as_json", &answer);
    }

    #[test]
    fn an_append_lists_every_file_and_shows_the_newest() {
        let server = server();
        let upload = upload(&server, "notes.txt", b"hello");
        let target = format!("/api/v2/uploads?filename=more.txt&token={}", text(&upload["token"]));
        let answer = server.exchange(&request("POST", &target).agent().body(b"hello again"));
        golden("upload_appended", &answer);
    }

    #[test]
    fn an_image_has_its_size_and_a_thumbnail() {
        let image = |name: &str, bytes| {
            let target = format!("/api/v2/uploads?filename={name}");
            server().exchange(&request("POST", &target).agent().body(bytes))
        };
        golden("upload_of_a_png", &image("wide.png", WIDE_PNG));
        golden("upload_of_a_jpeg_with_exif", &image("portrait.jpeg", PORTRAIT_JPEG));
        golden("upload_of_a_gif", &image("pixel.gif", PIXEL_GIF));
        golden("upload_of_a_webp", &image("strip.webp", STRIP_WEBP));
        golden("upload_of_a_lossless_webp", &image("strip-lossless.webp", STRIP_LOSSLESS_WEBP));
        golden("upload_of_a_bmp", &image("block.bmp", BLOCK_BMP));
        golden("upload_of_a_damaged_png", &image("damaged.png", DAMAGED_PNG));
    }

    #[test]
    fn a_file_keeps_its_name_whatever_its_letters() {
        let server = server();
        let upload = upload(&server, &encoded(UNICODE_NAME), UNICODE_NAME.as_bytes());
        assert_eq!(upload["attachment"]["file_name"], UNICODE_NAME);
        golden("content_with_a_unicode_name", &server.exchange(&content(&upload["attachment"])));
    }

    #[test]
    fn an_upload_is_shown() {
        let server = server();
        let upload = upload(&server, "notes.txt", b"hello");
        let target = format!("/api/v2/uploads/{}", text(&upload["token"]));
        golden("upload_shown", &server.exchange(&request("GET", &target).agent().end()));
    }

    #[test]
    fn an_upload_is_deleted_without_a_word() {
        let server = server();
        let upload = upload(&server, "notes.txt", b"hello");
        let target = format!("/api/v2/uploads/{}", text(&upload["token"]));
        let answer = server.exchange(&request("DELETE", &target).agent().end());
        golden("upload_deleted", &answer);
        assert_eq!(answer.body, b"");
        for absent in ["content-type", "content-length", "location", "access-control-allow-origin"]
        {
            assert_eq!(answer.header(absent), None, "{absent}");
        }
    }

    #[test]
    fn an_attachment_is_shown_and_so_is_its_thumbnail() {
        let server = server();
        let image = upload(&server, "wide.png", WIDE_PNG)["attachment"].take();
        let shown = |attachment: &Value| {
            let target = format!("/api/v2/attachments/{}.json", attachment["id"]);
            server.exchange(&request("GET", &target).agent().end())
        };
        golden("attachment_shown", &shown(&image));
        golden("thumbnail_shown", &shown(&image["thumbnails"][0]));
    }

    #[test]
    fn content_is_downloaded_whole_or_in_part_by_whoever_has_its_url() {
        let server = server();
        let notes = upload(&server, "notes.txt", b"hello")["attachment"].take();
        golden("content", &server.exchange(&content(&notes)));
        let path = path_of(&notes["content_url"]);
        let part = |range| server.exchange(&request("GET", &path).header("Range", range).end());
        golden("content_in_part", &part("bytes=1-3"));
        golden("refused_range_outside_the_file", &part("bytes=5-"));
        let image = upload(&server, "dot.png", DOT_PNG)["attachment"].take();
        golden("content_of_a_thumbnail", &server.exchange(&content(&image["thumbnails"][0])));
    }
}

mod support_refusals {
    use super::*;

    /// The answer of a new server to an upload of some bytes by an agent.
    fn refused(target: &str, body: &[u8]) -> Answer {
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
        let server = server_set(|config| config.unknown_type = UnknownType::Reject);
        let answer = server.exchange(
            &request("POST", "/api/v2/uploads?filename=licence.lic").agent().body(b"hello"),
        );
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
        let mut wire = server.connect();
        wire.send(
            &request("POST", "/api/v2/uploads?filename=notes.txt")
                .agent()
                .header("Content-Length", "6")
                .end(),
        );
        wire.send(b"hello");
        wire.close_sending_side();
        golden("refused_body_that_broke_off", &wire.answer());
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
        let server = server_set(|config| config.max_files_per_upload = 1);
        let upload = upload(&server, "notes.txt", b"hello");
        let append = format!("/api/v2/uploads?filename=more.txt&token={}", text(&upload["token"]));
        let answer = server.exchange(&request("POST", &append).agent().body(b"hello"));
        golden("refused_one_file_too_many", &answer);
    }

    #[test]
    fn a_full_store_names_the_setting() {
        let server = server_set(|config| config.max_memory = 1);
        let answer = server.exchange(
            &request("POST", "/api/v2/uploads?filename=notes.txt").agent().body(b"hello"),
        );
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
        let server = server_set(|config| config.rate_limit = Some(1));
        upload(&server, "notes.txt", b"hello");
        let again = request("POST", "/api/v2/uploads?filename=notes.txt").agent().body(b"hello");
        golden("refused_too_often", &server.exchange(&again));
    }
}

mod user_images {
    use super::*;

    #[test]
    fn an_image_is_reserved_stored_published_and_served() {
        let server = server();
        let reserved = server.exchange(
            &request("POST", RESERVE).json(&json!({"content_type": "image/png", "file_size": 78})),
        );
        golden("image_reserved", &reserved);
        let reservation = reserved.json()["upload"].take();
        golden("image_stored", &server.exchange(&put(&reservation).body(DOT_PNG)));
        let body = json!({"token": reservation["token"], "brand_id": "10016"});
        let published = server.exchange(&request("POST", PUBLISH).json(&body));
        golden("image_published", &published);
        let path = published.json()["user_image"]["path"].take();
        golden("image_served", &server.exchange(&request("GET", text(&path)).end()));
    }

    #[test]
    fn an_image_that_was_never_published_is_not_served() {
        let path = "/hc/user_images/01J7662ZAP45MFN2VQ09YJEQ86.png";
        golden("refused_unknown_image", &server().exchange(&request("GET", path).end()));
    }

    #[test]
    fn a_reservation_says_which_property_is_wrong() {
        let server = server();
        let reserve = |body: Value| server.exchange(&request("POST", RESERVE).json(&body));
        let png = "image/png";
        golden("reserve_refused_type_missing", &reserve(json!({"file_size": 78})));
        golden(
            "reserve_refused_type_null",
            &reserve(json!({"content_type": null, "file_size": 78})),
        );
        golden(
            "reserve_refused_type_a_number",
            &reserve(json!({"content_type": 1, "file_size": 78})),
        );
        golden(
            "reserve_refused_type_blank",
            &reserve(json!({"content_type": " ", "file_size": 78})),
        );
        golden(
            "reserve_refused_type_not_allowed",
            &reserve(json!({"content_type": "image/svg+xml", "file_size": 78})),
        );
        golden("reserve_refused_size_missing", &reserve(json!({"content_type": png})));
        golden(
            "reserve_refused_size_a_string",
            &reserve(json!({"content_type": png, "file_size": "78"})),
        );
        golden(
            "reserve_refused_size_a_fraction",
            &reserve(json!({"content_type": png, "file_size": 7.5})),
        );
        golden(
            "reserve_refused_size_negative",
            &reserve(json!({"content_type": png, "file_size": -1})),
        );
        golden("reserve_refused_size_zero", &reserve(json!({"content_type": png, "file_size": 0})));
        golden(
            "reserve_refused_size_over_2_mb",
            &reserve(json!({"content_type": png, "file_size": 2_000_001})),
        );
    }

    #[test]
    fn a_reservation_of_exactly_2_mb_is_granted() {
        let body = json!({"content_type": "image/png", "file_size": 2_000_000});
        assert_eq!(server().exchange(&request("POST", RESERVE).json(&body)).status(), 200);
    }

    #[test]
    fn a_body_that_is_no_json_object_is_refused() {
        let server = server();
        let reserve = |body: &[u8]| server.exchange(&request("POST", RESERVE).body(body));
        golden("reserve_refused_json_malformed", &reserve(b"{\"content_type\": \"image/png\","));
        golden("reserve_refused_json_empty", &reserve(b""));
        for other in [&b"null"[..], b"78", b"\"image/png\""] {
            let answer = reserve(other);
            assert_eq!(answer.status(), 400, "{answer}");
            assert_eq!(answer.json()["errors"][0]["meta"]["field"], "body");
        }
        golden("reserve_refused_json_too_large", &reserve(&[b' '; 64 * 1024 + 1]));
        let publish = |body: &[u8]| server.exchange(&request("POST", PUBLISH).body(body));
        golden("publish_refused_json_malformed", &publish(b"token=1"));
    }

    #[test]
    fn an_array_of_the_right_values_reserves_nothing() {
        let body = json!(["image/png", 78]);
        let answer = server().exchange(&request("POST", RESERVE).json(&body));
        assert_eq!(answer.status(), 400, "{answer}");
    }

    #[test]
    fn an_array_of_the_right_values_publishes_nothing() {
        let server = server();
        let body = json!([stored(&server)["token"], "10016"]);
        let answer = server.exchange(&request("POST", PUBLISH).json(&body));
        assert_eq!(answer.status(), 400, "{answer}");
    }

    #[test]
    fn a_body_that_stops_arriving_is_not_waited_for() {
        let server = server_set(|config| config.body_timeout = Duration::from_secs(1));
        let stops =
            |path| server.exchange(&request("POST", path).header("Content-Length", "1").end());
        golden("reserve_refused_body_that_stopped", &stops(RESERVE));
        golden("publish_refused_body_that_stopped", &stops(PUBLISH));
    }

    #[test]
    fn anonymous_callers_are_welcome_and_bad_credentials_are_not() {
        let server = server();
        let refused = |path, body: Value| {
            server.exchange(&request("POST", path).header("Authorization", "Basic !").json(&body))
        };
        golden(
            "reserve_refused_malformed_credentials",
            &refused(RESERVE, json!({"content_type": "image/png", "file_size": 78})),
        );
        let stored = stored(&server);
        golden(
            "publish_refused_malformed_credentials",
            &refused(PUBLISH, json!({"token": stored["token"], "brand_id": "10016"})),
        );
    }

    #[test]
    fn a_publication_says_which_property_is_wrong() {
        let server = server();
        let token = &stored(&server)["token"];
        let publish = |body: Value| server.exchange(&request("POST", PUBLISH).json(&body));
        golden("publish_refused_token_missing", &publish(json!({"brand_id": "10016"})));
        golden(
            "publish_refused_token_a_number",
            &publish(json!({"token": 1, "brand_id": "10016"})),
        );
        golden("publish_refused_token_blank", &publish(json!({"token": "", "brand_id": "10016"})));
        golden("publish_refused_brand_missing", &publish(json!({"token": token})));
        golden("publish_refused_brand_blank", &publish(json!({"token": token, "brand_id": ""})));
        golden(
            "publish_refused_brand_an_array",
            &publish(json!({"token": token, "brand_id": [1]})),
        );
        assert_eq!(publish(json!({"token": token, "brand_id": 10016})).status(), 201);
    }

    #[test]
    fn only_a_stored_image_is_published_and_only_once() {
        let server = server();
        golden(
            "publish_refused_token_unknown",
            &publish(&server, &json!("01GC9JEN2X052BAKW905PH9C36")),
        );
        golden("publish_refused_not_stored", &publish(&server, &reserved(&server)["token"]));
        let token = stored(&server)["token"].take();
        assert_eq!(publish(&server, &token).status(), 201);
        golden("publish_refused_published_before", &publish(&server, &token));
    }

    #[test]
    fn after_an_hour_an_image_token_is_gone() {
        let server = server();
        let token = stored(&server)["token"].take();
        acme(&server).advance(Duration::from_secs(60 * 60));
        golden("publish_refused_token_expired", &publish(&server, &token));
    }

    #[test]
    fn an_image_token_of_another_account_is_unknown() {
        let server = server();
        let token = stored(&server)["token"].take();
        let body = json!({"token": token, "brand_id": "10016"});
        let elsewhere = request("POST", &format!("/@other{PUBLISH}")).json(&body);
        golden("publish_refused_token_of_another_account", &server.exchange(&elsewhere));
    }

    #[test]
    fn what_was_stored_must_be_what_was_reserved() {
        let server = server_set(|config| config.bucket_size_check = BucketSizeCheck::Off);
        let published_with = |content_type: &str, body: &[u8]| {
            let reservation = reserved(&server);
            let put = put_without(&reservation, "Content-Type")
                .header("Content-Type", content_type)
                .body(body);
            assert_eq!(server.exchange(&put).status(), 200);
            publish(&server, &reservation["token"])
        };
        golden("publish_refused_type_differs", &published_with("image/gif", DOT_PNG));
        golden("publish_refused_empty", &published_with("image/png", b""));
        golden("publish_refused_over_2_mb", &published_with("image/png", &[0; 2_000_001]));
    }

    #[test]
    fn a_full_store_names_the_setting() {
        let server = server_set(|config| config.max_memory = 1);
        let body = json!({"content_type": "image/png", "file_size": 78});
        golden(
            "reserve_refused_store_is_full",
            &server.exchange(&request("POST", RESERVE).json(&body)),
        );
    }

    #[test]
    fn who_calls_too_often_is_told_when_to_call_again() {
        let server = server_set(|config| config.rate_limit = Some(1));
        reserved(&server);
        let body = json!({"content_type": "image/png", "file_size": 78});
        golden(
            "reserve_refused_too_often",
            &server.exchange(&request("POST", RESERVE).json(&body)),
        );
    }
}

mod bucket {
    use super::*;

    /// The answer to a PUT whose URL is altered like this.
    fn with_url(alter: impl FnOnce(String) -> String) -> Answer {
        let server = server();
        let mut reservation = reserved(&server);
        let url = alter(text(&reservation["url"]).to_owned());
        assert_ne!(text(&reservation["url"]), url, "the URL is altered");
        reservation["url"] = url.into();
        server.exchange(&put(&reservation).body(DOT_PNG))
    }

    #[test]
    fn a_url_without_a_signature_opens_nothing() {
        let unsigned = with_url(|url| url.split_once('?').expect("a query").0.to_owned());
        golden("bucket_refused_unsigned", &unsigned);
    }

    #[test]
    fn every_parameter_of_the_signature_is_needed() {
        let partly = with_url(|url| url.replace("X-Amz-Date=20260101T000000Z&", ""));
        golden("bucket_refused_parameter_missing", &partly);
    }

    #[test]
    fn every_parameter_of_the_signature_is_read() {
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
    fn every_signed_header_is_needed() {
        let server = server();
        let omitted = put_without(&reserved(&server), "Content-Disposition").body(DOT_PNG);
        golden("bucket_refused_without_content_disposition", &server.exchange(&omitted));
        let other = put_without(&reserved(&server), "X-Amz-Server-Side-Encryption")
            .header("X-Amz-Server-Side-Encryption", "aws:kms")
            .body(DOT_PNG);
        golden("bucket_refused_other_encryption", &server.exchange(&other));
    }

    #[test]
    fn an_amazon_header_that_is_not_signed_is_refused() {
        let server = server();
        let put = put(&reserved(&server))
            .header("X-Amz-Meta-Owner", "me")
            .header("X-Amz-Acl", "private")
            .body(DOT_PNG);
        golden("bucket_refused_headers_not_signed", &server.exchange(&put));
    }

    #[test]
    fn a_url_for_put_is_for_nothing_else() {
        let server = server();
        let reservation = reserved(&server);
        let get = request("GET", &path_of(&reservation["url"])).end();
        golden("bucket_refused_method", &server.exchange(&get));
    }

    #[test]
    fn the_bucket_receives_and_gives_nothing_back() {
        let server = server();
        let reserved = path_of(&reserved(&server)["url"]);
        let object = reserved.split_once('?').expect("a query").0;
        // What an S3 client that knows the default keys makes of a GET of this very object.
        let query = "X-Amz-Algorithm=AWS4-HMAC-SHA256\
             &X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20260101%2Fus-east-1%2Fs3%2Faws4_request\
             &X-Amz-Date=20260101T000000Z&X-Amz-Expires=3600&X-Amz-SignedHeaders=host\
             &X-Amz-Signature=40f634b19979e7d39be3cfb307fea2c85f26332b81f7cc6dc3fb84cfb433f107";
        let get = request("GET", &format!("{object}?{query}")).end();
        golden("bucket_refused_get", &server.exchange(&get));
    }

    #[test]
    fn a_url_lives_for_an_hour() {
        let server = server();
        let reservation = reserved(&server);
        acme(&server).advance(Duration::from_secs(60 * 60));
        golden("bucket_refused_expired", &server.exchange(&put(&reservation).body(DOT_PNG)));
    }

    #[test]
    fn a_url_of_the_future_is_not_valid_yet() {
        // Both servers sign with the same key; one is an hour ahead.
        let ahead = server();
        acme(&ahead).advance(Duration::from_secs(60 * 60));
        let answer = server().exchange(&put(&reserved(&ahead)).body(DOT_PNG));
        golden("bucket_refused_not_valid_yet", &answer);
    }

    #[test]
    fn a_url_whose_reservation_is_gone_opens_nothing() {
        let server = server();
        let reservation = reserved(&server);
        acme(&server).reset();
        golden("bucket_refused_after_a_reset", &server.exchange(&put(&reservation).body(DOT_PNG)));
    }

    #[test]
    fn a_body_must_announce_its_length() {
        let server = server();
        let chunked = put(&reserved(&server)).header("Transfer-Encoding", "chunked").end();
        let chunked = [&chunked[..], b"5\r\nhello\r\n0\r\n\r\n"].concat();
        golden("bucket_refused_chunked", &server.exchange(&chunked));
        let lengthless = put(&reserved(&server)).end();
        golden("bucket_refused_without_a_length", &server.exchange(&lengthless));
    }

    #[test]
    fn a_body_of_2_mb_is_taken_and_not_a_byte_more() {
        let server = server();
        let sized = |size| server.exchange(&put(&reserved(&server)).body(&vec![0; size]));
        golden("bucket_refused_over_2_mb", &sized(2_000_001));
        assert_eq!(sized(2_000_000).status(), 200);
    }

    #[test]
    fn the_declared_size_is_demanded_where_that_is_set() {
        let server = server_set(|config| config.bucket_size_check = BucketSizeCheck::Declared);
        let sized = |bytes| server.exchange(&put(&reserved(&server)).body(bytes));
        golden("bucket_refused_smaller_than_declared", &sized(&DOT_PNG[..77]));
        golden("bucket_refused_larger_than_declared", &sized(&[DOT_PNG, b"!"].concat()));
    }

    #[test]
    fn a_body_that_stops_arriving_is_not_waited_for() {
        let server = server_set(|config| config.body_timeout = Duration::from_secs(1));
        let head = put(&reserved(&server)).header("Content-Length", "78").end();
        golden("bucket_refused_body_that_stopped", &server.exchange(&head));
    }

    #[test]
    fn a_body_that_breaks_off_is_not_stored() {
        let server = server();
        let mut wire = server.connect();
        wire.send(&put(&reserved(&server)).header("Content-Length", "78").end());
        wire.send(b"hello");
        wire.close_sending_side();
        golden("bucket_refused_body_that_broke_off", &wire.answer());
    }

    #[test]
    fn a_full_store_names_the_setting() {
        // Room for the reservation and not for the image.
        let server = server_set(|config| config.max_memory = 4_200);
        let answer = server.exchange(&put(&reserved(&server)).body(DOT_PNG));
        golden("bucket_refused_store_is_full", &answer);
    }

    #[test]
    fn a_browser_may_ask_first() {
        let server = server();
        let path = path_of(&reserved(&server)["url"]);
        let asked = || request("OPTIONS", &path);
        let page = |request: Request| request.header("Origin", "https://help.example.com");
        let method = |request: Request| request.header("Access-Control-Request-Method", "PUT");
        let headers = |request: Request| {
            request.header(
                "Access-Control-Request-Headers",
                "content-disposition,content-type,x-amz-server-side-encryption",
            )
        };
        golden("preflight_allowed", &server.exchange(&headers(method(page(asked()))).end()));
        golden("preflight_refused_without_an_origin", &server.exchange(&method(asked()).end()));
        golden("preflight_refused_without_a_method", &server.exchange(&page(asked()).end()));
        let closed = server_set(|config| config.cors = Cors::Off);
        golden(
            "preflight_refused_where_cors_is_off",
            &closed.exchange(&method(page(asked())).end()),
        );
        let faithful = server_set(|config| config.cors = Cors::Faithful);
        let post = page(asked()).header("Access-Control-Request-Method", "POST").end();
        golden("preflight_refused_for_another_method", &faithful.exchange(&post));
    }
}

/// Compares an answer with the golden one of this name.
fn golden(name: &str, answer: &Answer) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(format!("../../{}", ANSWERS.join("/")));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    let shown = match std::str::from_utf8(&answer.body) {
        Ok(_) => answer.to_string(),
        // Bytes that are no text are spelled out, so that nothing of them is lost.
        Err(_) => {
            format!("{}{}", answer.head.replace("\r\n", "\n"), answer.body.escape_ascii())
        }
    };
    settings.bind(|| insta::assert_snapshot!(name, shown));
}

const RESERVE: &str = "/api/v2/guide/user_images/uploads";
const PUBLISH: &str = "/api/v2/guide/user_images";

fn server_set(change: impl FnOnce(&mut Config)) -> Server {
    server_with(|builder| builder.configure(change))
}

/// The account that every request here is for.
fn acme(server: &Server) -> AccountHandle {
    server.mock.account("acme").expect("an account")
}

/// A request to `acme.zendesk.com`, header by header.
struct Request(String);

fn request(method: &str, target: &str) -> Request {
    Request(format!("{method} {target} HTTP/1.1\r\n")).header("Host", "acme.zendesk.com")
}

impl Request {
    fn header(self, name: &str, value: &str) -> Self {
        Self(format!("{}{name}: {value}\r\n", self.0))
    }

    /// As `agent@example.com/token:secret`.
    fn agent(self) -> Self {
        self.header("Authorization", "Basic YWdlbnRAZXhhbXBsZS5jb20vdG9rZW46c2VjcmV0")
    }

    fn end(self) -> Vec<u8> {
        format!("{}\r\n", self.0).into_bytes()
    }

    fn body(self, body: &[u8]) -> Vec<u8> {
        let head = self.header("Content-Length", &body.len().to_string()).end();
        [&head, body].concat()
    }

    fn json(self, body: &Value) -> Vec<u8> {
        self.header("Content-Type", "application/json").body(body.to_string().as_bytes())
    }
}

/// Uploads a file and gives its `upload`.
fn upload(server: &Server, encoded_name: &str, body: &[u8]) -> Value {
    let target = format!("/api/v2/uploads?filename={encoded_name}");
    let answer = server.exchange(&request("POST", &target).agent().body(body));
    assert_eq!(answer.status(), 201, "{answer}");
    answer.json()["upload"].take()
}

/// The request that follows an attachment's `content_url`, without credentials.
fn content(attachment: &Value) -> Vec<u8> {
    request("GET", &path_of(&attachment["content_url"])).end()
}

/// Reserves a place for the 78 bytes of `dot.png` and gives the `upload`.
fn reserved(server: &Server) -> Value {
    let body = json!({"content_type": "image/png", "file_size": 78});
    let answer = server.exchange(&request("POST", RESERVE).json(&body));
    assert_eq!(answer.status(), 200, "{answer}");
    answer.json()["upload"].take()
}

/// Reserves a place, fills it, and gives the `upload`.
fn stored(server: &Server) -> Value {
    let reservation = reserved(server);
    assert_eq!(server.exchange(&put(&reservation).body(DOT_PNG)).status(), 200);
    reservation
}

fn publish(server: &Server, token: &Value) -> Answer {
    let body = json!({"token": token, "brand_id": "10016"});
    server.exchange(&request("POST", PUBLISH).json(&body))
}

/// The PUT that a reservation asks for.
fn put(reservation: &Value) -> Request {
    put_without(reservation, "")
}

/// The same without one of its headers.
fn put_without(reservation: &Value, omitted: &str) -> Request {
    let headers = reservation["headers"].as_object().expect("headers");
    headers
        .iter()
        .filter(|(name, _)| *name != omitted)
        .fold(request("PUT", &path_of(&reservation["url"])), |put, (name, value)| {
            put.header(name, text(value))
        })
}

fn path_of(url: &Value) -> String {
    let url = text(url);
    let path = url.strip_prefix("http://acme.zendesk.com");
    path.unwrap_or_else(|| panic!("{url} is not of this account")).to_owned()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("{value} is no text"))
}

fn encoded(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}
