//! How long pages of a list take: through gRPC, and by the bare SQL of the first one, on one server in one run.

use std::io::Write;
use std::time::{Duration, Instant};

use anyhow::ensure;
use hdrhistogram::Histogram;
use sqlx::{AssertSqlSafe, PgConnection};

const CALLS: u32 = 50;

/// A page as a list gave it.
#[derive(Debug)]
pub struct Page {
    /// How many rows.
    pub rows: usize,
    /// Empty: there is no page after it.
    pub next_page_token: String,
}

/// What was measured of one list.
#[derive(Debug)]
pub struct Measured {
    through_grpc: Histogram<u64>,
    bare: Histogram<u64>,
}

/// Reads two pages of a list over and over, and the first one by `sql`. `page` reads the one that a token names.
pub async fn measure(
    conn: &mut PgConnection,
    sql: &str,
    page: impl AsyncFn(String) -> anyhow::Result<Page>,
) -> anyhow::Result<Measured> {
    let (mut through_grpc, mut bare) = (Histogram::new(3)?, Histogram::new(3)?);
    for _ in 0..CALLS {
        let mut page_token = String::new();
        for _ in 0..2 {
            let began = Instant::now();
            let read = page(page_token).await?;
            through_grpc.record(u64::try_from(began.elapsed().as_micros())?)?;
            ensure!(read.rows > 0, "a page has no rows");
            page_token = read.next_page_token;
            if page_token.is_empty() {
                break;
            }
        }
        let began = Instant::now();
        let rows = sqlx::query(AssertSqlSafe(sql.to_owned()))
            .persistent(false)
            .fetch_all(&mut *conn)
            .await?;
        bare.record(u64::try_from(began.elapsed().as_micros())?)?;
        ensure!(!rows.is_empty(), "the bare SQL finds no rows");
    }
    Ok(Measured { through_grpc, bare })
}

/// The heads of the columns of [`Measured::print`].
pub fn print_heads(out: &mut impl Write, rows: i64) -> std::io::Result<()> {
    let of = format!("a page of 50 of {rows}");
    writeln!(
        out,
        "\n{of:<32}{:>8} {:>8} {:>8} {:>13} {:>7}",
        "p50 ms", "p95 ms", "max ms", "bare SQL p50", "ratio"
    )
}

impl Measured {
    /// One line of the table.
    pub fn print(&self, out: &mut impl Write, name: &str) -> std::io::Result<()> {
        let ms = |micros: u64| Duration::from_micros(micros).as_secs_f64() * 1_000.0;
        let p50 = ms(self.through_grpc.value_at_quantile(0.5));
        let bare = ms(self.bare.value_at_quantile(0.5));
        writeln!(
            out,
            "  {name:<30}{p50:>8.1} {:>8.1} {:>8.1} {bare:>13.1} {:>7.1}",
            ms(self.through_grpc.value_at_quantile(0.95)),
            ms(self.through_grpc.max()),
            p50 / bare.max(0.001),
        )
    }
}
