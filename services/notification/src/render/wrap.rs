//! Lines that every mail reader shows as they are.

/// Lines stay below the 76 characters up to which mail needs no encoding.
const LINE_CHARS_MAX: usize = 72;

/// Breaks long lines at spaces, each continued under its own indentation, and leaves one empty line at most between
/// paragraphs. A word that is longer than a line, such as a link, stays whole.
pub(super) fn wrap(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / LINE_CHARS_MAX);
    let mut was_empty = true;
    for line in text.lines().map(str::trim_end) {
        if line.is_empty() {
            if !was_empty {
                out.push('\n');
            }
            was_empty = true;
            continue;
        }
        was_empty = false;
        push_wrapped(&mut out, line);
    }
    let end = out.trim_end().len();
    out.truncate(end);
    out.push('\n');
    out
}

fn push_wrapped(out: &mut String, line: &str) {
    let words = line.trim_start();
    let (indent, _) = line.split_at(line.len() - words.len());
    let mut length = 0;
    for word in words.split(' ').filter(|word| !word.is_empty()) {
        let word_length = word.chars().count();
        if length > 0 && length + 1 + word_length <= LINE_CHARS_MAX {
            out.push(' ');
            length += 1 + word_length;
        } else {
            if length > 0 {
                out.push('\n');
            }
            out.push_str(indent);
            length = indent.len() + word_length;
        }
        out.push_str(word);
    }
    out.push('\n');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_broken_at_spaces_and_keep_their_indentation() {
        let word = "x".repeat(30);
        let link = format!("https://console.test/{}", "y".repeat(80));
        let cases = [
            (String::new(), "\n".to_owned()),
            ("a\n\n\n\nb\n\n".to_owned(), "a\n\nb\n".to_owned()),
            ("\n\na".to_owned(), "a\n".to_owned()),
            (
                format!("{word} {word} {word}"),
                format!("{word} {word}\n{word}\n"),
            ),
            (
                format!("   {word} {word} {word}"),
                format!("   {word} {word}\n   {word}\n"),
            ),
            (format!("see {link} now"), format!("see\n{link}\nnow\n")),
        ];
        for (text, expected) in cases {
            assert_eq!(wrap(&text), expected, "{text:?}");
        }
    }
}
