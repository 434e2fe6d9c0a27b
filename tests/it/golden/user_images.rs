//! User images, and the refusals of the Guide gateway.

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
fn an_unpublished_image_is_404() {
    let path = "/hc/user_images/01J7662ZAP45MFN2VQ09YJEQ86.png";
    golden("refused_unknown_image", &server().exchange(&request("GET", path).end()));
}

#[test]
fn an_invalid_property_of_a_reservation_is_400() {
    let server = server();
    let reserve = |body: Value| server.exchange(&request("POST", RESERVE).json(&body));
    let png = "image/png";
    golden("reserve_refused_type_missing", &reserve(json!({"file_size": 78})));
    golden("reserve_refused_type_null", &reserve(json!({"content_type": null, "file_size": 78})));
    golden("reserve_refused_type_a_number", &reserve(json!({"content_type": 1, "file_size": 78})));
    golden("reserve_refused_type_blank", &reserve(json!({"content_type": " ", "file_size": 78})));
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
fn a_reservation_of_2_mb_is_accepted() {
    let body = json!({"content_type": "image/png", "file_size": 2_000_000});
    assert_eq!(server().exchange(&request("POST", RESERVE).json(&body)).status(), 200);
}

#[test]
fn a_body_that_is_not_a_json_object_is_400() {
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
fn reserving_with_a_json_array_is_400() {
    let body = json!(["image/png", 78]);
    let answer = server().exchange(&request("POST", RESERVE).json(&body));
    assert_eq!(answer.status(), 400, "{answer}");
}

#[test]
fn publishing_with_a_json_array_is_400() {
    let server = server();
    let body = json!([reserve_and_store(&server)["token"], "10016"]);
    let answer = server.exchange(&request("POST", PUBLISH).json(&body));
    assert_eq!(answer.status(), 400, "{answer}");
}

#[test]
fn a_body_that_stops_arriving_is_408() {
    let server = configured(|config| config.idle_timeout = Duration::from_secs(1));
    let stops = |path| server.exchange(&request("POST", path).header("Content-Length", "1").end());
    golden("reserve_refused_body_that_stopped", &stops(RESERVE));
    golden("publish_refused_body_that_stopped", &stops(PUBLISH));
}

#[test]
fn malformed_credentials_are_401() {
    let server = server();
    let refused = |path, body: Value| {
        server.exchange(&request("POST", path).header("Authorization", "Basic !").json(&body))
    };
    golden(
        "reserve_refused_malformed_credentials",
        &refused(RESERVE, json!({"content_type": "image/png", "file_size": 78})),
    );
    let stored = reserve_and_store(&server);
    golden(
        "publish_refused_malformed_credentials",
        &refused(PUBLISH, json!({"token": stored["token"], "brand_id": "10016"})),
    );
}

#[test]
fn an_invalid_property_of_a_publication_is_400() {
    let server = server();
    let token = &reserve_and_store(&server)["token"];
    let publish = |body: Value| server.exchange(&request("POST", PUBLISH).json(&body));
    golden("publish_refused_token_missing", &publish(json!({"brand_id": "10016"})));
    golden("publish_refused_token_a_number", &publish(json!({"token": 1, "brand_id": "10016"})));
    golden("publish_refused_token_blank", &publish(json!({"token": "", "brand_id": "10016"})));
    golden("publish_refused_brand_missing", &publish(json!({"token": token})));
    golden("publish_refused_brand_blank", &publish(json!({"token": token, "brand_id": ""})));
    golden("publish_refused_brand_an_array", &publish(json!({"token": token, "brand_id": [1]})));
    assert_eq!(publish(json!({"token": token, "brand_id": 10016})).status(), 201);
}

#[test]
fn only_a_stored_image_can_be_published_and_once() {
    let server = server();
    golden(
        "publish_refused_token_unknown",
        &publish(&server, &json!("01GC9JEN2X052BAKW905PH9C36")),
    );
    golden("publish_refused_not_stored", &publish(&server, &reserve(&server)["token"]));
    let token = reserve_and_store(&server)["token"].take();
    assert_eq!(publish(&server, &token).status(), 201);
    golden("publish_refused_published_before", &publish(&server, &token));
}

#[test]
fn an_expired_image_token_is_404() {
    let server = server();
    let token = reserve_and_store(&server)["token"].take();
    acme(&server).advance(HOUR);
    golden("publish_refused_token_expired", &publish(&server, &token));
}

#[test]
fn an_image_token_of_another_account_is_404() {
    let server = server();
    let token = reserve_and_store(&server)["token"].take();
    let body = json!({"token": token, "brand_id": "10016"});
    let elsewhere = request("POST", &format!("/@other{PUBLISH}")).json(&body);
    golden("publish_refused_token_of_another_account", &server.exchange(&elsewhere));
}

#[test]
fn publishing_an_object_unlike_its_reservation_is_400() {
    let server = configured(|config| config.account.bucket_size_check = BucketSizeCheck::Off);
    let published_with = |content_type: &str, body: &[u8]| {
        let reservation = reserve(&server);
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
fn a_full_store_is_503_with_the_setting() {
    let server = configured(|config| config.max_memory = 1);
    let body = json!({"content_type": "image/png", "file_size": 78});
    golden(
        "reserve_refused_store_is_full",
        &server.exchange(&request("POST", RESERVE).json(&body)),
    );
}

#[test]
fn a_request_over_the_rate_limit_is_429() {
    let server = configured(|config| config.account.rate_limit = Some(1));
    reserve(&server);
    let body = json!({"content_type": "image/png", "file_size": 78});
    golden("reserve_refused_too_often", &server.exchange(&request("POST", RESERVE).json(&body)));
}
