//! Uploads, attachments and files by URL.

use super::capability::capabilities;

capabilities! {
    "upload-created" Recorded "2024-09-06"
        "`POST /api/v2/uploads` returns 201 with `token`, `expires_at`, `attachments` and \
         `attachment`, in this order"
        [
            "support::uploads::an_upload_is_answered_with_the_recorded_keys_in_order",
            "golden::uploads::an_upload_is_answered_as_text_unless_json_is_accepted",
        ];
    "upload-location" Recorded "2024-09-06"
        "`Location` of an upload is the URL of its attachment, with `.json`"
        ["support::uploads::an_upload_is_answered_with_the_recorded_keys_in_order"];
    "upload-headers" Recorded "2024-09-06"
        "answers of the Support API have the recorded headers, including `cache-control` and a \
         weak `etag`"
        ["support::uploads::answers_carry_the_recorded_headers"];
    "upload-content-type" Recorded "2024-09-06"
        "the answer to an upload is text/plain unless `Accept` names JSON"
        ["support::uploads::content_types::the_answer_is_text_plain_unless_json_is_accepted"];
    "upload-expiry-format" Recorded "2024-09-06"
        "`expires_at` has whole seconds"
        ["support::uploads::expires_at_has_whole_seconds"];
    "upload-token-form" Recorded "2026-06"
        "upload tokens and URL tokens differ, and have 25 letters and digits each"
        [
            "core::ids::a_token_reads_back_and_nothing_else_does",
            "support::uploads::an_upload_is_answered_with_the_recorded_keys_in_order",
        ];
    "upload-append" Recorded "2026-04"
        "`token` in the query appends: the token stays, files keep their order, `attachment` is \
         the newest"
        ["support::uploads::appending_keeps_token_and_order_and_shows_the_newest_file"];
    "upload-empty-token" Recorded "2026-11-22"
        "an empty `token` creates a new upload"
        ["support::uploads::an_empty_token_creates_a_new_upload"];
    "upload-append-keeps-expiry" Inferred "2026-11-22"
        "appending does not extend an upload"
        ["server::expiry::appending_does_not_extend_an_upload"];
    "upload-parameters-ignored" Inferred "2026-11-22"
        "unknown query parameters are ignored; production clients send some"
        ["support::uploads::unknown_query_parameters_are_ignored"];
    "upload-chunked" Inferred "2026-11-22"
        "a chunked body is stored; a production client sends one"
        ["support::uploads::a_chunked_body_is_stored"];
    "upload-expect-continue" Inferred "2026-11-22"
        "`Expect: 100-continue` is answered with 100 Continue, or with the refusal before the body"
        [
            "support::uploads::an_expectation_gets_100_continue_and_then_the_answer",
            "support::uploads::an_expectation_is_refused_before_the_body_is_sent",
        ];
    "upload-form" Recorded "2015-12-30"
        "a form with `uploaded_data` is parsed; any other form is stored unparsed"
        [
            "support::uploads::forms::a_form_with_uploaded_data_is_parsed",
            "support::uploads::forms::a_form_without_uploaded_data_is_stored_unparsed",
        ];
    "upload-form-malformed" Inferred "2026-11-22"
        "a malformed form is 422 `AttachmentUnprocessable`"
        ["support::uploads::forms::a_malformed_form_is_422_and_stores_nothing"];
    "upload-type-guessed" Recorded "2024-09-06"
        "a vague content type is replaced by that of the file name; a specific one is kept"
        [
            "support::uploads::content_types::a_vague_content_type_is_replaced_by_that_of_the_name",
            "core::media::the_type_follows_the_extension",
        ];
    "upload-name-missing" Recorded "2012-10-26"
        "an upload without a file name is 422 `RecordInvalid`"
        ["support::uploads::names::a_missing_file_name_is_422"];
    "upload-name-folders" Chosen "2026-11-22"
        "a file name loses its folders and surrounding blanks"
        ["support::uploads::names::a_name_loses_folders_and_surrounding_blanks"];
    "upload-name-length" Inferred "2026-11-22"
        "a file name over 255 characters is 422 `AttachmentFilenameTooLong`, a documented name"
        ["support::uploads::names::a_name_over_255_characters_is_422"];
    "upload-empty" Recorded "2017"
        "an empty file is 422 with `details.size`"
        ["support::uploads::an_empty_file_is_422"];
    "upload-too-large" Documented "2026-07"
        "a file over the limit is read to its end and refused with `AttachmentTooLarge`"
        ["support::uploads::sizes::a_client_that_writes_three_times_the_limit_reads_413"];
    "upload-deleted" Recorded "2024-09-06"
        "`DELETE /api/v2/uploads/{token}` is 204 without a body or CORS headers, and deletes the \
         files"
        [
            "support::uploads::deleting_an_upload_deletes_its_files",
            "golden::uploads::a_deleted_upload_is_answered_without_a_body",
        ];
    "upload-unknown" Recorded "2026-11-22"
        "an unknown token is 404 `RecordNotFound`"
        ["support::uploads::an_unknown_token_is_404"];
    "upload-expired" Documented "2026-11-22"
        "an expired token and its files are 404"
        [
            "server::expiry::an_upload_expires_after_exactly_60_minutes",
            "files::content::a_file_of_an_expired_or_deleted_upload_is_404",
        ];
    "json-suffix" Recorded "2024-09-06"
        "API paths work with and without `.json`"
        ["support::uploads::json_suffix_and_doubled_slashes_are_ignored"];
    "attachment-shown" Recorded "2016-01"
        "`GET /api/v2/attachments/{id}` shows a file as its upload does"
        ["support::attachments::an_attachment_is_shown_as_in_its_upload"];
    "attachment-not-found" Recorded "2024-09-06"
        "an unknown id is 404 `RecordNotFound`"
        ["support::attachments::an_unknown_id_is_404"];
    "attachment-invalid-id" Recorded "2026-11-22"
        "an id that is not a number is 400 `Invalid attribute`"
        ["support::attachments::an_id_that_is_not_a_number_is_400"];
    "attachment-deleted" Recorded "2026-04"
        "`DELETE /api/v2/attachments/{id}` is 204"
        ["support::attachments::deletion::an_attachment_of_an_open_upload_can_be_deleted"];
    "attachment-thumbnail" Recorded "2016"
        "an image has width and height, and a thumbnail with another id, token and name"
        [
            "support::uploads::images::a_thumbnail_is_another_attachment_with_the_same_bytes",
            "core::media::thumbnails_have_the_recorded_sizes",
        ];
    "attachment-thumbnail-bytes" Inferred "2026-11-22"
        "a thumbnail has the bytes of the original"
        ["support::uploads::images::a_thumbnail_is_another_attachment_with_the_same_bytes"];
    "attachment-damaged-image" Recorded "2016-01"
        "a damaged image has no width, height or thumbnail"
        ["support::uploads::images::a_damaged_image_has_no_dimensions_and_no_thumbnail"];
    "malware-states" Documented "2026-07"
        "a file has one of four values of `malware_scan_result`, at first `not_scanned`"
        [
            "support::attachments::malware::a_scan_result_set_by_a_test_is_shown_and_enforced",
            "control::malware::the_next_uploads_get_the_given_result",
        ];
    "malware-override" Documented "2026-07"
        "a file with malware can be downloaded only with `malware_access_override`"
        ["support::attachments::malware::malware_is_403_until_an_agent_overrides_it"];
    "malware-status" Inferred "2026-11-22"
        "a download of malware is 403 `MalwareDetected`; the body is documented"
        ["support::attachments::malware::malware_is_403_until_an_agent_overrides_it"];
    "content-public" Documented "2026-11-22"
        "a `content_url` needs no credentials"
        ["files::content::the_url_returns_the_file_without_credentials"];
    "content-private" Recorded "2026-09"
        "a private file without credentials is 403"
        ["files::private::a_private_file_needs_credentials"];
    "content-redirect" Documented "2026-11-22"
        "a download can redirect to a signed URL on another host, which refuses credentials"
        [
            "files::signed_urls::a_download_redirects_to_a_signed_url_on_another_host",
            "files::signed_urls::a_signed_url_on_another_host_refuses_credentials",
        ];
    "content-host" Chosen "2026-11-22"
        "signed URLs have the host of `download_url`, or the other name of a loopback host"
        [
            "files::signed_urls::signed_urls_have_the_host_of_download_url",
            "http::exchange::origin::this_machine_goes_by_two_names_and_others_by_one",
        ];
    "content-unknown" Documented "2026-11-22"
        "an unknown or expired `content_url` is 404"
        ["files::content::an_unknown_token_is_404"];
    "content-disposition" Chosen "2026-11-22"
        "a file is served as a download, with an ASCII and a Unicode name"
        ["files::content::the_disposition_has_an_ascii_and_a_unicode_name"];
    "content-ranges" Chosen "2026-11-22"
        "files support ranges, conditional requests and HEAD"
        [
            "files::ranges::a_range_is_206_with_that_part",
            "files::content::a_matching_if_none_match_is_304",
            "files::content::head_has_the_headers_of_get",
        ];
    "content-sandboxed" Chosen "2026-11-22"
        "a browser does not run a file as a page of the server"
        ["files::content::a_browser_does_not_run_a_file_as_a_page"];
}
