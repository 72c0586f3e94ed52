//! `serve`, in a real browser.

use std::{
    net::TcpListener,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use serde_json::{Value, json};
use statewright_tests::{Browser, Started, Statewright, World, proxy::Service};

/// Buckets are one name space for all accounts.
fn bucket(world: &World) -> [String; 2] {
    ["--var".to_owned(), format!("bucket=scripts-{}", world.account())]
}

/// What `words` do with the night's stack.
fn nightly<'w>(world: &'w World, words: &[&str]) -> Statewright<'w> {
    let words = words.iter().map(|&word| word.to_owned());
    world.statewright(words.chain(bucket(world)))
}

/// The night's stack, applied.
fn applied() -> World {
    let world = World::ministack();
    world.copy("specs");
    world.aws().r#do(&Service::S3, "CreateBucket", json!({ "Bucket": format!("scripts-{}", world.account()) }));
    let _ = nightly(&world, &["apply", "specs/nightly-etl.yaml", "--yes"]).run().expect(0);
    world
}

fn serve<'w>(world: &'w World, more: &[&str]) -> (Started<'w>, String) {
    let serve = [&["serve", "specs", "--port", "0"], more].concat();
    let started = nightly(world, &serve).patience(Duration::from_mins(4)).start();
    let url = started.first_line();
    assert!(url.starts_with("http://127.0.0.1:") && url.contains("/?token="), "{url}");
    (started, url)
}

fn at(url: &str, path: &str) -> String {
    format!("{}{path}", url.split("/?").next().unwrap())
}

fn picture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("pictures").join(format!("{name}.png"))
}

const MACHINE: &str = "/machine/nightly-etl@us-east-1/nightly-etl";

/// The second half of the tutorial, without a console: start an execution, see its states turn, see the function and the job.
#[test]
fn an_execution_is_started_and_watched() {
    let world = applied();
    let Some(browser) = Browser::open() else { return };
    let (served, url) = serve(&world, &[]);
    browser.look(1400, 1100, "light");
    browser.go(&url);
    assert!(!browser.url().contains("token"), "the token does not stay in the address");
    browser.until("return document.querySelector('a[href*=\"/machine/nightly-etl\"]') !== null");
    browser.picture(&picture("stacks"));
    browser.click("a[href*='/machine/nightly-etl']");
    browser.until("return document.querySelectorAll('#graph g[data-state]').length === 7");
    browser.picture(&picture("machine"));
    browser.click("a[href*='/start/']");
    let example = browser.until("return document.querySelector('#input').value");
    assert!(example.as_str().unwrap().contains('{'), "an input to begin from: {example}");
    browser.script("document.querySelector('#input').value = '{\"day\": \"2026-11-22\"}'", &[]);
    browser.picture(&picture("start"));
    browser.click("button.primary");
    browser.until("return location.pathname.startsWith('/run/')");
    browser.script("window.notLoadedAnew = true", &[]);
    let status = |state: &str| format!("document.querySelector('#graph g[data-state=\"{state}\"]').dataset.status");
    browser.until(&format!("return {} === 'succeeded'", status("Extract")));
    browser.until(&format!("return {} === 'succeeded'", status("Done")));
    browser.until("return document.querySelector('#status').innerText.includes('succeeded')");
    assert_eq!(browser.script("return window.notLoadedAnew", &[]), json!(true), "it was watched, not loaded again");
    assert_eq!(browser.script(&format!("return {}", status("The job failed")), &[]), "not-reached");

    // The connected function, and the connected job.
    browser.click("#graph g[data-state='Extract']");
    browser.until("return document.querySelector('#detail').innerText.includes('extracted 3 orders')");
    browser.picture(&picture("execution"));
    browser.click("#graph g[data-state='Look at the job']");
    let glue = "const text = document.querySelector('#detail').innerText; \
                return text.includes('Glue job nightly-transform') && text.includes('SUCCEEDED')";
    browser.until(glue);
    assert!(browser.url().contains("state=Look"), "the selection is in the address");

    // The keyboard alone: from a state along an edge to the next, and its details.
    browser.script("document.querySelector('#graph g[data-state=\"Extract\"]').focus()", &[]);
    browser.press("\u{E015}\u{E007}");
    browser.until("return new URL(location.href).searchParams.get('state') === 'Transform'");

    served.terminate();
    let _ = served.wait().expect(0);
}

/// From the first page to the failed state and its cause in two clicks; one of them shows it already.
#[test]
fn a_failure_is_two_clicks_away() {
    let world = applied();
    let _ = nightly(&world, &["run", "specs/nightly-etl.yaml", "--input", "[]"]).run().expect(3);
    let Some(browser) = Browser::open() else { return };
    let (served, url) = serve(&world, &["--read-only"]);
    browser.look(1400, 1100, "dark");
    browser.go(&url);
    browser.until("return document.querySelector('.attention a') !== null");
    browser.click(".attention a");
    browser.until("return document.querySelector('.failure') !== null");
    assert!(browser.text().contains("'list' object has no attribute 'get'"), "{}", browser.text());
    browser.picture(&picture("failure-dark"));
    browser.click(".failure a");
    browser.until("return document.querySelector('#detail h2').innerText.includes('Extract')");
    assert!(!browser.text().contains("Start another"), "read only");
    browser.look(420, 900, "light");
    browser.go(&browser.url());
    let fits = "return document.documentElement.scrollWidth <= window.innerWidth";
    assert_eq!(browser.script(fits, &[]), json!(true), "a phone's width needs no sideways scrolling");
    browser.picture(&picture("failure-narrow"));
    served.interrupt();
    let _ = served.wait().expect(0);
}

