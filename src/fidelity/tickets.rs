//! Tickets, comments, requests and users.

use super::capability::capabilities;

capabilities! {
    "ticket-created" Recorded "2024-09-06"
        "`POST /api/v2/tickets` returns 201 with `Location`, the ticket and its audit"
        [
            "support::tickets::a_new_ticket_is_answered_with_all_properties",
            "golden::tickets::a_ticket_attaches_an_upload",
        ];
    "ticket-attaches" Recorded "2024-09-06"
        "`comment.uploads` is a token or a list of tokens, and attaches all their files in order"
        [
            "support::tickets::uploads_is_a_token_or_a_list_of_tokens",
            "support::tickets::files_are_ordered_by_token_and_then_by_arrival",
        ];
    "token-attached-once" Inferred "2026-11-22"
        "a token can be attached once; one of several concurrent requests succeeds"
        [
            "support::tickets::attaching::a_token_can_be_attached_only_once",
            "support::tickets::races::one_of_many_new_tickets_attaches_the_token",
        ];
    "refusal-attaches-nothing" Chosen "2026-11-22"
        "a refused ticket attaches and changes nothing"
        [
            "support::tickets::attaching::a_refused_ticket_attaches_nothing",
            "server::budget::a_ticket_over_max_memory_changes_nothing",
        ];
    "attached-token-deleted" Recorded "2026-11-22"
        "deleting an attached token is 204"
        ["support::tickets::attaching::deleting_an_attached_token_keeps_the_files_of_the_comment"];
    "attached-token-deleted-keeps-files" Chosen "2026-11-22"
        "deleting an attached token keeps the files of the comment"
        ["support::tickets::attaching::deleting_an_attached_token_keeps_the_files_of_the_comment"];
    "attached-file-stays" Documented "2026-11-22"
        "an attached file outlives its token"
        ["support::tickets::attaching::an_attached_file_outlives_its_token"];
    "uploads-outside-comment" Inferred "2026-11-22"
        "`uploads` outside of `comment` is ignored, as a user reported"
        ["support::tickets::uploads_outside_the_comment_are_reported_and_ignored"];
    "ticket-updated" Recorded "2024-09-06"
        "`PUT /api/v2/tickets/{id}` returns the ticket and an audit of the changes"
        [
            "support::tickets::an_update_returns_the_ticket_and_a_new_audit",
            "support::tickets::properties::a_later_audit_has_only_the_changes",
        ];
    "ticket-shown" Recorded "2024-09-06"
        "`GET /api/v2/tickets/{id}` shows a ticket; `GET /api/v2/tickets` lists them"
        [
            "support::tickets::tickets_are_listed_by_id",
            "support::tickets::properties::every_answer_has_the_properties_that_were_set",
        ];
    "ticket-deleted" Recorded "2023"
        "`DELETE /api/v2/tickets/{id}` is 204; a body is reported in a warning"
        [
            "golden::tickets::a_deletion_with_a_body_has_a_warning",
            "support::tickets::a_delete_may_have_a_body",
        ];
    "ticket-description-missing" Recorded "2015-12-30"
        "a ticket without text is 422 with `details.base`"
        ["support::tickets::refusals::a_ticket_without_text_is_422"];
    "comment-blank" Inferred "2026-11-22"
        "a comment without text is 422 with `details.base`"
        ["support::tickets::refusals::a_ticket_without_text_is_422"];
    "ticket-closed" Recorded "2026-09"
        "updating a closed ticket is 422 with `details.status`"
        ["support::tickets::refusals::a_closed_ticket_can_only_be_read_and_deleted"];
    "ticket-wrong-type" Recorded "2026-11-22"
        "a property of a wrong type is 400 `Invalid attribute`, recorded on another property"
        ["support::tickets::refusals::a_property_of_a_wrong_type_is_400"];
    "ticket-wrong-value" Inferred "2026-11-22"
        "an unknown status, priority or type is 422 `InvalidValue`"
        ["support::tickets::refusals::an_invalid_status_priority_or_type_is_422"];
    "ticket-properties" Documented "2026-07"
        "the documented properties of a ticket can be set, changed and unset"
        [
            "support::tickets::properties::every_answer_has_the_properties_that_were_set",
            "support::tickets::properties::custom_fields_keep_values_of_every_documented_type",
        ];
    "ticket-status-new" Inferred "2026-11-22"
        "a ticket is new, and open if it has an assignee"
        ["support::tickets::properties::a_ticket_with_an_assignee_is_open_by_default"];
    "ticket-import" Recorded "2015-12-30"
        "`POST /api/v2/imports/tickets` creates a ticket with its history, and returns no audit"
        [
            "support::tickets::imports::an_import_is_answered_without_an_audit",
            "support::tickets::imports::imported_comments_have_files_times_and_authors",
        ];
    "unknown-keys-warn" Recorded "2023"
        "unused properties are reported in `X-Zendesk-Api-Warn`"
        [
            "http::support::api_warn::the_header_is_the_recorded_one",
            "support::tickets::unused_properties_are_reported_innermost_first",
        ];
    "idempotency" Documented "2026-11-22"
        "`Idempotency-Key` creates a ticket once in two hours, and reports hit or miss"
        [
            "support::tickets::idempotency::a_repeated_key_repeats_the_answer",
            "support::tickets::idempotency::a_key_expires_after_two_hours",
        ];
    "idempotency-mismatch" Inferred "2026-11-22"
        "a key with other parameters is 400 `IdempotentRequestError`, a name from a client library"
        ["support::tickets::idempotency::other_parameters_with_the_same_key_are_400"];
    "comments-listed" Recorded "2024-09-06"
        "comments are listed with attachments, `via` and `metadata`"
        ["support::tickets::comments::a_comment_is_listed_with_all_properties"];
    "comments-inline" Documented "2026-07"
        "`include_inline_images=true` lists inline attachments"
        ["support::tickets::comments::inline_attachments_are_listed_on_request"];
    "comments-html" Recorded "2024-09-06"
        "text is converted to the recorded HTML, and HTML to plain text"
        [
            "http::support::objects::html::one_line_is_one_paragraph_as_recorded",
            "support::tickets::comments::html_is_kept_and_converted_to_plain_text",
        ];
    "comments-last-modified" Recorded "2024-09-06"
        "a list of comments has `last-modified`"
        ["support::tickets::comments::comments_are_last_modified_at_their_last_comment"];
    "audits-listed" Documented "2026-07"
        "`GET /api/v2/tickets/{id}/audits` lists the audits that the changes returned"
        ["support::tickets::comments::audits_are_listed_as_they_were_returned"];
    "entity-tags" Recorded "2024-09-06"
        "a matching `If-None-Match` is 304"
        [
            "support::tickets::comments::a_matching_if_none_match_is_304",
            "support::tickets::comments::every_success_has_an_etag_that_follows_the_content",
        ];
    "pagination-offset" Recorded "2024"
        "lists have offset pages of at most 100 items"
        [
            "support::pagination::an_offset_page_has_at_most_100_items",
            "core::paging::every_way_through_a_list_meets_every_item_once",
        ];
    "pagination-cursor" Recorded "2024"
        "lists have cursor pages with `page[size]`, and an empty page after the last"
        [
            "support::pagination::a_cursor_list_ends_with_an_empty_page",
            "http::support::cursor::cursors_are_the_recorded_ones",
        ];
    "redaction" Recorded "2024-09-06"
        "a redaction returns the old file; the next read shows an empty `redacted.txt`"
        ["support::attachments::redaction::a_redaction_returns_the_old_file_and_empties_it"];
    "redaction-audit" Inferred "2026-11-22"
        "a redaction has an audit with `AttachmentRedactionEvent`, a name from a client library"
        ["support::attachments::redaction::a_redaction_creates_an_audit"];
    "redaction-closed" Documented "2026-11-22"
        "redaction on a closed ticket is refused"
        ["support::attachments::redaction::redaction_on_a_closed_ticket_is_422"];
    "request-created" Recorded "2015-12-30"
        "`POST /api/v2/requests` returns 201 with the request, without an audit"
        ["support::requests::a_new_request_is_answered_without_an_audit"];
    "request-anonymous" Documented "2026-11-22"
        "an anonymous client may create a request with a requester"
        ["support::requests::an_anonymous_request_with_a_requester_is_created"];
    "request-no-requester" Inferred "2026-11-22"
        "an anonymous request without a requester is 422 with `details.requester`"
        ["support::requests::an_anonymous_request_without_a_requester_is_422"];
    "request-comment-required" Recorded "2015-12-30"
        "an update of a request without a comment is 406 `CommentRequired`"
        ["support::requests::an_update_without_a_comment_is_406"];
    "request-public-only" Documented "2026-11-22"
        "a request shows public comments only, without files with malware"
        [
            "support::requests::private_comments_are_not_shown_on_a_request",
            "support::requests::malware_is_not_shown_on_a_request",
        ];
    "request-solved" Documented "2026-11-22"
        "a requester may solve the request"
        ["support::requests::a_requester_may_solve_the_request"];
    "html-as-sent" Chosen "2026-11-22"
        "HTML in a comment is returned unchanged"
        ["support::tickets::comments::html_is_kept_and_converted_to_plain_text"];
    "users-me" Recorded "2024"
        "`GET /api/v2/users/me` returns the caller, with an `authenticity_token` of 86 characters"
        ["support::users::me_is_the_calling_user"];
    "users-search" Documented "2026-11-22"
        "users can be shown, and searched by a part of email or name"
        ["support::users::users_are_found_by_a_part_of_email_or_name"];
    "users-session" Documented "2026-08-18"
        "`X-CSRF-Token` with that token is a help center session, which may upload"
        ["support::users::a_help_center_session_may_upload_and_delete"];
}
