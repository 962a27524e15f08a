//! The colours of the page in daylight; a test holds them to its style sheet.

/// Red, green, blue.
pub(super) type Colour = [u8; 3];

pub(super) const INK: Colour = [0x1b, 0x1f, 0x24];
pub(super) const PAPER: Colour = [0xfb, 0xfa, 0xf7];
pub(super) const LINE: Colour = [0xd5, 0xd2, 0xc8];
pub(super) const FAINT: Colour = [0x56, 0x5a, 0x60];
pub(super) const SEA: Colour = [0xe9, 0xee, 0xf2];
pub(super) const LAND: Colour = [0xd9, 0xd6, 0xcc];
pub(super) const EDGE: Colour = [0xfb, 0xfa, 0xf7];
/// Of series, by number.
pub(super) const SERIES: [Colour; 6] =
    [INK, [0x1f, 0x5f, 0xa8], [0xa8, 0x29, 0x1f], [0x1d, 0x70, 0x44], [0x7a, 0x3d, 0x94], [0x8a, 0x5a, 0x00]];
/// Of shaded countries, from the least probability to the greatest.
pub(super) const SHADES: [Colour; 6] = [
    [0xf7, 0xef, 0xe2],
    [0xf6, 0xd5, 0xa8],
    [0xee, 0xaf, 0x6e],
    [0xdc, 0x7d, 0x43],
    [0xbd, 0x4a, 0x2b],
    [0x7f, 0x1d, 0x1d],
];
/// How much of a band covers what is below.
pub(super) const BAND: f32 = 0.22;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_colours_are_the_page_s() {
        let style = include_str!("../plot/sheet.css");
        // The first rule is daylight's.
        let daylight = style.split('}').next().unwrap_or_default();
        let of = |name: &str| -> String {
            let start = format!("--{name}: #");
            daylight.split(&start).nth(1).unwrap_or_default().chars().take(6).collect()
        };
        let hex = |colour: Colour| colour.map(|part| format!("{part:02x}")).concat();
        for (name, colour) in [
            ("ink", INK),
            ("paper", PAPER),
            ("line", LINE),
            ("faint", FAINT),
            ("sea", SEA),
            ("land", LAND),
            ("edge", EDGE),
        ] {
            assert_eq!(of(name), hex(colour), "{name}");
        }
        for number in 0..6 {
            assert_eq!(of(&format!("c{number}")), hex(SERIES[number]));
            assert_eq!(of(&format!("s{number}")), hex(SHADES[number]));
        }
        assert!(style.contains(&format!(".band {{ opacity: {}", BAND.to_string().trim_start_matches('0'))));
    }
}
