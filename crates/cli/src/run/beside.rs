//! What stands beside the states: the log of a function that one calls, the run of a Glue job. Frugal, and never in the way.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
    time::{Duration, SystemTime},
};

use statewright_aws::{
    Connection,
    run::{JobRun, LogEvent},
};
use statewright_execution::{Execution, Linked, VisitId};
use statewright_planner::{Refusal, RefusalKind};
use tokio::time::Instant;

/// Reads of logs in one run, at most; `FilterLogEvents` has 5 a second in an account and region, in small ones.
const MOST_READS: usize = 120;
/// Reads at the same time.
const AT_ONCE: usize = 3;
/// Lines of a log a read.
const LINES: i32 = 200;
/// While a function runs, and while a job does.
const LOG_PACE: Duration = Duration::from_secs(5);
const JOB_PACE: Duration = Duration::from_secs(8);
/// A line is in `CloudWatch` a few seconds after it was written: looks after the end, and the pause between them.
const LATE_LOOKS: u8 = 3;
const LATE_PACE: Duration = Duration::from_secs(2);
/// The clocks of two services differ.
const SLACK: Duration = Duration::from_millis(1500);

/// Something that was read beside a state.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Aside {
    /// A function has logged.
    Log { visit: VisitId, function: String, lines: Vec<LogEvent> },
    /// A job run stands so.
    Job { visit: VisitId, run: JobRun },
    /// It may not be read, and is left out from here on.
    Without { what: &'static str, why: Refusal },
}

/// What is to be read, and when.
pub(crate) struct Beside {
    lines: usize,
    calls: BTreeMap<VisitId, Call>,
    jobs: HashMap<String, Job>,
    reads: usize,
    no_logs: bool,
    no_jobs: bool,
}

struct Call {
    function: String,
    request: Option<String>,
    from: SystemTime,
    until: Option<SystemTime>,
    failed: bool,
    due: Instant,
    late: u8,
    told: usize,
}

struct Job {
    visit: VisitId,
    name: Option<String>,
    told: Option<String>,
    due: Option<Instant>,
}

/// A read that is due.
#[derive(Debug, Clone)]
enum Read {
    Log { visit: VisitId, function: String, request: Option<String>, from: SystemTime, until: Option<SystemTime> },
    Job { visit: VisitId, job: String, run: String },
}

impl Beside {
    /// `lines` of each function's log; none are read where it is 0.
    pub(crate) fn new(lines: usize) -> Self {
        Self { lines, calls: BTreeMap::new(), jobs: HashMap::new(), reads: 0, no_logs: lines == 0, no_jobs: false }
    }

    /// A state stands otherwise: what it has to do with elsewhere is to be read, or is told by its own result.
    pub(crate) fn note(&mut self, execution: &Execution, id: VisitId) -> Option<Aside> {
        let visit = execution.visit(id)?;
        let failed = visit.failure.is_some();
        match execution.linked(visit)? {
            Linked::Call { function, request, from, until } => {
                // Of the iterations of a Map only what failed.
                let wanted = failed || execution.path(id).is_empty();
                if self.no_logs || !wanted || (!failed && self.calls.len() > MOST_READS / 2) {
                    return None;
                }
                let first = Instant::now() + if until.is_some() { Duration::ZERO } else { LOG_PACE };
                let call = self.calls.entry(id).or_insert_with(|| Call {
                    function,
                    request: None,
                    from,
                    until: None,
                    failed,
                    due: first,
                    late: 0,
                    told: 0,
                });
                // Another try is another call.
                if call.from != from {
                    *call = Call { from, until: None, late: 0, told: 0, ..take(call) };
                }
                call.request = request.or(call.request.take());
                call.failed = failed;
                if until.is_some() && call.until.is_none() {
                    call.until = until;
                    call.due = Instant::now();
                }
                None
            }
            Linked::JobRun { job, run, status, error } => {
                let entry = self.jobs.entry(run.clone()).or_insert_with(|| Job {
                    visit: id,
                    name: None,
                    told: None,
                    due: Some(Instant::now() + Duration::from_secs(1)),
                });
                entry.visit = id;
                entry.name = job.or(entry.name.take());
                let status = status?;
                let known = JobRun { job: entry.name.clone().unwrap_or_default(), id: run, status, error };
                if known.is_final() {
                    entry.due = None;
                }
                (entry.told.as_ref() != Some(&known.status)).then(|| {
                    entry.told = Some(known.status.clone());
                    Aside::Job { visit: id, run: known }
                })
            }
            Linked::Execution { .. } => None,
        }
    }

