//! The known differences from Zendesk. Those that affect responses have a variant of [`Differs`],
//! so that the responses can name them.

use super::capability::{Capability, Difference, Evidence};

macro_rules! differences {
    (
        named { $($variant:ident $name:literal $evidence:ident $dated:literal
            $behaviour:literal $zendesk:literal [$($setting:literal),*] [$($test:literal),+ $(,)?];)+ }
        unnamed { $($other:literal $other_evidence:ident $other_dated:literal
            $other_behaviour:literal $other_zendesk:literal [$($other_setting:literal),*] [$($other_test:literal),+ $(,)?] $why:literal;)+ }
    ) => {
        /// A difference that responses name.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Differs {
            $(#[doc = $behaviour] $variant),+
        }

        /// The differences that responses name, in the order of [`Differs`].
        pub(super) const NAMED: &[Capability] = &[$(Capability {
            name: $name,
            behaviour: $behaviour,
            evidence: Evidence::$evidence,
            dated: $dated,
            tests: &[$($test),+],
            difference: Some(Difference { zendesk: $zendesk, settings: &[$($setting),*], unnamed: None }),
        }),+];

        /// The differences that no response names, each with the reason.
        pub(super) const UNNAMED: &[Capability] = &[$(Capability {
            name: $other,
            behaviour: $other_behaviour,
            evidence: Evidence::$other_evidence,
            dated: $other_dated,
            tests: &[$($other_test),+],
            difference: Some(Difference {
                zendesk: $other_zendesk,
                settings: &[$($other_setting),*],
                unnamed: Some($why),
            }),
        }),+];
    };
}

