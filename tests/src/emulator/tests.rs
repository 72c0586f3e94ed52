use std::os::unix::process::CommandExt;
use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::json;

use super::{Emulator, listening};
use crate::runtime::block_on;
use crate::wire::Aws;

#[test]
fn each_emulator_starts_tells_accounts_apart_and_goes() {
    for emulator in Emulator::ALL {
        let running = emulator.start().unwrap();
        let group = running.leash.id();
        let listening = listening::addresses(group);
        assert!(listening.iter().all(|address| address.ip().is_loopback()), "{emulator}: {listening:?}");
        assert!(listening.iter().any(|address| running.endpoint().ends_with(&format!(":{}", address.port()))));
        let [one, two] =
            ["111111111111", "222222222222"].map(|account| Aws::new(running.endpoint(), account, "us-east-1"));
        block_on(async {
            one.make_role("OnlyHere", "states.amazonaws.com").await.unwrap();
            assert!(one.iam("GetRole", json!({"RoleName": "OnlyHere"})).await.is_ok(), "{emulator}");
            let refusal = two.iam("GetRole", json!({"RoleName": "OnlyHere"})).await.unwrap_err();
            assert_eq!(refusal.code, "NoSuchEntity", "{emulator}");
            let identity = two.sts("GetCallerIdentity", json!({})).await.unwrap();
            assert_eq!(identity["Account"], "222222222222", "{emulator}");
        });
        drop(running);
        assert!(gone(group), "{emulator}");
    }
}

#[test]
fn an_emulator_dies_with_its_owner_even_when_that_is_killed() {
    // The owner: a shell that holds the leash's standard input open and is then killed.
    let repository = super::sandbox::repository();
    let mut owner = Command::new("sh")
        .arg("-c")
        .arg("sleep 600 | (exec .sandbox/venv/bin/python tests/sandbox/leash.py sleep 601)")
        .current_dir(repository)
        .process_group(0)
        .stderr(std::process::Stdio::null())
        .spawn()
        .unwrap();
    let own = owner.id();
    let began = Instant::now();
    let children = loop {
        let children = descendants(own);
        if children.iter().any(|child| command(*child).contains(LEASHED)) || began.elapsed() > Duration::from_secs(20) {
            break children;
        }
        std::thread::sleep(Duration::from_millis(20));
    };
    let leashed = *children.iter().find(|child| command(**child).contains(LEASHED)).unwrap();
    let holder = *children.iter().find(|child| command(**child).starts_with(HOLDER)).unwrap();
    let pid = rustix::process::Pid::from_raw(i32::try_from(holder).unwrap()).unwrap();
    rustix::process::kill_process(pid, rustix::process::Signal::KILL).unwrap();
    let began = Instant::now();
    while command(leashed).contains(LEASHED) {
        assert!(began.elapsed() < Duration::from_secs(5), "the leashed process outlives its owner");
        std::thread::sleep(Duration::from_millis(20));
    }
    owner.wait().unwrap();
}

/// Command lines as the kernel gives them.
const LEASHED: &str = "sleep\x00601";
const HOLDER: &str = "sleep\x00600";

fn gone(group: u32) -> bool {
    !std::fs::read_dir("/proc").unwrap().flatten().any(|entry| {
        let stat = std::fs::read_to_string(entry.path().join("stat")).unwrap_or_default();
        stat.rsplit_once(") ").is_some_and(|(_, after)| after.split(' ').nth(2) == Some(&group.to_string()))
    })
}

fn descendants(root: u32) -> Vec<u32> {
    let mut found = vec![root];
    let mut at = 0;
    while at < found.len() {
        let children = format!("/proc/{0}/task/{0}/children", found[at]);
        let text = std::fs::read_to_string(children).unwrap_or_default();
        found.extend(text.split_whitespace().filter_map(|child| child.parse::<u32>().ok()));
        at += 1;
    }
    found
}

fn command(process: u32) -> String {
    std::fs::read_to_string(format!("/proc/{process}/cmdline")).unwrap_or_default()
}
