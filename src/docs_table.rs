//! Generated tables in the pages of `docs/`.

/// Asserts that a page of `docs/` holds the table between its markers. With `UPDATE_DOCS=1` in the
/// environment the table is written instead.
#[track_caller]
pub fn assert_table(page: &str, marker: &str, table: &str) {
    let path = format!("{}/docs/{page}.md", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(&path).expect("the page exists");
    let (start, end) = (format!("<!-- {marker} -->\n"), format!("<!-- /{marker} -->"));
    let (before, rest) = text.split_once(&start).expect("the page has the start marker");
    let (lines, after) = rest.split_once(&end).expect("the page has the end marker");
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&path, format!("{before}{start}{table}{end}{after}"))
            .expect("the page is writable");
    } else {
        assert_eq!(lines, table, "{path} is outdated: run `UPDATE_DOCS=1 cargo test {marker}`");
    }
}
