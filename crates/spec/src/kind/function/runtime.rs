//! Lambda's runtimes: which there are, and what a handler looks like in each.

use statewright_source::{Diagnostic, Severity, visible};

use crate::{
    codes,
    context::Context,
    kind::limit::{self, Text, ascii_or},
};

/// What AWS gives security patches to, newest first.
/// <https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html>
const CURRENT: [&str; 24] = [
    "python3.14",
    "python3.13",
    "python3.12",
    "python3.11",
    "python3.10",
    "nodejs24.x",
    "nodejs22.x",
    "java25",
    "java21",
    "java17",
    "java11",
    "java8.al2",
    "dotnet10",
    "dotnet8",
    "ruby4.0",
    "ruby3.4",
    "ruby3.3",
    "provided.al2023",
    "provided.al2",
    "nodejs26.x",
    "python3.15",
    "java17.al2023",
    "java11.al2023",
    "java8.al2023",
];

/// What AWS no longer keeps up: it takes no new functions, and at last no changes.
const FORMER: [&str; 28] = [
    "nodejs",
    "nodejs4.3",
    "nodejs4.3-edge",
    "nodejs6.10",
    "nodejs8.10",
    "nodejs10.x",
    "nodejs12.x",
    "nodejs14.x",
    "nodejs16.x",
    "nodejs18.x",
    "nodejs20.x",
    "python2.7",
    "python3.6",
    "python3.7",
    "python3.8",
    "python3.9",
    "java8",
    "dotnetcore1.0",
    "dotnetcore2.0",
    "dotnetcore2.1",
    "dotnetcore3.1",
    "dotnet6",
    "dotnet7",
    "go1.x",
    "ruby2.5",
    "ruby2.7",
    "ruby3.2",
    "provided",
];

/// What runs the code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Language {
    Python,
    Node,
    Ruby,
    Java,
    DotNet,
    /// A program called `bootstrap`.
    Own,
    Unknown,
}

impl Language {
    pub(super) fn of(runtime: &str) -> Self {
        match runtime.split(|c: char| !c.is_ascii_lowercase()).next() {
            Some("python") => Self::Python,
            Some("nodejs") => Self::Node,
            Some("ruby") => Self::Ruby,
            Some("java") => Self::Java,
            Some("dotnet" | "dotnetcore") => Self::DotNet,
            Some("provided") => Self::Own,
            _ => Self::Unknown,
        }
    }
}

/// Says that a runtime does not exist, is not known, or is out of service.
pub(super) fn check(ctx: &mut Context<'_>, runtime: &str) {
    if FORMER.contains(&runtime) {
        let newer = CURRENT.into_iter().find(|r| Language::of(r) == Language::of(runtime));
        let title = format!("Lambda takes no new function with the runtime `{}`", visible(runtime));
        let found = Diagnostic::new(codes::OUTDATED, Severity::Warning, title)
            .at(ctx.value_span("/runtime"), "no longer kept up by AWS")
            .help(format!("use `{}`", newer.unwrap_or("provided.al2023")));
        ctx.report(found);
        return;
    }
    let versioned = runtime.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '.')
        && runtime.ends_with(|c: char| c.is_ascii_digit() || c == 'x')
        && runtime.contains(|c: char| c.is_ascii_digit());
    let shaped = versioned && Language::of(runtime) != Language::Unknown && form_of(runtime);
    limit::member(ctx, "/runtime", runtime, &CURRENT, shaped);
}

/// Whether the version is written as its language writes it.
fn form_of(runtime: &str) -> bool {
    let version = runtime.trim_start_matches(|c: char| c.is_ascii_lowercase());
    let numbers = |text: &str, parts: usize| {
        text.split('.').count() == parts
            && text.split('.').all(|p| !p.is_empty() && p.len() <= 2 && p.chars().all(|c| c.is_ascii_digit()))
    };
    match Language::of(runtime) {
        Language::Python | Language::Ruby => numbers(version, 2),
        Language::Node => version.strip_suffix(".x").is_some_and(|v| numbers(v, 1)),
        Language::Java => numbers(version.split('.').next().unwrap_or_default(), 1),
        Language::DotNet => numbers(version, 1),
        Language::Own => runtime.starts_with("provided.al"),
        Language::Unknown => false,
    }
}

