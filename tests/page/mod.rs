//! Pages of `docs/` that are written from the code.

use std::path::Path;

/// Holds `docs/NAME.md` to what the test `NAME_page` makes of the code; with `UPDATE_DOCS`, rewrites it.
pub fn hold(name: &str, page: &str) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("docs/{name}.md"));
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&file, page).expect("writable");
    }
    let present = std::fs::read_to_string(&file).expect("readable");
    assert!(
        present == page,
        "docs/{name}.md is out of date: run `UPDATE_DOCS=1 cargo test --test {name}_page`"
    );
}
