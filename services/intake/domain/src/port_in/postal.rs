//! Which postal codes are in which state: the first three digits of a ZIP, the first letter of a Canadian code.

/// Each row: state, first and last prefix. A prefix may be in several states.
const PREFIXES: &str = include_str!("../../data/postal_prefixes.csv");

fn rows() -> impl Iterator<Item = (&'static str, &'static str, &'static str)> {
    PREFIXES.lines().skip(1).filter_map(|row| {
        let (state, range) = row.split_once(',')?;
        let (first, last) = range.split_once(',')?;
        Some((state, first, last))
    })
}

/// Whether the code is that of a state, territory or province.
pub(super) fn is_state(code: &str) -> bool {
    rows().any(|(state, ..)| state == code)
}

/// Whether the postal code lies in the state. `None`: the table does not know the code's prefix, so nothing is said.
pub(super) fn lies_in(postal_code: &str, state: &str) -> Option<bool> {
    let mut states = rows()
        .filter(|(_, first, last)| {
            let prefix = postal_code.get(..first.len()).unwrap_or_default();
            (*first..=*last).contains(&prefix)
        })
        .map(|(state, ..)| state)
        .peekable();
    states.peek()?;
    Some(states.any(|known| known == state))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_postal_code_lies_in_its_state_alone() {
        let cases = [
            ("07302", "NJ", Some(true)),
            ("07302", "NY", Some(false)),
            ("06390", "NY", Some(true)),
            ("96799", "AS", Some(true)),
            ("94107-1234", "CA", Some(true)),
            ("M5V 3L9", "ON", Some(true)),
            ("M5V 3L9", "QC", Some(false)),
            ("98101", "WA", Some(true)),
            ("00100", "NY", None),
        ];
        for (code, state, expected) in cases {
            assert_eq!(lies_in(code, state), expected, "{code} {state}");
        }
    }

    #[test]
    fn every_state_territory_and_province_is_in_the_table() {
        let mut states: Vec<&str> = rows().map(|(state, ..)| state).collect();
        states.sort_unstable();
        states.dedup();
        // 50 states, the District of Columbia, five territories; ten provinces and three territories of Canada.
        assert_eq!(states.len(), 56 + 13);
    }
}
