//! A line of JSON an event, for programs.

use std::time::SystemTime;

use serde_json::Value;
use statewright_execution::{
    Change, EndLine, Execution, ExecutionStatus, HeartbeatLine, JobLine, LogLine, MapLine, RunLine, StartLine,
    StateLine, Text, VERSION, rfc3339,
};
use statewright_planner::Refusal;
use statewright_source::visible;

use super::{About, Beat, Question, RunView, at_work, report::Report, wants};
use crate::{output, run::beside::Aside};

/// Writes lines on stdout.
pub(super) struct Json {
    exec: String,
    seq: u64,
    report: Report,
    beat: Beat,
    show: Vec<String>,
}

impl Json {
    pub(super) fn new(about: &About, show: Vec<String>) -> Self {
        Self { exec: about.execution.to_string(), seq: 0, report: Report::default(), beat: Beat::default(), show }
    }

    fn line(&mut self, make: impl FnOnce(u64, String) -> Option<RunLine>) {
        self.seq += 1;
        if let Some(line) = make(self.seq, self.exec.clone()) {
            output::json_line(&line);
            self.beat.now();
        }
    }

    fn end(&mut self, status: ExecutionStatus, execution: &Execution) {
        let took = execution.stopped_at().zip(execution.started_at());
        let ms = took.and_then(|(end, start)| u64::try_from(end.duration_since(start).ok()?.as_millis()).ok());
        let failure = execution.failure();
        let cause = failure.and_then(|failure| failure.cause).map(|cause| execution.text(cause).text.to_owned());
        let line = EndLine {
            v: VERSION,
            seq: 0,
            ts: rfc3339(execution.stopped_at().unwrap_or_else(SystemTime::now)),
            exec: String::new(),
            status,
            ms,
            output: execution.output().map(parsed),
            error: failure.and_then(|failure| failure.error.clone()),
            cause,
        };
        self.line(|seq, exec| Some(RunLine::End(EndLine { seq, exec, ..line })));
    }
}

impl RunView for Json {
    fn started(&mut self, about: &About, _: bool) {
        let machine = about.machine.to_string();
        let ts = rfc3339(SystemTime::now());
        self.line(|seq, exec| Some(RunLine::Start(StartLine { v: VERSION, seq, ts, machine, exec })));
    }

    fn changed(&mut self, execution: &Execution, changes: &[Change], at: SystemTime) {
        for id in self.report.of(execution, changes) {
            let shown = execution.visit(id).filter(|visit| wants(&self.show, &visit.state));
            let texts = shown.map(|visit| (visit.input, visit.output));
            let text = |id: Option<statewright_execution::TextId>| id.map(|id| parsed(execution.text(id)));
            self.line(|seq, exec| {
                let mut line = StateLine::of(execution, &exec, id, at, seq)?;
                if let Some((input, output)) = texts {
                    line.input = text(input);
                    line.output = text(output);
                }
                Some(RunLine::State(line))
            });
        }
    }

    fn settled(&mut self, execution: &Execution) {
        let at = execution.last_at().unwrap_or_else(SystemTime::now);
        for id in self.report.maps() {
            self.line(|seq, exec| MapLine::of(execution, &exec, id, at, seq).map(RunLine::Map));
        }
    }

    fn aside(&mut self, execution: &Execution, aside: &Aside) {
        match aside {
            Aside::Log { visit, function, lines } => {
                let Some(state) = execution.visit(*visit).map(|visit| visit.state.to_string()) else { return };
                for logged in lines {
                    self.line(|seq, exec| {
                        Some(RunLine::Log(LogLine {
                            v: VERSION,
                            seq,
                            ts: rfc3339(logged.at),
                            exec,
                            state: state.clone(),
                            function: function.clone(),
                            message: logged.message.clone(),
                        }))
                    });
                }
            }
            Aside::Job { visit, run } => {
                let Some(state) = execution.visit(*visit).map(|visit| visit.state.to_string()) else { return };
                self.line(|seq, exec| {
                    Some(RunLine::Job(JobLine {
                        v: VERSION,
                        seq,
                        ts: rfc3339(SystemTime::now()),
                        exec,
                        state,
                        job: run.job.clone(),
                        run: run.id.clone(),
                        status: run.status.clone(),
                        error: run.error.clone(),
                    }))
                });
            }
            Aside::Without { what, why } => {
                output::say(&format!("going on without {what}: {}\n", visible(&why.to_string())));
            }
        }
    }

    fn trouble(&mut self, refusal: &Refusal) {
        output::say(&format!("cannot look just now: {}\n", visible(&refusal.to_string())));
    }

    fn tick(&mut self, execution: &Execution) {
        if self.beat.is_due() {
            let running = at_work(execution);
            let ts = rfc3339(SystemTime::now());
            self.line(|seq, exec| Some(RunLine::Heartbeat(HeartbeatLine { v: VERSION, seq, ts, exec, running })));
        }
    }

    fn asking(&mut self, _: Option<Question>) {}

    fn ended(&mut self, execution: &Execution, _: &About) {
        self.end(execution.status(), execution);
    }

    fn left(&mut self, execution: &Execution, _: &About) {
        self.end(ExecutionStatus::Running, execution);
    }
}

/// An output that is not JSON after all is told as text.
pub(super) fn parsed(text: Text<'_>) -> Value {
    let whole = text.is_whole().then(|| serde_json::from_str(text.text).ok()).flatten();
    whole.unwrap_or_else(|| text.text.into())
}