    /// The execution has ended: what runs no longer is not asked for any more, and what failed once more.
    pub(crate) fn end(&mut self) {
        for job in self.jobs.values_mut() {
            job.due = job.due.map(|_| Instant::now());
        }
        for call in self.calls.values_mut() {
            if call.until.is_none() {
                call.until = Some(SystemTime::now());
            }
            if !call.failed && call.late > 0 {
                call.late = LATE_LOOKS;
            }
        }
    }

    /// Whether reads are left that are worth a wait after the end.
    pub(crate) fn is_owed(&self) -> bool {
        let calls =
            self.calls.values().any(|call| call.told == 0 && call.late < if call.failed { LATE_LOOKS } else { 1 });
        (calls && !self.no_logs && self.reads < MOST_READS)
            || self.jobs.values().any(|job| job.due.is_some() && !self.no_jobs)
    }

    /// When the next read is due.
    pub(crate) fn due(&self) -> Option<Instant> {
        let calls = self.calls.values().filter(|call| call.is_open()).map(|call| call.due);
        let calls = calls.filter(|_| !self.no_logs && self.reads < MOST_READS);
        let jobs = self.jobs.values().filter(|job| job.name.is_some() && !self.no_jobs).filter_map(|job| job.due);
        calls.chain(jobs).min()
    }

    /// Takes the reads that are due, as a future that does them.
    pub(crate) fn take(&mut self, connection: &Arc<Connection>) -> Option<impl Future<Output = Vec<Answer>> + use<>> {
        let now = Instant::now();
        let mut reads = Vec::new();
        for (run, job) in &mut self.jobs {
            let Some(name) = job.name.clone().filter(|_| !self.no_jobs && job.due.is_some_and(|due| due <= now)) else {
                continue;
            };
            job.due = Some(now + JOB_PACE);
            reads.push(Read::Job { visit: job.visit, job: name, run: run.clone() });
            if reads.len() == AT_ONCE {
                break;
            }
        }
        let mut due: Vec<_> = self.calls.iter_mut().filter(|(_, call)| call.is_open() && call.due <= now).collect();
        due.sort_by_key(|(id, call)| (!call.failed, **id));
        for (visit, call) in due.into_iter().take(AT_ONCE.saturating_sub(reads.len())) {
            if self.no_logs || self.reads >= MOST_READS {
                break;
            }
            self.reads += 1;
            call.due = now + if call.until.is_some() { LATE_PACE } else { LOG_PACE };
            call.late += u8::from(call.until.is_some());
            reads.push(Read::Log {
                visit: *visit,
                function: call.function.clone(),
                request: call.request.clone(),
                from: call.from,
                until: call.until,
            });
        }
        if reads.is_empty() {
            return None;
        }
        let connection = Arc::clone(connection);
        Some(async move {
            let answers = reads.into_iter().map(|read| answer(&connection, read));
            futures::future::join_all(answers).await
        })
    }

    /// What an answer tells that was not told before.
    pub(crate) fn told(&mut self, answer: Answer) -> Option<Aside> {
        match answer {
            Answer::Log { visit, lines: Ok(mut lines) } => {
                let call = self.calls.get_mut(&visit)?;
                let count = lines.len();
                lines.drain(..call.told.min(count));
                call.told = call.told.max(count);
                if call.until.is_some() && count > 0 {
                    call.late = LATE_LOOKS;
                }
                let skipped = lines.len().saturating_sub(self.lines);
                lines.drain(..skipped);
                (!lines.is_empty()).then(|| Aside::Log { visit, function: call.function.clone(), lines })
            }
            Answer::Job { visit, run, found: Ok(found) } => {
                let job = self.jobs.get_mut(&run)?;
                let Some(found) = found else {
                    job.due = None;
                    return None;
                };
                if found.is_final() {
                    job.due = None;
                }
                (job.told.as_ref() != Some(&found.status)).then(|| {
                    job.told = Some(found.status.clone());
                    Aside::Job { visit, run: found }
                })
            }
            Answer::Log { lines: Err(why), .. } => {
                if passes(&why) {
                    return None;
                }
                (!std::mem::replace(&mut self.no_logs, true))
                    .then_some(Aside::Without { what: "the functions' logs", why })
            }
            Answer::Job { found: Err(why), .. } => {
                if passes(&why) {
                    return None;
                }
                (!std::mem::replace(&mut self.no_jobs, true)).then_some(Aside::Without { what: "Glue's job runs", why })
            }
        }
    }
}

