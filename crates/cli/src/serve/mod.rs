//! What the dashboard asks for, answered from the specs and AWS.

pub(crate) mod port;
mod survey;

use std::{
    borrow::Cow,
    collections::BTreeMap,
    path::PathBuf,
    sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock},
    time::{Duration, SystemTime},
};

use serde_json::Value;
use statewright_aws::{
    Connection, OpenError, Settings,
    run::{Execution, Follow, Source},
};
use statewright_dashboard::{Backend, Beside, Described, JobRun, LogLine, Recent, Survey, Version};
use statewright_execution::{HistoryEvent, Linked, MapRun};
use statewright_planner::{Refusal, RefusalKind};
use statewright_spec::Arn;

use crate::{args::Global, run::beside::of_request, secrets::Secrets};

/// Lines of a log that are read, and of those the last that are shown.
const READ: i32 = 500;
const SHOWN: usize = 60;
/// The clocks of two services differ.
const SLACK: Duration = Duration::from_millis(1500);

/// Specs, and the accounts that they are for.
pub(crate) struct Aws {
    paths: Vec<PathBuf>,
    global: Global,
    /// By their settings: two specs of one account share one.
    connections: Mutex<BTreeMap<String, Arc<Connection>>>,
    secrets: RwLock<Arc<Secrets>>,
}

impl Aws {
    pub(crate) fn new(paths: Vec<PathBuf>, global: Global) -> Self {
        Self { paths, global, connections: Mutex::default(), secrets: RwLock::default() }
    }

    fn open(&self) -> MutexGuard<'_, BTreeMap<String, Arc<Connection>>> {
        self.connections.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The connection of these settings, opened once.
    async fn connect(&self, settings: &Settings) -> Result<Arc<Connection>, OpenError> {
        let key = format!("{settings:?}");
        if let Some(connection) = self.open().get(&key) {
            return Ok(Arc::clone(connection));
        }
        let connection = Arc::new(Connection::open(settings).await?);
        self.open().insert(key, Arc::clone(&connection));
        Ok(connection)
    }

    /// The connection to where something is.
    fn to(&self, arn: &str) -> Result<(Arc<Connection>, Arn), Refusal> {
        let nowhere = || Refusal {
            kind: RefusalKind::Invalid,
            call: "the dashboard".to_owned(),
            code: String::new(),
            message: format!("no spec here is for the account and region of {arn}"),
            request_id: None,
        };
        let arn = Arn::parse(arn).ok_or_else(nowhere)?;
        let is_there = |connection: &&Arc<Connection>| {
            let identity = connection.identity();
            identity.account.as_str() == arn.account() && identity.region.as_str() == arn.region()
        };
        let connection = self.open().values().find(is_there).map(Arc::clone).ok_or_else(nowhere)?;
        Ok((connection, arn))
    }

    fn secrets(&self) -> Arc<Secrets> {
        Arc::clone(&self.secrets.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn described(&self, found: Execution) -> Described {
        let secrets = self.secrets();
        let text = |text: Option<String>| text.map(|text| secrets.out_of(&text).into_owned());
        Described {
            recent: recent(&found),
            input: text(found.input),
            output: text(found.output),
            error: text(found.error),
            cause: text(found.cause),
        }
    }
}

impl Backend for Aws {
    type Reader = (Result<Arc<Connection>, Refusal>, Option<Follow>);

    async fn survey(&self) -> Survey {
        let (survey, secrets) = survey::survey(self).await;
        *self.secrets.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(secrets);
        survey
    }

    async fn recent(&self, machine: &str, most: usize) -> Result<Vec<Recent>, Refusal> {
        let (connection, machine) = self.to(machine)?;
        Ok(connection.list_executions(&machine, None, most).await?.iter().map(recent).collect())
    }

    async fn describe(&self, execution: &str) -> Result<Described, Refusal> {
        let (connection, execution) = self.to(execution)?;
        Ok(self.described(connection.describe_execution(&execution).await?))
    }

    async fn definition(&self, execution: &str) -> Result<Option<Value>, Refusal> {
        let (connection, execution) = self.to(execution)?;
        let text = connection.definition_of(&execution).await?;
        let definition = text.and_then(|text| serde_json::from_str(&text).ok());
        Ok(definition.map(|definition| self.secrets().out_of_theirs(definition)))
    }

    fn reader(&self, execution: &str, started: SystemTime) -> Self::Reader {
        match self.to(execution) {
            Ok((connection, arn)) => (Ok(connection), Some(Follow::new(arn, Source::History, started))),
            Err(refusal) => (Err(refusal), None),
        }
    }

    async fn look(&self, reader: &mut Self::Reader) -> Result<(Vec<HistoryEvent>, bool), Refusal> {
        let (connection, follow) = reader;
        let connection = connection.as_ref().map_err(Clone::clone)?;
        let Some(follow) = follow else { return Ok((Vec::new(), false)) };
        let mut events = follow.look(connection).await?;
        let secrets = self.secrets();
        for event in &mut events {
            let texts = [&mut event.input, &mut event.output, &mut event.error, &mut event.cause];
            for text in texts.into_iter().flatten() {
                if let Cow::Owned(without) = secrets.out_of(text) {
                    *text = without;
                }
            }
        }
        Ok((events, follow.is_catching_up()))
    }

    async fn map_run(&self, map_run: &str) -> Result<MapRun, Refusal> {
        let (connection, _) = self.to(map_run)?;
        connection.map_run(map_run).await
    }

    async fn beside(&self, execution: &str, linked: &Linked) -> Result<Beside, Refusal> {
        let (connection, _) = self.to(execution)?;
        let secrets = self.secrets();
        match linked {
            Linked::Call { function, request, from, until } => {
                let group = format!("/aws/lambda/{function}");
                let since = from.checked_sub(SLACK).unwrap_or(*from);
                let until = until.map(|until| until + SLACK);
                let lines = connection.log_events(&group, since, until, None, READ).await?;
                let mut lines = of_request(lines, request.as_deref());
                lines.drain(..lines.len().saturating_sub(SHOWN));
                let log = lines
                    .into_iter()
                    .map(|line| LogLine { at: line.at, message: secrets.out_of(&line.message).into_owned() });
                Ok(Beside { log: log.collect(), log_group: Some(group), job_run: None })
            }
            Linked::JobRun { job: Some(job), run, .. } => {
                let found = connection.job_run(job, run).await?;
                let job_run = found.map(|run| JobRun {
                    job: run.job,
                    id: run.id,
                    state: run.status,
                    error: run.error.map(|error| secrets.out_of(&error).into_owned()),
                });
                Ok(Beside { job_run, ..Beside::default() })
            }
            Linked::JobRun { job: None, .. } | Linked::Execution { .. } => Ok(Beside::default()),
        }
    }

    async fn versions(&self, machine: &str) -> Result<Vec<Version>, Refusal> {
        let (connection, machine) = self.to(machine)?;
        let versions = connection.versions(&machine).await?.into_iter();
        Ok(versions
            .map(|found| Version { number: found.number, created: found.created_at, aliases: found.aliases })
            .collect())
    }

    async fn start(&self, machine: &str, name: Option<&str>, input: &str) -> Result<String, Refusal> {
        let (connection, machine) = self.to(machine)?;
        Ok(connection.start_execution(&machine, name, input).await?.as_str().to_owned())
    }
}

fn recent(found: &Execution) -> Recent {
    Recent {
        arn: found.arn.as_str().to_owned(),
        name: found.name.clone(),
        status: found.status,
        started: found.started_at,
        stopped: found.stopped_at,
    }
}
