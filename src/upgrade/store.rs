//! Where a tracker keeps what it knows: plain arrays with numbers instead of pointers, so that a
//! million attempts take little memory and what is forgotten makes room for what comes.

mod bits;
mod hash;
mod slab;
mod sort;
mod table;
mod texts;

pub(crate) use bits::Bits;
pub(crate) use hash::{Print, print};
pub(crate) use slab::{NONE, Slab};
pub(crate) use sort::sort;
pub(crate) use table::Table;
pub(crate) use texts::{Sym, Texts};
