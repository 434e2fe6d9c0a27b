//! Help-center images and the bucket.

use super::capability::capabilities;

capabilities! {
    "image-reserved" Documented "2026-11-22"
        "`POST /api/v2/guide/user_images/uploads` is 200 with `headers`, `token` and `url`"
        ["guide::user_images::reserving::a_reservation_has_the_documented_keys_in_order"];
    "image-url" Documented "2026-11-22"
        "the presigned URL has the documented parameters in order"
        [
            "guide::user_images::reserving::the_url_has_our_origin_and_the_documented_parameters",
            "harness::sigv4::our_presigner_gives_the_golden_signature_of_zendesks_documented_url",
        ];
    "image-token" Documented "2022-09-06"
        "an image token is a ULID of the time of signing"
        ["guide::user_images::reserving::the_token_is_a_ulid_of_the_time_of_signing"];
    "image-expiry" Documented "2026-11-22"
        "image tokens and presigned URLs expire after 3600 seconds"
        ["server::expiry::a_presigned_url_and_its_token_expire_after_3600_seconds"];
    "image-any-json" Documented "2026-11-22"
        "the body is read as JSON, whatever its content type"
        [
            "guide::user_images::json_declared_as_plain_text_is_read",
            "guide::user_images::json_declared_as_json_or_undeclared_is_read",
        ];
    "image-anonymous" Documented "2026-11-22"
        "anonymous clients may reserve and publish"
        ["guide::user_images::anonymous_clients_may_reserve_and_publish_with_json_suffix"];
    "image-size" Documented "2026-11-22"
        "an image has at most 2,000,000 bytes, both declared and stored"
        [
            "guide::user_images::reserving::one_to_two_million_bytes_may_be_declared",
            "guide::user_images::publishing::the_size_is_that_of_the_stored_bytes_up_to_two_million",
        ];
    "image-types" Documented "2026-03-12"
        "JPEG, PNG and GIF are accepted, as in Zendesk's editor"
        ["guide::user_images::reserving::only_types_in_image_types_are_accepted"];
    "image-published" Recorded "2026-09-22"
        "`POST /api/v2/guide/user_images` is 201 with `content_type`, `path` and `size`"
        ["guide::user_images::the_documented_curl_commands_publish_an_image"];
    "image-stored-size" Inferred "2026-11-22"
        "`size` is that of the stored bytes"
        ["guide::user_images::publishing::the_size_is_that_of_the_stored_bytes_up_to_two_million"];
    "image-served" Recorded "2026-09-22"
        "a published image is served at its path without credentials"
        ["files::images::the_path_serves_the_image_to_get_and_head"];
    "image-refusals" Inferred "2026-11-22"
        "an invalid property is 400 in the envelope of Guide, as documented for Guide media"
        ["guide::user_images::reserving::an_invalid_property_of_a_reservation_is_400"];
    "image-bad-token" Inferred "2026-11-22"
        "an unknown, expired or not yet stored token is 404 in the envelope of Guide"
        [
            "guide::user_images::publishing::an_unknown_token_is_404",
            "guide::user_images::publishing::publishing_an_image_that_is_not_stored_is_404",
        ];
    "image-unauthorized" Documented "2026-11-22"
        "bad credentials are the documented 401 of Guide"
        ["guide::user_images::a_401_has_exactly_the_documented_body"];
    "guide-headers" Recorded "2024"
        "answers of the Guide gateway have its headers, not those of Support"
        ["guide::user_images::answers_have_the_headers_of_the_guide_gateway"];
    "bucket-put" Recorded "2026-02-21"
        "a PUT is 200 with the MD5 as `ETag`"
        ["bucket::a_valid_put_is_answered_like_s3", "bucket::the_etag_is_the_md5_of_the_body"];
    "bucket-signature" Recorded "2026-02-21"
        "a presigned PUT is verified as S3 does; a mismatch shows both canonical requests"
        [
            "bucket::signature::a_mismatch_shows_both_canonical_requests",
            "sigv4::tests::whatever_is_presigned_is_verified",
        ];
    "bucket-disposition" Recorded "2026-02-21"
        "`Content-Disposition` may not be omitted or changed"
        ["bucket::content_disposition_may_not_be_omitted_or_changed"];
    "bucket-content-type" Recorded "2026-02-21"
        "`Content-Type` is not signed, and may have any value"
        ["bucket::content_type_is_not_signed"];
    "bucket-encryption" Recorded "2026-02-21"
        "the encryption header may be omitted, but not changed"
        ["bucket::the_encryption_header_may_be_omitted_but_not_changed"];
    "bucket-unsigned-amz" Recorded "2026-02-21"
        "an unsigned `x-amz-*` header is 403 `AccessDenied` with `HeadersNotSigned`"
        ["bucket::unsigned_amz_headers_are_refused_by_name"];
    "bucket-expired" Recorded "2026-02-21"
        "an expired URL is 403, Request has expired"
        ["bucket::signature_parameters::an_expired_url_is_403_with_both_times"];
    "bucket-unsigned" Recorded "2026-02-21"
        "a PUT without a signature is 403; with a part of one it is 400"
        [
            "bucket::signature_parameters::a_request_without_a_signature_is_denied",
            "bucket::signature_parameters::a_missing_signature_parameter_is_400",
        ];
    "bucket-too-large" Inferred "2026-11-22"
        "a PUT over 2,000,000 bytes is `EntityTooLarge`: Zendesk's limit, S3's body"
        ["bucket::body::over_two_million_bytes_are_refused_and_read_to_their_end"];
    "bucket-two-credentials" Inferred "2020"
        "an `Authorization` header with a presigned URL is 400 `InvalidArgument`, as a user \
         reported"
        ["bucket::credentials_with_a_presigned_url_are_400"];
    "bucket-digest" Inferred "2026-11-22"
        "`Content-MD5` is compared: `InvalidDigest` or `BadDigest`"
        ["bucket::body::content_md5_is_compared_with_the_body"];
    "bucket-framing" Inferred "2026-11-22"
        "a chunked PUT is 501 and a PUT without a length 411, as users reported"
        [
            "bucket::body::a_chunked_body_is_501_and_the_connection_is_reusable",
            "bucket::body::a_put_without_a_length_is_411",
        ];
    "bucket-timeout" Documented "2026-11-22"
        "a PUT that stops arriving is 400 `RequestTimeout`"
        ["bucket::body::a_body_that_stops_arriving_is_400_request_timeout"];
    "bucket-size" Chosen "2026-11-22"
        "another size than the declared one is accepted, unless `bucket_size_check` is set"
        [
            "bucket::body::another_size_than_the_declared_one_is_accepted",
            "bucket::body::another_size_is_400_under_size_check_declared",
            "bucket::body::any_size_is_accepted_under_size_check_off",
        ];
    "bucket-host" Recorded "2026-02-21"
        "the PUT must go to the host of the presigned URL"
        [
            "bucket::signature::another_host_is_a_mismatch",
            "bucket::signature::the_put_must_go_to_the_host_of_the_reservation",
        ];
    "bucket-keys" Chosen "2026-11-22"
        "URLs are signed with the configured keys, by default AWS's documented example"
        [
            "bucket::signature::our_signature_depends_on_the_configured_keys",
            "bucket::signature_parameters::an_unknown_access_key_is_403",
        ];
    "bucket-repeated-put" Inferred "2026-11-22"
        "a URL can be reused until it expires; the last bytes are published"
        ["bucket::a_url_can_be_reused_and_the_last_bytes_are_published"];
    "image-outlives-token" Inferred "2026-11-22"
        "a published image outlives its token"
        ["files::images::a_published_image_outlives_its_token_until_a_reset"];
    "image-unknown-properties" Inferred "2026-11-22"
        "unknown properties are ignored"
        ["guide::user_images::unknown_properties_are_ignored"];
    "bucket-cors" Recorded "2026-02-21"
        "preflights are answered as S3 does"
        [
            "bucket::cors::a_faithful_bucket_allows_only_puts",
            "bucket::cors::a_preflight_without_an_origin_is_400_under_every_setting",
        ];
}
