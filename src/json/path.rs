//! JSON Pointers (RFC 6901).

use std::borrow::Cow;

/// The longest pointer that is made, in bytes: a payload may hold keys of any length, and each
/// finding has a pointer of its own.
const LONGEST: usize = 1_024;

/// One step into a document.
pub(super) enum Step<'a> {
    Key(Cow<'a, str>),
    Index(usize),
}

/// The pointer to where the parser is, or to the nearest enclosing value whose pointer is not too long.
pub(super) fn pointer_of(steps: &[Step<'_>]) -> String {
    let mut pointer = String::new();
    for step in steps {
        let fits = match step {
            Step::Key(key) => push(&mut pointer, key),
            Step::Index(index) => push(&mut pointer, &index.to_string()),
        };
        if !fits {
            break;
        }
    }
    pointer
}

/// The pointer to a member of the object at `parent`.
pub(crate) fn pointer(parent: &str, key: &str) -> String {
    let mut pointer = parent.to_owned();
    push(&mut pointer, key);
    pointer
}

/// Appends a step if the pointer stays short enough.
fn push(pointer: &mut String, step: &str) -> bool {
    if pointer.len() + 1 + step.len() > LONGEST {
        return false;
    }
    let before = pointer.len();
    pointer.push('/');
    for c in step.chars() {
        match c {
            '~' => pointer.push_str("~0"),
            '/' => pointer.push_str("~1"),
            c => pointer.push(c),
        }
    }
    if pointer.len() > LONGEST {
        pointer.truncate(before);
        return false;
    }
    true
}
