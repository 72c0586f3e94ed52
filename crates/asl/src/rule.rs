//! A rule of the checker, with what its page in the documentation shows.

use statewright_source::{Code, Diagnostic, Severity, Span};

use crate::model::MachineType;

/// A rule. Its page is generated from it, and a test holds that `wrong` breaks it and `right` does not.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rule {
    /// Its stable code.
    pub code: Code,
    /// Its name in words and hyphens.
    pub name: &'static str,
    /// How bad it is to break it.
    pub severity: Severity,
    /// AWS's code for it, where AWS has one.
    pub aws_code: Option<&'static str>,
    /// Which sort of rule it is: the chapter of the documentation.
    pub group: Group,
    /// Why it is so, and what to do.
    pub why: &'static str,
    /// A definition in JSON that breaks it.
    pub wrong: &'static str,
    /// The same, mended.
    pub right: &'static str,
    /// The type of the machine that the examples are of.
    pub machine_type: MachineType,
}

/// The chapters of the documentation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Group {
    /// The document: fields, kinds of values, size.
    Document,
    /// States and transitions.
    Graph,
    /// The query languages.
    Language,
    /// JSONata expressions.
    Jsonata,
    /// Variables.
    Variables,
    /// Paths, payload templates, intrinsic functions.
    Paths,
    /// Choice, Wait, Task, Map: what only one type of state has.
    Fields,
    /// Retry and Catch.
    Errors,
    /// Resources and integrations.
    Resources,
}

impl Group {
    /// All chapters, in order.
    pub const ALL: [Self; 9] = [
        Self::Document,
        Self::Graph,
        Self::Language,
        Self::Jsonata,
        Self::Variables,
        Self::Paths,
        Self::Fields,
        Self::Errors,
        Self::Resources,
    ];

    /// The chapter's title.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Document => "The document",
            Self::Graph => "States and transitions",
            Self::Language => "Query languages",
            Self::Jsonata => "JSONata expressions",
            Self::Variables => "Variables",
            Self::Paths => "Paths, templates and intrinsic functions",
            Self::Fields => "Fields of single types",
            Self::Errors => "Retry and Catch",
            Self::Resources => "Resources and integrations",
        }
    }
}

impl Rule {
    /// An error that AWS reports as `SCHEMA_VALIDATION_FAILED`.
    pub(crate) const fn schema(code: &'static str, name: &'static str, group: Group, why: &'static str) -> Self {
        Self {
            code: Code(code),
            name,
            severity: Severity::Error,
            aws_code: Some("SCHEMA_VALIDATION_FAILED"),
            group,
            why,
            wrong: "",
            right: "",
            machine_type: MachineType::Standard,
        }
    }

    /// The same rule under another code of AWS.
    #[must_use]
    pub(crate) const fn aws(self, code: &'static str) -> Self {
        Self { aws_code: Some(code), ..self }
    }

    /// The same rule as something that AWS does not speak of.
    #[must_use]
    pub(crate) const fn of(self, severity: Severity) -> Self {
        Self { severity, aws_code: None, ..self }
    }

    /// With its examples.
    #[must_use]
    pub(crate) const fn examples(self, wrong: &'static str, right: &'static str) -> Self {
        Self { wrong, right, ..self }
    }

    /// With examples of an EXPRESS machine.
    #[must_use]
    pub(crate) const fn express(self) -> Self {
        Self { machine_type: MachineType::Express, ..self }
    }

    /// Its page in the documentation, in markdown.
    pub fn page(&self) -> String {
        let severity = match self.severity {
            Severity::Error => "error: AWS refuses the definition",
            Severity::Runtime => "runtime: AWS takes the definition, and the execution fails",
            Severity::Warning => "warning",
            Severity::Note => "note",
        };
        let aws = self.aws_code.map(|code| format!(" AWS calls it `{code}`.")).unwrap_or_default();
        let mut page = format!("# {}: {}\n\n*{severity}.*{aws}\n\n{}\n", self.code, self.name, self.why);
        let kind = match self.machine_type {
            MachineType::Standard => "",
            MachineType::Express => " (of an EXPRESS machine)",
        };
        for (title, example) in [("Wrong", self.wrong), ("Right", self.right)] {
            if !example.is_empty() {
                page.push_str(&["\n## ", title, kind, "\n\n```json\n", &laid_out(example), "\n```\n"].concat());
            }
        }
        page
    }

    /// Something that breaks the rule. `location` is AWS's own place.
    pub(crate) fn at(&self, span: Span, title: impl Into<String>, location: impl Into<String>) -> Diagnostic {
        let mut found = Diagnostic::new(self.code, self.severity, title).at(span, "");
        found.aws_code = self.aws_code;
        found.aws_location = Some(location.into());
        found
    }
}

/// An example on several lines.
fn laid_out(example: &str) -> String {
    let value = serde_json::from_str::<serde_json::Value>(example).ok();
    value.and_then(|v| serde_json::to_string_pretty(&v).ok()).unwrap_or_else(|| example.to_owned())
}
