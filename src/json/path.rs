//! JSON Pointers (RFC 6901).

/// The longest pointer that is made, in bytes: a payload may hold keys of any length, and each
/// finding has a pointer of its own.
pub(super) const LONGEST: usize = 1_024;

/// The pointer to a member of the object at `parent`.
pub(crate) fn pointer(parent: &str, key: &str) -> String {
    let mut pointer = String::with_capacity(parent.len() + key.len() + 1);
    pointer.push_str(parent);
    push(&mut pointer, key);
    pointer
}

/// Appends a step if the pointer stays short enough.
pub(super) fn push(pointer: &mut String, step: &str) -> bool {
    if pointer.len() + 1 + step.len() > LONGEST {
        return false;
    }
    let before = pointer.len();
    pointer.push('/');
    let mut rest = step;
    while let Some(at) = rest.bytes().position(|byte| matches!(byte, b'~' | b'/'))
        && let Some((plain, more)) = rest.split_at_checked(at)
    {
        pointer.push_str(plain);
        pointer.push_str(if more.starts_with('~') { "~0" } else { "~1" });
        rest = more.get(1..).unwrap_or_default();
    }
    pointer.push_str(rest);
    if pointer.len() > LONGEST {
        pointer.truncate(before);
        return false;
    }
    true
}
