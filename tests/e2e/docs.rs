//! Every command of the README and of the book, run as it stands there.
//!
//! In a page, `<!-- file: PATH -->` before a fenced block writes the block to PATH, `<!-- edit: PATH -->` puts it before what PATH
//! holds, and `<!-- specs -->` lays the repository's specs there. In a `console` block, a line that begins with `$ statewright` is
//! run; `# exits with N` behind it names the exit code, else it is 0; the lines below it must be printed.

use std::{fs, path::Path};

use statewright_tests::{World, emulator::repository};

/// What a page tells to do, in order.
#[derive(Debug)]
enum Deed {
    Write { path: String, text: String },
    Edit { path: String, text: String },
    CopySpecs,
    Run { line: String, prints: Vec<String> },
}

fn deeds(page: &str) -> Vec<Deed> {
    let mut deeds = Vec::new();
    let mut pending: Option<(&str, String)> = None;
    let mut lines = page.lines();
    while let Some(line) = lines.next() {
        if let Some(marker) = line.strip_prefix("<!-- ").and_then(|line| line.strip_suffix(" -->")) {
            match marker.split_once(": ") {
                Some(("file", path)) => pending = Some(("file", path.to_owned())),
                Some(("edit", path)) => pending = Some(("edit", path.to_owned())),
                None if marker == "specs" => deeds.push(Deed::CopySpecs),
                _ => {}
            }
        } else if let Some(language) = line.strip_prefix("```") {
            let block: Vec<&str> = lines.by_ref().take_while(|line| *line != "```").collect();
            match pending.take() {
                Some(("file", path)) => deeds.push(Deed::Write { path, text: block.join("\n") + "\n" }),
                Some((_, path)) => deeds.push(Deed::Edit { path, text: block.join("\n") + "\n" }),
                None if language == "console" => deeds.extend(commands(&block)),
                None => {}
            }
        }
    }
    deeds
}

fn commands(block: &[&str]) -> Vec<Deed> {
    let mut deeds: Vec<Deed> = Vec::new();
    for line in block {
        match (line.strip_prefix("$ "), deeds.last_mut()) {
            (Some(line), _) => deeds.push(Deed::Run { line: line.to_owned(), prints: Vec::new() }),
            (None, Some(Deed::Run { prints, .. })) => prints.push((*line).to_owned()),
            (None, _) => panic!("a console block begins with a command: {block:?}"),
        }
    }
    deeds
}

fn follow(path: &Path) -> usize {
    let world = World::ministack();
    let mut ran = 0;
    for deed in deeds(&fs::read_to_string(path).unwrap()) {
        match deed {
            Deed::Write { path, text } => drop(world.write(path, text)),
            Deed::Edit { path, text } => {
                let before = fs::read_to_string(world.repository().join(&path)).unwrap();
                world.write(path, text + &before);
            }
            Deed::CopySpecs => world.copy("specs"),
            Deed::Run { line, prints } => {
                let (line, code) = match line.split_once(" # exits with ") {
                    Some((line, code)) => (line.to_owned(), code.trim().parse().unwrap()),
                    None => (line.split(" # ").next().unwrap_or_default().to_owned(), 0),
                };
                let Some(arguments) = line.strip_prefix("statewright ") else { continue };
                let outcome = world.statewright(shlex::split(arguments).unwrap()).run();
                assert_eq!(outcome.code(), Some(code), "{}: {outcome}", path.display());
                for wanted in prints {
                    assert!(
                        outcome.stdout.lines().any(|printed| printed == wanted),
                        "{}: `{wanted}`: {outcome}",
                        path.display()
                    );
                }
                ran += 1;
            }
        }
    }
    ran
}

fn pages(folder: &Path) -> Vec<std::path::PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(pages(&path));
        } else if path.extension().is_some_and(|extension| extension == "md") {
            found.push(path);
        }
    }
    found.sort();
    found
}

#[test]
fn every_command_of_the_docs_does_what_they_say() {
    let root = repository();
    let mut ran = follow(&root.join("README.md"));
    for page in pages(&root.join("docs/src")) {
        ran += follow(&page);
    }
    assert!(ran >= 20, "{ran} commands");
}

#[test]
fn every_link_of_the_docs_leads_somewhere() {
    let root = repository();
    let mut all = pages(&root.join("docs/src"));
    all.extend(["README.md", "ARCHITECTURE.md", "CHANGELOG.md"].map(|name| root.join(name)));
    for page in all {
        let text = fs::read_to_string(&page).unwrap();
        for target in text.split("](").skip(1).filter_map(|rest| rest.split([')', '#', ' ']).next()) {
            let local = !target.is_empty() && !target.contains("://");
            assert!(!local || page.parent().unwrap().join(target).exists(), "{}: {target}", page.display());
        }
    }
}
