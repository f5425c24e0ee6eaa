//! The three papers of the order and the days they bear.

use portway_proto::intake::v1::DocumentKind;
use portway_proto::types::v1::Date;

/// A file of `tests/data`, made by `cargo run -p system-tests --bin make-documents`.
pub(super) struct Paper {
    pub(super) file: &'static str,
    pub(super) kind: DocumentKind,
    pub(super) dated: Date,
}

pub(super) fn papers() -> [Paper; 3] {
    let november = |day| Date {
        year: 2026,
        month: 11,
        day,
    };
    [
        Paper {
            file: "loa.pdf",
            kind: DocumentKind::Loa,
            dated: november(13),
        },
        Paper {
            file: "bill.pdf",
            kind: DocumentKind::Bill,
            dated: november(2),
        },
        Paper {
            file: "csr.pdf",
            kind: DocumentKind::Csr,
            dated: november(9),
        },
    ]
}
