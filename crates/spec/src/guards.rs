//! `aws:` — where a spec may work, and as whom; `guard:` — what is not to happen unasked.

use statewright_source::{Diagnostic, Node, Sources, Span, visible};

use crate::{
    AccountId, Arn, Identity, Partition, Region, codes,
    reference::{Flavour, Scope, Trace, fill_text},
};

/// What the chosen environment says of AWS; nothing where the spec says nothing.
#[derive(Debug, Clone, Default)]
pub struct Guards {
    /// The only region.
    pub region: Option<String>,
    /// The only account.
    pub account: Option<String>,
    /// The role to assume before anything is read.
    pub assume_role: Option<String>,
    region_span: Option<Span>,
    account_span: Option<Span>,
}

impl Guards {
    /// The environment's, key by key, over the spec's own. Variables are filled in, and nothing else.
    pub(crate) fn read(
        root: &Node,
        environment: Option<&Node>,
        scope: Scope<'_>,
        sources: &Sources,
        trace: &mut Trace,
    ) -> Self {
        let mut text = |key: &str, fits: fn(&str) -> bool| -> Option<(String, Span)> {
            let own = environment.and_then(|e| e.get("aws")?.get(key));
            let node = own.or_else(|| root.get("aws")?.get(key))?;
            let filled = fill_text(node.as_str()?, node.span, scope, Flavour::Plain, sources, trace);
            if filled.broken {
                return None;
            }
            let found = if filled.sensitive {
                Diagnostic::error(codes::SENSITIVE_PLACE, format!("a sensitive variable stands in `aws.{key}`"))
                    .at(node.span, "is shown everywhere")
                    .help("use a variable that is not sensitive")
            } else if node.as_str() != Some(&filled.text) && !fits(&filled.text) {
                // What is written out was held against the schema.
                Diagnostic::error(codes::BAD_VALUE, format!("`aws.{key}` does not have the right form"))
                    .at(node.span, format!("stands for `{}`", visible(&filled.text)))
            } else {
                return Some((filled.text, node.span));
            };
            trace.diagnostics.push(found);
            None
        };
        let region = text("region", |t| {
            t.contains('-') && t.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        });
        let account = text("account", |t| t.len() == 12 && t.bytes().all(|b| b.is_ascii_digit()));
        let assume_role = text("assume_role", |t| {
            Arn::parse(t).is_some_and(|arn| arn.service() == "iam" && arn.resource().starts_with("role/"))
        });
        Self {
            region_span: region.as_ref().map(|r| r.1),
            account_span: account.as_ref().map(|a| a.1),
            region: region.map(|r| r.0),
            account: account.map(|a| a.0),
            assume_role: assume_role.map(|r| r.0),
        }
    }

    /// What is known of the place without asking AWS.
    pub fn identity(&self) -> Identity {
        Identity {
            partition: Partition::unknown(),
            account: self.account.as_ref().map_or_else(AccountId::unknown, AccountId::new),
            region: self.region.as_ref().map_or_else(Region::unknown, Region::new),
        }
    }

    /// Says where a real place is not the one that the spec is for. Unknown parts are not held against it.
    pub fn check(&self, identity: &Identity) -> Vec<Diagnostic> {
        let mut out = Vec::new();
        if let (Some(wanted), Some(span)) = (&self.account, self.account_span)
            && identity.account.is_known()
            && identity.account.as_str() != wanted
        {
            let title = format!("the credentials are for account {}", visible(identity.account.as_str()));
            let found = Diagnostic::error(codes::WRONG_ACCOUNT, title)
                .at(span, format!("the spec is for {}", visible(wanted)))
                .help("choose another profile (`--profile`), or another environment of the spec (`--env`)");
            out.push(found);
        }
        if let (Some(wanted), Some(span)) = (&self.region, self.region_span)
            && identity.region.is_known()
            && identity.region.as_str() != wanted
        {
            let title = format!("the region is {}", visible(identity.region.as_str()));
            let found = Diagnostic::error(codes::WRONG_REGION, title)
                .at(span, format!("the spec is for {}", visible(wanted)))
                .help("leave out `--region`, or choose another environment of the spec (`--env`)");
            out.push(found);
        }
        out
    }
}

/// What is not to happen unasked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Guard {
    /// `no-broadening`: that permissions broaden.
    NoBroadening {
        /// Where the spec says so.
        span: Span,
    },
}

impl Guard {
    /// The spec's. What is written out was held against the schema.
    pub(crate) fn read(root: &Node, scope: Scope<'_>, sources: &Sources, trace: &mut Trace) -> Option<Self> {
        const WORD: &str = "no-broadening";
        let node = root.get("guard")?;
        let written = node.as_str()?;
        let filled = fill_text(written, node.span, scope, Flavour::Plain, sources, trace);
        if filled.text == WORD {
            return Some(Self::NoBroadening { span: node.span });
        }
        if !filled.broken && written.contains("${") {
            let label = if filled.sensitive {
                "stands for a secret".to_owned()
            } else {
                format!("stands for `{}`", visible(&filled.text))
            };
            let found = Diagnostic::error(codes::BAD_VALUE, format!("`guard` must be `{WORD}`"));
            trace.diagnostics.push(found.at(node.span, label).help("leave it out where nothing is guarded"));
        }
        None
    }
}
