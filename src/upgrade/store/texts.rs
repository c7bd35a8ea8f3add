//! Texts, each kept once: a roll-out shares URL, MD5 and versions, a site its namespace.

use super::super::bytes::same;
use super::{NONE, Print, Slab, Table, print};

/// The number of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Sym(pub u32);

impl Default for Sym {
    fn default() -> Sym {
        Sym::NONE
    }
}

impl Sym {
    /// No text.
    pub(crate) const NONE: Sym = Sym(NONE);

    pub(crate) fn some(self) -> Option<Sym> {
        (self != Sym::NONE).then_some(self)
    }
}

#[derive(Clone, Debug, Default)]
struct Kept {
    bytes: Box<[u8]>,
    uses: u32,
    /// How many attempts carry it as their trace id, and the sum of their numbers: of one, its number.
    traced: u32,
    trace_sum: u32,
}

/// All texts.
#[derive(Clone, Debug, Default)]
pub(crate) struct Texts {
    kept: Slab<Kept>,
    table: Table,
    /// For what is written before it is known whether it is kept already.
    draft: Vec<u8>,
    /// By length, what was written last: results of a roll-out say the same again and again.
    lately: [u32; LATELY],
}

/// Texts that are remembered as written lately.
const LATELY: usize = 16;

fn hash(bytes: &[u8]) -> u32 {
    print(Print::default(), bytes).short()
}

impl Texts {
    /// The number of a text, if it is kept.
    #[inline]
    pub(crate) fn find(&self, bytes: &[u8]) -> Option<Sym> {
        let is = |number: &u32| {
            let kept = self.kept.get(*number);
            kept.is_some_and(|kept| same(&kept.bytes, bytes))
        };
        self.table.under(hash(bytes)).find(is).map(Sym)
    }

    /// Keeps a text for one more use.
    pub(crate) fn keep(&mut self, bytes: &[u8]) -> Sym {
        if let Some(known) = self.find(bytes) {
            self.again(known);
            return known;
        }
        let number = self.kept.put(Kept {
            bytes: bytes.into(),
            uses: 1,
            ..Kept::default()
        });
        self.table.add(hash(bytes), number);
        Sym(number)
    }

    /// Keeps what `write` writes; nothing for nothing.
    #[inline]
    pub(crate) fn keep_written(&mut self, write: &dyn Fn(&mut Vec<u8>)) -> Sym {
        let mut draft = std::mem::take(&mut self.draft);
        draft.clear();
        write(&mut draft);
        let text = if draft.is_empty() {
            Sym::NONE
        } else {
            self.keep_again(&draft)
        };
        self.draft = draft;
        text
    }

    /// As [`Texts::keep`], for what may well be what it was the last time.
    fn keep_again(&mut self, bytes: &[u8]) -> Sym {
        let place = bytes.len() % LATELY;
        let lately = self.lately.get(place).copied().unwrap_or_default();
        // Whatever has become of that number: if this text is under it, it is this text's.
        if same(self.bytes(Sym(lately)), bytes) {
            self.again(Sym(lately));
            return Sym(lately);
        }
        let kept = self.keep(bytes);
        if let Some(lately) = self.lately.get_mut(place) {
            *lately = kept.0;
        }
        kept
    }

    /// As [`Texts::keep`]; nothing for nothing.
    pub(crate) fn keep_some(&mut self, text: Option<&str>) -> Sym {
        text.map_or(Sym::NONE, |text| self.keep(text.as_bytes()))
    }

    /// One more use of a text.
    pub(crate) fn again(&mut self, Sym(number): Sym) {
        if let Some(kept) = self.kept.get_mut(number) {
            kept.uses += 1;
        }
    }

    /// Ends one use of a text.
    pub(crate) fn release(&mut self, Sym(number): Sym) {
        let Some(kept) = self.kept.get_mut(number) else {
            return;
        };
        kept.uses -= 1;
        if kept.uses == 0 {
            let Kept { bytes, .. } = self.kept.take(number);
            self.table.remove(hash(&bytes), number);
        }
    }

    pub(crate) fn bytes(&self, Sym(number): Sym) -> &[u8] {
        self.kept.get(number).map_or(&[], |kept| &kept.bytes)
    }

    /// What was kept as text.
    #[inline]
    pub(crate) fn text(&self, sym: Sym) -> &str {
        std::str::from_utf8(self.bytes(sym)).unwrap_or_default()
    }

    pub(crate) fn some(&self, sym: Sym) -> Option<&str> {
        sym.some().map(|sym| self.text(sym))
    }

    /// An attempt carries the text as its trace id, or does no longer.
    pub(crate) fn trace(&mut self, Sym(number): Sym, attempt: u32, carries: bool) {
        if let Some(kept) = self.kept.get_mut(number) {
            let (by, attempt) = if carries {
                (1, attempt)
            } else {
                (u32::MAX, attempt.wrapping_neg())
            };
            kept.traced = kept.traced.wrapping_add(by);
            kept.trace_sum = kept.trace_sum.wrapping_add(attempt);
        }
    }

    /// The only attempt with this trace id.
    pub(crate) fn only_traced(&self, Sym(number): Sym) -> Option<u32> {
        let kept = self.kept.get(number).filter(|kept| kept.traced == 1);
        kept.map(|kept| kept.trace_sum)
    }

    /// How many numbers there are.
    pub(crate) fn numbers(&self) -> u32 {
        self.kept.numbers()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_kept_while_it_is_used() {
        let mut texts = Texts::default();
        let one = texts.keep(b"ems_II");
        assert_eq!(texts.keep(b"ems_II"), one);
        let other = texts.keep(b"ems_I");
        assert_ne!(one, other);
        texts.release(one);
        assert_eq!(texts.find(b"ems_II"), Some(one));
        texts.release(one);
        assert_eq!(texts.find(b"ems_II"), None);
        assert_eq!(texts.text(other), "ems_I");
        texts.release(Sym::NONE);
        let nothing = texts.keep_some(None);
        assert_eq!(texts.some(nothing), None);
    }

    #[test]
    fn what_was_written_lately() {
        let mut texts = Texts::default();
        let write =
            |texts: &mut Texts, text: &str| texts.keep_written(&|to| to.extend(text.bytes()));
        let one = write(&mut texts, "1.0");
        assert_eq!(write(&mut texts, "1.0"), one);
        let other = write(&mut texts, "1.1");
        assert_eq!(write(&mut texts, "1.0"), one);
        (0..3).for_each(|_| texts.release(one));
        // Its number now is another's.
        assert_eq!(texts.keep(b"1.2"), one);
        assert_ne!(write(&mut texts, "1.0"), one);
        assert_eq!(write(&mut texts, "1.1"), other);
        assert_eq!(write(&mut texts, ""), Sym::NONE);
    }

    #[test]
    fn the_only_one_with_a_trace_id() {
        let mut texts = Texts::default();
        let trace = texts.keep(b"t");
        texts.trace(trace, 7, true);
        assert_eq!(texts.only_traced(trace), Some(7));
        texts.trace(trace, 9, true);
        assert_eq!(texts.only_traced(trace), None);
        texts.trace(trace, 7, false);
        assert_eq!(texts.only_traced(trace), Some(9));
    }
}
