//! Requests: what is asked for, looked up, and handed to its page.

use std::{sync::Arc, time::Duration};

use axum::{
    Form,
    extract::{Path, Query, State},
    http::{StatusCode, Uri},
    response::{IntoResponse, Redirect, Response},
};
use serde::Deserialize;
use statewright_planner::RefusalKind;

use crate::{
    backend::{Backend, Machine, Stack, Survey},
    follow::Follow,
    link, page,
    server::Shared,
    stream,
};

/// How long the first page of an execution waits for AWS: less than a person notices.
const PATIENCE: Duration = Duration::from_millis(150);
/// The largest input that Step Functions takes, in bytes.
const MAX_INPUT: usize = 262_144;
/// How many executions' inputs are offered as examples.
const EXAMPLES: usize = 3;

/// What is looked for in all stacks.
#[derive(Deserialize, Default)]
pub(crate) struct Search {
    #[serde(default)]
    pub(crate) q: String,
}

/// What is looked at of a machine or an execution.
#[derive(Deserialize, Default)]
pub(crate) struct Selection {
    pub(crate) state: Option<String>,
    /// Which visit of it, where one is meant.
    pub(crate) visit: Option<u32>,
    /// The first event of the page of events.
    pub(crate) from: Option<usize>,
}

/// How many changes the page had seen that a stream is for.
#[derive(Deserialize, Default)]
pub(crate) struct Since {
    seen: Option<u64>,
}

/// What a form says.
#[derive(Deserialize)]
pub(crate) struct Start {
    #[serde(default)]
    pub(crate) form: String,
    #[serde(default)]
    pub(crate) input: String,
    #[serde(default)]
    pub(crate) name: String,
}

type Shares<B> = State<Arc<Shared<B>>>;

pub(crate) async fn stacks<B: Backend>(State(shared): Shares<B>, Query(search): Query<Search>) -> Response {
    shared.watch.look();
    let survey = shared.watch.survey();
    page::stacks::page(&shared, survey.as_deref(), &search).into_response()
}

pub(crate) async fn stack<B: Backend>(State(shared): Shares<B>, Path(owner): Path<String>) -> Response {
    shared.watch.look();
    let Some(survey) = shared.watch.survey() else { return page::not_yet() };
    match survey.stack(&owner) {
        Some(stack) => page::stack::page(&shared, &survey, stack).into_response(),
        None => page::missing(&format!("no spec here declares the stack {owner}")),
    }
}

pub(crate) async fn machine<B: Backend>(
    State(shared): Shares<B>,
    Path((owner, name)): Path<(String, String)>,
    Query(selection): Query<Selection>,
) -> Response {
    shared.watch.look();
    let Some(survey) = shared.watch.survey() else { return page::not_yet() };
    match machine_of(&survey, &owner, &name) {
        Ok((stack, machine)) => page::machine::page(&shared, stack, machine, &selection).into_response(),
        Err(response) => *response,
    }
}

pub(crate) async fn run<B: Backend>(
    State(shared): Shares<B>,
    Path((owner, name, execution)): Path<(String, String, String)>,
    Query(selection): Query<Selection>,
) -> Response {
    shared.watch.look();
    let Some(survey) = shared.watch.survey() else { return page::not_yet() };
    let (stack, machine) = match machine_of(&survey, &owner, &name) {
        Ok(found) => found,
        Err(response) => return *response,
    };
    let follow = follow(&shared, machine, &execution);
    follow.first(PATIENCE).await;
    page::run::page(&shared, stack, machine, &execution, &follow, &selection).into_response()
}

fn follow<B: Backend>(shared: &Shared<B>, machine: &Machine, execution: &str) -> Arc<Follow> {
    // What runs is what AWS has, not what the spec wants next.
    let definition = machine.live.as_ref().unwrap_or(&machine.wanted);
    let drawn = shared.watch.drawn(&format!("live {}", machine.arn), definition);
    shared.watch.follow(&machine.execution(execution), &drawn)
}

pub(crate) async fn changes<B: Backend>(State(shared): Shares<B>, Query(since): Query<Since>) -> Response {
    stream::stream(shared.watch.changes(), since.seen, shared.closing.clone())
}