/// axe-core finds nothing to object to, in both themes.
#[test]
fn everybody_can_read_it() {
    let Some(axe) = axe() else { return };
    let world = applied();
    for (input, code) in [("{}", 0), ("[]", 3)] {
        let _ = nightly(&world, &["run", "specs/nightly-etl.yaml", "--input", input]).run().expect(code);
    }
    let Some(browser) = Browser::open() else { return };
    let (served, url) = serve(&world, &[]);
    browser.go(&url);
    browser.until("return document.querySelectorAll('.strip a').length === 2");
    let runs =
        browser.script("return [...document.querySelectorAll('.strip a')].map(a => a.getAttribute('href'))", &[]);
    let mut pages = vec!["/".to_owned(), "/stack/lambda-glue@us-east-1".to_owned(), MACHINE.to_owned()];
    pages.push(format!("{MACHINE}?state=Extract"));
    pages.push(MACHINE.replace("/machine/", "/start/"));
    pages.extend(runs.as_array().unwrap().iter().map(|run| run.as_str().unwrap().to_owned()));
    for theme in ["light", "dark"] {
        browser.look(1400, 1100, theme);
        for page in &pages {
            browser.go(&at(&url, page));
            browser.until("return document.readyState === 'complete' && !document.querySelector('.reading')");
            browser.script(&axe, &[]);
            let rules = "{ rules: { 'target-size': { enabled: true } } }";
            let ask = format!(
                "const done = arguments[0]; axe.run(document, {rules}).then(r => done(r.violations), e => done(String(e)))"
            );
            let found = browser.script_later(&ask);
            let told = |violation: &Value| {
                let places = violation["nodes"].as_array().unwrap().iter().take(3);
                let places = places.map(|node| format!("{}: {}", node["html"], node["failureSummary"]));
                format!("{}: {}\n{}", violation["id"], violation["help"], places.collect::<Vec<_>>().join("\n"))
            };
            let violations = found.as_array().unwrap_or_else(|| panic!("{found}"));
            assert!(
                violations.is_empty(),
                "{theme} {page}:\n{}",
                violations.iter().map(told).collect::<Vec<_>>().join("\n\n")
            );
        }
    }
    served.terminate();
    let _ = served.wait().expect(0);
}

/// The script of axe-core, as the sandbox has it.
#[allow(clippy::print_stderr, reason = "a test that is skipped must say so")]
fn axe() -> Option<String> {
    let lib = statewright_tests::emulator::repository().join(".sandbox/venv/lib");
    let found = std::fs::read_dir(lib).ok()?.flatten().find_map(|python| {
        std::fs::read_to_string(python.path().join("site-packages/axe_playwright_python/axe.min.js")).ok()
    });
    assert!(found.is_some() || std::env::var_os("CI").is_none(), "axe-core is missing: make sandbox installs it");
    if found.is_none() {
        eprintln!("skipped: axe-core is missing; `make sandbox` installs it");
    }
    found
}

/// Streams do not keep a server that is told to stop.
#[test]
fn it_ends_within_a_second_while_a_page_is_open() {
    let world = applied();
    let Some(browser) = Browser::open() else { return };
    let (served, url) = serve(&world, &[]);
    browser.go(&url);
    browser.until("return document.querySelector('a[href*=\"/machine/\"]') !== null");
    let told = Instant::now();
    served.terminate();
    let _ = served.wait().expect(0);
    assert!(told.elapsed() < Duration::from_secs(3), "a loaded machine is given three");
    browser.until("return document.querySelector('#liveness').innerText.includes('does not answer')");
}

#[test]
fn a_port_in_use_names_its_holder() {
    let world = World::ministack();
    world.copy("specs");
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let refused = world.statewright(["serve", "specs", "--port", &port]).run().expect(1);
    assert!(refused.stderr.contains(&format!("port {port} is in use, by ")), "{refused}");
    assert!(refused.stderr.contains(&format!("(process {})", std::process::id())), "{refused}");
    assert!(refused.stderr.contains("--port 0"), "{refused}");
}

#[test]
fn a_broken_spec_does_not_hide_the_others() {
    let world = applied();
    world.write("specs/broken.yaml", "statewright: 1\nstack: broken\nrols: {}\n");
    let Some(browser) = Browser::open() else { return };
    let (served, url) = serve(&world, &[]);
    browser.go(&url);
    browser.until("return document.body.innerText.includes('Some specs could not be planned')");
    let text = browser.text();
    assert!(text.contains("`rols` is not a key of the spec") && text.contains("nightly-etl@us-east-1"), "{text}");
    served.terminate();
    let _ = served.wait().expect(0);
}
