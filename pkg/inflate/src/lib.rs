//! Unpacks the core that the npm package carries: DEFLATE (RFC 1951), as little code as will do, since it goes
//! to every page. Interpreted JavaScript would take five times as long, and browsers inflate only asynchronously.
//!
//! `unsafe`, because it works where its caller says, in memory that the caller has made room in, and on data that
//! the build has packed: what is damaged comes out as something that is no WebAssembly, or traps.
#![no_std]
#![allow(unsafe_code)]

#[cfg(target_arch = "wasm32")]
#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    core::arch::wasm32::unreachable()
}

/// The longest code, in bits.
const LONGEST: usize = 15;
const LITERALS_AND_LENGTHS: usize = 288;
const DISTANCES: usize = 32;
/// The order in which the lengths of the code for lengths come.
const ORDER: [u8; 19] = [
    16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15,
];

struct Bits {
    next: *const u8,
    held: u64,
    count: u32,
}

impl Bits {
    /// Holds at least 32 bits. Reads up to eight bytes behind the input.
    fn fill(&mut self) {
        if self.count < 32 {
            self.held |=
                u64::from(unsafe { self.next.cast::<u32>().read_unaligned() }) << self.count;
            self.next = unsafe { self.next.add(4) };
            self.count += 32;
        }
    }

    /// Up to 16 of the bits held.
    fn take(&mut self, count: u32) -> usize {
        let bits = self.held & ((1 << count) - 1);
        self.held >>= count;
        self.count -= count;
        bits as usize
    }

    /// A block that is not compressed: whole bytes, after how many and its complement. Gives the end of the output.
    unsafe fn copy(&mut self, output: *mut u8) -> *mut u8 {
        self.take(self.count % 8);
        self.fill();
        let length = self.take(16);
        self.take(16);
        let from = unsafe { self.next.sub(self.count as usize / 8) };
        unsafe { output.copy_from_nonoverlapping(from, length) };
        *self = Bits {
            next: unsafe { from.add(length) },
            held: 0,
            count: 0,
        };
        unsafe { output.add(length) }
    }

    fn symbol(&mut self, code: &Code) -> usize {
        let entry = code.0[self.held as usize & ((1 << LONGEST) - 1)];
        self.take(u32::from(entry & 15));
        usize::from(entry >> 4)
    }
}

/// By the next bits: the symbol, and in the low four bits its length.
struct Code([u16; 1 << LONGEST]);

impl Code {
    fn make(&mut self, lengths: &[u8]) {
        let mut code = 0_usize;
        for length in 1..=LONGEST {
            for (symbol, _) in lengths
                .iter()
                .enumerate()
                .filter(|(_, its)| usize::from(**its) == length)
            {
                let entry = (symbol << 4 | length) as u16;
                // the first bit of a code comes first, and lowest
                let first = (code as u32).reverse_bits() as usize >> (32 - length);
                for place in (first..1 << LONGEST).step_by(1 << length) {
                    self.0[place] = entry;
                }
                code += 1;
            }
            code <<= 1;
        }
    }
}

static mut CODES: [Code; 2] = [const { Code([0; 1 << LONGEST]) }; 2];

/// Unpacks what begins at `input` to `output`.
///
/// # Safety
/// There is room for all that comes out, and eight bytes can be read behind the input. One call at a time.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn inflate(input: *const u8, mut output: *mut u8) {
    let mut bits = Bits {
        next: input,
        held: 0,
        count: 0,
    };
    let codes = &raw mut CODES;
    let [literals, distances] = unsafe { &mut *codes };
    loop {
        bits.fill();
        let last = bits.take(1) == 1;
        match bits.take(2) {
            0 => {
                output = unsafe { bits.copy(output) };
                if last {
                    return;
                }
                continue;
            }
            1 => {
                literals.make(&fixed_lengths());
                distances.make(&[5; DISTANCES]);
            }
            _ => read_codes(&mut bits, literals, distances),
        }
        loop {
            bits.fill();
            let symbol = bits.symbol(literals);
            if symbol < 256 {
                unsafe { *output = symbol as u8 };
                output = unsafe { output.add(1) };
                continue;
            }
            if symbol == 256 {
                break;
            }
            let length = match symbol - 257 {
                28 => 258,
                code => spread(code, 2, &mut bits) + 3,
            };
            bits.fill();
            let code = bits.symbol(distances);
            let distance = spread(code, 1, &mut bits) + 1;
            for _ in 0..length {
                unsafe { *output = *output.sub(distance) };
                output = unsafe { output.add(1) };
            }
        }
        if last {
            return;
        }
    }
}

/// Lengths and distances: codes of a few bits, the higher ones followed by more.
fn spread(code: usize, kept: u32, bits: &mut Bits) -> usize {
    let steps = 1 << kept;
    if code < 2 * steps {
        return code;
    }
    let more = (code >> kept) as u32 - 1;
    ((steps | (code & (steps - 1))) << more) + bits.take(more)
}

fn fixed_lengths() -> [u8; LITERALS_AND_LENGTHS] {
    let mut lengths = [8; LITERALS_AND_LENGTHS];
    lengths[144..256].fill(9);
    lengths[256..280].fill(7);
    lengths
}

fn read_codes(bits: &mut Bits, literals: &mut Code, distances: &mut Code) {
    let literal_count = bits.take(5) + 257;
    let distance_count = bits.take(5) + 1;
    let length_count = bits.take(4) + 4;
    let mut lengths = [0; 19];
    for place in &ORDER[..length_count] {
        bits.fill();
        lengths[usize::from(*place)] = bits.take(3) as u8;
    }
    literals.make(&lengths);
    let mut lengths = [0; LITERALS_AND_LENGTHS + DISTANCES];
    let mut at = 0;
    while at < literal_count + distance_count {
        bits.fill();
        let symbol = bits.symbol(literals);
        let (length, times) = match symbol {
            16 => (lengths[at - 1], bits.take(2) + 3),
            17 => (0, bits.take(3) + 3),
            18 => (0, bits.take(7) + 11),
            length => (length as u8, 1),
        };
        lengths[at..at + times].fill(length);
        at += times;
    }
    let (its, rest) = lengths.split_at(literal_count);
    literals.make(its);
    distances.make(&rest[..distance_count]);
}