pub(crate) async fn run_changes<B: Backend>(
    State(shared): Shares<B>,
    Path((owner, name, execution)): Path<(String, String, String)>,
    Query(since): Query<Since>,
) -> Response {
    let Some(survey) = shared.watch.survey() else { return page::not_yet() };
    match machine_of(&survey, &owner, &name) {
        Ok((_, machine)) => {
            stream::stream(follow(&shared, machine, &execution).changes(), since.seen, shared.closing.clone())
        }
        Err(response) => *response,
    }
}

pub(crate) async fn refresh<B: Backend>(State(shared): Shares<B>, Form(form): Form<Start>) -> Response {
    if !shared.guard.is_our_form(&form.form) {
        return page::foreign_form();
    }
    shared.watch.survey_soon();
    Redirect::to(link::STACKS).into_response()
}

pub(crate) async fn start_form<B: Backend>(
    State(shared): Shares<B>,
    Path((owner, name)): Path<(String, String)>,
) -> Response {
    if shared.read_only {
        return page::read_only();
    }
    let Some(survey) = shared.watch.survey() else { return page::not_yet() };
    match machine_of(&survey, &owner, &name) {
        Ok((stack, machine)) => {
            let examples = examples(&shared, machine).await;
            page::start::page(&shared, stack, machine, &examples, None).into_response()
        }
        Err(response) => *response,
    }
}

pub(crate) async fn start<B: Backend>(
    State(shared): Shares<B>,
    Path((owner, name)): Path<(String, String)>,
    Form(form): Form<Start>,
) -> Response {
    if shared.read_only {
        return page::read_only();
    }
    if !shared.guard.is_our_form(&form.form) {
        return page::foreign_form();
    }
    let Some(survey) = shared.watch.survey() else { return page::not_yet() };
    let (stack, machine) = match machine_of(&survey, &owner, &name) {
        Ok(found) => found,
        Err(response) => return *response,
    };
    match begin(&shared, machine, &form).await {
        Ok(execution) => Redirect::to(&link::run(&stack.owner, &machine.name, &execution)).into_response(),
        Err(wrong) => {
            let page = page::start::page(&shared, stack, machine, &[], Some((&form, &wrong)));
            (StatusCode::UNPROCESSABLE_ENTITY, page).into_response()
        }
    }
}

/// Starts what a form says; gives the execution's name, or what is wrong.
async fn begin<B: Backend>(shared: &Arc<Shared<B>>, machine: &Machine, form: &Start) -> Result<String, String> {
    check(&form.input)?;
    let name = Some(form.name.trim()).filter(|name| !name.is_empty());
    let started = shared.watch.backend().start(&machine.arn, name, &form.input).await;
    let execution = started.map_err(|refusal| match refusal.kind {
        RefusalKind::Exists => format!("{refusal}. Give it another name, or none."),
        _ => refusal.to_string(),
    })?;
    shared.watch.list_soon(&machine.arn);
    Ok(execution.rsplit(':').next().unwrap_or_default().to_owned())
}

/// Whether Step Functions takes the input, told before anything is started.
fn check(input: &str) -> Result<(), String> {
    if input.len() > MAX_INPUT {
        return Err(format!("The input has {} bytes; Step Functions takes {MAX_INPUT}. Put it into S3.", input.len()));
    }
    match serde_json::from_str::<serde::de::IgnoredAny>(input) {
        Ok(_) => Ok(()),
        Err(error) => Err(format!("The input is not JSON: {error}.")),
    }
}

/// Inputs that executions of the machine were given, the newest first, each once.
async fn examples<B: Backend>(shared: &Shared<B>, machine: &Machine) -> Vec<String> {
    let recent = shared.watch.listing(&machine.arn).value.unwrap_or_default();
    let described = recent.iter().take(EXAMPLES).map(|recent| shared.watch.backend().describe(&recent.arn));
    let mut inputs: Vec<String> = Vec::new();
    for input in futures::future::join_all(described).await.into_iter().flatten().filter_map(|d| d.input) {
        if !inputs.contains(&input) {
            inputs.push(input);
        }
    }
    inputs
}

fn machine_of<'a>(survey: &'a Survey, owner: &str, name: &str) -> Result<(&'a Stack, &'a Machine), Box<Response>> {
    survey
        .machine(owner, name)
        .ok_or_else(|| Box::new(page::missing(&format!("the stack {owner} declares no state machine {name}"))))
}

pub(crate) async fn nowhere(uri: Uri) -> Response {
    page::missing(&format!("there is nothing at {}", uri.path()))
}
