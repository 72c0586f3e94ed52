use std::fmt::Write as _;
use std::path::Path;

use super::{Matrix, Tally};

/// What the matrices found, for a terminal and for the page.
#[derive(Clone, Debug, Default)]
pub struct Figures(pub Vec<(Matrix, Tally)>);

/// Between these the page's figures stand.
const BEGIN: &str = "<!-- figures: written by `make faults` -->";
const END: &str = "<!-- end of the figures -->";

impl Figures {
    /// Whether all is well in all of them.
    pub fn are_well(&self) -> bool {
        self.0.iter().all(|(_, tally)| tally.is_well())
    }

    /// A table of figures: Markdown that reads well in a terminal too.
    pub fn table(&self) -> String {
        let mut table = String::from(
            "| matrix  | points tried | converged | left over | false drift | secrets found | panics |\n\
             |---------|-------------:|----------:|----------:|------------:|--------------:|-------:|\n",
        );
        for (matrix, tally) in &self.0 {
            let Tally { points, converged, left_over, false_drift, secrets, panics, .. } = tally;
            // Writing to a string cannot fail.
            let _ = writeln!(
                table,
                "| {:7} | {points:12} | {converged:9} | {left_over:9} | {false_drift:11} | {secrets:13} | {panics:6} |",
                matrix.name()
            );
        }
        table
    }

    /// Writes the figures into a page, where it has a place for them.
    ///
    /// # Errors
    /// When the page cannot be read or written, or has no place.
    pub fn write(&self, page: &Path) -> std::io::Result<()> {
        let text = std::fs::read_to_string(page)?;
        let place = text.split_once(BEGIN).and_then(|(before, rest)| Some((before, rest.split_once(END)?.1)));
        let Some((before, after)) = place else {
            return Err(std::io::Error::other(format!("{} has no place for figures: {BEGIN} … {END}", page.display())));
        };
        std::fs::write(page, format!("{before}{BEGIN}\n\n{}\n{END}{after}", self.table()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_stand_where_the_page_has_a_place_for_them() {
        let folder = tempfile::tempdir().unwrap();
        let page = folder.path().join("page.md");
        std::fs::write(&page, format!("before\n{BEGIN}\nold\n{END}\nafter\n")).unwrap();
        let tally = Tally { points: 12, converged: 12, ..Tally::default() };
        let figures = Figures(vec![(Matrix::Kill, tally)]);
        figures.write(&page).unwrap();
        figures.write(&page).unwrap();
        let text = std::fs::read_to_string(&page).unwrap();
        assert_eq!(text, format!("before\n{BEGIN}\n\n{}\n{END}\nafter\n", figures.table()));
        assert!(text.contains("| kill    |           12 |        12 |         0 |"), "{text}");
        std::fs::write(&page, "nothing").unwrap();
        assert!(figures.write(&page).is_err());
    }
}
