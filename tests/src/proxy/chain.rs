use std::time::Duration;

/// The longest chain of calls that ran one after another: the most calls of which no two overlap in time. Each span is a start and an end.
///
/// Taking the call that ends first, then the first-ending one that starts after it, and so on, gives the most.
pub(super) fn longest_chain(mut spans: Vec<(Duration, Duration)>) -> usize {
    spans.sort_by_key(|(_, end)| *end);
    let mut chain = 0;
    let mut free_from = None;
    for (start, end) in spans {
        if free_from.is_none_or(|from| start >= from) {
            chain += 1;
            free_from = Some(end);
        }
    }
    chain
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(spans: &[(u64, u64)], expect: usize) {
        let spans = spans.iter().map(|(start, end)| (Duration::from_millis(*start), Duration::from_millis(*end)));
        assert_eq!(longest_chain(spans.collect()), expect);
    }

    #[test]
    fn chains() {
        check(&[], 0);
        check(&[(0, 5)], 1);
        // One after another.
        check(&[(0, 5), (5, 10), (10, 12)], 3);
        // All at once.
        check(&[(0, 5), (1, 6), (2, 7)], 1);
        // A long one beside three short ones: the short ones are the chain.
        check(&[(0, 100), (1, 10), (20, 30), (40, 50)], 3);
        // Order of arrival does not matter.
        check(&[(40, 50), (0, 100), (20, 30), (1, 10), (5, 25)], 3);
    }
}
