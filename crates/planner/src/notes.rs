//! What is noticed and what is asked while a plan is made.

use std::collections::BTreeSet;

use statewright_source::{Code, Diagnostic, Severity, Span};
use statewright_spec::{Address, Declared, Desired};

use crate::{Answer, Live, Question, codes};

/// Findings and questions.
#[derive(Default)]
pub(crate) struct Notes {
    findings: Vec<(Option<Address>, Diagnostic)>,
    pub(crate) asked: BTreeSet<Question>,
}

impl Notes {
    /// A finding about an address, whose `allow` may silence it.
    pub(crate) fn find(&mut self, address: &Address, diagnostic: Diagnostic) {
        self.findings.push((Some(address.clone()), diagnostic));
    }

    /// A finding about the plan.
    pub(crate) fn find_plain(&mut self, diagnostic: Diagnostic) {
        self.findings.push((None, diagnostic));
    }

    /// The answer to a question, where there is one. Without one, or with a refusal, it is an error of `address`: a plan
    /// does not guess.
    pub(crate) fn ask<'l>(
        &mut self,
        live: &'l Live,
        place: Place<'_>,
        question: Question,
        what: &str,
    ) -> Option<&'l Answer> {
        let refused = match live.answers.get(&question) {
            Some(Answer::Unreadable(refusal)) => refusal.to_string(),
            Some(answer) => return Some(answer),
            None => "it was not read".to_owned(),
        };
        if !live.answers.contains_key(&question) {
            self.asked.insert(question);
        }
        let address = place.address;
        let title = format!("what changes on {address} is not safe without {what}");
        let error = place.on(Diagnostic::error(codes::NOT_ANSWERED, title), "", "declared here");
        self.find(address, error.help(refused));
        None
    }

    /// The findings, worst first, without those that their resource allows. What AWS refuses cannot be allowed.
    pub(crate) fn into_findings(self, desired: &Desired) -> Vec<Diagnostic> {
        let allowed = |address: &Option<Address>, d: &Diagnostic| {
            address.as_ref().is_some_and(|address| silenced(desired, address, d))
        };
        let mut findings: Vec<Diagnostic> =
            self.findings.into_iter().filter(|(address, d)| !allowed(address, d)).map(|(_, d)| d).collect();
        let key = |d: &Diagnostic| {
            (d.severity, d.primary.as_ref().map(|label| label.span), d.code, d.title.clone(), d.help.clone())
        };
        findings.sort_by_key(key);
        findings.dedup();
        findings
    }
}

/// Whether a resource allows a finding. What AWS refuses cannot be allowed.
pub(crate) fn silenced(desired: &Desired, address: &Address, found: &Diagnostic) -> bool {
    let declared = desired.resources.get(address);
    found.severity != Severity::Error && declared.is_some_and(|declared| declared.allow.contains(found.code.0))
}

/// An address and where the spec declares it, if it does.
#[derive(Clone, Copy)]
pub(crate) struct Place<'a> {
    pub(crate) address: &'a Address,
    pub(crate) declared: Option<&'a Declared>,
}

impl Place<'_> {
    /// The place of a field (an RFC 6901 pointer into the body), or of the whole where the spec does not have it.
    pub(crate) fn span(&self, field: &str) -> Option<Span> {
        let declared = self.declared?;
        let node = if field.is_empty() { None } else { declared.body.pointer(field) };
        Some(node.map_or(declared.span, |node| node.span))
    }

    /// Points a finding at a field.
    pub(crate) fn on(&self, diagnostic: Diagnostic, field: &str, label: impl Into<String>) -> Diagnostic {
        match self.span(field) {
            Some(span) => diagnostic.at(span, label),
            None => diagnostic,
        }
    }
}

/// A finding of any severity.
pub(crate) fn finding(code: Code, severity: Severity, title: impl Into<String>) -> Diagnostic {
    Diagnostic::new(code, severity, title)
}
