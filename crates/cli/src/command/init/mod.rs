//! `statewright init`

use std::{fs, io::Write, path::Path, process::ExitCode};

use crate::{
    args::InitArgs,
    error::{CliError, Result},
    output,
};

/// What is written: where, and the text, in which `STACK` stands for the stack's name.
const FILES: [(&str, &str); 3] = [
    ("STACK.yaml", include_str!("template/spec.yaml")),
    ("STACK.asl.yaml", include_str!("template/machine.asl.yaml")),
    ("functions/greet/app.py", include_str!("template/app.py")),
];

/// Writes a spec that validates, with its files; nothing that is there is overwritten.
pub(crate) fn init(args: &InitArgs) -> Result<ExitCode> {
    let stack = match &args.stack {
        Some(stack) => stack.clone(),
        None => directory_name(&args.directory)?,
    };
    let valid = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    // The name becomes part of IAM's, Lambda's and Step Functions' names: what all of them take, with room for a suffix.
    if stack.is_empty() || stack.len() > 40 || !stack.chars().all(valid) {
        return Err(CliError::user(format!("`{stack}` cannot be a stack's name"))
            .hint("1 to 40 letters, digits, `-` or `_`; choose one with --stack NAME"));
    }
    let files: Vec<_> = FILES
        .iter()
        .map(|(path, text)| (args.directory.join(path.replace("STACK", &stack)), text.replace("STACK", &stack)))
        .collect();
    let there: Vec<_> =
        files.iter().filter(|(path, _)| path.exists()).map(|(path, _)| path.display().to_string()).collect();
    if !there.is_empty() {
        return Err(CliError::user(format!("{} is there already; nothing was written", there.join(", ")))
            .hint("choose another directory, or another --stack"));
    }
    for (path, text) in &files {
        write_new(path, text)?;
        output::data(&format!("{}\n", path.display()));
    }
    let spec = files[0].0.display();
    output::say(&format!("Now:\n  statewright validate {spec}\n  statewright plan {spec}\n"));
    Ok(ExitCode::SUCCESS)
}

fn directory_name(directory: &Path) -> Result<String> {
    let absolute = std::path::absolute(directory);
    let name = absolute.ok().and_then(|path| path.file_name().map(|name| name.to_string_lossy().into_owned()));
    name.ok_or_else(|| {
        CliError::user("the directory has no name to call the stack by").hint("name it with --stack NAME")
    })
}

fn write_new(path: &Path, text: &str) -> Result<()> {
    let fail = |error: std::io::Error| CliError::user(format!("cannot write {}: {error}", path.display()));
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent).map_err(fail)?;
    }
    fs::File::create_new(path).and_then(|mut file| file.write_all(text.as_bytes())).map_err(fail)
}
