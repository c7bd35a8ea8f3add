//! What happened, as lines; of a run that nobody reads, only their hash (FNV-1a, 64 bits).

use std::fmt::{Arguments, Write};

pub struct Trace {
    pub hash: u64,
    pub lines: Option<Vec<String>>,
    line: String,
}

impl Trace {
    pub fn new(kept: bool) -> Trace {
        Trace {
            hash: 0xCBF2_9CE4_8422_2325,
            lines: kept.then(Vec::new),
            line: String::new(),
        }
    }

    pub fn add(&mut self, line: Arguments<'_>) {
        self.line.clear();
        let _ = self.line.write_fmt(line);
        self.line.push('\n');
        for byte in self.line.bytes() {
            self.hash = (self.hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3);
        }
        if let Some(lines) = &mut self.lines {
            lines.push(self.line.trim_end().to_owned());
        }
    }
}
