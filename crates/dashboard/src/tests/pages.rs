//! What stands on the pages.

use std::time::Duration;

use axum::http::StatusCode;
use serde_json::json;
use statewright_planner::RefusalKind;

use super::{
    Dashboard,
    memory::{Memory, OWNER, refusal},
};
use crate::link;

fn urls() -> Vec<String> {
    vec![
        "/".to_owned(),
        link::stack(OWNER),
        link::machine(OWNER, "nightly"),
        link::at_state(&link::machine(OWNER, "nightly"), "Extract"),
        link::start(OWNER, "nightly"),
        link::run(OWNER, "broken", "bad"),
        link::run(OWNER, "nightly", "now"),
        link::at_state(&link::run(OWNER, "nightly", "now"), "Extract"),
        link::run(OWNER, "nightly", "nobody"),
    ]
}

/// The attribute values of that name in a page.
fn values<'a>(page: &'a str, attribute: &str) -> Vec<&'a str> {
    page.split(&format!(" {attribute}=\"")).skip(1).filter_map(|rest| rest.split('"').next()).collect()
}

#[tokio::test]
async fn nothing_from_outside_is_obeyed_or_fetched() {
    let dashboard = Dashboard::of(Memory::default()).await;
    for url in urls() {
        let answer = dashboard.page(&url).await;
        assert_eq!(answer.status, StatusCode::OK, "{url}");
        let page = &answer.body;
        assert!(!page.contains("<img") && !page.contains('\u{1b}'), "{url}: a name is obeyed");
        assert!(values(page, "style").is_empty() && !page.contains("<style"), "{url}: the policy refuses inline style");
        assert_eq!(page.matches("<script").count(), 1, "{url}");
        for attribute in ["src", "href", "action"] {
            for value in values(page, attribute) {
                let ours = value.starts_with('/') || value.starts_with('#') || value.starts_with('?');
                assert!(ours || value.contains(".console.aws.amazon.com/"), "{url}: {value}");
            }
        }
        assert!(page.len() < 150_000, "{url}: {} bytes", page.len());
    }
}

#[tokio::test]
async fn the_cause_of_a_failure_is_two_clicks_away() {
    let dashboard = Dashboard::of(Memory::default()).await;
    let first = dashboard.page("/").await.body;
    let attention = first.split("Failed last").nth(1).unwrap();
    let run = values(attention, "href").into_iter().next().unwrap().to_owned();
    assert_eq!(run, link::run(OWNER, "broken", "bad"));
    let page = dashboard.page(&run).await.body;
    let failure = page.split("id=\"failure-title\"").nth(1).unwrap();
    assert!(failure.contains("Glue.AWSGlueException") && failure.contains("the job run failed"));
    let state = values(failure, "href").into_iter().next().unwrap().replace("&amp;", "&");
    assert!(state.contains("?state=Transform"), "{state}");
    let detail = dashboard.page(&state).await.body;
    assert!(detail.contains("The role does not grant <code>glue:StartJobRun</code>"), "{detail}");
}

#[tokio::test]
async fn a_state_shows_what_it_did_elsewhere() {
    let dashboard = Dashboard::of(Memory::default()).await;
    let url = link::at_state(&link::run(OWNER, "nightly", "now"), "Extract");
    let mut page = String::new();
    for _ in 0..50 {
        page = dashboard.page(&url).await.body;
        if page.contains("three orders") {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert!(page.contains("Lambda function extract") && page.contains("/aws/lambda/extract"), "{page}");
    assert!(page.contains("three orders &lt;img"), "{page}");
}

#[tokio::test]
async fn the_plan_is_the_terminals() {
    let dashboard = Dashboard::of(Memory::default()).await;
    let page = dashboard.page(&link::stack(OWNER)).await.body;
    assert!(page.contains("<span class=\"t-bold\">etl</span>"), "{page}");
    assert!(page.contains("state_machine.nightly &lt;b&gt;"), "{page}");
    assert!(page.contains("data-state=\"Transform\""), "what changes is painted: {page}");
}

#[tokio::test]
async fn a_search_works_without_a_script() {
    let dashboard = Dashboard::of(Memory::default()).await;
    let page = dashboard.page("/?q=NIGHT").await.body;
    let table = page.split("id=\"stacks\"").nth(1).unwrap();
    assert!(
        table.contains("/machine/etl%2Fprod@eu-west-1/nightly")
            && !table.contains("/machine/etl%2Fprod@eu-west-1/broken")
    );
    assert!(page.contains("value=\"NIGHT\""));
}

#[tokio::test]
async fn refusals_are_told_with_what_to_do() {
    let memory = Memory { refuses: Some(refusal(RefusalKind::Credentials, "ExpiredToken")), ..Memory::default() };
    let dashboard = Dashboard::of(memory).await;
    let page = dashboard.page(&link::run(OWNER, "nightly", "now")).await.body;
    assert!(page.contains("AWS refused <code>states:DescribeExecution</code>"), "{page}");
    assert!(page.contains("The credentials have expired or are wrong."), "{page}");
    let page = dashboard.page(&link::machine(OWNER, "nightly")).await.body;
    assert!(page.contains("ExpiredToken"), "{page}");
}

#[tokio::test]
async fn what_is_not_there_is_said() {
    let dashboard = Dashboard::of(Memory::default()).await;
    for url in ["/stack/other", "/machine/other/m", "/run/other/m/x", "/nowhere"] {
        let answer = dashboard.page(url).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{url}");
        assert!(answer.body.contains("<h1>Not found</h1>"), "{url}");
    }
    let page = dashboard.page(&link::run(OWNER, "nightly", "nobody")).await.body;
    assert!(page.contains("AWS forgets an execution 90 days after its end"), "{page}");
}

/// What changes between a page and its stream is told by the stream.
#[tokio::test]
async fn nothing_is_lost_between_a_page_and_its_stream() {
    let dashboard = Dashboard::of(Memory::default()).await;
    let page = dashboard.page("/").await.body;
    let stream = values(&page, "data-stream")[0].to_owned();
    let mut changes = dashboard.shared.watch.changes();
    dashboard.shared.watch.survey_soon();
    changes.changed().await.unwrap();
    let first = |url: String| {
        let dashboard = &dashboard;
        async move { tokio::time::timeout(Duration::from_secs(2), dashboard.first_of(&url)).await.ok() }
    };
    assert!(first(stream).await.unwrap().contains("event: change"));
    let now = values(&dashboard.page("/").await.body, "data-stream")[0].to_owned();
    assert!(first(now).await.is_none(), "there is nothing new to tell");
}

#[tokio::test]
async fn five_hundred_states_fit_on_a_page() {
    let states: serde_json::Map<_, _> = (0..500)
        .map(|n| {
            let next = if n == 499 {
                json!({"Type": "Succeed"})
            } else {
                json!({"Type": "Pass", "Next": format!("S{}", n + 1)})
            };
            (format!("S{n}"), next)
        })
        .collect();
    let definition = json!({"StartAt": "S0", "States": states});
    let dashboard = Dashboard::of(Memory { definition: Some(definition), ..Memory::default() }).await;
    let page = dashboard.page(&link::machine(OWNER, "broken")).await.body;
    assert_eq!(page.matches("<g data-state=").count() + page.matches("<g class=\"state").count(), 500);
}
