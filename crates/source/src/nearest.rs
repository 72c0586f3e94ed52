//! "Did you mean".

/// The candidate that `word` most likely meant, if one is near enough to be worth saying.
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let lower = word.to_lowercase();
    let length = word.chars().count();
    let bound = |c: &str| (c.chars().count().max(length) / 3).max(1);
    candidates
        .into_iter()
        // A distance is no less than the difference of the lengths, and costs their product.
        .filter(|c| c.chars().count().abs_diff(length) <= bound(c))
        .map(|c| (strsim::damerau_levenshtein(&lower, &c.to_lowercase()), c))
        .filter(|(distance, c)| *distance <= bound(c))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, c)| c)
}
