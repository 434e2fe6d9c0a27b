//! What all endpoints share: credentials, accounts, limits and the control API.

use super::capability::capabilities;

capabilities! {
    "unauthenticated" Recorded "2026-09-05" "no credentials, or bad ones, are 401 `Couldn't authenticate you`" ["server::credentials::a_request_without_credentials_is_401"];
    "credentials-any" Chosen "2026-11-22" "any well-formed credentials are let in, unless `auth` says otherwise" ["server::credentials::any_well_formed_credentials_are_accepted", "server::credentials::under_auth_strict_only_known_credentials_are_accepted"];
    "invalid-endpoint" Recorded "2026-09-05" "an unknown path is 404 `InvalidEndpoint`, before credentials are asked for" ["server::credentials::an_unknown_path_or_method_is_404_before_authentication"];
    "wrong-method" Inferred "2026-11-22" "a method that a path does not have is an unknown endpoint" ["support::attachments::a_wrong_method_is_404_invalid_endpoint"];
    "no-help-desk" Recorded "2026-11-22" "a name that no account can have is 404, No help desk" ["golden::support_refusals::an_invalid_account_name_is_404_no_help_desk"];
    "cors-api" Recorded "2024-09-06" "API answers say `access-control-allow-origin: *`, 204 excepted" ["server::cors::without_an_origin_only_support_sends_cors_headers", "server::cors::faithful_allows_every_origin_without_credentials"];
    "cors-open" Chosen "2026-11-22" "pages of any origin may use everything but the control API" ["server::cors::open_allows_every_preflight_without_credentials", "control::a_page_of_another_origin_is_403_and_changes_nothing"];
    "rate-limit-headers" Recorded "2024-09-06" "answers tell the account's limit and what is left of it" ["server::rate_limit::requests_over_the_rate_limit_are_429_until_the_next_minute"];
    "rate-limit-refusal" Recorded "2022" "a request over the account's limit is 429 in plain text" ["server::rate_limit::requests_over_the_rate_limit_are_429_until_the_next_minute", "golden::support_refusals::a_request_over_the_rate_limit_is_429"];
    "rate-limit-plans" Documented "2026-11-22" "`rate_limit` takes a plan of Zendesk Suite" ["control::settings::changed_settings_take_effect_in_the_core"];
    "limit-tickets-index" Documented "2026-11-22" "`GET /api/v2/tickets` has a limit of its own, 100 a minute in a sandbox" ["server::endpoint_limits::listing_tickets_has_100_requests_a_minute_in_a_sandbox"];
    "limit-deep-pages" Documented "2020-11-05" "pages over 500 of that list are read 50 times a minute" ["server::endpoint_limits::pages_over_500_have_50_requests_a_minute"];
    "limit-ticket-create" Recorded "2024-09-06" "a user makes 300 tickets a minute" ["server::endpoint_limits::a_user_can_create_300_tickets_and_requests_a_minute"];
    "limit-tickets-update" Documented "2026-11-22" "an account updates tickets 100 times a minute, 300 with the add-on, 20 in a sandbox" ["server::endpoint_limits::an_account_has_20_100_or_300_ticket_updates_a_minute"];
    "limit-per-ticket" Documented "2026-11-22" "a user updates a ticket 30 times in ten minutes" ["server::endpoint_limits::a_user_can_update_a_ticket_30_times_in_10_minutes"];
    "limit-content" Documented "2026-11-22" "files are read 2,500 times a minute, and one that no ticket has 10 times" ["server::endpoint_limits::an_account_can_read_2500_files_a_minute", "server::endpoint_limits::an_unattached_file_can_be_read_10_times_a_minute"];
    "limit-windows" Inferred "2026-11-22" "windows begin with the clock, not with a first request: the recorded first ones had 41 to 468 seconds left" ["core::limits::endpoint::windows_let_through_what_a_list_of_all_requests_would", "core::limits::account::the_limit_holds_for_a_minute_and_then_starts_anew"];
    "accounts" Chosen "2026-11-22" "an account is chosen by prefix, host or mail domain, appears on first use and shares nothing" ["server::accounts::prefix_outweighs_host_which_outweighs_mail_domain", "control::accounts::sixty_four_concurrent_accounts_are_isolated"];
    "accounts-bounded" Chosen "2026-11-22" "one account too many is 503 that names the setting" ["server::accounts::accounts_appear_on_first_use_up_to_max_accounts"];
    "accounts-made" Chosen "2026-11-22" "a test makes an account with settings and a life of its own" ["control::accounts::an_account_with_a_life_is_deleted_after_it"];
    "domains" Chosen "2026-11-22" "a host below one of the `domains` is an account" ["server::accounts::a_host_one_label_below_a_known_domain_is_an_account", "server::accounts::the_domains_setting_replaces_the_known_domains"];
    "connections" Chosen "2026-11-22" "connections are bounded, and one that says nothing or does not read is let go" ["server::timeouts::a_connection_without_a_complete_head_is_closed", "server::timeouts::a_client_that_stops_reading_is_disconnected"];
    "refusals-drained" Chosen "2026-11-22" "who is refused while still sending sees why" ["server::budget::a_refused_upload_is_read_to_its_end", "support::uploads::sizes::a_client_that_writes_on_reads_every_other_refusal"];
    "lists-charged" Chosen "2026-11-22" "a list over 64 KiB is charged while it goes out" ["server::budget::a_large_list_is_charged_while_it_is_sent"];
    "public-url" Chosen "2026-11-22" "URLs in answers are those that the client used, or the `public_url`" ["server::urls::a_public_url_is_in_every_answer_and_works_behind_a_proxy", "server::urls::forwarded_headers_are_ignored_unless_trusted"];
    "memory" Chosen "2026-11-22" "stored files share one budget; beyond it 503 names the setting, and nothing stored is lost" ["server::budget::an_upload_over_max_memory_is_503_and_loses_nothing", "server::process_memory::concurrent_large_bodies_stay_within_the_budget"];
    "body-timeout" Chosen "2026-11-22" "a body that stops arriving is 408, and leaves nothing" ["server::timeouts::a_body_that_stops_arriving_is_408_and_stores_nothing"];
    "bad-heads" Chosen "2026-11-22" "a head that cannot be parsed or has no bounds is a bare 400 or 431" ["server::malformed_requests::garbage_instead_of_http_is_refused", "server::malformed_requests::an_oversized_head_is_refused"];
    "health" Chosen "2026-11-22" "`GET /_mock/health` says that the server answers, and `zendesk-mock ready` waits for it" ["control::health_has_status_and_version", "server::ready::ready_waits_for_a_server_to_start"];
    "openapi" Chosen "2026-11-22" "`GET /_mock/openapi.json` describes the control API" ["control::openapi::every_documented_call_exists_and_behaves_as_documented"];
    "capabilities" Chosen "2026-11-22" "`GET /_mock/capabilities` lists what the server does, and how each of it is known" ["control::fidelity::every_behaviour_has_evidence_a_date_and_tests"];
    "differences-named" Chosen "2026-11-22" "a response that took part in a known difference names it in `X-Zendesk-Mock-Difference`" ["control::fidelity::a_response_names_its_differences"];
    "reset" Chosen "2026-11-22" "a reset empties one account, and what a test did to it" ["control::a_reset_returns_what_it_removed_and_leaves_nothing"];
    "seed" Chosen "2026-11-22" "a document says what accounts hold from the start and after each reset" ["control::seed::a_server_starts_with_its_seed", "control::seed::every_reset_returns_to_the_seed", "server::starting::a_seed_is_loaded_before_the_server_is_ready"];
    "seed-refused" Chosen "2026-11-22" "a seed that cannot be is refused by the place of what is wrong, and changes nothing" ["control::seed::refusals::an_invalid_seed_is_400_with_its_place_and_changes_nothing", "control::seed::refusals::a_seed_over_max_memory_is_503_and_frees_its_memory"];
    "seeded-credentials" Chosen "2026-11-22" "under `auth = strict` who is seeded is let in" ["control::seed::under_strict_auth_only_seeded_credentials_are_accepted"];
    "export" Chosen "2026-11-22" "an account is told as a document that a seed can be, without secrets" ["control::seed::export::an_export_seeds_an_equal_account_elsewhere", "control::seed::export::an_export_is_a_file_without_secrets"];
    "brands" Recorded "2026-11-22" "`GET /api/v2/brands` lists brands with the recorded fields; they come from a seed" ["control::seed::brands_come_from_the_seed"];
    "snapshots" Chosen "2026-11-22" "an account is kept under a name, and becomes again what it was" ["control::snapshots::a_restore_brings_the_account_back"];
    "settings-at-run-time" Chosen "2026-11-22" "settings change for one account, until it is reset" ["control::settings::a_setting_changes_for_one_account_until_a_reset"];
    "clock" Chosen "2026-11-22" "each account's clock is advanced, set, frozen and resumed" ["control::clock::advancing_the_clock_expires_tokens_and_presigned_urls", "control::clock::a_running_clock_is_frozen_set_and_resumed"];
    "chance" Chosen "2026-11-22" "a seed makes tokens, ids and names repeat" ["control::clock::a_seed_makes_the_following_names_repeat", "core::ids::a_seed_repeats_every_name"];
    "faults" Chosen "2026-11-22" "a test makes requests wait, fail, be cut, hang, break off or crawl" ["control::faults::each_operation_can_fail_alone", "control::faults::a_cut_closes_the_connection_before_during_or_after", "control::faults::a_header_adds_a_fault_to_one_request"];
    "journal" Chosen "2026-11-22" "requests are written down, waited for and verified, and a miss says what came nearest" ["control::journal::an_entry_has_the_objects_and_no_secrets", "control::journal::verification::a_wait_that_times_out_lists_near_misses"];
    "journal-bodies" Chosen "2026-11-22" "request bodies are told byte for byte while they are kept, with SHA-256 and sniffed type" ["control::journal::bodies::the_body_of_an_upload_is_kept_while_its_file_is_stored", "control::journal::bodies::a_small_body_is_kept_unchanged_even_if_refused"];
    "chains" Chosen "2026-11-22" "the life of each token is told step by step, with the missing step" ["control::token_history::the_history_of_an_upload_ends_with_its_downloads"];
    "journal-events" Chosen "2026-11-22" "the journal is streamed as it is written" ["control::journal::events::the_journal_is_streamed"];
    "leaks" Chosen "2026-11-22" "what was begun and never ended is listed, with the missing step" ["control::leaks::an_upload_leaks_until_it_is_attached_or_deleted", "control::leaks::an_image_leaks_until_it_is_published_and_the_missing_step_is_named"];
    "malware-by-test" Chosen "2026-11-22" "a test says what malware scans come to, now or later" ["control::malware::a_scan_ends_after_its_delay_on_the_account_clock"];
    "log" Chosen "2026-11-22" "each request is one line, a refusal says why, and no secret is in it" ["server::log::each_request_has_one_text_line", "server::log::secrets_are_not_logged"];
    "settings-everywhere" Chosen "2026-11-22" "each setting is a flag, a variable and a field, and a bad value is refused by name" ["server::flags::every_setting_is_in_the_tables", "server::flags::an_invalid_value_is_refused_with_the_valid_ones"];
    "stopping" Chosen "2026-11-22" "dropping the server stops it at once, and `shutdown` drains" ["server::embedding::dropping_the_server_stops_it_while_requests_hang", "server::embedding::shutdown_finishes_running_requests_and_accepts_no_new_ones"];
    "real-clients" Recorded "2026-11" "requests that real clients wrote are replayed byte for byte" ["replay::every_capture_is_in_the_table"];
}
