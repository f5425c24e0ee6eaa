//! Texts in the alphabet that every phone has (3GPP TS 23.038, GSM 7 bit), in which 160 characters are one message; one
//! character beyond it would make that 70.

const BASIC: &str = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§\
                     ¿abcdefghijklmnopqrstuvwxyzäöñüà";
/// Each counts twice.
const EXTENDED: &str = "^{}\\[~]|€";

/// What stands for characters that names are written with and the alphabet lacks.
const INSTEAD: [(&str, &str); 22] = [
    ("áâãā", "a"),
    ("ÀÁÂÃ", "A"),
    ("çć", "c"),
    ("êëē", "e"),
    ("ÈÊË", "E"),
    ("íîï", "i"),
    ("ÌÍÎÏ", "I"),
    ("óôõō", "o"),
    ("ÒÓÔÕ", "O"),
    ("úûū", "u"),
    ("ÙÚÛ", "U"),
    ("ýÿ", "y"),
    ("šś", "s"),
    ("žź", "z"),
    ("œ", "oe"),
    ("Œ", "OE"),
    ("‘’", "'"),
    ("“”«»", "\""),
    ("–—\u{2011}", "-"),
    ("…", "..."),
    ("\u{a0}\u{202f}\t", " "),
    ("®™©", ""),
];

/// The text in that alphabet. A character that nothing can stand for becomes a question mark.
pub(super) fn gsm7(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for char in text.chars() {
        if BASIC.contains(char) || EXTENDED.contains(char) {
            out.push(char);
            continue;
        }
        let instead = INSTEAD.iter().find(|(these, _)| these.contains(char));
        out.push_str(instead.map_or("?", |(_, instead)| instead));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_phones_have_stays_and_the_rest_is_written_otherwise() {
        let cases = [
            (
                "Winner Wireless asks: YES or NO?",
                "Winner Wireless asks: YES or NO?",
            ),
            ("[link] ~ É à Ñ", "[link] ~ É à Ñ"),
            ("Télé-Québec “Sans‑fil”…", "Télé-Québec \"Sans-fil\"..."),
            ("Français, Cœur, Île", "Francais, Coeur, Ile"),
            ("Portway™ 漢字 🚀", "Portway ?? ?"),
        ];
        for (text, expected) in cases {
            assert_eq!(gsm7(text), expected);
            assert_eq!(gsm7(expected), expected, "it is in the alphabet");
        }
    }
}
