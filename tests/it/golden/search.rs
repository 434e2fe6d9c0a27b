//! Searches.

use super::*;

fn get(server: &Server, target: &str) -> RawResponse {
    server.exchange(&request("GET", target).agent().end())
}

#[test]
fn a_search_is_exported_by_cursor() {
    let server = server();
    for subject in ["Printer", "Scanner"] {
        let body = json!({"ticket": {"subject": subject, "comment": {"body": "It burns."}}});
        server.exchange(&request("POST", "/api/v2/tickets").agent().json(&body));
        acme(&server).advance(Duration::from_secs(60));
    }
    let export = "/api/v2/search/export.json?query=burns&filter%5Btype%5D=";
    let page = get(&server, &format!("{export}ticket&page%5Bsize%5D=1"));
    golden("search_exported", &page);
    golden("search_exported_last_page", &get(&server, &path_of(&page.json()["links"]["next"])));
    golden("refused_search_export_without_a_type", &get(&server, export));
    let contradictory = "/api/v2/search/export?query=type%3Auser&filter%5Btype%5D=ticket";
    golden("refused_search_export_of_another_type", &get(&server, contradictory));
    let cursor = "/api/v2/search/export?query=burns&filter%5Btype%5D=ticket&page%5Bafter%5D=x";
    golden("refused_search_export_cursor", &get(&server, cursor));
}
