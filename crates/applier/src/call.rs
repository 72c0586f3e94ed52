//! One call: made, and made again while AWS needs time, for as long as there is hope.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::{Duration, Instant},
};

use statewright_planner::{
    Answer, Observed, Operation, Prospect, Question, Refusal, RefusalKind, Reliance, ScriptObject, Step, Written,
    operation::{
        job::{JobOperation, Over},
        policy::PolicyOperation,
    },
};

use statewright_spec::Address;

use crate::{
    Cloud, What,
    step::{Runner, Stop},
};

/// How often a call is made again that gets no answer: as often as the SDK makes the others again, which are made fifteen times at most.
const ANSWERLESS: u32 = 14;

/// Whether a refused call is worth another try.
enum Hope {
    /// It is: what is waited for, why there is hope, and how long in all.
    Passing { cause: String, patience: Duration },
    /// By IAM's word it is not; what is missing and what to do.
    Never { why: String, help: String },
    /// The refusal is the last word.
    Lost,
}

/// What became of a call whose answer may have been lost.
enum Earlier {
    /// It was carried out.
    Done,
    /// An object of ours is there, which may be overwritten.
    Overwrite(Operation),
    /// It was not, or that is not known.
    Unknown,
}

impl<C: Cloud> Runner<'_, C> {
    /// Makes one call, and makes it again while AWS says that something is not seen yet or is still changing. What passes is
    /// waited for as long as the patience lasts; what IAM itself says will never pass is told as soon as that is certain.
    pub(crate) async fn call(&self, step: &Step, call: &Operation, calls: &mut Vec<String>) -> Result<(), Stop> {
        let since = Instant::now();
        let mut pauses = self.options.pauses();
        let mut attempt = 0;
        let mut hopeless: Option<Instant> = None;
        let mut call = call.clone();
        loop {
            let refusal = match self.cloud.perform(&call).await {
                Ok(()) => break,
                Err(refusal) => refusal,
            };
            if call.may_be_done(&refusal) {
                match self.earlier(step, &call).await {
                    Earlier::Done => break,
                    Earlier::Overwrite(again) => {
                        call = again;
                        continue;
                    }
                    Earlier::Unknown => {}
                }
            }
            let spent = since.elapsed();
            let mut pause = pauses.next().unwrap_or(self.options.longest_pause);
            let cause = match self.hope(&call, &refusal, attempt).await {
                Hope::Lost => return Err(Stop::refused(&refusal)),
                Hope::Passing { cause, patience } if spent >= patience => {
                    return Err(Stop::refused(&refusal).given_up(&cause, spent));
                }
                Hope::Passing { cause, .. } => {
                    hopeless = None;
                    cause
                }
                Hope::Never { why, help } => {
                    let heard = *hopeless.get_or_insert_with(Instant::now);
                    let left = self.options.certainty.saturating_sub(heard.elapsed());
                    if left.is_zero() || spent >= self.options.patience {
                        return Err(Stop::refused(&refusal).hopeless(&why, &help));
                    }
                    pause = pause.min(left);
                    format!("{why}, unless IAM shows it late")
                }
            };
            attempt += 1;
            let why = format!("{cause} ({} s so far): {refusal}", spent.as_secs());
            self.tell(step, What::Retrying { attempt, why });
            self.interrupt.sleep(pause).await;
            if self.interrupt.is_raised() {
                return Err(Stop::refused(&refusal).interrupted());
            }
        }
        calls.extend(call.calls().first().map(ToString::to_string));
        self.written.add(&call);
        self.wrote(&call);
        Ok(())
    }

    async fn hope(&self, call: &Operation, refusal: &Refusal, attempt: u32) -> Hope {
        let passing = |cause: &str| Hope::Passing { cause: cause.to_owned(), patience: self.options.patience };
        match refusal.kind {
            // What was taken off a moment ago may be seen a while longer; what somebody else hung there stays.
            RefusalKind::Busy if refusal.code.starts_with("DeleteConflict") => Hope::Passing {
                cause: "IAM still sees something that hangs on it".to_owned(),
                patience: self.options.patience.min(self.options.doubt),
            },
            RefusalKind::Busy => passing("it is still changing"),
            RefusalKind::Throttled => passing("AWS throttles"),
            // The one call that the SDK does not make again by itself.
            RefusalKind::Unreachable
                if attempt < ANSWERLESS && matches!(call, Operation::Policy(PolicyOperation::CreateVersion { .. })) =>
            {
                passing("AWS gave no answer")
            }
            RefusalKind::Propagating(_) => match Reliance::of(call, refusal, &self.plan.identity) {
                Some(reliance) => self.prospect(&reliance).await,
                None => passing("AWS does not see the role or policy yet"),
            },
            RefusalKind::Denied
            | RefusalKind::Credentials
            | RefusalKind::Unreachable
            | RefusalKind::NotFound
            | RefusalKind::Exists
            | RefusalKind::Invalid
            | RefusalKind::Limit
            | RefusalKind::Stale
            | RefusalKind::Malformed
            | RefusalKind::Other => Hope::Lost,
        }
    }

    /// Asks IAM.
    async fn prospect(&self, reliance: &Reliance) -> Hope {
        let written = self.written.all(self.options.lag);
        let mut answers: BTreeMap<Question, Answer> = BTreeMap::new();
        loop {
            let questions = reliance.questions(&answers, &written);
            if questions.is_empty() {
                break;
            }
            let known = answers.len();
            answers.extend(self.cloud.answer(&questions).await);
            if answers.len() == known {
                break;
            }
        }
        let (words, patience) = match reliance.prospect(&answers, &written) {
            Prospect::Passing(words) => (words, self.options.patience),
            Prospect::Doubtful(words) => (words, self.options.patience.min(self.options.doubt)),
            Prospect::Never { why, help } => return Hope::Never { why, help },
        };
        Hope::Passing { cause: format!("waiting for {}; {words}", reliance.subject()), patience }
    }

    /// Whether an earlier try was carried out, and only its answer lost. A read may lag behind the write, so what is not
    /// shown is read again before that is believed.
    async fn earlier(&self, step: &Step, call: &Operation) -> Earlier {
        if let Operation::Job(JobOperation::UploadScript { bucket, key, body, sha256, tags, over: Over::Nothing }) =
            call
        {
            let question = Question::ScriptObject { bucket: bucket.clone(), key: key.clone() };
            let answers = self.cloud.answer(&[question.clone()].into()).await;
            let ours = matches!(
                answers.get(&question),
                Some(Answer::ScriptObject(ScriptObject::Present { owner: Some(owner) })) if *owner == self.plan.owner
            );
            return if ours {
                Earlier::Overwrite(Operation::Job(JobOperation::UploadScript {
                    bucket: bucket.clone(),
                    key: key.clone(),
                    body: body.clone(),
                    sha256: sha256.clone(),
                    tags: tags.clone(),
                    over: Over::Object { owner: Some(self.plan.owner.clone()) },
                }))
            } else {
                Earlier::Unknown
            };
        }
        let since = Instant::now();
        let mut pauses = self.options.pauses();
        let arn = match (call, &step.read_back) {
            (Operation::Policy(PolicyOperation::CreateVersion { arn, .. }), _) => arn.clone(),
            (_, Some(wanted)) => self.arn(step, wanted),
            (_, None) => return Earlier::Unknown,
        };
        loop {
            let began = since.elapsed();
            match self.cloud.read(&step.address, &arn).await {
                Observed::Present(present) if call.is_done_in(&present, &self.plan.owner) => return Earlier::Done,
                Observed::Present(present) if present.owner.as_ref().is_some_and(|owner| *owner != self.plan.owner) => {
                    return Earlier::Unknown;
                }
                // Some of its calls may have shown what was before.
                Observed::Unreadable(refusal)
                    if !matches!(
                        refusal.kind,
                        RefusalKind::NotFound | RefusalKind::Throttled | RefusalKind::Unreachable
                    ) =>
                {
                    return Earlier::Unknown;
                }
                Observed::Present(_) | Observed::Absent | Observed::Unreadable(_) => {}
            }
            if began >= self.options.lag {
                return Earlier::Unknown;
            }
            self.interrupt.sleep(pauses.next().unwrap_or(self.options.longest_pause)).await;
            if self.interrupt.is_raised() {
                return Earlier::Unknown;
            }
        }
    }
}

/// What this apply wrote in IAM, and when: it outranks what IAM shows.
#[derive(Default)]
pub(crate) struct Ledger(std::sync::Mutex<Vec<(Operation, Instant)>>);

impl Ledger {
    fn add(&self, call: &Operation) {
        if matches!(call, Operation::Role(_) | Operation::Policy(_)) {
            self.lock().push((call.clone(), Instant::now()));
        }
    }

    fn all(&self, lag: Duration) -> Vec<Written> {
        let written = |(operation, at): &(Operation, Instant)| Written {
            operation: operation.clone(),
            seconds: at.elapsed().as_secs(),
            is_shown: at.elapsed() >= lag,
        };
        self.lock().iter().map(written).collect()
    }

    /// How long ago one of these was last written; `None` where this apply wrote none.
    pub(crate) fn last(&self, addresses: &BTreeSet<Address>) -> Option<Duration> {
        let written = |operation: &Operation| operation.writes().is_some_and(|address| addresses.contains(&address));
        self.lock().iter().rev().find(|(operation, _)| written(operation)).map(|(_, at)| at.elapsed())
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<(Operation, Instant)>> {
        self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}
