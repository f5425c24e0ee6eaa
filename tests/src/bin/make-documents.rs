//! Writes `tests/data/{loa,bill,csr}.pdf` for the numbers of `tests/data/numbers.csv`.
//!
//! `cargo run -p system-tests --bin make-documents`

use std::fs;
use std::path::Path;

use anyhow::Context;
use system_tests::documents::{bill, customer_service_record, letter_of_authorization};

fn main() -> anyhow::Result<()> {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("data");
    let csv = fs::read_to_string(data.join("numbers.csv")).context("tests/data/numbers.csv")?;
    let numbers: Vec<String> = csv
        .lines()
        .skip(1)
        .filter_map(|line| line.split(',').next())
        .map(str::to_owned)
        .collect();
    fs::write(
        data.join("loa.pdf"),
        letter_of_authorization("2026-11-13", &numbers)?,
    )?;
    fs::write(data.join("bill.pdf"), bill("2026-11-02")?)?;
    fs::write(
        data.join("csr.pdf"),
        customer_service_record("2026-11-09", &numbers)?,
    )?;
    Ok(())
}
