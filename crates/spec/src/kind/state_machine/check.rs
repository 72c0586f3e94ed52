//! What the checker of the Amazon States Language says of a machine's definition, at its places in the user's files.

use statewright_asl::{MachineType, Options, Tokens, rule};
use statewright_source::{Diagnostic, Node, Span};

use crate::{context::Context, kind::document::sampled};

/// Stands where a secret was.
const SENSITIVE: &str = "(sensitive)";

/// Checks the definition; one whose references are broken as far as the rest of it goes.
pub(crate) fn check(ctx: &mut Context<'_>, machine_type: Option<super::MachineType>) {
    let (tree, tokens) = match (ctx.tree("definition"), ctx.unfilled("definition")) {
        (Some(tree), _) => (tree, Tokens::Resolved),
        (None, Some(tree)) => (tree, Tokens::Wildcard),
        (None, None) => return,
    };
    if tree.as_map().is_none() {
        return;
    }
    let secret = secret_places(ctx, tree);
    let tree = sampled(ctx, tree);
    let machine_type = machine_type.map(|t| match t {
        super::MachineType::Standard => MachineType::Standard,
        super::MachineType::Express => MachineType::Express,
    });
    let options = Options { machine_type, tokens, sources: Some(ctx.sources()) };
    for mut found in statewright_asl::check(&tree, &options).diagnostics {
        // What stands in the file is not what was checked: there the edit is no longer certain.
        if found.fix.as_ref().is_some_and(|fix| ctx.sources().text(fix.span).contains("${")) {
            found.fix = None;
        }
        ctx.report(discreet(ctx, found, &secret));
    }
}

/// The strings that a sensitive variable flows into.
fn secret_places(ctx: &Context<'_>, tree: &Node) -> Vec<Span> {
    let pointers = ctx.gathered.sensitive.iter().filter_map(|p| p.strip_prefix("/definition"));
    pointers.filter_map(|pointer| Some(tree.pointer(pointer)?.span)).collect()
}

/// The finding without anything of a secret: about a string that holds one, only the rule's name is told.
fn discreet(ctx: &Context<'_>, mut found: Diagnostic, secret: &[Span]) -> Diagnostic {
    let within =
        |inner: Span| secret.iter().any(|s| s.file == inner.file && s.start <= inner.start && inner.end <= s.end);
    if found.primary.as_ref().is_some_and(|label| within(label.span)) {
        let name = rule(found.code.0).map_or("finding", |rule| rule.name);
        found.title = format!("{name}, in a text that a sensitive variable is a part of");
        found.primary.iter_mut().for_each(|label| label.text.clear());
        (found.help, found.fix) = (None, None);
    }
    let secrets = ctx.secrets();
    let hidden = |text: &str| secrets.iter().any(|s| !s.expose().is_empty() && text.contains(s.expose()));
    let labels = found.primary.iter_mut().chain(&mut found.related).map(|label| &mut label.text);
    for text in labels.chain([&mut found.title]).chain(&mut found.help).chain(&mut found.aws_location) {
        if hidden(text) {
            for secret in secrets.iter().filter(|s| !s.expose().is_empty()) {
                *text = text.replace(secret.expose(), SENSITIVE);
            }
        }
    }
    found.fix = found.fix.filter(|fix| !hidden(&fix.replacement));
    found
}
