//! A real browser: Debian's Chromium, spoken to by the `WebDriver` protocol (<https://www.w3.org/TR/webdriver2/>).
//!
//! A handful of requests of our own: the crates that speak the protocol bring features of `hyper` with which the AWS SDK would be
//! built a second time.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use base64::Engine;
use bytes::Bytes;
use http::{Method, Request};
use http_body_util::Full;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::runtime::block_on;
use crate::wire::{client, exchange};

/// A browser with one window, and its driver. Both end with this.
pub struct Browser {
    driver: Child,
    session: String,
    profile: TempDir,
}

/// Nothing of the browser's own leaves the machine.
const ARGUMENTS: [&str; 9] = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
];
const PATIENCE: Duration = Duration::from_secs(30);

impl Browser {
    /// Opens one; `None` where there is none on this machine, which is said. `make browser` installs it.
    ///
    /// # Panics
    /// When there is none in continuous integration, or when it does not start.
    #[allow(clippy::print_stderr, reason = "a test that is skipped must say so")]
    pub fn open() -> Option<Self> {
        let found = ["chromium", "chromedriver"].map(|name| PathBuf::from("/usr/bin").join(name));
        if let Some(missing) = found.iter().find(|path| !path.exists()) {
            assert!(std::env::var_os("CI").is_none(), "{} is missing: make browser installs it", missing.display());
            eprintln!("skipped: {} is missing; `make browser` installs it", missing.display());
            return None;
        }
        let [chromium, chromedriver] = found;
        let port = TcpListener::bind("127.0.0.1:0").and_then(|socket| socket.local_addr()).map(|at| at.port());
        let port = port.unwrap_or_else(|error| panic!("no port: {error}"));
        let profile = TempDir::with_prefix("statewright-browser-").unwrap_or_else(|error| panic!("no folder: {error}"));
        let driver = Command::new(chromedriver)
            .args([&format!("--port={port}"), "--allowed-ips=127.0.0.1", "--silent"])
            .env("HOME", profile.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap_or_else(|error| panic!("chromedriver does not start: {error}"));
        let mut browser = Self { driver, session: format!("http://127.0.0.1:{port}"), profile };
        let folder = format!("--user-data-dir={}", browser.profile.path().join("profile").display());
        let arguments: Vec<&str> = ARGUMENTS.into_iter().chain([folder.as_str()]).collect();
        let options = json!({ "binary": chromium, "args": arguments });
        let asked =
            json!({ "capabilities": { "alwaysMatch": { "browserName": "chrome", "goog:chromeOptions": options } } });
        let until = Instant::now() + PATIENCE;
        let session = loop {
            match browser.ask(Method::POST, "/session", Some(&asked)) {
                Ok(session) => break session,
                Err(error) if Instant::now() > until => panic!("no browser: {error}"),
                Err(_) => std::thread::sleep(Duration::from_millis(100)),
            }
        };
        let id = session["sessionId"].as_str().unwrap_or_else(|| panic!("no session: {session}"));
        browser.session = format!("{}/session/{id}", browser.session);
        Some(browser)
    }

    fn ask(&self, method: Method, path: &str, body: Option<&Value>) -> Result<Value, String> {
        let body = body.map(Value::to_string).unwrap_or_default();
        let request = Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.session))
            .header("content-type", "application/json")
            .header("content-length", body.len())
            .body(Full::new(Bytes::from(body)))
            .map_err(|error| error.to_string())?;
        let answer = block_on(exchange(&client(), request)).map_err(|refusal| refusal.to_string())?;
        let value: Value = serde_json::from_slice(&answer.body).map_err(|error| error.to_string())?;
        if answer.status.is_success() { Ok(value["value"].clone()) } else { Err(value["value"]["message"].to_string()) }
    }

    #[track_caller]
    fn must(&self, method: Method, path: &str, body: Option<&Value>) -> Value {
        self.ask(method, path, body).unwrap_or_else(|error| panic!("{path}: {error}"))
    }

    /// Goes to a URL and waits until it is loaded.
    #[track_caller]
    pub fn go(&self, url: &str) {
        self.must(Method::POST, "/url", Some(&json!({ "url": url })));
    }

    /// Where it is.
    pub fn url(&self) -> String {
        self.must(Method::GET, "/url", None).as_str().unwrap_or_default().to_owned()
    }

    /// Clicks on the first element that a CSS selector finds, where a person would. One that the page has put another in the place of
    /// since it was found is found again.
    ///
    /// # Panics
    /// When there is none, or it cannot be clicked on.
    #[track_caller]
    pub fn click(&self, selector: &str) {
        let until = Instant::now() + PATIENCE;
        loop {
            let found =
                self.must(Method::POST, "/element", Some(&json!({ "using": "css selector", "value": selector })));
            let id = found.as_object().and_then(|ids| ids.values().next()).and_then(Value::as_str).unwrap_or_default();
            match self.ask(Method::POST, &format!("/element/{id}/click"), Some(&json!({}))) {
                Ok(_) => return,
                Err(error) if error.contains("stale element reference") && Instant::now() < until => {}
                Err(error) => panic!("{selector}: {error}"),
            }
        }
    }

    /// Types into whatever has the focus.
    #[track_caller]
    pub fn press(&self, keys: &str) {
        let strokes: Vec<Value> = keys
            .chars()
            .flat_map(|key| ["keyDown", "keyUp"].map(|kind| json!({ "type": kind, "value": key.to_string() })))
            .collect();
        let actions = json!({ "actions": [{ "type": "key", "id": "keys", "actions": strokes }] });
        self.must(Method::POST, "/actions", Some(&actions));
    }

    /// Runs a script in the page, which the page's own policy does not see.
    #[track_caller]
    pub fn script(&self, script: &str, arguments: &[Value]) -> Value {
        self.must(Method::POST, "/execute/sync", Some(&json!({ "script": script, "args": arguments })))
    }

    /// Runs a script that answers through its last argument.
    #[track_caller]
    pub fn script_later(&self, script: &str) -> Value {
        self.must(Method::POST, "/execute/async", Some(&json!({ "script": script, "args": [] })))
    }

    /// Waits until a script gives something true, and gives that.
    ///
    /// # Panics
    /// When it does not; the message shows the page's text.
    #[track_caller]
    pub fn until(&self, script: &str) -> Value {
        let until = Instant::now() + PATIENCE;
        loop {
            let found = self.script(script, &[]);
            if !matches!(found, Value::Null | Value::Bool(false)) && found != json!(0) && found != json!("") {
                return found;
            }
            assert!(Instant::now() < until, "`{script}` does not come true; {}:\n{}", self.url(), self.text());
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// What stands on the page.
    pub fn text(&self) -> String {
        self.script("return document.body.innerText", &[]).as_str().unwrap_or_default().to_owned()
    }

    /// Gives the window a size, and the reader's system a theme (`light` or `dark`).
    pub fn look(&self, width: u32, height: u32, theme: &str) {
        self.must(Method::POST, "/window/rect", Some(&json!({ "width": width, "height": height })));
        let features = json!([{ "name": "prefers-color-scheme", "value": theme }]);
        let asked = json!({ "cmd": "Emulation.setEmulatedMedia", "params": { "features": features } });
        self.must(Method::POST, "/goog/cdp/execute", Some(&asked));
    }

    /// Keeps a picture of the window among the tests' output.
    ///
    /// # Panics
    /// When it cannot be written.
    pub fn picture(&self, path: &Path) {
        let picture = self.must(Method::GET, "/screenshot", None);
        let picture = base64::engine::general_purpose::STANDARD.decode(picture.as_str().unwrap_or_default());
        let picture = picture.unwrap_or_else(|error| panic!("no picture: {error}"));
        let written =
            path.parent().map_or(Ok(()), std::fs::create_dir_all).and_then(|()| std::fs::write(path, picture));
        written.unwrap_or_else(|error| panic!("{} cannot be written: {error}", path.display()));
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // The browser first, which the driver would leave behind.
        let _ = self.ask(Method::DELETE, "", None);
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}
