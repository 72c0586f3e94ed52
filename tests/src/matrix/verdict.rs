use crate::Outcome;

/// What begins every secret that the matrices plant: the access key, the session token, a sensitive variable.
pub(super) const PLANTED: &str = "pl4nted-";

/// What one point found.
#[derive(Clone, Debug, Default)]
pub struct Verdict {
    /// The fault did not strike: there was no such call this time.
    missed: bool,
    failures: Vec<String>,
    left_over: Vec<String>,
    false_drift: Vec<String>,
    secrets: Vec<String>,
    panics: Vec<String>,
}

impl Verdict {
    /// The fault did not strike, and so nothing was tried.
    pub(super) fn miss(&mut self) {
        self.missed = true;
    }

    /// It did not come to a good end.
    pub(super) fn fail(&mut self, why: impl Into<String>) {
        self.failures.push(why.into());
    }

    /// Something is there that should not be, or changed that is another's.
    pub(super) fn left_over(&mut self, why: impl Into<String>) {
        self.left_over.push(why.into());
    }

    /// A plan saw a difference where there was none, or none where there was one.
    pub(super) fn false_drift(&mut self, why: impl Into<String>) {
        self.false_drift.push(why.into());
    }

    /// Looks for planted secrets in something else that a run left behind.
    pub(super) fn search(&mut self, what: &str, text: &str) {
        if text.contains(PLANTED) {
            self.secrets.push(format!("a secret is in {what}"));
        }
    }

    /// Looks at all that a run printed: for planted secrets and for panics. Every run of every matrix goes through here.
    pub(super) fn look(&mut self, outcome: &Outcome) {
        let both = [&outcome.stdout, &outcome.stderr];
        if both.iter().any(|text| text.contains(PLANTED)) {
            self.secrets.push(format!("a secret is in the output: {outcome}"));
        }
        // Rust's own words, those of our handler, and the exit code of a panic.
        if both.iter().any(|text| text.contains("panicked at") || text.contains("internal error:"))
            || outcome.code() == Some(101)
        {
            self.panics.push(format!("a panic: {outcome}"));
        }
    }

    /// What is wrong, in words.
    pub fn fault(&self) -> Option<String> {
        let all = [&self.failures, &self.left_over, &self.false_drift, &self.secrets, &self.panics];
        let all: Vec<&str> = all.into_iter().flatten().map(String::as_str).collect();
        (!all.is_empty()).then(|| all.join("\n"))
    }
}

/// What a matrix found.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    /// Points that were tried.
    pub points: usize,
    /// Those that came to a good end.
    pub converged: usize,
    /// Those after which something was left over, or another's was touched.
    pub left_over: usize,
    /// Those in which a plan was wrong about a difference.
    pub false_drift: usize,
    /// Those in which a secret was found.
    pub secrets: usize,
    /// Those in which something panicked.
    pub panics: usize,
    /// What was wrong, point by point.
    pub faults: Vec<(String, String)>,
}

impl Tally {
    pub(super) fn add(&mut self, point: &str, verdict: &Verdict) {
        if verdict.missed && verdict.fault().is_none() {
            return;
        }
        self.points += 1;
        self.converged += usize::from(verdict.failures.is_empty());
        self.left_over += usize::from(!verdict.left_over.is_empty());
        self.false_drift += usize::from(!verdict.false_drift.is_empty());
        self.secrets += usize::from(!verdict.secrets.is_empty());
        self.panics += usize::from(!verdict.panics.is_empty());
        if let Some(fault) = verdict.fault() {
            self.faults.push((point.to_owned(), fault));
        }
    }

    /// Whether all is well.
    pub fn is_well(&self) -> bool {
        self.faults.is_empty() && self.converged == self.points
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::process::ExitStatusExt;
    use std::process::ExitStatus;

    use super::*;

    fn check(code: i32, stdout: &str, stderr: &str, secrets: usize, panics: usize) {
        let outcome = Outcome {
            command: "statewright plan".into(),
            status: ExitStatus::from_raw(code << 8),
            stdout: stdout.into(),
            stderr: stderr.into(),
        };
        let mut verdict = Verdict::default();
        verdict.look(&outcome);
        let mut tally = Tally::default();
        tally.add("p", &verdict);
        assert_eq!(
            (tally.secrets, tally.panics, tally.is_well()),
            (secrets, panics, secrets + panics == 0),
            "{outcome}"
        );
    }

    #[test]
    fn secrets_and_panics_are_seen_wherever_they_are_printed() {
        check(0, "all well", "", 0, 0);
        check(0, "token = pl4nted-token", "", 1, 0);
        check(1, "", "refused: pl4nted-key", 1, 0);
        check(101, "", "thread 'main' panicked at src/main.rs:1:1", 0, 1);
        check(101, "", "", 0, 1);
    }

    #[test]
    fn a_point_that_was_not_tried_is_not_counted() {
        let mut tally = Tally::default();
        let mut missed = Verdict::default();
        missed.miss();
        tally.add("a", &missed);
        tally.add("b", &Verdict::default());
        let mut failed = Verdict::default();
        failed.fail("why");
        tally.add("c", &failed);
        assert_eq!((tally.points, tally.converged, tally.faults.len()), (2, 1, 1));
        assert!(!tally.is_well());
    }
}
