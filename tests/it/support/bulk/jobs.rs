//! The status of jobs.

use std::time::Duration;

use serde_json::{Value, json};

use super::{CREATE, job_now, request_job};
use crate::harness::*;

fn ten_tickets() -> Value {
    json!({"tickets": vec![json!({"comment": {"body": "b"}}); 10]})
}

#[test]
fn a_job_is_queued_then_working_then_completed() {
    let server = server();
    server
        .account
        .configure(|settings| settings.job_duration = Duration::from_secs(20))
        .expect("settings");
    let job = request_job(&server, CREATE, &ten_tickets());
    let id = text(&job["id"]);
    let digits = id.strip_prefix("V3-").expect("the recorded form");
    assert!(digits.len() == 32 && digits.bytes().all(|byte| byte.is_ascii_hexdigit()), "{id}");
    let url = format!("{}/api/v2/job_statuses/{id}.json", server.mock.url());
    let queued = json!({
        "id": id, "job_type": "Bulk Create Ticket", "url": url, "total": 10, "progress": null,
        "status": "queued", "message": null, "results": null
    });
    assert_eq!(job, queued);
    assert_eq!(job_now(&server, &job), queued);
    server.account.advance(Duration::from_secs(15));
    let mut working = queued.clone();
    working["progress"] = json!(5);
    working["status"] = json!("working");
    working["message"] = json!("Creating ticket #5");
    assert_eq!(job_now(&server, &job), working);
    server.account.advance(Duration::from_secs(5));
    let completed = job_now(&server, &job);
    assert_eq!(completed["message"], "Completed at 2026-01-01 00:00:20 +0000");
    assert_eq!((&completed["progress"], &completed["status"]), (&json!(10), &json!("completed")));
    assert_eq!(completed["results"].as_array().map(Vec::len), Some(10));
}

#[test]
fn a_job_whose_items_all_fail_has_failed() {
    let server = server();
    let job = request_job(&server, CREATE, &json!({"tickets": [{"subject": "s"}]}));
    let failed = job_now(&server, &job);
    assert_eq!((&failed["status"], &failed["progress"]), (&json!("failed"), &json!(0)));
    assert_eq!(failed["message"], "Failed at 2026-01-01 00:00:00 +0000");
    assert_eq!(
        failed["results"],
        json!([{
            "index": 0, "error": "TicketCreateFailed", "details": "Description: cannot be blank"
        }])
    );
}

#[test]
fn a_job_is_kept_for_a_day_and_not_beyond_a_reset() {
    let server = server();
    let job = request_job(&server, CREATE, &ten_tickets());
    let url = text(&job["url"]);
    server.account.advance(HOUR * 24 - Duration::from_secs(1));
    assert_eq!(job_now(&server, &job)["status"], "completed");
    server.account.advance(Duration::from_secs(1));
    assert_eq!(server.get(url).agent().fetch_json(), not_found());
    assert_eq!(server.get_json("/api/v2/job_statuses")["count"], 0);
    let job = request_job(&server, CREATE, &ten_tickets());
    server.account.reset();
    assert_eq!(server.get(text(&job["url"])).agent().fetch_json(), not_found());
}

#[test]
fn an_id_that_no_job_has_is_404() {
    let server = server();
    for id in ["1", "V3-", "V3-0123456789abcdef0123456789abcdef", "show", "%00"] {
        let path = format!("/api/v2/job_statuses/{id}");
        assert_eq!(server.get(&path).agent().fetch_json(), not_found(), "{id}");
    }
}

#[test]
fn jobs_are_listed_newest_first_and_shown_by_their_ids() {
    let server = server();
    let ids = [0, 1, 2].map(|_| request_job(&server, CREATE, &ten_tickets())["id"].take());
    let listed = |query: &str| {
        let page = server.get_json(&format!("/api/v2/job_statuses{query}"));
        let jobs = page["job_statuses"].as_array().expect("a list").clone();
        (jobs.into_iter().map(|mut job| job["id"].take()).collect::<Vec<_>>(), page)
    };
    let [first, second, third] = ids;
    assert_eq!(listed("").0, [third.clone(), second.clone(), first.clone()]);
    let (ids, page) = listed("?page[size]=2");
    assert_eq!(ids, [third.clone(), second.clone()]);
    let next = server.get_json(text(&page["links"]["next"]));
    assert_eq!(next["job_statuses"][0]["id"], first);
    let many = format!("/show_many?ids={},V3-nothing,{}", text(&first), text(&third));
    let (ids, page) = listed(&many);
    assert_eq!((ids, &page["count"]), (vec![first, third], &json!(2)));
}

#[test]
fn a_snapshot_brings_a_job_back() {
    let server = server();
    let job = request_job(&server, CREATE, &ten_tickets());
    server.account.take_snapshot("a").expect("a snapshot");
    server.account.reset();
    server.account.restore("a").expect("the snapshot");
    assert_eq!(job_now(&server, &job)["status"], "completed");
}
