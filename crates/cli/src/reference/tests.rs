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
