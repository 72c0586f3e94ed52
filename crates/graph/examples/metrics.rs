//! Writes `src/measure/metrics.rs` from a font's own tables: how wide its characters are.
//!
//! `cargo run -p statewright-graph --example metrics -- LiberationSans-Regular.ttf LiberationSans-Bold.ttf`, with Debian's
//! fonts-liberation (SIL Open Font License). Its widths are those of Arial and Helvetica, so that what is measured with them
//! fits on every system.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a tool of ours, run by hand")]

use std::fs;

use ttf_parser::Face;

/// Latin, Greek, Cyrillic, punctuation, arrows and signs: the rest is guessed.
const RANGES: [(u32, u32); 8] = [
    (0x20, 0x7e),
    (0xa0, 0x17f),
    (0x370, 0x3ff),
    (0x400, 0x45f),
    (0x2010, 0x2027),
    (0x2030, 0x203a),
    (0x2190, 0x2195),
    (0x2260, 0x2265),
];

fn main() {
    let mut arguments = std::env::args().skip(1);
    println!(
        "//! How wide characters are, in thousandths of the font's size. Made by `examples/metrics.rs`: do not edit."
    );
    for name in ["REGULAR", "BOLD"] {
        let bytes = fs::read(arguments.next().unwrap()).unwrap();
        let face = Face::parse(&bytes, 0).unwrap();
        let units = u32::from(face.units_per_em());
        println!("\n#[rustfmt::skip]\npub(super) const {name}: [(u32, &[u16]); {}] = [", RANGES.len());
        for (from, to) in RANGES {
            let widths: Vec<String> = (from..=to)
                .map(|c| {
                    let glyph = char::from_u32(c).and_then(|c| face.glyph_index(c));
                    let advance = glyph.and_then(|g| face.glyph_hor_advance(g)).map_or(0, u32::from);
                    (advance * 1000).div_ceil(units).to_string()
                })
                .collect();
            println!("    ({from:#x}, &[");
            for line in widths.chunks(24) {
                println!("        {},", line.join(", "));
            }
            println!("    ]),");
        }
        println!("];");
    }
}
