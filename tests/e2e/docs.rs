//! Every command of the README and of the book, run as it stands there.
//!
//! In a page, `<!-- file: PATH -->` before a fenced block writes the block to PATH, `<!-- edit: PATH -->` puts it before what PATH
//! holds, and `<!-- specs -->` lays the repository's specs there. In a `console` block, a line that begins with `$ statewright` is
//! run; `# exits with N` behind it names the exit code, else it is 0; the lines below it must be printed. In any other block what
//! follows `statewright ` is run too, up to a `;` or a `>`. What is not run is named in `NOT_RUN`, with the reason.

use std::{fs, path::Path};

use statewright_tests::{World, emulator::repository};

/// Commands that are not run, and why not.
const NOT_RUN: [(&str, &str); 9] = [
    ("make demo", "`make test` ends with its story"),
    ("make test", "it is what runs this"),
    ("cargo install --locked --path crates/cli", "it builds all of it once more, for a release"),
    ("export AWS_PROFILE=my-profile AWS_REGION=eu-central-1", "a world has its own place and credentials"),
    (
        "statewright validate --format github",
        "the repository is the reader's own, with variables that a pipeline gives",
    ),
    ("statewright plan --format markdown", "as above"),
    ("statewright plan --format markdown --out plan.json", "as above"),
    ("statewright apply --plan plan.json --yes", "as above"),
    ("statewright run shop.yaml --redrive second", "no emulator redrives"),
];

/// What a page tells to do, in order.
#[derive(Debug)]
enum Deed {
    Write { path: String, text: String },
    Edit { path: String, text: String },
    CopySpecs,
    Run { line: String, prints: Vec<String> },
}

fn deeds(page: &str) -> Vec<Deed> {
    // What is made from the code shows usages, not commands.
    let by_hand = !page.contains("<!-- Made from the code");
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
                None if by_hand => deeds.extend(block.iter().filter_map(|line| within(line))),
                None => {}
            }
        }
    }
    deeds
}

/// A command of ours in a line of something else, such as a step of a pipeline.
fn within(line: &str) -> Option<Deed> {
    let at = line.find("statewright ").filter(|at| line[..*at].chars().next_back().is_none_or(|c| c == ' '))?;
    let line = line[at..].split([';', '>']).next().unwrap_or_default().trim();
    Some(Deed::Run { line: line.to_owned(), prints: Vec::new() })
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

/// Does what a page says; how many commands were run, and which were not.
fn follow(path: &Path) -> (usize, Vec<&'static str>) {
    let mut left_out = Vec::new();
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
                if let Some((known, _)) = NOT_RUN.iter().find(|(known, _)| *known == line.trim()) {
                    left_out.push(*known);
                    continue;
                }
                let arguments = line.strip_prefix("statewright ");
                let arguments = arguments.unwrap_or_else(|| panic!("{}: nobody runs `{line}`", path.display()));
                let mut arguments = shlex::split(arguments).unwrap();
                ran += 1;
                if arguments.first().is_some_and(|command| command == "serve") {
                    // Its own port may be another test's.
                    arguments.extend(["--port", "0"].map(str::to_owned));
                    let served = world.statewright(arguments).start();
                    let url = served.first_line();
                    assert!(url.contains("http://127.0.0.1:") && url.contains("/?token="), "{url}");
                    served.interrupt();
                    assert_eq!(served.wait().code(), Some(code), "{}", path.display());
                    continue;
                }
                let outcome = world.statewright(arguments).run();
                assert_eq!(outcome.code(), Some(code), "{}: {outcome}", path.display());
                for wanted in prints {
                    assert!(
                        outcome.stdout.lines().any(|printed| printed == wanted),
                        "{}: `{wanted}`: {outcome}",
                        path.display()
                    );
                }
            }
        }
    }
    (ran, left_out)
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
    let mut ran = 0;
    let mut left_out = Vec::new();
    for page in [root.join("README.md")].into_iter().chain(pages(&root.join("docs/src"))) {
        let (more, others) = follow(&page);
        ran += more;
        left_out.extend(others);
    }
    assert!(ran >= 50, "{ran} commands");
    let unused: Vec<_> = NOT_RUN.iter().map(|(command, _)| command).filter(|c| !left_out.contains(*c)).collect();
    assert!(unused.is_empty(), "no page has {unused:?}");
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
