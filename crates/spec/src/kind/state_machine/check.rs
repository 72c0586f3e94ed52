//! What the checker of the Amazon States Language says of a machine's definition, at its places in the user's files.

use statewright_asl::{MachineType, Options, Tokens, rule};

use crate::{
    context::Context,
    kind::{
        discreet::{discreet, secret_places},
        document::sampled,
    },
};

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
    let secret = secret_places(ctx, "definition", tree);
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
        let name = rule(found.code.0).map_or("finding", |rule| rule.name);
        ctx.report(discreet(found, name, &secret));
    }
}
