//! The texts of an execution: inputs, outputs, causes. Bounded together, for one alone may have 256 KiB.

use std::collections::VecDeque;

use serde::Serialize;

/// How many bytes of text are kept whole together.
pub const KEPT: usize = 16 * 1024 * 1024;
/// How many bytes stay of a text that is no longer kept whole.
pub const PREVIEW: usize = 256;

/// A text of an [`Execution`](crate::Execution).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct TextId(u32);

/// A text, as far as it is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Text<'a> {
    /// It, or its beginning.
    pub text: &'a str,
    /// How long it was.
    pub bytes: usize,
}

impl Text<'_> {
    /// Whether all of it is there.
    pub const fn is_whole(&self) -> bool {
        self.text.len() == self.bytes
    }
}

/// Where the texts are.
#[derive(Debug, Clone, Default)]
pub(crate) struct Texts {
    slots: Vec<Slot>,
    /// Long ones, the oldest first.
    long: VecDeque<TextId>,
    held: usize,
}

#[derive(Debug, Clone)]
struct Slot {
    text: Box<str>,
    bytes: usize,
}

impl Texts {
    /// Keeps a text; what one state gives, the next one takes: the same text right after itself is kept once.
    pub(crate) fn keep(&mut self, text: String) -> TextId {
        if let Some(last) = self.slots.last()
            && *last.text == *text
        {
            return TextId(u32::try_from(self.slots.len() - 1).unwrap_or(u32::MAX));
        }
        let id = TextId(u32::try_from(self.slots.len()).unwrap_or(u32::MAX));
        let bytes = text.len();
        self.slots.push(Slot { text: text.into_boxed_str(), bytes });
        if bytes > PREVIEW {
            self.held += bytes;
            self.long.push_back(id);
        }
        while self.held > KEPT {
            let Some(oldest) = self.long.pop_front() else { break };
            self.shrink(oldest);
        }
        id
    }

    pub(crate) fn get(&self, id: TextId) -> Text<'_> {
        self.slots
            .get(id.0 as usize)
            .map_or(Text { text: "", bytes: 0 }, |slot| Text { text: &slot.text, bytes: slot.bytes })
    }

    fn shrink(&mut self, id: TextId) {
        let Some(slot) = self.slots.get_mut(id.0 as usize) else { return };
        self.held -= slot.text.len();
        let end = slot.text.floor_char_boundary(PREVIEW);
        slot.text = slot.text[..end].into();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn old_texts_shrink_and_new_ones_stay_whole() {
        let mut texts = Texts::default();
        let ids: Vec<_> = (0..100).map(|n| texts.keep(format!("{n}{}", "é".repeat(128 * 1024)))).collect();
        let first = texts.get(ids[0]);
        assert!(!first.is_whole() && first.text.len() <= PREVIEW && first.text.starts_with("0é"), "{first:?}");
        assert_eq!(first.bytes, 256 * 1024 + 1);
        assert!(texts.get(*ids.last().unwrap()).is_whole());
        assert!(texts.held <= KEPT);
    }

    #[test]
    fn what_is_handed_on_is_kept_once() {
        let mut texts = Texts::default();
        assert_eq!(texts.keep("{}".into()), texts.keep("{}".into()));
        assert_ne!(texts.keep("{}".into()), texts.keep("[]".into()));
    }
}
