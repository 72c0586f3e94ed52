//! Every form of every machine.

use crate::{
    Paint, dot, mermaid,
    testing::{ORDERS, chart, corpus, fixtures},
    text::tests::{plan, run},
};

#[test]
fn mermaid_and_dot() {
    insta::assert_snapshot!("orders_mermaid", mermaid(&chart(ORDERS), &Paint::Plain));
    insta::assert_snapshot!("orders_mermaid_run", mermaid(&chart(ORDERS), &run()));
    insta::assert_snapshot!("orders_dot", dot(&chart(ORDERS), &Paint::Plain));
    insta::assert_snapshot!("orders_dot_plan", dot(&chart(ORDERS), &plan()));
}

#[test]
fn every_machine_has_every_state_in_every_form() {
    for (name, text) in fixtures().into_iter().chain(corpus()) {
        let chart = chart(&text);
        let (mermaid, dot) = (mermaid(&chart, &Paint::Plain), dot(&chart, &Paint::Plain));
        for index in 0..chart.nodes().len() {
            let boxed = |open: &str| mermaid.contains(&format!("s{index}{open}"));
            assert!(["[\"", "{{\"", "([\""].into_iter().any(boxed), "{name}: {mermaid}");
            assert!(dot.contains(&format!("s{index} [")), "{name}: {dot}");
        }
        for link in chart.links() {
            assert!(dot.contains(&format!("s{} -> s{}", link.from, link.to)), "{name}: {dot}");
        }
        // What would end a string, a line or a statement of the other language is written in another way.
        for line in mermaid.lines().filter(|l| l.contains('"')) {
            assert_eq!(line.matches('"').count() % 2, 0, "{name}: {line}");
            assert!(!line.contains('<') || line.matches('<').count() == line.matches("<br>").count(), "{name}: {line}");
        }
    }
}
