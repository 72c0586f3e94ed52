//! The palette: contrast, and how far its colours are apart for four kinds of eyes.

use super::super::sheet::{DARK, LIGHT, Palette};

type Rgb = [f64; 3];

fn rgb(hex: &str) -> Rgb {
    [1, 3, 5].map(|at| f64::from(u8::from_str_radix(&hex[at..at + 2], 16).unwrap()) / 255.0)
}

fn linear(c: f64) -> f64 {
    if c <= 0.04045 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) }
}

fn encoded(c: f64) -> f64 {
    let c = c.clamp(0.0, 1.0);
    if c <= 0.003_130_8 { c * 12.92 } else { 1.055 * c.powf(1.0 / 2.4) - 0.055 }
}

fn luminance(colour: Rgb) -> f64 {
    let [r, g, b] = colour.map(linear);
    0.2126 * r + 0.7152 * g + 0.0722 * b
}

/// WCAG 2's contrast ratio.
fn contrast(a: &str, b: &str) -> f64 {
    let (a, b) = (luminance(rgb(a)), luminance(rgb(b)));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

/// How a colour looks to someone: Machado, Oliveira and Fernandes (2009), at full severity, on linear light.
const VISIONS: [(&str, [[f64; 3]; 3]); 4] = [
    ("normal", [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]),
    (
        "protanopia",
        [[0.152_286, 1.052_583, -0.204_868], [0.114_503, 0.786_281, 0.099_216], [-0.003_882, -0.048_116, 1.051_998]],
    ),
    (
        "deuteranopia",
        [[0.367_322, 0.860_646, -0.227_968], [0.280_085, 0.672_501, 0.047_413], [-0.011_820, 0.042_940, 0.968_881]],
    ),
    (
        "tritanopia",
        [[1.255_528, -0.076_749, -0.178_779], [-0.078_411, 0.930_809, 0.147_602], [0.004_733, 0.691_367, 0.303_900]],
    ),
];

fn seen(colour: Rgb, matrix: &[[f64; 3]; 3]) -> Rgb {
    let light = colour.map(linear);
    let mut out = [0.0; 3];
    for (row, value) in matrix.iter().zip(&mut out) {
        *value = encoded(row.iter().zip(light).map(|(m, c)| m * c).sum());
    }
    out
}

/// CIE L*a*b*, D65.
#[allow(clippy::many_single_char_names, reason = "the formula's own names")]
fn lab(colour: Rgb) -> [f64; 3] {
    let [r, g, b] = colour.map(linear);
    let x = (0.412_456_4 * r + 0.357_576_1 * g + 0.180_437_5 * b) / 0.950_47;
    let y = 0.212_672_9 * r + 0.715_152_2 * g + 0.072_175_0 * b;
    let z = (0.019_333_9 * r + 0.119_192_0 * g + 0.950_304_1 * b) / 1.088_83;
    let f = |t: f64| if t > 0.008_856 { t.cbrt() } else { 7.787 * t + 16.0 / 116.0 };
    [116.0 * f(y) - 16.0, 500.0 * (f(x) - f(y)), 200.0 * (f(y) - f(z))]
}

/// CIEDE2000.
#[allow(clippy::many_single_char_names, reason = "the formula's own names")]
fn difference(a: Rgb, b: Rgb) -> f64 {
    let ([l1, a1, b1], [l2, a2, b2]) = (lab(a), lab(b));
    let (c1, c2) = (a1.hypot(b1), a2.hypot(b2));
    let c7 = f64::midpoint(c1, c2).powi(7);
    let g = 0.5 * (1.0 - (c7 / (c7 + 25.0_f64.powi(7))).sqrt());
    let (a1, a2) = ((1.0 + g) * a1, (1.0 + g) * a2);
    let (c1, c2) = (a1.hypot(b1), a2.hypot(b2));
    let hue = |a: f64, b: f64| if a == 0.0 && b == 0.0 { 0.0 } else { b.atan2(a).to_degrees().rem_euclid(360.0) };
    let (h1, h2) = (hue(a1, b1), hue(a2, b2));
    let dl = l2 - l1;
    let dc = c2 - c1;
    let dh = if c1 * c2 == 0.0 {
        0.0
    } else {
        let d = h2 - h1;
        if d > 180.0 {
            d - 360.0
        } else if d < -180.0 {
            d + 360.0
        } else {
            d
        }
    };
    let dh = 2.0 * (c1 * c2).sqrt() * (dh / 2.0).to_radians().sin();
    let l = f64::midpoint(l1, l2);
    let c = f64::midpoint(c1, c2);
    let h = if c1 * c2 == 0.0 {
        h1 + h2
    } else if (h1 - h2).abs() <= 180.0 {
        f64::midpoint(h1, h2)
    } else if h1 + h2 < 360.0 {
        f64::midpoint(h1, h2 + 360.0)
    } else {
        f64::midpoint(h1, h2 - 360.0)
    };
    let cos = |degrees: f64| degrees.to_radians().cos();
    let t = 1.0 - 0.17 * cos(h - 30.0) + 0.24 * cos(2.0 * h) + 0.32 * cos(3.0 * h + 6.0) - 0.20 * cos(4.0 * h - 63.0);
    let turn = 30.0 * (-((h - 275.0) / 25.0).powi(2)).exp();
    let rc = 2.0 * (c.powi(7) / (c.powi(7) + 25.0_f64.powi(7))).sqrt();
    let sl = 1.0 + 0.015 * (l - 50.0).powi(2) / (20.0 + (l - 50.0).powi(2)).sqrt();
    let (sc, sh) = (1.0 + 0.045 * c, 1.0 + 0.015 * c * t);
    let rt = -(2.0 * turn).to_radians().sin() * rc;
    ((dl / sl).powi(2) + (dc / sc).powi(2) + (dh / sh).powi(2) + rt * (dc / sc) * (dh / sh)).sqrt()
}

fn tones(palette: &Palette) -> [(&'static str, &'static str, &'static str); 6] {
    let tone = |name, tone: &super::super::sheet::Tone| (name, tone.line, tone.fill);
    [
        tone("running", &palette.running),
        tone("succeeded", &palette.succeeded),
        tone("failed", &palette.failed),
        tone("caught", &palette.caught),
        tone("aborted", &palette.aborted),
        tone("idle", &palette.idle),
    ]
}

#[test]
fn the_formula_is_right() {
    // From the test data of Sharma, Wu and Dalal: black and white are 100 apart, equal colours 0.
    assert!((difference(rgb("#000000"), rgb("#FFFFFF")) - 100.0).abs() < 0.1);
    assert!(difference(rgb("#1B62EE"), rgb("#1B62EE")) < 1e-9);
    assert!((contrast("#000000", "#FFFFFF") - 21.0).abs() < 1e-9);
}

#[test]
fn text_and_lines_stand_out() {
    for (theme, palette) in [("light", &LIGHT), ("dark", &DARK)] {
        for (name, line, fill) in tones(palette) {
            // A status' words are written in its line's colour, so a line has a text's contrast.
            for ground in [fill, palette.page] {
                assert!(contrast(line, ground) >= 4.5, "{theme} {name} {line} on {ground}: {}", contrast(line, ground));
            }
            assert!(contrast(palette.ink, fill) >= 7.0, "{theme} ink on {name}: {}", contrast(palette.ink, fill));
            assert!(
                contrast(palette.edge, fill) >= 4.5,
                "{theme} small text on {name}: {}",
                contrast(palette.edge, fill)
            );
        }
        assert!(contrast(palette.edge, palette.page) >= 4.5);
        assert!(contrast(palette.ink, palette.page) >= 7.0);
    }
}

#[test]
fn statuses_differ_for_every_eye() {
    for (theme, palette) in [("light", &LIGHT), ("dark", &DARK)] {
        for (vision, matrix) in &VISIONS {
            let all = tones(palette);
            for (at, (name, line, _)) in all.iter().enumerate() {
                for (other, beside, _) in &all[at + 1..] {
                    let apart = difference(seen(rgb(line), matrix), seen(rgb(beside), matrix));
                    assert!(apart >= 12.0, "{theme}, {vision}: {name} and {other} are {apart:.1} apart");
                }
            }
        }
    }
}