/// Says that a handler has not the form that its runtime wants.
pub(super) fn check_handler(ctx: &mut Context<'_>, runtime: &str, handler: &str) {
    let takes = |c: char| !c.is_whitespace();
    Text { may_be_empty: false, most: 128, takes, words: "no white space in it" }.check(ctx, "/handler", handler);
    if handler.is_empty() {
        return;
    }
    let (fits, wanted, example) = match Language::of(runtime) {
        Language::Python => (
            handler.rsplit_once('.').is_some_and(|(module, function)| {
                !module.is_empty() && !function.is_empty() && !function.contains('/')
            }),
            "MODULE.FUNCTION",
            "app.handler",
        ),
        Language::Node => (
            handler
                .rsplit('/')
                .next()
                .and_then(|h| h.split_once('.'))
                .is_some_and(|(f, n)| !f.is_empty() && !n.is_empty()),
            "FILE.FUNCTION",
            "index.handler",
        ),
        Language::Ruby => (
            handler.split_once('.').is_some_and(|(file, method)| !file.is_empty() && !method.is_empty()),
            "FILE.METHOD or FILE.MODULE::CLASS.METHOD",
            "app.handler",
        ),
        Language::Java => (
            handler.split("::").count() <= 2
                && handler
                    .split("::")
                    .all(|p| !p.is_empty() && p.chars().all(|c| c.is_alphanumeric() || "._$".contains(c))),
            "PACKAGE.CLASS::METHOD or PACKAGE.CLASS",
            "example.Handler::handleRequest",
        ),
        Language::DotNet => (
            matches!(handler.split("::").count(), 1 | 3) && handler.split("::").all(|p| !p.is_empty()),
            "ASSEMBLY::NAMESPACE.CLASS::METHOD, or the assembly's name",
            "App::App.Function::Handler",
        ),
        Language::Own | Language::Unknown => (true, "any text", "bootstrap"),
    };
    if !fits {
        let title = format!("`{}` is no handler for {}: it is {wanted}", visible(handler), visible(runtime));
        limit::bad_form(ctx, "/handler", &title, &format!("for example `{example}`"));
    }
}

/// The files that may hold a handler; none where it cannot be told. A layer may hold it as well.
pub(super) fn files(runtime: &str, handler: &str) -> Vec<String> {
    match Language::of(runtime) {
        Language::Python => {
            let Some((module, _)) = handler.rsplit_once('.') else { return Vec::new() };
            let module = module.replace('.', "/");
            vec![format!("{module}.py"), format!("{module}/__init__.py"), format!("{module}.so")]
        }
        Language::Node => {
            let (folder, name) = handler.rsplit_once('/').map_or(("", handler), |(f, n)| (f, n));
            let Some((file, _)) = name.split_once('.') else { return Vec::new() };
            let path = if folder.is_empty() { file.to_owned() } else { format!("{folder}/{file}") };
            ["js", "mjs", "cjs"].map(|e| format!("{path}.{e}")).into()
        }
        Language::Ruby => {
            let Some((file, _)) = handler.split_once('.') else { return Vec::new() };
            vec![format!("{file}.rb")]
        }
        Language::Own => vec!["bootstrap".to_owned()],
        Language::Java | Language::DotNet | Language::Unknown => Vec::new(),
    }
}

/// Whether published versions can start from a snapshot.
/// <https://docs.aws.amazon.com/lambda/latest/dg/snapstart.html>
pub(super) fn has_snap_start(runtime: &str) -> bool {
    let version = runtime.trim_start_matches(|c: char| c.is_ascii_lowercase());
    let mut numbers = version.split('.').map_while(|n| n.parse::<u32>().ok());
    let (major, minor) = (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0));
    match Language::of(runtime) {
        Language::Java => major >= 11,
        Language::Python => (major, minor) >= (3, 12),
        Language::DotNet => major >= 8,
        Language::Node | Language::Ruby | Language::Own => false,
        Language::Unknown => true,
    }
}

/// Whether a name may be that of an environment variable, and of the function's own making.
pub(super) fn environment_name(name: &str) -> Result<(), &'static str> {
    /// <https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html>
    const RESERVED: [&str; 19] = [
        "_HANDLER",
        "_X_AMZN_TRACE_ID",
        "AWS_DEFAULT_REGION",
        "AWS_REGION",
        "AWS_EXECUTION_ENV",
        "AWS_LAMBDA_FUNCTION_NAME",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
        "AWS_LAMBDA_FUNCTION_VERSION",
        "AWS_LAMBDA_INITIALIZATION_TYPE",
        "AWS_LAMBDA_LOG_GROUP_NAME",
        "AWS_LAMBDA_LOG_STREAM_NAME",
        "AWS_ACCESS_KEY",
        "AWS_ACCESS_KEY_ID",
        "AWS_SECRET_ACCESS_KEY",
        "AWS_SECRET_KEY",
        "AWS_SESSION_TOKEN",
        "AWS_LAMBDA_RUNTIME_API",
        "LAMBDA_TASK_ROOT",
        "LAMBDA_RUNTIME_DIR",
    ];
    if RESERVED.contains(&name) {
        return Err("Lambda sets it itself");
    }
    let fits = name.chars().count() >= 2
        && name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.chars().all(|c| ascii_or(c, "_"));
    if fits { Ok(()) } else { Err("a name has two characters or more: a letter, then letters, digits and `_`") }
}
