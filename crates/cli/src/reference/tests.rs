use std::{fs, path::Path};

#[test]
fn the_committed_pages_are_these() {
    let root = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."));
    let stale: Vec<_> = super::pages()
        .into_iter()
        .filter(|page| fs::read_to_string(root.join(&page.path)).ok().as_ref() != Some(&page.text))
        .map(|page| page.path)
        .collect();
    assert!(stale.is_empty(), "not current: {stale:?}; run `make reference`");
}

#[test]
fn there_is_a_page_a_rule_and_no_other() {
    let root = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."));
    let pages = super::pages();
    let mut made: Vec<&str> = pages.iter().filter_map(|page| page.path.strip_prefix("docs/rules/")).collect();
    let mut there: Vec<String> = fs::read_dir(root.join("docs/rules"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    made.sort_unstable();
    there.sort();
    assert_eq!(there, made, "a page without a rule is to be deleted");
    assert!(made.len() > 100, "{}", made.len());
    assert!(root.join("docs/src/rules/README.md").exists(), "docs/src/rules leads to docs/rules");
}
