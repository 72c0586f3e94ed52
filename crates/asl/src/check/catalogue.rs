//! Every rule, in the order of its code.

use std::sync::LazyLock;

use super::{
    aws, call, choice, constant, document, errors, express, expression, graph, language, map, names, parameters, path,
    shared, task, template, value, variables,
};
use crate::rule::Rule;

static CATALOGUE: LazyLock<Vec<Rule>> = LazyLock::new(|| {
    let groups = [
        document::RULES,
        shared::RULES,
        names::RULES,
        graph::RULES,
        language::RULES,
        expression::RULES,
        variables::RULES,
        path::RULES,
        constant::RULES,
        template::RULES,
        value::PATH_RULES,
        value::RULES,
        choice::RULES,
        task::FIELD_RULES,
        map::RULES,
        errors::RULES,
        task::RULES,
        call::RULES,
        parameters::RULES,
        express::RULES,
        aws::RULES,
    ];
    let mut rules: Vec<Rule> = groups.concat();
    rules.sort_by_key(|r| r.code);
    rules
});

/// Every rule of the checker, in the order of its code: what the documentation is generated from.
pub fn catalogue() -> &'static [Rule] {
    &CATALOGUE
}

/// The rule of a code.
pub fn rule(code: &str) -> Option<&'static Rule> {
    CATALOGUE.iter().find(|r| r.code.0 == code)
}
