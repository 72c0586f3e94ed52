//! Lists that come in pages.

use std::future::Future;

use statewright_planner::Refusal;

use crate::refusal;

/// Pages after which a list is taken for one without an end: twice what a million running executions need, and no other list
/// of ours is longer.
const MOST: usize = 2_000;

/// One page, and where the next begins.
pub(crate) struct Page<T> {
    pub(crate) items: Vec<T>,
    pub(crate) next: Option<String>,
}

impl<T> Page<T> {
    /// An empty token means the end, as a missing one does.
    pub(crate) fn new(items: Vec<T>, next: Option<String>) -> Self {
        Self { items, next: next.filter(|token| !token.is_empty()) }
    }

    /// IAM says apart whether there is more.
    pub(crate) fn marked(items: Vec<T>, is_truncated: bool, marker: Option<String>) -> Self {
        Self::new(items, marker.filter(|_| is_truncated))
    }
}

/// All pages of `call`, one after the other. A token that comes back unchanged ends the list: a service that ignores it would
/// otherwise be asked for ever.
pub(crate) async fn all<T, F>(call: &str, mut page: impl FnMut(Option<String>) -> F) -> Result<Vec<T>, Refusal>
where
    F: Future<Output = Result<Page<T>, Refusal>>,
{
    let (items, _) = at_most(call, usize::MAX, &mut page).await?;
    Ok(items)
}

/// The first `limit` pages, and whether there are more.
///
/// Errors: a list without an end, which is no answer of AWS's.
pub(crate) async fn at_most<T, F>(
    call: &str,
    limit: usize,
    mut page: impl FnMut(Option<String>) -> F,
) -> Result<(Vec<T>, bool), Refusal>
where
    F: Future<Output = Result<Page<T>, Refusal>>,
{
    let mut all = Vec::new();
    let mut token: Option<String> = None;
    for _ in 0..limit.min(MOST) {
        let Page { items, next } = page(token.clone()).await?;
        all.extend(items);
        if next.is_none() || next == token {
            return Ok((all, false));
        }
        token = next;
    }
    if limit > MOST {
        return Err(refusal::malformed(call, format!("after {MOST} pages the list still goes on")));
    }
    Ok((all, true))
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn numbers(token: Option<String>) -> Result<Page<u32>, Refusal> {
        let start: u32 = token.map_or(0, |t| t.parse().unwrap());
        Ok(Page::new(vec![start], (start < 3).then(|| (start + 1).to_string())))
    }

    #[tokio::test]
    async fn every_page_is_read() {
        assert_eq!(all("a:List", numbers).await.unwrap(), [0, 1, 2, 3]);
    }

    #[tokio::test]
    async fn a_bound_says_whether_there_is_more() {
        assert_eq!(at_most("a:List", 2, numbers).await.unwrap(), (vec![0, 1], true));
        assert_eq!(at_most("a:List", 4, numbers).await.unwrap(), (vec![0, 1, 2, 3], false));
    }

    #[tokio::test]
    async fn a_token_that_does_not_move_ends_the_list() {
        let stuck = |_| async { Ok(Page::new(vec![1], Some("same".to_owned()))) };
        assert_eq!(all("a:List", stuck).await.unwrap(), [1, 1]);
    }

    #[tokio::test]
    async fn a_list_whose_every_page_has_another_token_ends_in_an_error() {
        let mut asked = 0;
        let endless = |_| {
            asked += 1;
            let token = asked.to_string();
            async move { Ok(Page::<u8>::new(Vec::new(), Some(token))) }
        };
        let refusal = all("states:ListExecutions", endless).await.unwrap_err();
        assert_eq!(refusal.to_string(), "states:ListExecutions: after 2000 pages the list still goes on");
        assert_eq!(asked, MOST);
    }
}
