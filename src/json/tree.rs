//! What a document holds, with places. Borrows from the source wherever nothing was escaped.

use std::borrow::Cow;
use std::ops::Range;

use super::Source;
use crate::message::field::Name;

/// A document that was read to its end.
pub(crate) struct Document<'a> {
    pub(crate) root: Node<'a>,
    /// Comments and trailing commas in lenient reading, in order.
    pub(super) cuts: Vec<Range<usize>>,
}

/// A value and its place in bytes.
#[derive(Debug)]
pub(crate) struct Node<'a> {
    pub(crate) value: Value<'a>,
    pub(crate) place: Range<usize>,
}

/// A JSON value. Items of arrays are read and checked, and not kept; members are kept for the root
/// and its `data` alone, so that the size of a tree stays in proportion to its source.
#[derive(Debug)]
pub(crate) enum Value<'a> {
    Null,
    Bool(bool),
    /// What it is worth is in its source text: see [`value_of`](super::value_of).
    Number,
    String(Cow<'a, str>),
    Array,
    Object(Vec<Member<'a>>),
}

/// A member of an object; its key is unescaped and unique.
#[derive(Debug)]
pub(crate) struct Member<'a> {
    /// What the protocol knows by this name, in whichever object.
    pub(crate) id: Option<Name>,
    pub(crate) key: Cow<'a, str>,
    /// The key with its quotes, in bytes.
    pub(crate) key_place: Range<usize>,
    pub(crate) node: Node<'a>,
}

impl Document<'_> {
    /// The source text of a value, with everything removed that only lenient reading accepts.
    pub(crate) fn text<'s>(&self, source: &Source<'s>, place: &Range<usize>) -> Cow<'s, str> {
        let first = self.cuts.partition_point(|cut| cut.start < place.start);
        let cuts = self.cuts.get(first..).unwrap_or_default();
        let text = source.text(place.clone());
        if text.len() == place.len() && cuts.first().is_none_or(|cut| cut.end > place.end) {
            return Cow::Borrowed(text);
        }
        let mut text = String::with_capacity(place.len());
        let mut at = place.start;
        for cut in cuts.iter().take_while(|cut| cut.end <= place.end) {
            source.copy(at..cut.start, &mut text);
            at = cut.end;
        }
        source.copy(at..place.end, &mut text);
        Cow::Owned(text)
    }
}
