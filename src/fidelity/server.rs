//! What all endpoints share: credentials, accounts, limits and the control API.

use super::capability::capabilities;

capabilities! {
    "unauthenticated" Recorded "2026-09-05"
        "missing or bad credentials are 401 `Couldn't authenticate you`"
        ["server::credentials::a_request_without_credentials_is_401"];
    "credentials-any" Chosen "2026-11-22"
        "any well-formed credentials are accepted, unless `auth` is set"
        [
            "server::credentials::any_well_formed_credentials_are_accepted",
            "server::credentials::under_auth_strict_only_known_credentials_are_accepted",
        ];
    "invalid-endpoint" Recorded "2026-09-05"
        "an unknown path is 404 `InvalidEndpoint` before authentication"
        ["server::credentials::an_unknown_path_or_method_is_404_before_authentication"];
    "wrong-method" Inferred "2026-11-22"
        "a wrong method is 404 `InvalidEndpoint`"
        ["support::attachments::a_wrong_method_is_404_invalid_endpoint"];
    "no-help-desk" Recorded "2026-11-22"
        "an invalid account name is 404, No help desk"
        ["golden::support_refusals::an_invalid_account_name_is_404_no_help_desk"];
    "cors-api" Recorded "2024-09-06"
        "API answers except 204 have `access-control-allow-origin: *`"
        [
            "server::cors::without_an_origin_only_support_sends_cors_headers",
            "server::cors::faithful_allows_every_origin_without_credentials",
        ];
    "cors-open" Chosen "2026-11-22"
        "pages of any origin may use everything except the control API"
        [
            "server::cors::open_allows_every_preflight_without_credentials",
            "control::a_page_of_another_origin_is_403_and_changes_nothing",
        ];
    "rate-limit-headers" Recorded "2024-09-06"
        "answers have the rate limit of the account and the remaining requests"
        ["server::rate_limit::requests_over_the_rate_limit_are_429_until_the_next_minute"];
    "rate-limit-refusal" Recorded "2022"
        "a request over the rate limit of the account is 429 in plain text"
        [
            "server::rate_limit::requests_over_the_rate_limit_are_429_until_the_next_minute",
            "golden::support_refusals::a_request_over_the_rate_limit_is_429",
        ];
    "rate-limit-plans" Documented "2026-11-22"
        "`rate_limit` can be a plan of Zendesk Suite"
        ["control::settings::changed_settings_take_effect_in_the_core"];
    "limit-tickets-index" Documented "2026-11-22"
        "`GET /api/v2/tickets` has a separate limit, 100 requests a minute in a sandbox"
        ["server::endpoint_limits::listing_tickets_has_100_requests_a_minute_in_a_sandbox"];
    "limit-deep-pages" Documented "2020-11-05"
        "pages over 500 of that list can be read 50 times a minute"
        ["server::endpoint_limits::pages_over_500_have_50_requests_a_minute"];
    "limit-ticket-create" Recorded "2024-09-06"
        "a user can create 300 tickets a minute"
        ["server::endpoint_limits::a_user_can_create_300_tickets_and_requests_a_minute"];
    "limit-tickets-update" Documented "2026-11-22"
        "an account can update tickets 100 times a minute, 300 with the add-on, 20 in a sandbox"
        ["server::endpoint_limits::an_account_has_20_100_or_300_ticket_updates_a_minute"];
    "limit-per-ticket" Documented "2026-11-22"
        "a user can update a ticket 30 times in ten minutes"
        ["server::endpoint_limits::a_user_can_update_a_ticket_30_times_in_10_minutes"];
    "limit-content" Documented "2026-11-22"
        "files can be read 2,500 times a minute, an unattached file 10 times"
        [
            "server::endpoint_limits::an_account_can_read_2500_files_a_minute",
            "server::endpoint_limits::an_unattached_file_can_be_read_10_times_a_minute",
        ];
    "limit-windows" Inferred "2026-11-22"
        "windows start with the clock, not with a first request: the first recorded ones had 41 \
         to 468 seconds left"
        [
            "core::limits::endpoint::windows_let_through_what_a_list_of_all_requests_would",
            "core::limits::account::the_limit_holds_for_one_minute",
        ];
    "accounts" Chosen "2026-11-22"
        "an account is selected by prefix, host or mail domain, appears on first use and shares \
         nothing"
        [
            "server::accounts::prefix_outweighs_host_which_outweighs_mail_domain",
            "control::accounts::sixty_four_concurrent_accounts_are_isolated",
        ];
    "accounts-bounded" Chosen "2026-11-22"
        "an account over `max_accounts` is 503 with the name of the setting"
        ["server::accounts::accounts_appear_on_first_use_up_to_max_accounts"];
    "accounts-created" Chosen "2026-11-22"
        "a test creates an account with settings and a lifetime"
        ["control::accounts::an_account_with_a_life_is_deleted_after_it"];
    "domains" Chosen "2026-11-22"
        "a host below one of the `domains` is an account"
        [
            "server::accounts::a_host_one_label_below_a_known_domain_is_an_account",
            "server::accounts::the_domains_setting_replaces_the_known_domains",
        ];
    "connections" Chosen "2026-11-22"
        "connections are bounded; silent and stalled ones are closed"
        [
            "server::timeouts::a_connection_without_a_complete_head_is_closed",
            "server::timeouts::a_client_that_stops_reading_is_disconnected",
        ];
    "refusals-drained" Chosen "2026-11-22"
        "a refused body is read to its end, so that the client sees the refusal"
        [
            "server::budget::a_refused_upload_is_read_to_its_end",
            "support::uploads::sizes::a_client_that_writes_on_reads_every_other_refusal",
        ];
    "lists-charged" Chosen "2026-11-22"
        "a list over 64 KiB is charged while it is sent"
        ["server::budget::a_large_list_is_charged_while_it_is_sent"];
    "public-url" Chosen "2026-11-22"
        "URLs in answers have the origin of the request, or `public_url`"
        [
            "server::urls::a_public_url_is_in_every_answer_and_works_behind_a_proxy",
            "server::urls::forwarded_headers_are_ignored_unless_trusted",
        ];
    "memory" Chosen "2026-11-22"
        "stored files share one budget; beyond it an upload is 503 with the name of the setting, \
         and nothing stored is lost"
        [
            "server::budget::an_upload_over_max_memory_is_503_and_loses_nothing",
            "server::process_memory::concurrent_large_bodies_stay_within_the_budget",
        ];
    "body-timeout" Chosen "2026-11-22"
        "a body that stops arriving is 408, and nothing is stored"
        ["server::timeouts::a_body_that_stops_arriving_is_408_and_stores_nothing"];
    "malformed-heads" Chosen "2026-11-22"
        "a malformed or oversized head is a bare 400 or 431"
        [
            "server::malformed_requests::garbage_instead_of_http_is_refused",
            "server::malformed_requests::an_oversized_head_is_refused",
        ];
    "health" Chosen "2026-11-22"
        "`GET /_mock/health` reports that the server answers; `zendesk-mock ready` waits for it"
        [
            "control::health_has_status_and_version",
            "server::ready::ready_waits_for_a_server_to_start",
        ];
    "openapi" Chosen "2026-11-22"
        "`GET /_mock/openapi.json` describes the control API"
        ["control::openapi::every_documented_call_exists_and_behaves_as_documented"];
    "capabilities" Chosen "2026-11-22"
        "`GET /_mock/capabilities` lists all behaviours with their evidence"
        ["control::fidelity::every_behaviour_has_evidence_a_date_and_tests"];
    "differences-named" Chosen "2026-11-22"
        "a response names its known differences in `X-Zendesk-Mock-Difference`"
        ["control::fidelity::a_response_names_its_differences"];
    "reset" Chosen "2026-11-22"
        "a reset empties one account, and removes its faults and settings"
        ["control::a_reset_returns_what_it_removed_and_leaves_nothing"];
    "seed" Chosen "2026-11-22"
        "a seed says what accounts contain at the start and after each reset"
        [
            "control::seed::a_server_starts_with_its_seed",
            "control::seed::every_reset_returns_to_the_seed",
            "server::starting::a_seed_is_loaded_before_the_server_is_ready",
        ];
    "seed-refused" Chosen "2026-11-22"
        "an invalid seed is refused with the place of the error, and changes nothing"
        [
            "control::seed::refusals::an_invalid_seed_is_400_with_its_place_and_changes_nothing",
            "control::seed::refusals::a_seed_over_max_memory_is_503_and_frees_its_memory",
        ];
    "seeded-credentials" Chosen "2026-11-22"
        "under `auth = strict` seeded credentials are accepted"
        ["control::seed::under_strict_auth_only_seeded_credentials_are_accepted"];
    "export" Chosen "2026-11-22"
        "an account can be exported as a seed without secrets"
        [
            "control::seed::export::an_export_seeds_an_equal_account_elsewhere",
            "control::seed::export::an_export_is_a_file_without_secrets",
        ];
    "brands" Recorded "2026-11-22"
        "`GET /api/v2/brands` lists seeded brands with the recorded fields"
        ["control::seed::brands_come_from_the_seed"];
    "snapshots" Chosen "2026-11-22"
        "an account can be kept as a named snapshot and restored"
        ["control::snapshots::a_restore_brings_the_account_back"];
    "settings-at-run-time" Chosen "2026-11-22"
        "settings of one account can be changed until its reset"
        ["control::settings::a_setting_changes_for_one_account_until_a_reset"];
    "clock" Chosen "2026-11-22"
        "the clock of an account can be advanced, set, frozen and resumed"
        [
            "control::clock::advancing_the_clock_expires_tokens_and_presigned_urls",
            "control::clock::a_running_clock_is_frozen_set_and_resumed",
        ];
    "randomness" Chosen "2026-11-22"
        "a seed makes tokens, ids and names repeat"
        [
            "control::clock::a_seed_makes_the_following_names_repeat",
            "core::ids::a_seed_repeats_every_name",
        ];
    "faults" Chosen "2026-11-22"
        "requests can be delayed, refused, cut, hung, truncated or throttled"
        [
            "control::faults::each_operation_can_fail_alone",
            "control::faults::a_cut_closes_the_connection_before_during_or_after",
            "control::faults::a_header_adds_a_fault_to_one_request",
        ];
    "journal" Chosen "2026-11-22"
        "requests are kept in a journal, and can be awaited and verified; a miss lists near misses"
        [
            "control::journal::an_entry_has_the_objects_and_no_secrets",
            "control::journal::verification::a_wait_that_times_out_lists_near_misses",
        ];
    "journal-bodies" Chosen "2026-11-22"
        "request bodies are returned byte for byte while they are kept, with SHA-256 and sniffed \
         type"
        [
            "control::journal::bodies::the_body_of_an_upload_is_kept_while_its_file_is_stored",
            "control::journal::bodies::a_small_body_is_kept_unchanged_even_if_refused",
        ];
    "token-history" Chosen "2026-11-22"
        "the history of each token is listed, with its missing step"
        ["control::tokens::the_history_of_an_upload_ends_with_its_downloads"];
    "journal-events" Chosen "2026-11-22"
        "the journal can be streamed"
        ["control::journal::events::the_journal_is_streamed"];
    "leaks" Chosen "2026-11-22"
        "uploads and images that were never attached or published are listed, with the missing step"
        [
            "control::leaks::an_upload_leaks_until_it_is_attached_or_deleted",
            "control::leaks::an_image_leaks_until_it_is_published_and_the_missing_step_is_named",
        ];
    "malware-control" Chosen "2026-11-22"
        "a test sets the results of malware scans, at once or later"
        ["control::malware::a_scan_ends_after_its_delay_on_the_account_clock"];
    "log" Chosen "2026-11-22"
        "each request is one log line; a refusal has its reason; secrets are not logged"
        ["server::log::each_request_has_one_text_line", "server::log::secrets_are_not_logged"];
    "settings-everywhere" Chosen "2026-11-22"
        "each setting is a flag, a variable and a field; an invalid value is refused with the \
         name of the setting"
        [
            "server::flags::every_setting_is_in_the_tables",
            "server::flags::an_invalid_value_is_refused_with_the_valid_ones",
        ];
    "stopping" Chosen "2026-11-22"
        "dropping the server stops it at once; `shutdown` finishes running requests"
        [
            "server::embedding::dropping_the_server_stops_it_while_requests_hang",
            "server::embedding::shutdown_finishes_running_requests_and_accepts_no_new_ones",
        ];
    "real-clients" Recorded "2026-11"
        "captured requests of real clients are replayed byte for byte"
        ["replay::every_capture_is_in_the_table"];
}
