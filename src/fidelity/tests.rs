//! Names in the tables are unique, tests exist, and the docs have the same rows.

use std::collections::{BTreeSet, HashSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use strum::VariantNames;

use crate::docs_table::assert_table;
use crate::fidelity::*;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn differences() -> impl Iterator<Item = (&'static Behaviour, &'static Difference)> {
    all().filter_map(|row| Some((row, row.difference.as_ref()?)))
}

/// The source of the module of a test.
fn source(modules: &[&str]) -> Option<String> {
    let is_ours = ["core", "http", "cli", "config"].contains(&modules[0])
        || modules.starts_with(&["sigv4", "tests"]);
    let folder = root().join(if is_ours { "src" } else { "tests/it" });
    let file = modules.iter().fold(folder, |path, module| path.join(module));
    let candidates: [PathBuf; 2] = [file.with_extension("rs"), file.join("mod.rs")];
    candidates.iter().find_map(|path| std::fs::read_to_string(path).ok())
}

#[test]
fn every_behaviour_has_a_name_a_date_and_existing_tests() {
    let mut names = HashSet::new();
    for row in all() {
        let name = row.name;
        let is_kebab =
            |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        assert!(name.bytes().all(is_kebab), "{name}");
        assert!(names.insert(name), "{name} is not unique");
        assert!(!row.tests.is_empty() && !row.behaviour.is_empty(), "{name}");
        let parts: Vec<_> = row.dated.split('-').collect();
        let digits = |text: &&str| text.bytes().all(|byte| byte.is_ascii_digit());
        assert!(parts.iter().all(digits) && parts[0].len() == 4 && parts.len() <= 3, "{name}");
        assert!(("2012".."2026-12").contains(&row.dated), "{name}: {}", row.dated);
        for test in &row.tests {
            let modules: Vec<_> = test.split("::").collect();
            let (function, modules) = modules.split_last().expect("a name");
            let source = source(modules).unwrap_or_else(|| panic!("{name}: no module of {test}"));
            let (before, _) = source
                .split_once(&format!("fn {function}("))
                .unwrap_or_else(|| panic!("{name}: no test {test}"));
            let attribute = before.trim_end().lines().last().unwrap_or_default().trim();
            // Also inside proptest!.
            assert_eq!(attribute, "#[test]", "{test} is no test");
        }
    }
    assert!(names.len() > 120, "{}", names.len());
}

#[test]
fn differences_name_existing_settings() {
    let existing = crate::config::settings::settings();
    for (row, difference) in differences() {
        for setting in &difference.settings {
            let exists = existing.iter().any(|existing| existing.name == *setting);
            assert!(exists, "{}: {setting}", row.name);
        }
    }
}

/// The table of differences.
fn differences_table() -> String {
    let mut table =
        "| zendesk-mock | Zendesk | setting | name in the header |\n| --- | --- | --- | --- |\n"
            .to_owned();
    for (Behaviour { name, behaviour, .. }, difference) in differences() {
        let Difference { zendesk, settings, unnamed } = difference;
        let settings: Vec<_> = settings.iter().map(|setting| format!("`{setting}`")).collect();
        let settings = if settings.is_empty() { "–".to_owned() } else { settings.join(", ") };
        let named = unnamed.map_or_else(|| format!("`{name}`"), |why| format!("– ({why})"));
        // Writing to a String cannot fail.
        let _ = writeln!(table, "| {behaviour} | {zendesk} | {settings} | {named} |");
    }
    table
}

/// The table of all behaviours.
fn behaviours_table() -> String {
    let mut table =
        "| name | behaviour | evidence | date | tests |\n| --- | --- | --- | --- | --- |\n"
            .to_owned();
    for Behaviour { name, behaviour, evidence, dated, tests, difference } in all() {
        let tests: Vec<_> = tests.iter().map(|test| format!("`{test}`")).collect();
        let differs = if difference.is_some() { ", differs" } else { "" };
        // Writing to a String cannot fail.
        let _ = writeln!(
            table,
            "| {name} | {behaviour} | {}{differs} | {dated} | {} |",
            evidence.into_str(),
            tests.join(", ")
        );
    }
    table
}

#[test]
fn the_docs_list_all_differences() {
    assert_table("fidelity", "differences", &differences_table());
}

#[test]
fn the_docs_list_all_behaviours() {
    assert_table("behaviours", "behaviours", &behaviours_table());
}

#[test]
fn responses_can_name_the_differences_that_are_not_unnamed() {
    let named = differences().filter(|(_, difference)| difference.unnamed.is_none());
    let named: BTreeSet<_> = named.map(|(row, _)| row.name).collect();
    assert_eq!(named, KnownDifference::VARIANTS.iter().copied().collect());
}

#[test]
fn a_set_of_differences_has_their_names_in_order() {
    let names: Vec<_> = DifferenceSet::default()
        .and(KnownDifference::EndpointRefusal.into())
        .and(KnownDifference::UploadLife.into())
        .names()
        .collect();
    assert_eq!(names, ["upload-life", "endpoint-refusal"]);
    assert_eq!(DifferenceSet::default().names().count(), 0);
}