impl Call {
    fn is_open(&self) -> bool {
        self.until.is_none() || self.late < LATE_LOOKS
    }
}

fn take(call: &mut Call) -> Call {
    Call {
        function: std::mem::take(&mut call.function),
        request: None,
        from: call.from,
        until: call.until,
        failed: call.failed,
        due: call.due,
        late: call.late,
        told: call.told,
    }
}

/// What a read gave.
pub(crate) enum Answer {
    Log { visit: VisitId, lines: Result<Vec<LogEvent>, Refusal> },
    Job { visit: VisitId, run: String, found: Result<Option<JobRun>, Refusal> },
}

/// Whether it may be otherwise the next time.
fn passes(refusal: &Refusal) -> bool {
    matches!(refusal.kind, RefusalKind::Throttled | RefusalKind::Unreachable | RefusalKind::Busy)
}

async fn answer(connection: &Connection, read: Read) -> Answer {
    match read {
        Read::Log { visit, function, request, from, until } => {
            let group = format!("/aws/lambda/{function}");
            let from = from.checked_sub(SLACK).unwrap_or(from);
            let until = until.map(|until| until + SLACK);
            let lines = connection.log_events(&group, from, until, None, LINES).await;
            Answer::Log { visit, lines: lines.map(|lines| of_request(lines, request.as_deref())) }
        }
        Read::Job { visit, job, run } => {
            let found = connection.job_run(&job, &run).await;
            Answer::Job { visit, run, found }
        }
    }
}

/// The lines of one request: in its stream, between its START and its END. Where the request is not known, or the log is
/// structured and has neither, all lines of the time. Lambda's own lines are left out.
pub(crate) fn of_request(lines: Vec<LogEvent>, request: Option<&str>) -> Vec<LogEvent> {
    let lines = match request.and_then(|request| span(&lines, request)) {
        Some((stream, from, until)) => {
            let within = lines.into_iter().enumerate();
            within
                .filter(|(index, line)| line.stream == stream && (from..=until).contains(index))
                .map(|(_, line)| line)
                .collect()
        }
        None => lines,
    };
    let lambdas = |line: &LogEvent| {
        ["START RequestId: ", "END RequestId: ", "REPORT RequestId: ", "INIT_START "]
            .iter()
            .any(|own| line.message.starts_with(own))
    };
    lines.into_iter().filter(|line| !lambdas(line) && !line.message.is_empty()).collect()
}

fn span(lines: &[LogEvent], request: &str) -> Option<(String, usize, usize)> {
    let start = lines.iter().position(|line| line.message.starts_with("START ") && line.message.contains(request))?;
    let stream = lines[start].stream.clone();
    let end = lines.iter().position(|line| line.message.starts_with("END ") && line.message.contains(request));
    Some((stream, start, end.unwrap_or(lines.len().saturating_sub(1))))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(stream: &str, message: &str) -> LogEvent {
        LogEvent { at: SystemTime::UNIX_EPOCH, stream: stream.into(), message: message.into() }
    }

    fn log() -> Vec<LogEvent> {
        vec![
            line("a", "START RequestId: r-1 Version: 1"),
            line("b", "START RequestId: r-2 Version: 1"),
            line("a", "one"),
            line("b", "two"),
            line("a", "END RequestId: r-1"),
            line("a", "REPORT RequestId: r-1 Duration: 1 ms"),
            line("a", "of another"),
        ]
    }

    #[test]
    fn the_lines_of_a_request_are_its_own() {
        assert_eq!(of_request(log(), Some("r-1")), [line("a", "one")]);
        assert_eq!(of_request(log(), Some("r-2")), [line("b", "two")], "it still runs");
        assert_eq!(of_request(log(), None).len(), 3);
        assert_eq!(of_request(log(), Some("r-3")).len(), 3, "a log without START and END");
    }
}