// Each row: what this server does, what Zendesk does, the settings that change it, and the tests.
differences! {
    named {
        UploadLife "upload-life" Documented "2026-11-22"
            "upload tokens live 60 minutes, and `expires_at` says so"
            "documented 60 minutes; recordings of 2015 to 2024 say 72 h"
            ["upload_ttl"]
            [
                "server::expiry::an_upload_expires_after_exactly_60_minutes",
                "server::expiry::an_upload_expires_after_upload_ttl",
            ];
        UploadShown "upload-shown" Chosen "2026-11-22"
            "`GET /api/v2/uploads/{token}` shows the upload"
            "not documented; probably 404"
            ["faithful"]
            ["support::uploads::under_faithful_showing_an_upload_is_404"];
        UnknownType "unknown-type" Chosen "2026-11-22"
            "a file of an unknown type is `application/octet-stream`"
            "refused with 422, as users reported in 2018"
            ["unknown_type"]
            [
                "support::uploads::content_types::an_unknown_type_is_422_under_unknown_type_reject",
                "support::uploads::content_types::a_vague_content_type_is_replaced_by_that_of_the_name",
            ];
        NoExtension "no-extension" Chosen "2026-11-22"
            "a file name without an extension is accepted"
            "refused with 422 since about 2025"
            []
            [
                "support::uploads::content_types::a_vague_content_type_is_replaced_by_that_of_the_name",
            ];
        UploadLimit "upload-limit" Inferred "2026-11-22"
            "the limit on uploads is 50 MB"
            "figure of a third party"
            ["max_upload_size", "too_large_status"]
            [
                "support::uploads::sizes::the_default_limit_is_50_mib",
                "support::uploads::sizes::the_status_follows_too_large_status",
            ];
        FilesPerUpload "files-per-upload" Chosen "2026-11-22"
            "a token has at most 100 files"
            "unknown"
            ["max_files_per_upload"]
            ["support::uploads::a_file_beyond_max_files_per_upload_is_422"];
        DeletionAtOnce "deletion-at-once" Chosen "2026-11-22"
            "deletion is immediate"
            "takes a moment"
            []
            [
                "support::uploads::deleting_an_upload_deletes_its_files",
                "support::attachments::deletion::an_attachment_of_an_open_upload_can_be_deleted",
            ];
        DirectDownload "direct-download" Chosen "2026-11-22"
            "`content_url` returns the file without credentials"
            "redirects callers with credentials to a CDN; can be made private"
            ["downloads", "private_attachments"]
            ["files::content::the_url_returns_the_file_without_credentials"];
        TemporaryLife "temporary-url-life" Chosen "2026-11-22"
            "a signed URL lives 10 minutes"
            "unknown"
            ["download_ttl"]
            ["files::signed_urls::a_signed_url_expires_after_download_ttl"];
        BadToken "bad-token-refused" Chosen "2026-11-22"
            "a bad upload token refuses the ticket"
            "unknown: refused or ignored"
            ["bad_token_on_ticket"]
            [
                "support::tickets::attaching::a_bad_token_refuses_the_ticket_and_attaches_no_other_token",
                "support::tickets::attaching::a_bad_token_is_skipped_under_bad_token_ignore",
            ];
        AppendToAttached "append-to-attached" Chosen "2026-11-22"
            "appending to an attached token is 404"
            "unknown"
            []
            ["support::tickets::attaching::an_attached_token_is_404_and_accepts_no_files"];
        MalformedJson "malformed-json" Inferred "2013"
            "malformed JSON is 422"
            "422 in 2013; documented as a text/plain bad request"
            ["malformed_json_status"]
            ["support::tickets::refusals::malformed_json_is_refused_with_malformed_json_status"];
        NotKept "properties-not-kept" Chosen "2026-11-22"
            "properties of a ticket that are not kept (collaborators, followers, macros, \
             metadata, satisfaction and others) are reported in `X-Zendesk-Api-Warn`"
            "kept, or ignored silently"
            []
            ["support::tickets::unused_properties_are_reported_innermost_first"];
        IdsUnchecked "ids-unchecked" Chosen "2026-11-22"
            "any id is accepted for assignee, group, organization, brand, form, problem and \
             custom field; `brand_id`, `custom_status_id` and `organization_id` are null unless \
             set"
            "ids are checked; an account has defaults"
            []
            [
                "support::tickets::properties::every_answer_has_the_properties_that_were_set",
                "support::tickets::a_new_ticket_is_answered_with_all_properties",
            ];
        AnyStatus "any-status" Chosen "2026-11-22"
            "a status can change to any other, except from closed"
            "has rules"
            []
            ["support::tickets::properties::every_documented_status_priority_and_type_can_be_set"];
        TextLimits "text-limits" Inferred "2026-11-22"
            "a comment has at most 65,535 characters; a request has at most 1,000 upload tokens, \
             tags or custom fields; a ticket has at most 1,000 custom fields; a JSON body has at \
             most 512 KiB"
            "limits partly known from third parties"
            []
            [
                "support::tickets::refusals::a_comment_over_65535_characters_is_422",
                "support::tickets::refusals::over_1000_tags_or_custom_fields_are_400",
                "support::tickets::refusals::a_body_over_512_kib_is_400",
            ];
        PeopleUnchecked "people-unchecked" Chosen "2026-11-22"
            "`requester_id` and `author_id` are not checked"
            "checked"
            []
            [
                "support::tickets::properties::the_requester_is_the_named_user_or_the_caller",
                "support::tickets::comments::a_comment_may_have_another_author",
            ];
        TagsAsSent "tags-as-sent" Chosen "2026-11-22"
            "tags are kept unchanged"
            "converted to lower case"
            []
            ["support::tickets::properties::tags_are_a_list_or_words_and_replace_the_old_ones"];
        ListsUnsorted "sort-and-include" Chosen "2026-11-22"
            "`sort_by` and `include` are ignored"
            "sorts and side-loads"
            []
            ["support::pagination::page_links_keep_other_parameters"];
        EndlessOffset "endless-offset" Chosen "2026-11-22"
            "an offset list has no maximum page"
            "400 `InvalidPaginationDepth` from record 10,001 on, recorded 2026-08-30"
            []
            ["support::pagination::an_offset_page_links_to_its_neighbours"];
        KeyOfAccount "idempotency-hit" Chosen "2026-11-22"
            "an idempotency key belongs to the account, not to the caller; a hit returns the \
             first answer, even if the ticket was deleted"
            "unknown"
            []
            [
                "support::tickets::idempotency::a_repeated_key_repeats_the_answer_after_the_ticket_changed",
            ];
        EveryoneAdmin "callers-become-admins" Chosen "2026-11-22"
            "an end user that calls with credentials becomes an admin"
            "has roles"
            []
            ["support::users::a_requester_who_calls_becomes_an_agent"];
        RequestsForAll "requests-for-all" Chosen "2026-11-22"
            "a caller with credentials is an admin; end users see every request"
            "has roles"
            []
            ["support::requests::reading_or_updating_without_credentials_is_401"];
        SessionReads "session-reads-nothing-private" Chosen "2026-11-22"
            "a help center session may upload, but reads no private file"
            "may read"
            []
            ["support::users::a_session_does_not_outweigh_bad_credentials_or_open_other_paths"];
        TicketGone "ticket-deletion" Chosen "2026-11-22"
            "a deleted ticket is gone with its files"
            "can be restored for 30 days"
            []
            ["support::tickets::deleting_a_ticket_deletes_its_files"];
        RedactionToken "redaction-keeps-url" Chosen "2026-11-22"
            "redaction keeps the URL token of the file; a deleted attachment disappears from its \
             comment"
            "unknown"
            []
            [
                "support::attachments::redaction::a_redaction_returns_the_old_file_and_empties_it",
                "support::attachments::deletion::a_deleted_attachment_disappears_from_its_comment",
            ];
        AnonymousUser "anonymous-user" Inferred "2026-11-22"
            "`users/me` of an anonymous caller has no id and the name `Anonymous user`"
            "documented as allowed; the name was recorded on 2026-08-30; the rest is unknown"
            []
            ["support::users::me_without_credentials_is_an_anonymous_user"];
        ImageNames "image-names" Recorded "2024-09-07"
            "image paths end in a ULID"
            "ULIDs since about 2024; the documentation shows 22 characters of base64url"
            []
            ["guide::user_images::each_type_has_its_documented_extension"];
        StoredType "stored-type" Chosen "2026-11-22"
            "publishing requires that a type sent with the PUT is the reserved one"
            "unknown"
            ["image_type_check"]
            ["guide::user_images::publishing::the_put_must_declare_the_reserved_type"];
        PublishedOnce "published-once" Chosen "2026-11-22"
            "a token can be published once"
            "unknown"
            ["image_reuse"]
            [
                "guide::user_images::publishing::publishing_twice_is_409",
                "guide::user_images::publishing::publishing_twice_repeats_the_answer_under_reuse_repeat",
            ];
        AnyBrand "any-brand" Chosen "2026-11-22"
            "any brand id is accepted"
            "unknown"
            []
            ["guide::user_images::publishing::the_brand_may_be_a_string_or_a_number"];
        PutAfterwards "put-after-publication" Chosen "2026-11-22"
            "a PUT after the publication is 200, and does not change the served image"
            "S3 overwrites the object; whether the image changes is unknown"
            []
            ["files::images::a_later_put_does_not_change_a_published_image"];
        NoReadBack "no-read-back" Chosen "2026-11-22"
            "objects cannot be read from the bucket: other methods are refused"
            "S3 would serve a signed GET"
            []
            ["bucket::signature::a_signed_get_or_delete_is_405"];
        NoChecksums "no-checksums" Chosen "2026-11-22"
            "a successful PUT has no `x-amz-checksum-*` headers"
            "has them since 2024"
            []
            ["bucket::a_valid_put_is_answered_like_s3"];
        NoReservation "no-reservation" Chosen "2026-11-22"
            "a validly signed PUT for a reservation that a reset removed is `AccessDenied`"
            "S3 knows no reservations"
            []
            [
                "bucket::signature_parameters::an_unreserved_object_is_denied_despite_a_good_signature",
            ];
        OneCsrfToken "one-csrf-token" Chosen "2026-11-22"
            "an account has one CSRF token; a session needs no cookie"
            "one for each session, masked differently each time"
            []
            [
                "support::users::the_authenticity_token_belongs_to_the_account",
                "support::users::a_help_center_session_may_upload_and_delete",
            ];
        EndpointRefusal "endpoint-refusal" Inferred "2026-11-22"
            "a 429 of a single endpoint says `APIRateLimitExceeded`; new tickets count by user \
             alone"
            "wording recorded on other endpoints in 2022; new tickets count by user and address"
            ["endpoint_limits"]
            ["server::endpoint_limits::a_user_can_create_300_tickets_and_requests_a_minute"];
    }
    unnamed {
        "content-not-compared" Chosen "2026-11-22"
            "extension and content are not compared"
            "refused with 422 since about 2025"
            []
            ["support::uploads::any_bytes_of_any_type_are_stored_unparsed"]
            "the server does not detect it";
        "attached-token-forgotten" Chosen "2026-11-22"
            "an attached token is forgotten when it expires; deleting it is then 404"
            "unknown"
            ["upload_ttl"]
            [
                "support::tickets::attaching::deleting_an_attached_token_keeps_the_files_of_the_comment",
            ]
            "a forgotten token cannot be told from an unknown one";
        "no-triggers" Chosen "2026-11-22"
            "there are no triggers and no notifications"
            "has them"
            []
            ["support::tickets::properties::the_first_audit_has_the_comment_and_all_properties"]
            "there is no answer to name it";
        "endpoint-limits-off" Chosen "2026-11-22"
            "limits of single endpoints are off"
            "on, some of them by plan"
            ["endpoint_limits"]
            ["server::endpoint_limits::endpoint_limits_follow_settings_resets_and_restores"]
            "the server does not count";
        "one-host" Chosen "2026-11-22"
            "all URLs have one host"
            "some have another host, on accounts with several brands"
            []
            ["server::urls::api_urls_keep_prefix_and_host_of_the_request"]
            "an account has one host, whatever brands its seed has";
        "order-of-errors" Inferred "2026-11-22"
            "S3 may report another one of several errors in a presigned request"
            "unknown order"
            []
            ["bucket::signature_parameters::a_wrong_signature_is_reported_before_expiry"]
            "the check ends with the first error";
        "plain-answers" Chosen "2026-11-22"
            "cookies, `x-runtime` and Cloudflare's headers are not sent, and nothing is compressed"
            "sent; lists are gzipped"
            []
            ["support::uploads::answers_carry_the_recorded_headers"]
            "it would be on every answer";
    }
}
